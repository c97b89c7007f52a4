//! What the live rules answer to an event whose sender waits for it.

use super::{Effects, Request};
use cordon_model::effect::RuleSignalKind;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Where a sender hears of each line, by its number in the request; bounded by the lines that it sent.
pub type AnswerTo = UnboundedSender<(u64, EventAnswer)>;

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventAnswer {
    /// The live rules were evaluated.
    Evaluated(LiveAnswer),
    /// It came more than a day late: rules do not see it.
    Late,
    /// No live rule set is in force.
    NoRules,
}

/// What the live rules asked for, those that were stopped left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveAnswer {
    /// The version of the rule set.
    pub rule_set: u32,
    /// Verdicts, duplicates kept, at most [`cordon_model::limits::RULE_REQUESTS_MAX`] with signals and reviews.
    pub verdicts: Vec<String>,
    /// Labels asked for.
    pub labels: Vec<LabelAnswer>,
    /// Unexpected failures of single expressions: what they would have asked for is not known.
    pub errors: u64,
}

/// A label that is to be set, at once or after a while, or taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelAnswer {
    /// Type of the entity.
    pub entity_type: Arc<str>,
    /// Its id.
    pub entity_id: String,
    /// The label.
    pub label: String,
    /// Set, or taken off.
    pub is_added: bool,
}

impl LiveAnswer {
    pub(super) fn of(rule_set: u32, asked: &Effects, errors: usize) -> Self {
        let verdict = |request: &Request| match request {
            Request::Signal { kind: RuleSignalKind::Verdict, name, .. } => Some(name.clone()),
            _ => None,
        };
        let labels = asked.labels.iter().map(|label| LabelAnswer {
            entity_type: Arc::clone(&label.entity_type),
            entity_id: label.entity_id.clone(),
            label: label.label.clone(),
            is_added: label.is_added,
        });
        Self {
            rule_set,
            verdicts: asked.requests.iter().filter_map(verdict).collect(),
            labels: labels.collect(),
            errors: errors as u64,
        }
    }
}
