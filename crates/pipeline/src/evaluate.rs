//! Evaluation: one entry in, changed state and effects out. Pure but for reading the journal it is a function of.

use crate::PipelineError;
use crate::archive::Archive;
use crate::names::JournalNames;
use cordon_detect::banks::{BankMatch, describe_matches};
use cordon_detect::links::AccountNumber;
use cordon_detect::returns::Return;
use cordon_detect::settings::LinkSettings;
use cordon_detect::similar::evidence::{account_name, describe};
use cordon_detect::similar::probability::{Odds, at_most_even};
use cordon_detect::similar::row::{Row, link_rows};
use cordon_detect::similar::weigh::{SeedEntities, shared_entities};
use cordon_detect::{Detection, Finding, Observation};
use cordon_journal::{EntryRef, OffsetRange, TOMBSTONE};
use cordon_model::clock::Timestamp;
use cordon_model::effect::{Candidate, Effect};
use cordon_model::entity::Source;
use cordon_model::entry::{Control, EntryKind};
use cordon_model::event::{Event, EventType};
use cordon_model::hashing::HashKey;
use cordon_model::ids::{AccountId, EffectId, EntryId, Offset, PolicyId, ReporterId};
use cordon_model::json::Json;
use cordon_model::limits;
use cordon_model::report::Report;
use std::ops::ControlFlow;
use std::sync::Arc;

/// State, and how an entry changes it.
#[derive(Clone, Debug)]
pub struct Evaluator {
    detection: Detection,
    /// The text of the settings in force.
    settings_text: String,
    archive: Archive,
    /// The last entry taken in.
    offset: Offset,
}

impl Evaluator {
    /// Nothing taken in yet; settings come with the journal's first entry.
    pub(crate) fn new(settings_text: &str, key: HashKey, archive: &Archive) -> Result<Self, PipelineError> {
        let detection = Detection::new(LinkSettings::parse(settings_text)?, key);
        let (settings_text, archive) = (settings_text.to_owned(), archive.clone());
        Ok(Self { detection, settings_text, archive, offset: Offset(0) })
    }

    /// The state of similarity.
    pub fn detection(&self) -> &Detection {
        &self.detection
    }

    /// The settings in force.
    pub fn settings(&self) -> &Arc<LinkSettings> {
        self.detection.settings()
    }

    /// The last entry taken in.
    pub fn offset(&self) -> Offset {
        self.offset
    }

