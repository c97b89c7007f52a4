//! All banks, their entries, and the ways from a value to the entries that have it.

mod changes;
mod proposed;

use super::looked_up::{BankFacts, BankMatch, EntryFacts, Likeness, MatchCount, is_in_force};
use super::pdq_index::PdqIndex;
use super::signals::{self, Signals, Value};
use super::texts::TextIndex;
use crate::fingerprints::Spread;
use cordon_model::bank::{Bank, BankEntry, BankEntryId, RollOut, SignalKind};
use cordon_model::clock::Timestamp;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_model::limits;
pub(super) use proposed::Proposed;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Name space of entries' names among keyed hashes.
const SPACE_ENTRY: u8 = 224;
/// Stands for the end of a list.
const END: u32 = u32::MAX;

type Heads = HashMap<u64, u32, BuildHasherDefault<Spread>>;

/// An entry before it has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBankEntry {
    /// What it is compared by.
    pub kind: SignalKind,
    /// The value as typed.
    pub value: String,
    /// Where it comes from; the bank's source where left out.
    pub source: Option<String>,
    /// From when on it matches nothing.
    pub expires_at: Option<Timestamp>,
    /// Whom its matches reach.
    pub roll_out: RollOut,
    /// Until when it matches nothing.
    pub disabled_until: Option<Timestamp>,
    /// A word to whoever looks after it.
    pub note: Option<String>,
}

/// An entry as state knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    entry_id: u64,
    bank: u16,
    kind: SignalKind,
    value: Value,
    roll_out: RollOut,
    added_at: Timestamp,
    expires_at: Option<Timestamp>,
    disabled_until: Option<Timestamp>,
    witness: Offset,
    live: MatchCount,
    shadow: MatchCount,
    /// The next entry with the same hash. Made anew when a snapshot is read, as is `place`.
    #[serde(skip)]
    next: u32,
    /// Where the text index has it.
    #[serde(skip)]
    place: u32,
}

impl Stored {
    fn exact(&self) -> Option<u64> {
        match &self.value {
            Value::Exact(hash) => Some(*hash),
            Value::Text(text) => Some(text.exact),
            Value::Picture(_) => None,
        }
    }
}

/// Banks and their entries.
#[derive(Clone, Debug, Default)]
pub struct Banks {
    pub(super) banks: Vec<Option<Bank>>,
    pub(super) entries: Vec<Option<Stored>>,
    /// Numbers of entries that are gone, to be given again.
    pub(super) free: Vec<u32>,
    pub(super) proposed: Proposed,
    /// Entries by name, and by what is equal.
    by_id: Heads,
    exact: Heads,
    pictures: PdqIndex,
    texts: TextIndex,
}

/// What may be asked.
impl Banks {
    /// Whether no bank has an entry: then nothing is compared.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Entries of all banks together.
    pub fn entry_count(&self) -> usize {
        self.by_id.len()
    }

    /// How many banks there are.
    pub fn bank_count(&self) -> usize {
        self.banks.iter().flatten().count()
    }

    /// The bank of that id.
    pub fn bank(&self, bank_id: &str) -> Option<&Bank> {
        self.banks.iter().flatten().find(|bank| bank.bank_id.as_str() == bank_id)
    }

    /// All banks with their totals at `now`, by id. Costs a pass over all entries.
    pub fn facts(&self, now: Timestamp) -> Vec<BankFacts> {
        let mut facts: Vec<Option<BankFacts>> =
            self.banks.iter().map(|bank| bank.clone().map(empty)).collect();
        for entry in self.entries.iter().flatten() {
            let Some(Some(bank)) = facts.get_mut(usize::from(entry.bank)) else { continue };
            bank.entries += 1;
            if is_in_force(entry.expires_at, entry.disabled_until, now) {
                let is_live = entry.roll_out == RollOut::Live;
                *(if is_live { &mut bank.live_entries } else { &mut bank.rolling_entries }) += 1;
            }
            bank.live.add(&entry.live);
            bank.shadow.add(&entry.shadow);
        }
        let mut facts: Vec<BankFacts> = facts.into_iter().flatten().collect();
        facts.sort_by(|one, two| one.bank.bank_id.cmp(&two.bank.bank_id));
        facts
    }

    /// A bank's entries, oldest first, at most `count`. Costs a pass over all entries.
    pub fn entries(&self, bank_id: &str, count: usize) -> Vec<EntryFacts> {
        let Some(number) = self.bank_number(bank_id) else { return Vec::new() };
        let own = self.entries.iter().flatten().filter(|entry| entry.bank == number);
        let mut facts: Vec<EntryFacts> = own.filter_map(|entry| self.facts_of(entry)).collect();
        facts.sort_by_key(|entry| (entry.added_at, entry.entry_id));
        facts.truncate(count);
        facts
    }

    /// The entry of that name.
    pub fn entry(&self, entry_id: BankEntryId) -> Option<EntryFacts> {
        self.stored(entry_id.0).and_then(|(_, entry)| self.facts_of(entry))
    }

    /// Makes an entry out of what somebody wants to add to `bank`: checked, and named. A value that the bank has
    /// keeps its name, under whichever key that was given.
    ///
    /// Errors: what is wrong with it, in words. Never quotes the value.
    pub fn make_entry(
        &self,
        key: &HashKey,
        bank: &Bank,
        new: NewBankEntry,
        added_at: Timestamp,
    ) -> Result<BankEntry, String> {
        if new.kind.bank_kind() != bank.kind {
            return Err(format!("a bank of kind {} holds no {}", bank.kind.name(), new.kind));
        }
        let (value, normalised) = signals::read(key, new.kind, &new.value)?;
        let name = format!("{}\0{}\0{normalised}", bank.bank_id, new.kind);
        let known = self.equal(bank.bank_id.as_str(), new.kind, &value);
        let entry = BankEntry {
            entry_id: known.unwrap_or_else(|| BankEntryId(key.hash64(SPACE_ENTRY, name.as_bytes()))),
            kind: new.kind,
            value: new.value.trim().to_owned(),
            source: new.source.unwrap_or_else(|| bank.source.clone()),
            added_at,
            expires_at: new.expires_at,
            roll_out: new.roll_out,
            disabled_until: new.disabled_until,
            note: new.note,
        };
        entry.check()?;
        Ok(entry)
    }

