//! A rule set on trial: events through detection and rules as the pipeline takes them, without a journal or a record.

use super::{RuleSets, told};
use crate::rules::Request;
use cordon_detect::Detection;
use cordon_detect::settings::LinkSettings;
use cordon_journal::EntryRef;
use cordon_model::clock::Timestamp;
use cordon_model::entry::EntryKind;
use cordon_model::event::{Event, Reject};
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_model::rule_set::{ManualLabel, RuleFile, RuleSet};
use cordon_rules::{Diagnostic, Evaluation};

/// Why a trial cannot go on.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TrialError {
    /// The event cannot be taken in.
    #[error("{0}")]
    Event(Reject),
    /// It is more than a day older than its arrival: rules do not see it.
    #[error("the event is late: rules see none that is more than a day older than its arrival")]
    Late,
}

/// What the set made of one event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialAnswer {
    /// All features, as a JSON object.
    pub features: String,
    /// Rules that held, in the order of the set.
    pub rules: Vec<String>,
    /// Verdicts, duplicates kept.
    pub verdicts: Vec<String>,
    /// `EntityType/label/1` for set, `/0` for taken off; those that do not apply are left out.
    pub labels: Vec<String>,
    /// Signals of the set's own.
    pub signals: Vec<String>,
    /// Policies under which the account goes to review, each with why.
    pub reviews: Vec<(String, String)>,
    /// Policies under which the account would be held for a while, each with why.
    pub holds: Vec<(String, String)>,
    /// Unexpected failures: `main.sml:3:1 …`.
    pub errors: Vec<String>,
}

/// A rule set with a world of its own.
pub struct Trial {
    detection: Detection,
    rules: RuleSets,
    offset: Offset,
    last: Timestamp,
}

impl Trial {
    /// A world in which nothing happened yet, under the bundled link settings.
    ///
    /// Errors: every mistake in the set.
    pub fn new(files: Vec<RuleFile>) -> Result<Self, Vec<Diagnostic>> {
        super::compile(&files)?;
        let set = RuleSet::live(files);
        let mut rules = RuleSets::default();
        rules.activate(&set, Offset(0), Timestamp(0));
        let key = HashKey::from_bytes([0; 16]);
        let detection = Detection::new(LinkSettings::bundled(), key);
        Ok(Self { detection, rules, offset: Offset(0), last: Timestamp(0) })
    }

    /// A person sets a label.
    pub fn set_label(&mut self, label: &ManualLabel, now: Timestamp) {
        self.rules.set_by_hand(self.detection.key(), label, now);
    }

    /// Takes in an event that arrives at `received_at`, or with the one before it if that is later.
    ///
    /// Errors: those of reading the event, and that it is late.
    pub fn take(&mut self, line: &[u8], received_at: Timestamp) -> Result<TrialAnswer, TrialError> {
        let received_at = received_at.max(self.last);
        let event = Event::read(line, received_at).map_err(TrialError::Event)?;
        let observed = self.detection.reduce(&event).map_err(TrialError::Event)?;
        (self.last, self.offset) = (received_at, self.offset.next());
        self.detection.observe(self.offset, received_at, &observed);
        if observed.is_late {
            return Err(TrialError::Late);
        }
        let kind = EntryKind::Event;
        let (offset, id, payload) = (self.offset, event.id.as_str(), line);
        let entry = EntryRef { offset, received_at, kind, id, content_hash: 0, payload };
        let mut answer = TrialAnswer::default();
        let requests = self.rules.observe(entry, &self.detection, &mut |_, found| answer = answer_of(found));
        for request in requests.into_iter().flat_map(|asked| asked.requests) {
            let (policy, rules, into) = match request {
                Request::Review { policy, rules, .. } => (policy, rules, &mut answer.reviews),
                Request::Hold { policy, rules, .. } => (policy, rules, &mut answer.holds),
                Request::Signal { .. } => continue,
            };
            let why: Vec<String> = rules.iter().map(told).collect();
            into.push((policy, why.join("; ")));
        }
        Ok(answer)
    }
}

fn answer_of(found: &Evaluation<'_, '_>) -> TrialAnswer {
    let mut features = String::new();
    found.write_features(&mut features);
    let labels = found.labels().into_iter().filter(|label| label.applies);
    let custom = found.signals().into_iter().filter(|signal| !signal.is_verdict);
    let error = |error: cordon_rules::RuleError| {
        format!("{}:{}:{} {}", error.path, error.line, error.column, error.message)
    };
    TrialAnswer {
        features,
        rules: found.hits().iter().map(ToString::to_string).collect(),
        verdicts: found.verdicts().into_iter().map(str::to_owned).collect(),
        labels: labels
            .map(|label| format!("{}/{}/{}", label.entity_type, label.label, u8::from(label.is_added)))
            .collect(),
        signals: custom.map(|signal| signal.name).collect(),
        reviews: Vec::new(),
        holds: Vec::new(),
        errors: found.errors().into_iter().map(error).collect(),
    }
}