    /// How values are read back.
    pub fn names(&self) -> JournalNames<'_> {
        JournalNames {
            journal: &self.archive.journal,
            settings: self.detection.settings(),
            key: self.detection.key(),
        }
    }

    /// Takes in an entry that was not prepared: replay.
    ///
    /// Errors: [`PipelineError::Entry`] for an entry that this binary cannot read.
    pub(crate) fn evaluate(&mut self, entry: EntryRef<'_>) -> Result<Vec<(EffectId, Effect)>, PipelineError> {
        match entry.kind {
            EntryKind::Control => self.control(entry),
            EntryKind::Event if entry.payload == TOMBSTONE => {
                self.offset = entry.offset;
                Ok(Vec::new())
            }
            EntryKind::Event => {
                let unreadable = |reason: String| PipelineError::Entry { offset: entry.offset, reason };
                let event =
                    Event::read(entry.payload, entry.received_at).map_err(|e| unreadable(e.to_string()))?;
                let observed = Observation::of(self.detection.settings(), self.detection.key(), &event)
                    .map_err(|reject| unreadable(reject.to_string()))?;
                Ok(self.observe(entry, &observed))
            }
        }
    }

    /// Takes in an event whose observation was made under the settings in force.
    pub(crate) fn observe(&mut self, entry: EntryRef<'_>, observed: &Observation) -> Vec<(EffectId, Effect)> {
        let findings = self.detection.observe(entry.offset, entry.received_at, observed);
        self.offset = entry.offset;
        let mut effects = Vec::new();
        if observed.kind == EventType::DecisionImported {
            effects.extend(imported(entry));
        }
        for finding in findings {
            self.finding(entry, observed.is_late, finding, &mut effects);
        }
        number(entry.offset, effects)
    }

    fn control(&mut self, entry: EntryRef<'_>) -> Result<Vec<(EffectId, Effect)>, PipelineError> {
        let control: Control = serde_json::from_slice(entry.payload)
            .map_err(|error| PipelineError::Entry { offset: entry.offset, reason: error.to_string() })?;
        let mut effects = Vec::new();
        if let Control::LinkSettingsActivated { yaml } = &control {
            self.rebuild(yaml, entry.offset)?;
        }
        if let Control::AccountErased { account_id } = &control {
            effects.push(Effect::Erased { account_id: account_id.clone() });
        }
        for finding in self.detection.control(entry.offset, entry.received_at, &control) {
            self.finding(entry, false, finding, &mut effects);
        }
        self.offset = entry.offset;
        Ok(number(entry.offset, effects))
    }

    /// Under new settings everything derived is made anew from the journal, up to but without `until`.
    fn rebuild(&mut self, yaml: &str, until: Offset) -> Result<(), PipelineError> {
        let key = *self.detection.key();
        let mut fresh = Self::new(yaml, key, &self.archive)?;
        let before = OffsetRange { first: Offset(1), last: Offset(until.0.saturating_sub(1)) };
        self.archive.journal.scan(before, |entry| {
            if !is_settings(entry) {
                fresh.evaluate(entry)?;
            }
            Ok::<_, PipelineError>(ControlFlow::Continue(()))
        })?;
        self.archive.activate(fresh.settings());
        *self = fresh;
        Ok(())
    }

    fn finding(&self, entry: EntryRef<'_>, is_late: bool, finding: Finding, effects: &mut Vec<Effect>) {
        match finding {
            Finding::ReportOnKnown(_) => effects.extend(report(entry, true, is_late)),
            Finding::ReportOnUnknown => effects.extend(report(entry, false, is_late)),
            Finding::Appeared(account) => {
                let account_id = AccountId(account_name(&self.detection, &self.names(), account));
                effects.push(Effect::SubjectAppeared { account_id });
            }
            Finding::NeverAppeared(report) => {
                effects.extend(
                    self.reported_at(report).map(|account_id| Effect::SubjectNeverAppeared { account_id }),
                );
            }
            Finding::Return(found) => {
                effects.push(Effect::Candidate(self.returned(&found, entry.received_at)));
            }
            Finding::Similar(found) => {
                let candidate =
                    self.candidate(found.account, Source::Similar, &found.rows, entry.received_at);
                effects.push(Effect::Candidate(candidate));
            }
            Finding::Banked(account, matches) => {
                effects.push(Effect::Candidate(self.banked(account, &matches, entry.received_at)));
            }
        }
    }

    fn reported_at(&self, offset: Offset) -> Option<AccountId> {
        let entry = self.archive.journal.entry_at(offset).ok()??;
        let event = Event::read(&entry.payload, entry.received_at).ok()?;
        text(&event.body, &["report", "account_id"]).map(AccountId)
    }

    fn returned(&self, found: &Return, proposed_at: Timestamp) -> Candidate {
        let detection = &self.detection;
        let seeds: Vec<_> = found.earlier.iter().take(1).map(|(account, _)| (*account, 1.0)).collect();
        let shared = shared_entities(detection, &SeedEntities::collect(detection, &seeds), found.account);
        let names = self.names();
        let earlier =
            found.earlier.iter().map(|(account, _)| AccountId(account_name(detection, &names, *account)));
        Candidate {
            incarnation_of: earlier.collect(),
            ..self.candidate(found.account, Source::Return, &link_rows(detection, &shared), proposed_at)
        }
    }

    /// A match makes a case at most. Its bits are set by hand and nothing calibrates them, so that it claims no more
    /// than even odds.
    fn banked(&self, account: AccountNumber, matches: &[BankMatch], proposed_at: Timestamp) -> Candidate {
        let banks = self.detection.banks();
        let evidence = describe_matches(banks, matches);
        let weight: f64 = evidence.iter().map(|row| row.weight).sum();
        let likest = matches.first().and_then(|found| banks.bank(found.bank_id.as_str()));
        Candidate {
            weight,
            probability: at_most_even(&self.detection, weight),
            is_calibrated: false,
            evidence,
            policy_id: likest.map(|bank| bank.policy_id.clone()),
            ..self.candidate(account, Source::Bank, &[], proposed_at)
        }
    }

    fn candidate(
        &self,
        account: AccountNumber,
        source: Source,
        rows: &[Row],
        proposed_at: Timestamp,
    ) -> Candidate {
        let (detection, names, odds) = (&self.detection, self.names(), Odds::of(&self.detection));
        let followers = detection.links().account_facts(account).followers;
        Candidate {
            account_id: AccountId(account_name(detection, &names, account)),
            source,
            weight: rows.iter().map(|row| row.bits).sum(),
            probability: odds.probability(rows),
            is_calibrated: odds.is_calibrated(),
            evidence: describe(detection, &names, rows),
            incarnation_of: Vec::new(),
            policy_id: None,
            propensity: 1.0,
            reach: (followers != u32::MAX).then_some(u64::from(followers)),
            proposed_at,
        }
    }

    /// State as bytes, with the settings it was made under.
    pub(crate) fn snapshot(&self) -> Result<Vec<u8>, PipelineError> {
        let mut bytes = (self.settings_text.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(self.settings_text.as_bytes());
        bytes.extend(self.detection.snapshot(self.settings_name())?);
        Ok(bytes)
    }

    /// State out of [`Evaluator::snapshot`]'s bytes; `None` where they are of another version.
    pub(crate) fn restore(bytes: &[u8], offset: Offset, key: HashKey, archive: &Archive) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<8>()?;
        let (text, state) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        let settings_text = std::str::from_utf8(text).ok()?;
        let mut restored = Self::new(settings_text, key, archive).ok()?;
        let name = restored.settings_name();
        restored.detection =
            Detection::restore(state, Arc::clone(restored.detection.settings()), name, key).ok()?;
        restored.offset = offset;
        Some(restored)
    }

    fn settings_name(&self) -> u64 {
        self.detection.key().hash64(0, self.settings_text.as_bytes())
    }
}

