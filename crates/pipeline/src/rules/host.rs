//! The world as rules may ask about it: what the journal said up to the event, and nothing else.

use super::counters::Counters;
use super::labels::{EntityKey, Labels};
use cordon_detect::Detection;
use cordon_detect::banks::Signals;
use cordon_detect::extract::{account_hash, normalised};
use cordon_detect::returns::suspended_bits;
use cordon_detect::settings::{LinkKind, Normaliser};
use cordon_model::account::Standing;
use cordon_model::bank::{BankKind, RollOut};
use cordon_model::clock::Timestamp;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_rules::{Host, HostError, Label, LabelReason};

/// Name space of counter keys among keyed hashes.
const SPACE_COUNTER: u8 = 240;
/// Name space of entities' ids and types, as labels know them.
const SPACE_LABEL_ID: u8 = 241;
const SPACE_LABEL_TYPE: u8 = 242;
/// Name space of what rules draw at random.
const SPACE_RANDOM: u8 = 243;

/// Name space of counters that belong to a name, of these names, of what they are kept by, and of the values that they
/// tell apart.
const SPACE_NAMED_COUNTER: u8 = 245;
const SPACE_COUNTED_VALUE: u8 = 246;
const SPACE_COUNTER_NAME: u8 = 247;
const SPACE_COUNTED_BY: u8 = 248;
/// Microseconds of a day.
const DAY_MICROS: i64 = 86_400_000_000;

/// The entity by which labels know an id of a type.
pub(super) fn entity_key(key: &HashKey, entity_type: &str, entity_id: &str) -> EntityKey {
    EntityKey { id: label_id(key, entity_id), kind: key.hash64(SPACE_LABEL_TYPE, entity_type.as_bytes()) }
}

/// The keyed hash of an id, whatever its type.
pub(super) fn label_id(key: &HashKey, entity_id: &str) -> u64 {
    key.hash64(SPACE_LABEL_ID, entity_id.as_bytes())
}

/// Keys of counters that belong to a name. An event counts under the same thing many times, which is hashed once.
#[derive(Debug, Default)]
pub(super) struct NamedCounters {
    last: Option<(String, u64)>,
}

impl NamedCounters {
    fn key(&mut self, key: &HashKey, counter: &str, by: &str) -> u64 {
        let by = match &self.last {
            Some((last, hash)) if last == by => *hash,
            _ => {
                let hash = key.hash64(SPACE_COUNTED_BY, by.as_bytes());
                self.last = Some((by.to_owned(), hash));
                hash
            }
        };
        let name = key.hash64(SPACE_COUNTER_NAME, counter.as_bytes());
        let both = (u128::from(name) << 64) | u128::from(by);
        key.hash64(SPACE_NAMED_COUNTER, &both.to_le_bytes())
    }
}

/// What one rule set may ask while one event is evaluated.
pub(super) struct JournalHost<'w> {
    pub(super) now: Timestamp,
    pub(super) offset: Offset,
    pub(super) detection: &'w Detection,
    pub(super) counters: &'w mut Counters,
    pub(super) labels: &'w Labels,
    pub(super) named: NamedCounters,
    /// Random numbers drawn so far.
    pub(super) drawn: u64,
}

/// A world of windowed counters and nothing else, at one instant that does not move: for measuring what they cost.
pub struct WindowHost {
    counters: Counters,
    named: NamedCounters,
    key: HashKey,
}

impl Default for WindowHost {
    fn default() -> Self {
        Self {
            counters: Counters::default(),
            named: NamedCounters::default(),
            key: HashKey::from_bytes([0; 16]),
        }
    }
}

impl std::fmt::Debug for WindowHost {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("WindowHost")
    }
}

impl Host for WindowHost {
    fn now(&self) -> i64 {
        0
    }

    fn count(
        &mut self,
        counter: &str,
        by: &str,
        counts: bool,
        window_seconds: f64,
    ) -> Result<u64, HostError> {
        let key = self.named.key(&self.key, counter, by);
        if counts {
            return self.counters.increment(key, window_seconds, 0).ok_or(HostError::Unavailable);
        }
        Ok(self.counters.count(key, window_seconds, 0))
    }

    fn increment_window(&mut self, key: &str, window_seconds: f64) -> Result<u64, HostError> {
        let key = self.key.hash64(SPACE_COUNTER, key.as_bytes());
        self.counters.increment(key, window_seconds, 0).ok_or(HostError::Unavailable)
    }
}

