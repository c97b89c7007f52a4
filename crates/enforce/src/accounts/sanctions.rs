//! The sanctions in force: a list to which actions add and from which their reverses take.
//!
//! Two decisions may suspend the same account. Each adds its own sanction, so that overturning one leaves the
//! other in force, and the platform is told to restore only when the last one goes.

use super::AccountRecord;
use cordon_model::action::{Action, ActionKind};
use cordon_model::ids::{ActionId, DecisionId};
use serde::{Deserialize, Serialize};

/// Something that weighs on an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanction {
    /// The action that put it in force.
    pub action_id: ActionId,
    /// What it is; one of the kinds for which [`ActionKind::is_sanction`].
    pub kind: ActionKind,
    /// For a label: which.
    pub label: Option<String>,
    /// The decision that answers for it; `None` for an imported suspension.
    pub decision_id: Option<DecisionId>,
}

impl Sanction {
    /// Whether the account feels no difference between the two.
    pub(crate) fn weighs_like(&self, other: &Sanction) -> bool {
        self.kind == other.kind && self.label == other.label
    }
}

/// The sanctions after `action`: one more for a sanction, one less for its take-back.
pub fn apply_action(mut sanctions: Vec<Sanction>, action: &Action) -> Vec<Sanction> {
    if action.kind.is_sanction() {
        sanctions.push(Sanction {
            action_id: action.action_id.clone(),
            kind: action.kind,
            label: action.label.clone(),
            decision_id: Some(action.decision_id.clone()),
        });
    } else {
        sanctions.retain(|sanction| Some(&sanction.action_id) != action.reverses.as_ref());
    }
    sanctions
}

impl AccountRecord {
    /// Whether no other sanction than `gone` has the same effect: then the platform must hear of its end.
    pub(crate) fn is_last_of_its_sort(&self, gone: &Sanction) -> bool {
        !self
            .sanctions
            .iter()
            .any(|sanction| sanction.action_id != gone.action_id && sanction.weighs_like(gone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_model::clock::Timestamp;
    use proptest::prelude::*;

    fn action(id: &str, kind: ActionKind, reverses: Option<&str>) -> Action {
        Action {
            action_id: id.into(),
            decision_id: "d".into(),
            account_id: "a".into(),
            kind,
            label: None,
            reverses: reverses.map(ActionId::from),
            is_sent: true,
            taken_at: Timestamp(0),
        }
    }

    fn sanction_kinds() -> impl Strategy<Value = ActionKind> {
        prop::sample::select(
            ActionKind::ALL.into_iter().filter(|kind| kind.is_sanction()).collect::<Vec<_>>(),
        )
    }

    proptest! {
        #[test]
        fn an_action_then_its_reverse_is_the_start(
            before in prop::collection::vec(sanction_kinds(), 0..5),
            kind in sanction_kinds(),
        ) {
            let start = before.iter().enumerate().fold(Vec::new(), |sanctions, (number, kind)| {
                apply_action(sanctions, &action(&format!("s{number}"), *kind, None))
            });
            let after = apply_action(start.clone(), &action("x", kind, None));
            prop_assert_eq!(after.len(), start.len() + 1);
            prop_assert_eq!(apply_action(after, &action("y", kind.reverse(), Some("x"))), start);
        }
    }
}