fn is_settings(entry: EntryRef<'_>) -> bool {
    entry.kind == EntryKind::Control
        && matches!(serde_json::from_slice(entry.payload), Ok(Control::LinkSettingsActivated { .. }))
}

fn number(offset: Offset, effects: Vec<Effect>) -> Vec<(EffectId, Effect)> {
    (0..).zip(effects).map(|(ordinal, effect)| (EffectId { offset, ordinal }, effect)).collect()
}

fn text(body: &Json<'_>, path: &[&str]) -> Option<String> {
    body.path(path).and_then(Json::as_str).map(str::to_owned)
}

/// The report that an entry carries. A late one is history, not work.
fn report(entry: EntryRef<'_>, is_subject_known: bool, is_late: bool) -> Option<Effect> {
    if is_late {
        return None;
    }
    let event = Event::read(entry.payload, entry.received_at).ok()?;
    let at = |name: &str| text(&event.body, &["report", name]);
    let source = match text(&event.body, &["report", "reporter", "kind"]).as_deref() {
        Some("partner") => Source::Partner,
        Some("authority") => Source::Authority,
        _ => Source::User,
    };
    let clipped = |text: String| text.chars().take(limits::TEXT_CHARS_MAX).collect::<String>();
    Some(Effect::Report(Report {
        entry_id: EntryId::from(entry.id),
        account_id: AccountId(at("account_id")?),
        item_id: at("item_id"),
        policy_id: at("policy").map(PolicyId),
        text: at("text").map(clipped),
        reporter_id: text(&event.body, &["report", "reporter", "id"]).map(ReporterId),
        source,
        received_at: entry.received_at,
        is_subject_known,
    }))
}

fn imported(entry: EntryRef<'_>) -> Option<Effect> {
    let event = Event::read(entry.payload, entry.received_at).ok()?;
    let at = |name: &str| text(&event.body, &["decision", name]);
    Some(Effect::StandingImported {
        account_id: AccountId(at("account_id")?),
        outcome: at("outcome")?,
        decided_at: event.time,
    })
}
