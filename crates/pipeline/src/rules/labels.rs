//! Labels of entities: state with history, in which people stand above rules.
//!
//! Entities are known by keyed hashes alone; names of labels and of the rules that set them are the rule set's own
//! words, never content.

use cordon_model::limits::{
    LABEL_HISTORY_MAX, LABEL_KEEP_SECONDS, LABEL_REASONS_MAX, LABELLED_ENTITIES_MAX, LABELS_DELAYED_MAX,
    LABELS_PER_ENTITY_MAX,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds beyond the last expiry of a label's reasons in which it still counts as on when another change comes, and by
/// which a reason may be newer than the one in its place; as in Osprey.
const GRACE_MICROS: i64 = 5_000_000;

/// An entity as labels know it: keyed hash of its id, then of its type, so that all of one id stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct EntityKey {
    pub(crate) id: u64,
    pub(crate) kind: u64,
}

/// Where a label stands. The order is that of strength within one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LabelStatus {
    /// Taken off by a rule.
    Removed,
    /// Set by a rule.
    Added,
    /// Taken off by a person.
    ManuallyRemoved,
    /// Set by a person.
    ManuallyAdded,
}

impl LabelStatus {
    /// Whether the label is on.
    pub fn is_added(self) -> bool {
        matches!(self, Self::Added | Self::ManuallyAdded)
    }

    /// Whether a person set it.
    pub fn is_manual(self) -> bool {
        matches!(self, Self::ManuallyRemoved | Self::ManuallyAdded)
    }
}

/// Why a label stands as it does: times in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reason {
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
}

/// A state that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Past {
    pub(crate) status: LabelStatus,
    pub(crate) until: i64,
}

/// One label of one entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LabelState {
    pub(crate) status: LabelStatus,
    /// By the name of the rule, or of the person, that gave them.
    pub(crate) reasons: BTreeMap<String, Reason>,
    /// Newest first.
    pub(crate) previous: Vec<Past>,
}

impl LabelState {
    /// When the last of the reasons is over, where all of them end.
    fn ends_at(&self) -> Option<i64> {
        self.reasons
            .values()
            .map(|reason| reason.expires_at)
            .max_by_key(|at| at.unwrap_or(i64::MAX))
            .flatten()
    }
}

/// A change that an event or a person asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mutation {
    pub(crate) entity: EntityKey,
    pub(crate) label: String,
    pub(crate) status: LabelStatus,
    pub(crate) reasons: BTreeMap<String, Reason>,
}

/// Labels of all entities, and changes that wait for their time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Labels {
    by_entity: BTreeMap<EntityKey, BTreeMap<String, LabelState>>,
    /// By the instant at which they are due, then in the order in which they were asked for.
    delayed: BTreeMap<(i64, u64), Mutation>,
    /// Changes that were ever delayed.
    delays: u64,
}

impl Labels {
    /// The labels of an entity, by name.
    pub(crate) fn of(&self, entity: EntityKey) -> impl Iterator<Item = (&String, &LabelState)> {
        self.by_entity.get(&entity).into_iter().flatten()
    }

    /// Entities with a label.
    pub(crate) fn len(&self) -> usize {
        self.by_entity.len()
    }

    /// Makes a change wait; beyond [`LABELS_DELAYED_MAX`] it is dropped.
    pub(crate) fn delay(&mut self, due: i64, mutation: Mutation) {
        if self.delayed.len() < LABELS_DELAYED_MAX {
            self.delays += 1;
            self.delayed.insert((due, self.delays), mutation);
        }
    }

    /// Carries out what waited until `now`.
    pub(crate) fn catch_up(&mut self, now: i64) {
        while let Some(first) = self.delayed.first_entry().filter(|first| first.key().0 <= now) {
            let ((due, _), mutation) = first.remove_entry();
            self.apply(mutation, due);
        }
    }

    /// Carries out the changes of one event: of several on one label the strongest wins, equal ones are one.
    pub(crate) fn apply_all(&mut self, mutations: Vec<Mutation>, now: i64) {
        let mut strongest: BTreeMap<(EntityKey, String), Mutation> = BTreeMap::new();
        for mutation in mutations {
            let place = (mutation.entity, mutation.label.clone());
            match strongest.get_mut(&place) {
                Some(held) if held.status == mutation.status => held.reasons.extend(mutation.reasons),
                Some(held) if held.status > mutation.status => {}
                _ => {
                    strongest.insert(place, mutation);
                }
            }
        }
        for mutation in strongest.into_values() {
            self.apply(mutation, now);
        }
    }

    /// Carries out one change. A rule never overrides a person, unless what the person set is over.
    pub(crate) fn apply(&mut self, mutation: Mutation, now: i64) {
        let is_full = self.by_entity.len() >= LABELLED_ENTITIES_MAX;
        if mutation.label.is_empty() || (is_full && !self.by_entity.contains_key(&mutation.entity)) {
            return;
        }
        let labels = self.by_entity.entry(mutation.entity).or_default();
        let Some(state) = labels.get_mut(&mutation.label) else {
            if labels.len() < LABELS_PER_ENTITY_MAX {
                let Mutation { label, status, reasons, .. } = mutation;
                labels.insert(label, LabelState { status, reasons, previous: Vec::new() });
            }
            return;
        };
        let is_over = state.ends_at().is_some_and(|at| at.saturating_add(GRACE_MICROS) < now);
        if !is_over && state.status.is_manual() && !mutation.status.is_manual() {
            return;
        }
        if is_over || state.status != mutation.status {
            state.previous.insert(0, Past { status: state.status, until: now });
            state.previous.truncate(LABEL_HISTORY_MAX);
            state.reasons.clear();
            state.status = mutation.status;
        }
        for (name, reason) in mutation.reasons {
            give(state, name, reason);
        }
    }

