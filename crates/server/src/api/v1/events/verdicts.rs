//! `?wait=verdict`: what the live rules answer to each event of a batch.

use crate::api::names;
use cordon_model::ids::EntryId;
use cordon_pipeline::rules::{AnswerTo, EventAnswer, LiveAnswer};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;

/// What the live rules answer to an event of the batch.
#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct EventVerdict {
    /// The line's number in the body, from 1.
    line: u64,
    /// The event's id; null where the line cannot be read.
    event_id: Option<String>,
    /// `evaluated`: the live rules saw it. `unknown`: they did not, or not in time; never take it for a clear.
    #[schema(schema_with = names::verdict_status)]
    status: &'static str,
    /// Why it is unknown; null where it was evaluated.
    #[schema(schema_with = names::verdict_unknown)]
    reason: Option<&'static str>,
    /// The version of the rules; null where unknown.
    rule_set: Option<u32>,
    /// Verdicts, duplicates kept.
    verdicts: Vec<String>,
    /// Labels asked for.
    labels: Vec<LabelMutation>,
    /// Single expressions that failed unexpectedly: what they would have asked for is not known.
    errors: u64,
}

/// A label that is set, at once or after a while, or taken off.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct LabelMutation {
    /// Type of the entity.
    entity_type: String,
    /// Its id.
    entity_id: String,
    /// The label.
    label: String,
    /// Set, or taken off.
    is_added: bool,
}

impl EventVerdict {
    fn unknown(line: u64, event_id: Option<EntryId>, reason: &'static str) -> Self {
        let event_id = event_id.map(|id| id.0);
        Self { line, event_id, status: "unknown", reason: Some(reason), ..Self::default() }
    }

    fn of(line: u64, event_id: Option<EntryId>, answer: EventAnswer) -> Self {
        match answer {
            EventAnswer::Late => Self::unknown(line, event_id, "late"),
            EventAnswer::NoRules => Self::unknown(line, event_id, "no_rules"),
            EventAnswer::Evaluated(found) => Self::evaluated(line, event_id, found),
        }
    }

    fn evaluated(line: u64, event_id: Option<EntryId>, found: LiveAnswer) -> Self {
        let labels = found.labels.into_iter().map(|label| LabelMutation {
            entity_type: label.entity_type.to_string(),
            entity_id: label.entity_id,
            label: label.label,
            is_added: label.is_added,
        });
        Self {
            line,
            event_id: event_id.map(|id| id.0),
            status: "evaluated",
            reason: None,
            rule_set: Some(found.rule_set),
            verdicts: found.verdicts,
            labels: labels.collect(),
            errors: found.errors,
        }
    }
}

/// Lines whose answers are waited for.
pub(super) struct Awaited {
    /// The first ones, by number, with the ids that they can be read to have.
    pub(super) lines: Vec<(u64, Option<EntryId>)>,
    /// Where answers come; ends once the last chunk is evaluated.
    answers: UnboundedReceiver<(u64, EventAnswer)>,
}

impl Awaited {
    /// Lines to wait for, and whither their answers go.
    pub(super) fn new(lines: Vec<(u64, Option<EntryId>)>) -> (Self, AnswerTo) {
        let (answer_to, answers) = unbounded_channel();
        (Self { lines, answers }, answer_to)
    }

    /// Waits until every line is answered, but not beyond `deadline`; then says what is known of each.
    pub(super) async fn verdicts(mut self, rejected: &BTreeSet<u64>, deadline: Instant) -> Vec<EventVerdict> {
        let mut found = BTreeMap::new();
        let is_whole = loop {
            match timeout_at(deadline, self.answers.recv()).await {
                Ok(Some((line, answer))) => drop(found.insert(line, answer)),
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        let lines = self.lines.into_iter().map(|(line, event_id)| match found.remove(&line) {
            Some(answer) => EventVerdict::of(line, event_id, answer),
            None if rejected.contains(&line) => EventVerdict::unknown(line, event_id, "rejected"),
            // An entry is evaluated once: what a repeat would hear was said to whoever sent it first.
            None if is_whole => EventVerdict::unknown(line, event_id, "duplicate"),
            None => EventVerdict::unknown(line, event_id, "timed_out"),
        });
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn what_is_not_answered_in_time_is_unknown_and_never_a_clear() {
        let lines = (1..=4).map(|line| (line, Some(EntryId(format!("e{line}"))))).collect();
        let (awaited, answer_to) = Awaited::new(lines);
        let clear = EventAnswer::Evaluated(LiveAnswer { rule_set: 3, ..LiveAnswer::default() });
        answer_to.send((1, clear)).unwrap();
        answer_to.send((2, EventAnswer::Late)).unwrap();
        let deadline = Instant::now() + Duration::from_millis(20);
        let found = awaited.verdicts(&BTreeSet::from([4]), deadline).await;
        let told: Vec<_> = found.iter().map(|one| (one.status, one.reason, one.rule_set)).collect();
        let unknown = |reason| ("unknown", Some(reason), None);
        let expected =
            [("evaluated", None, Some(3)), unknown("late"), unknown("timed_out"), unknown("rejected")];
        assert_eq!(told, expected);
        assert_eq!(found.first().and_then(|one| one.event_id.as_deref()), Some("e1"));
    }

    #[tokio::test]
    async fn once_all_is_evaluated_what_has_no_answer_is_a_repeat_or_had_no_rules() {
        let (awaited, answer_to) = Awaited::new(vec![(1, None), (2, None)]);
        answer_to.send((2, EventAnswer::NoRules)).unwrap();
        drop(answer_to);
        let found = awaited.verdicts(&BTreeSet::new(), Instant::now() + Duration::from_secs(20)).await;
        let reasons: Vec<_> = found.iter().map(|one| one.reason).collect();
        assert_eq!(reasons, [Some("duplicate"), Some("no_rules")]);
    }
}