    /// The bank's entry of exactly that value.
    fn equal(&self, bank_id: &str, kind: SignalKind, value: &Value) -> Option<BankEntryId> {
        let bank = self.bank_number(bank_id)?;
        let mut numbers = Vec::new();
        match value {
            Value::Exact(hash) => self.each_equal(*hash, &mut |number| numbers.push(number)),
            Value::Text(text) => self.each_equal(text.exact, &mut |number| numbers.push(number)),
            Value::Picture(hash) => self.pictures.search(*hash, &mut |number, distance| {
                numbers.extend((distance == 0).then_some(number));
            }),
        }
        let entries = numbers.into_iter().filter_map(|number| self.entries.get(number as usize)?.as_ref());
        let mut own = entries.filter(|entry| entry.bank == bank && entry.kind == kind);
        own.next().map(|entry| BankEntryId(entry.entry_id))
    }

    /// What content matches at `now`, entries out of force left out, likest first, at most
    /// [`limits::BANK_MATCHES_SHOWN_MAX`]. Changes no count.
    pub fn look_up(&self, signals: &Signals, now: Timestamp) -> Vec<BankMatch> {
        self.matches(self.hits(signals, now))
    }

    /// Entries in force that content matches, each once with its best likeness, by number.
    fn hits(&self, signals: &Signals, now: Timestamp) -> Vec<(u32, Likeness)> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut hits = Vec::new();
        let texts = signals.text.iter().map(|text| text.exact);
        for hash in signals.exact.iter().copied().chain(texts) {
            self.each_equal(hash, &mut |number| hits.push((number, Likeness::Same)));
        }
        for picture in &signals.pictures {
            self.pictures
                .search(*picture, &mut |number, distance| hits.push((number, Likeness::Distance(distance))));
        }
        if let Some(sketch) = signals.text.as_ref().and_then(|text| text.sketch.as_ref()) {
            self.texts.search(sketch, &mut |number, agreement| {
                hits.push((number, Likeness::DiffersPercent(100 - agreement)));
            });
        }
        hits.sort_unstable();
        hits.dedup_by_key(|(number, _)| *number);
        hits.retain(|(number, _)| {
            let entry = self.entries.get(*number as usize).and_then(Option::as_ref);
            entry.is_some_and(|entry| is_in_force(entry.expires_at, entry.disabled_until, now))
        });
        hits
    }

    fn each_equal(&self, hash: u64, found: &mut dyn FnMut(u32)) {
        let mut number = self.exact.get(&hash).copied().unwrap_or(END);
        while let Some(Some(entry)) = self.entries.get(number as usize) {
            found(number);
            number = entry.next;
        }
    }

    /// Hits by name, likest first: in an order that does not lean on numbers.
    fn matches(&self, hits: Vec<(u32, Likeness)>) -> Vec<BankMatch> {
        let found = hits.into_iter().filter_map(|(number, likeness)| {
            let entry = self.entries.get(number as usize)?.as_ref()?;
            let bank_id = self.bank_of(entry)?.bank_id.clone();
            Some(BankMatch { entry_id: BankEntryId(entry.entry_id), bank_id, kind: entry.kind, likeness })
        });
        let mut matches: Vec<BankMatch> = found.collect();
        matches.sort_by(|one, two| {
            one.likeness.cmp(&two.likeness).then_with(|| one.entry_id.cmp(&two.entry_id))
        });
        matches.truncate(limits::BANK_MATCHES_SHOWN_MAX);
        matches
    }

    fn facts_of(&self, entry: &Stored) -> Option<EntryFacts> {
        Some(EntryFacts {
            entry_id: BankEntryId(entry.entry_id),
            bank_id: self.bank_of(entry)?.bank_id.clone(),
            kind: entry.kind,
            added_at: entry.added_at,
            expires_at: entry.expires_at,
            roll_out: entry.roll_out,
            disabled_until: entry.disabled_until,
            witness: entry.witness,
            live: entry.live,
            shadow: entry.shadow,
        })
    }

    fn bank_of(&self, entry: &Stored) -> Option<&Bank> {
        self.banks.get(usize::from(entry.bank))?.as_ref()
    }

    fn bank_number(&self, bank_id: &str) -> Option<u16> {
        let is_it = |bank: &Option<Bank>| bank.as_ref().is_some_and(|bank| bank.bank_id.as_str() == bank_id);
        self.banks.iter().position(is_it).and_then(|number| u16::try_from(number).ok())
    }

    fn stored(&self, entry_id: u64) -> Option<(u32, &Stored)> {
        let number = *self.by_id.get(&entry_id)?;
        Some((number, self.entries.get(number as usize)?.as_ref()?))
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Option<Stored>>()
            + (self.by_id.capacity() + self.exact.capacity()) * (size_of::<(u64, u32)>() + 1)
            + self.pictures.bytes()
            + self.texts.bytes()
    }
}

fn empty(bank: Bank) -> BankFacts {
    BankFacts {
        bank,
        entries: 0,
        live_entries: 0,
        rolling_entries: 0,
        live: MatchCount::default(),
        shadow: MatchCount::default(),
    }
}

#[cfg(test)]
mod tests;