    /// Takes out all labels of an id, whatever its type.
    pub(crate) fn forget(&mut self, id: u64) {
        self.by_entity.retain(|entity, _| entity.id != id);
        self.delayed.retain(|_, mutation| mutation.entity.id != id);
    }

    /// Lets go of labels that were over long ago.
    pub(crate) fn expire(&mut self, now: i64) {
        let oldest = now.saturating_sub(LABEL_KEEP_SECONDS * 1_000_000);
        for labels in self.by_entity.values_mut() {
            labels.retain(|_, state| state.ends_at().is_none_or(|at| at >= oldest));
        }
        self.by_entity.retain(|_, labels| !labels.is_empty());
    }
}

/// Adds a reason, or puts it in the place of the one of the same name, whose beginning it keeps.
fn give(state: &mut LabelState, name: String, reason: Reason) {
    let is_full = state.reasons.len() >= LABEL_REASONS_MAX;
    match state.reasons.get_mut(&name) {
        Some(held) if held.created_at > reason.created_at.saturating_add(GRACE_MICROS) => {}
        Some(held) => held.expires_at = reason.expires_at,
        None if is_full => {}
        None => {
            state.reasons.insert(name, reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [LabelStatus; 4] =
        [LabelStatus::Removed, LabelStatus::Added, LabelStatus::ManuallyRemoved, LabelStatus::ManuallyAdded];
    const ENTITY: EntityKey = EntityKey { id: 1, kind: 2 };
    const SECOND: i64 = 1_000_000;

    fn mutation(status: LabelStatus, reason: &str, created_at: i64, expires_at: Option<i64>) -> Mutation {
        let reasons = BTreeMap::from([(reason.to_owned(), Reason { created_at, expires_at })]);
        Mutation { entity: ENTITY, label: "spam".to_owned(), status, reasons }
    }

    fn state(labels: &Labels) -> LabelState {
        labels.of(ENTITY).next().unwrap().1.clone()
    }

    #[test]
    fn people_stand_above_rules_in_every_pair_of_states() {
        for first in ALL {
            for second in ALL {
                let mut labels = Labels::default();
                labels.apply(mutation(first, "A", 0, None), 0);
                labels.apply(mutation(second, "B", SECOND, None), SECOND);
                let expected = if first.is_manual() && !second.is_manual() { first } else { second };
                let found = state(&labels);
                assert_eq!(found.status, expected, "{first:?} then {second:?}");
                assert_eq!(found.previous.len(), usize::from(expected != first), "{first:?} then {second:?}");
            }
        }
    }

    #[test]
    fn what_a_person_set_gives_way_once_it_is_over() {
        let mut labels = Labels::default();
        labels.apply(mutation(LabelStatus::ManuallyRemoved, "person", 0, Some(10 * SECOND)), 0);
        labels.apply(mutation(LabelStatus::Added, "A", 14 * SECOND, None), 14 * SECOND);
        assert_eq!(state(&labels).status, LabelStatus::ManuallyRemoved, "within the grace");
        labels.apply(mutation(LabelStatus::Added, "A", 16 * SECOND, None), 16 * SECOND);
        let found = state(&labels);
        assert_eq!(found.status, LabelStatus::Added);
        assert_eq!(found.previous, [Past { status: LabelStatus::ManuallyRemoved, until: 16 * SECOND }]);
    }

    #[test]
    fn of_one_event_adding_beats_removing_and_equal_changes_are_one() {
        let mut labels = Labels::default();
        let changes = vec![
            mutation(LabelStatus::Added, "A", 0, None),
            mutation(LabelStatus::Removed, "B", 0, None),
            mutation(LabelStatus::Added, "C", 0, None),
        ];
        labels.apply_all(changes, 0);
        let found = state(&labels);
        assert_eq!(found.status, LabelStatus::Added);
        assert_eq!(found.reasons.keys().collect::<Vec<_>>(), ["A", "C"]);
    }

    #[test]
    fn a_reason_given_again_keeps_its_beginning() {
        let mut labels = Labels::default();
        labels.apply(mutation(LabelStatus::Added, "A", 0, Some(10 * SECOND)), 0);
        labels.apply(mutation(LabelStatus::Added, "A", SECOND, Some(20 * SECOND)), SECOND);
        let kept = Reason { created_at: 0, expires_at: Some(20 * SECOND) };
        assert_eq!(state(&labels).reasons["A"], kept);
        labels.expire(20 * SECOND + LABEL_KEEP_SECONDS * SECOND);
        assert_eq!(labels.len(), 1);
        labels.expire(20 * SECOND + LABEL_KEEP_SECONDS * SECOND + 1);
        assert_eq!(labels.len(), 0);
    }

    #[test]
    fn a_delayed_change_waits_and_one_of_an_erased_account_never_comes() {
        let mut labels = Labels::default();
        labels.delay(10, mutation(LabelStatus::Added, "A", 0, None));
        labels.catch_up(9);
        assert_eq!(labels.len(), 0);
        labels.catch_up(10);
        assert_eq!(labels.len(), 1);
        labels.delay(20, mutation(LabelStatus::Removed, "A", 0, None));
        labels.forget(ENTITY.id);
        labels.catch_up(20);
        assert_eq!(labels, Labels { delays: 2, ..Labels::default() });
    }
}
