//! Evaluation: one entry in, changed state and effects out. Pure but for reading the journal it is a function of.

use crate::PipelineError;
use crate::archive::Archive;
use crate::names::JournalNames;
use crate::rules::{EventAnswer, LiveAnswer, Request, Requests, RuleSets, told};
use cordon_detect::banks::{BankMatch, describe_matches};
use cordon_detect::extract::actor_of;
use cordon_detect::links::AccountNumber;
use cordon_detect::proposals::{Drawn, Proposal};
use cordon_detect::returns::{Return, rows};
use cordon_detect::settings::LinkSettings;
use cordon_detect::similar::evidence::{account_name, describe};
use cordon_detect::similar::probability::{Odds, at_most_even};
use cordon_detect::similar::row::Row;
use cordon_detect::{Detection, Finding, Observation, SnapshotError};
use cordon_journal::{EntryRef, OffsetRange, TOMBSTONE};
use cordon_model::clock::Timestamp;
use cordon_model::effect::{
    Candidate, ControlChange, ControlVerb, Effect, RuleHold, RuleSignal, RuleSignalKind,
};
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::entry::{Control, EntryKind};
use cordon_model::event::{Event, EventType};
use cordon_model::hashing::HashKey;
use cordon_model::ids::{AccountId, BankId, EffectId, EntryId, Offset, PolicyId, QueueId, ReporterId};
use cordon_model::json::Json;
use cordon_model::limits;
use cordon_model::report::Report;
use cordon_model::rule_set::{RuleMode, RuleSet};
use cordon_rules::MatchedRule;
use serde_json::json;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Version of the layout of a snapshot, above any length that stood in its place once; one of another version is not
/// read but made anew from the journal.
const SNAPSHOT_VERSION: u64 = (1 << 63) + 5;
/// Bits that a rule's hit speaks with, until decisions on cases of rules have taught better: about as much as a user's
/// report.
const RULE_BITS: f64 = 10.0;
/// The name under which holds are remembered among what was sent to review: no policy has it.
const HOLD_POLICY: &str = "\0hold";

/// State, and how an entry changes it.
#[derive(Clone, Debug)]
pub struct Evaluator {
    detection: Detection,
    /// The text of the settings in force.
    settings_text: String,
    archive: Archive,
    /// Rule sets; nothing until the first is activated, so that whoever has none pays nothing.
    rules: Option<Box<RuleSets>>,
    /// The last entry taken in.
    offset: Offset,
}

impl Evaluator {
    /// Nothing taken in yet; settings come with the journal's first entry.
    pub(crate) fn new(settings_text: &str, key: HashKey, archive: &Archive) -> Result<Self, PipelineError> {
        let detection = Detection::new(LinkSettings::parse(settings_text)?, key);
        let (settings_text, archive) = (settings_text.to_owned(), archive.clone());
        Ok(Self { detection, settings_text, archive, rules: None, offset: Offset(0) })
    }

    /// The state of similarity.
    pub fn detection(&self) -> &Detection {
        &self.detection
    }