impl Host for JournalHost<'_> {
    fn now(&self) -> i64 {
        self.now.0
    }

    fn labels(&mut self, entity_type: &str, entity_id: &str) -> Result<Vec<Label>, HostError> {
        let key = entity_key(self.detection.key(), entity_type, entity_id);
        let label = |(name, state): (&String, &super::labels::LabelState)| Label {
            name: name.clone(),
            is_added: state.status.is_added(),
            is_manual: state.status.is_manual(),
            reasons: state
                .reasons
                .values()
                .map(|reason| LabelReason {
                    created_at: Some(reason.created_at),
                    expires_at: reason.expires_at,
                })
                .collect(),
        };
        Ok(self.labels.of(key).map(label).collect())
    }

    /// A function of the entry's place and of how many were drawn for it before: the same on every replay.
    fn random(&mut self) -> Result<u64, HostError> {
        self.drawn += 1;
        let mut seed = self.offset.0.to_le_bytes().to_vec();
        seed.extend(self.drawn.to_le_bytes());
        Ok(self.detection.key().hash64(SPACE_RANDOM, &seed))
    }

    fn increment_window(&mut self, key: &str, window_seconds: f64) -> Result<u64, HostError> {
        let hash = self.detection.key().hash64(SPACE_COUNTER, key.as_bytes());
        self.counters.increment(hash, window_seconds, self.now.0).ok_or(HostError::Unavailable)
    }

    fn window_count(&mut self, key: &str, window_seconds: f64) -> Result<u64, HostError> {
        let hash = self.detection.key().hash64(SPACE_COUNTER, key.as_bytes());
        Ok(self.counters.count(hash, window_seconds, self.now.0))
    }

    fn count(
        &mut self,
        counter: &str,
        by: &str,
        counts: bool,
        window_seconds: f64,
    ) -> Result<u64, HostError> {
        let hash = self.named(counter, by);
        if !counts {
            return Ok(self.counters.count(hash, window_seconds, self.now.0));
        }
        self.counters.increment(hash, window_seconds, self.now.0).ok_or(HostError::Unavailable)
    }

    fn count_distinct(
        &mut self,
        counter: &str,
        by: &str,
        value: Option<&str>,
        window_seconds: f64,
    ) -> Result<u64, HostError> {
        let hash = self.named(counter, by);
        let value = value.map(|value| self.detection.key().hash64(SPACE_COUNTED_VALUE, value.as_bytes()));
        self.counters.distinct(hash, value, window_seconds, self.now.0).ok_or(HostError::Unavailable)
    }

    fn account_age(&mut self, account_id: &str) -> Result<i64, HostError> {
        let first = self.account(account_id).ok_or(HostError::NotFound)?.first;
        Ok(i64::from(self.now.day().0.saturating_sub(first.0)) * DAY_MICROS)
    }

    fn account_events(&mut self, account_id: &str) -> Result<u64, HostError> {
        Ok(self.account(account_id).map_or(0, |account| u64::from(account.events)))
    }

    fn account_standing(&mut self, account_id: &str) -> Result<&'static str, HostError> {
        Ok(match self.account(account_id).map_or(Standing::Unjudged, |account| account.standing) {
            Standing::Unjudged => "unjudged",
            Standing::Cleared => "cleared",
            Standing::Violating => "violating",
            Standing::Suspended => "suspended",
        })
    }

    fn handle_stem(&mut self, handle: &str) -> Result<Option<String>, HostError> {
        Ok(normalised(Normaliser::HandleStem, handle).map(Into::into))
    }

    fn name_skeleton(&mut self, name: &str) -> Result<Option<String>, HostError> {
        Ok(normalised(Normaliser::NameSkeleton, name).map(Into::into))
    }

    /// Entries that are rolled out to everybody; those in shadow or rolled out to a share make no rule hold.
    fn matches_bank(&mut self, bank: &str, text: &str) -> Result<bool, HostError> {
        let (banks, key) = (self.detection.banks(), self.detection.key());
        let kind = banks.bank(bank).ok_or(HostError::NotFound)?.kind;
        let signals = match kind {
            BankKind::Text => Signals::of_text(key, text),
            BankKind::Url => Signals::of_url(key, text),
            BankKind::Media => Signals::of_media(key, text).unwrap_or_default(),
        };
        let is_live =
            |entry_id| banks.entry(entry_id).is_some_and(|entry| matches!(entry.roll_out, RollOut::Live));
        let found = banks.look_up(&signals, self.now);
        Ok(found.iter().any(|found| found.bank_id.as_str() == bank && is_live(found.entry_id)))
    }

    /// `entity_type` is a name under `links` in links.yaml, in its own spelling or as `HandleStem` for `handle_stem`.
    fn linked_accounts(&mut self, entity_type: &str, entity_id: &str) -> Result<u64, HostError> {
        let settings = self.detection.settings();
        let number = settings.link_number(entity_type).or_else(|| settings.link_number(&snake(entity_type)));
        let number = number.ok_or(HostError::NotOffered)?;
        let link = settings.link(number).ok_or(HostError::NotOffered)?;
        if !matches!(link.kind, LinkKind::Identifier | LinkKind::Follow) {
            return Err(HostError::NotOffered);
        }
        let Some(value) = normalised(link.normalise, entity_id) else { return Ok(0) };
        let hash = self.detection.key().hash64(number, value.as_bytes());
        let links = self.detection.links();
        Ok(links.find_entity(number, hash).map_or(0, |entity| u64::from(links.entity(entity).accounts)))
    }

    fn suspended_weight(&mut self, account_id: &str) -> Result<f64, HostError> {
        let account = self.detection.links().account(account_hash(self.detection.key(), account_id));
        Ok(account.map_or(0.0, |account| suspended_bits(self.detection, account, self.now)))
    }
}

impl JournalHost<'_> {
    /// The key of a counter that belongs to a name.
    fn named(&mut self, counter: &str, by: &str) -> u64 {
        self.named.key(self.detection.key(), counter, by)
    }

    fn account(&self, account_id: &str) -> Option<cordon_detect::links::Account> {
        let account = self.detection.account(account_id)?;
        Some(self.detection.links().account_facts(account))
    }
}

/// `HandleStem` as `handle_stem`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