    /// Rule sets and labels, once there are any.
    pub fn rules(&self) -> Option<&RuleSets> {
        self.rules.as_deref()
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
                let observed =
                    self.detection.reduce(&event).map_err(|reject| unreadable(reject.to_string()))?;
                Ok(self.observe(entry, &observed))
            }
        }
    }

    /// Takes in an event whose observation was made under the settings in force.
    pub(crate) fn observe(&mut self, entry: EntryRef<'_>, observed: &Observation) -> Vec<(EffectId, Effect)> {
        self.observe_and_answer(entry, observed).0
    }

    /// The same, with what the live rules answer.
    pub(crate) fn observe_and_answer(
        &mut self,
        entry: EntryRef<'_>,
        observed: &Observation,
    ) -> (Vec<(EffectId, Effect)>, EventAnswer) {
        let findings = self.detection.observe(entry.offset, entry.received_at, observed);
        self.offset = entry.offset;
        let mut effects = Vec::new();
        if observed.kind == EventType::DecisionImported {
            effects.extend(imported(entry));
        }
        for finding in findings {
            self.finding(entry, observed.is_late, finding, &mut effects);
        }
        let mut answer = if observed.is_late { EventAnswer::Late } else { EventAnswer::NoRules };
        if let Some(rules) = self.rules.as_mut().filter(|_| !observed.is_late)
            && let Some(requests) = rules.observe(entry, &self.detection, &mut |_, _| {})
        {
            let found = self.ask(entry, requests, &mut effects);
            answer = EventAnswer::Evaluated(found);
        }
        (number(entry.offset, effects), answer)
    }

    /// What a live rule set asks for becomes effects: signals about the account that the event is about, cases about
    /// the one that acts in it and nobody else.
    fn ask(&mut self, entry: EntryRef<'_>, asked: Requests, effects: &mut Vec<Effect>) -> LiveAnswer {
        let Requests { version, requests, stopped, answer } = asked;
        if requests.is_empty() && stopped.is_empty() {
            return answer;
        }
        let Ok(event) = Event::read(entry.payload, entry.received_at) else { return answer };
        let actor = actor_of(self.detection.settings(), &event);
        let subject = || {
            ["report", "decision"].iter().find_map(|name| event.body.path(&[name, "account_id"])?.as_str())
        };
        let about = actor.or_else(subject);
        let stop = |account_id, (rule, limit): (String, u64)| RuleSignal {
            account_id: AccountId::from(account_id),
            event_id: EntryId::from(entry.id),
            kind: RuleSignalKind::RuleStopped,
            detail: Some(format!("took effect on more than {limit} events of a day")),
            rules: vec![rule.clone()],
            name: rule,
            rule_set: version,
            at: entry.received_at,
        };
        // Like any signal it needs an account to go by; without one the statistics alone tell.
        let told = stopped.into_iter().filter_map(|rule| Some(Effect::Signal(stop(about?, rule))));
        effects.extend(told);
        for request in requests {
            match request {
                Request::Signal { kind, name, detail, rules } => {
                    let rules = rules.iter().map(|rule| rule.name.to_string()).collect();
                    let signal = about.map(|account_id| RuleSignal {
                        account_id: AccountId::from(account_id),
                        event_id: EntryId::from(entry.id),
                        kind,
                        name,
                        detail,
                        rules,
                        rule_set: version,
                        at: entry.received_at,
                    });
                    effects.extend(signal.map(Effect::Signal));
                }
                Request::Hold { policy, length, queue, rules } => {
                    let Some(account_id) = actor else { continue };
                    effects.extend(self.held(entry, account_id, version, (&policy, queue), length, &rules));
                }
                Request::Review { policy, queue, priority, rules } => {
                    let candidate = actor.and_then(|account_id| {
                        let key = *self.detection.key();
                        let sets = self.rules.as_mut()?;
                        let is_new = sets.is_new_review(&key, account_id, &policy, entry.received_at);
                        is_new.then(|| self.ruled(account_id, (&policy, queue), &rules, entry.received_at))?
                    });
                    effects.extend(candidate.map(|ruled| Effect::Candidate(Candidate { priority, ..ruled })));
                }
            }
        }
        answer
    }

    /// A hold, behind the case in which people look at it; once a day at most for an account.
    fn held(
        &mut self,
        entry: EntryRef<'_>,
        account_id: &str,
        rule_set: u32,
        (policy, queue): (&str, Option<String>),
        length: i64,
        rules: &[MatchedRule],
    ) -> Vec<Effect> {
        let (key, at) = (*self.detection.key(), entry.received_at);
        let Some(sets) = self.rules.as_mut() else { return Vec::new() };
        if !sets.is_new_review(&key, account_id, HOLD_POLICY, at) {
            return Vec::new();
        }
        // The case is proposed anew even if rules sent the account to review today: that one may be decided by now.
        sets.is_new_review(&key, account_id, policy, at);
        let Some(candidate) = self.ruled(account_id, (policy, queue), rules, at) else { return Vec::new() };
        let hold = RuleHold {
            account_id: AccountId::from(account_id),
            event_id: EntryId::from(entry.id),
            policy_id: PolicyId::from(policy),
            rules: rules.iter().map(|rule| rule.name.to_string()).collect(),
            rule_set,
            at,
            until: Timestamp(at.0.saturating_add(length)),
        };
        vec![Effect::Candidate(candidate), Effect::Hold(hold)]
    }

    /// A rule's hit makes a case at most. Its bits are a house value and nothing calibrates them.
    fn ruled(
        &self,
        account_id: &str,
        (policy, queue): (&str, Option<String>),
        rules: &[MatchedRule],
        proposed_at: Timestamp,
    ) -> Option<Candidate> {
        let account = self.detection.account(account_id)?;
        let row = |rule: &MatchedRule| Evidence {
            group: EvidenceGroup::Content,
            entity_type: "rule".to_owned(),
            entity: None,
            terms: Vec::new(),
            weight: RULE_BITS,
            levels: Vec::new(),
            text: format!("the rule {} held: {}", rule.name, told(rule)),
        };
        Some(Candidate {
            account_id: AccountId::from(account_id),
            weight: RULE_BITS,
            probability: at_most_even(&self.detection, RULE_BITS),
            is_calibrated: false,
            evidence: rules.iter().take(limits::EVIDENCE_ROWS_MAX).map(row).collect(),
            policy_id: Some(PolicyId::from(policy)),
            queue_id: queue.map(QueueId::from),
            ..self.candidate(account, Source::Rule, &[], proposed_at)
        })
    }

    fn control_rules(&mut self, entry: EntryRef<'_>, control: &Control) {
        let (key, now) = (*self.detection.key(), entry.received_at);
        match control {
            Control::RuleSetActivated(set) => {
                self.rules.get_or_insert_default().activate(set, entry.offset, now);
            }
            Control::RuleSetMoved { version, to } => self.move_rules(*version, *to, now),
            Control::LabelSet(label) => self.rules.get_or_insert_default().set_by_hand(&key, label, now),
            _ => {
                let Some(rules) = &mut self.rules else { return };
                match control {
                    Control::RuleSetWithdrawn { mode } => rules.withdraw(*mode, now),
                    Control::AccountErased { account_id } => rules.forget(&key, account_id.as_str()),
                    Control::Tick => rules.tick(now),
                    _ => {}
                }
            }
        }
    }

    fn move_rules(&mut self, version: u32, to: Option<RuleMode>, now: Timestamp) {
        let set = to.and_then(|mode| match self.rule_set(version) {
            Ok(set) => set.map(|set| RuleSet { mode, ..set }),
            Err(error) => {
                tracing::warn!(version, %error, "the text of a rule set cannot be read; it stays where it is");
                None
            }
        });
        if to.is_some() && set.is_none() {
            return;
        }
        if let Some(rules) = &mut self.rules {
            rules.place(version, set.as_ref(), now);
        }
    }

    pub(crate) fn archive(&self) -> &Archive {
        &self.archive
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
        self.control_rules(entry, &control);
        let is_new = match &control {
            Control::BankPut(bank) => self.detection.banks().bank(bank.bank_id.as_str()).is_none(),
            _ => false,
        };
        for finding in self.detection.control(entry.offset, entry.received_at, &control) {
            self.finding(entry, false, finding, &mut effects);
        }
        let published = self.rules.as_ref().and_then(|rules| rules.published().last());
        let version = published.filter(|one| one.offset == entry.offset).map(|one| one.version);
        effects.extend(noted(entry, &control, version, is_new).map(Effect::Changed));
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
            Finding::Similar(Proposal { scored, propensity }) => {
                let candidate =
                    self.candidate(scored.account, Source::Similar, &scored.rows, entry.received_at);
                effects.push(Effect::Candidate(Candidate { propensity, ..candidate }));
            }
            Finding::Drawn(Drawn { account, propensity }) => {
                let candidate = self.candidate(account, Source::AuditLane, &[], entry.received_at);
                effects.push(Effect::Candidate(Candidate { propensity, ..candidate }));
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
        let names = self.names();
        let earlier =
            found.earlier.iter().map(|(account, _)| AccountId(account_name(detection, &names, *account)));
        let likeliest = found.earlier.first();
        let rows = likeliest
            .map(|(earlier, _)| rows(detection, found.account, *earlier, proposed_at))
            .unwrap_or_default();
        let mut candidate = self.candidate(found.account, Source::Return, &rows, proposed_at);
        candidate.incarnation_of = earlier.collect();
        let group = candidate.evidence.first().map(|row| row.group);
        candidate
            .evidence
            .extend(group.and_then(|group| crate::returns::chain_row(self, found.account, group)));
        candidate
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
            queue_id: None,
            priority: 0,
            propensity: 1.0,
            reach: (followers != u32::MAX).then_some(u64::from(followers)),
            proposed_at,
        }
    }

    /// State as bytes, with the settings and rule sets it was made under.
    pub(crate) fn snapshot(&self) -> Result<Vec<u8>, PipelineError> {
        let broken = |_| PipelineError::Snapshot(SnapshotError::Broken);
        let rules = self.rules.as_ref().map(|rules| rules.snapshot()).transpose().map_err(broken)?;
        let mut bytes = SNAPSHOT_VERSION.to_le_bytes().to_vec();
        for part in [self.settings_text.as_bytes(), rules.as_deref().unwrap_or_default()] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        bytes.extend(self.detection.snapshot(self.settings_name())?);
        Ok(bytes)
    }

    /// State out of [`Evaluator::snapshot`]'s bytes; `None` where they are of another version.
    pub(crate) fn restore(bytes: &[u8], offset: Offset, key: HashKey, archive: &Archive) -> Option<Self> {
        let (version, rest) = bytes.split_first_chunk::<8>()?;
        if u64::from_le_bytes(*version) != SNAPSHOT_VERSION {
            return None;
        }
        let (text, rest) = split_part(rest)?;
        let (rules, state) = split_part(rest)?;
        let settings_text = std::str::from_utf8(text).ok()?;
        let mut restored = Self::new(settings_text, key, archive).ok()?;
        if !rules.is_empty() {
            restored.rules = Some(Box::new(RuleSets::restore(rules)?));
        }
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

/// A part behind its length, and the rest.
fn split_part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

fn is_settings(entry: EntryRef<'_>) -> bool {
    entry.kind == EntryKind::Control
        && matches!(serde_json::from_slice(entry.payload), Ok(Control::LinkSettingsActivated { .. }))
}

/// What the audit tells of a control entry; the mode of a set and the kind of a bank say what it may do.
fn noted(
    entry: EntryRef<'_>,
    control: &Control,
    published: Option<u32>,
    is_new: bool,
) -> Option<ControlChange> {
    let rules = |version: u32| format!("rules:{version}");
    let bank = |bank_id: &BankId| format!("bank:{bank_id}");
    let (verb, subject, mut details) = match control {
        Control::RuleSetActivated(set) => {
            (ControlVerb::RulesPublished, rules(published?), json!({"mode": set.mode.name()}))
        }
        Control::RuleSetMoved { version, to: Some(mode) } => {
            (ControlVerb::RulesMoved, rules(*version), json!({"to": mode.name()}))
        }
        Control::RuleSetMoved { version, to: None } => {
            (ControlVerb::RulesWithdrawn, rules(*version), json!({}))
        }
        Control::RuleSetWithdrawn { mode } => {
            (ControlVerb::RulesWithdrawn, format!("rules:{}", mode.name()), json!({}))
        }
        Control::BankPut(put) => {
            let details = json!({"kind": put.kind.name(), "policy": put.policy_id, "is_new": is_new});
            (ControlVerb::BankPut, bank(&put.bank_id), details)
        }
        Control::BankRemoved { bank_id } => (ControlVerb::BankRemoved, bank(bank_id), json!({})),
        Control::BankEntriesPut { bank_id, entries } => {
            (ControlVerb::BankEntriesPut, bank(bank_id), json!({"count": entries.len()}))
        }
        Control::BankEntriesRemoved { bank_id, entry_ids } => {
            (ControlVerb::BankEntriesRemoved, bank(bank_id), json!({"count": entry_ids.len()}))
        }
        _ => return None,
    };
    if let Some(details) = details.as_object_mut() {
        details.insert("offset".to_owned(), json!(entry.offset));
    }
    Some(ControlChange { actor: actor_in(entry.id), verb, subject, details: details.to_string() })
}

/// Who wanted a control entry, by its id: `rules:12:ana`. An id of another form tells nobody.
fn actor_in(id: &str) -> String {
    match id.splitn(3, ':').nth(2) {
        Some(by) if !by.is_empty() => format!("operator:{by}"),
        _ => "system".to_owned(),
    }
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
