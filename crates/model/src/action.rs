//! Actions: what is done to an account because of a decision.

use crate::clock::Timestamp;
use crate::ids::{AccountId, ActionId, DecisionId};
use serde::{Deserialize, Serialize};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// The account is told that it broke a policy.
    Warn,
    /// A warning is taken back.
    WithdrawWarning,
    /// A label is set.
    Label,
    /// A label is removed.
    RemoveLabel,
    /// Reach or functions are limited.
    Restrict,
    /// Limits end.
    LiftRestriction,
    /// Access ends.
    Suspend,
    /// Access returns.
    Restore,
    /// Access ends for good.
    Terminate,
    /// What was ended for good was a mistake: access returns.
    Reinstate,
}

impl ActionKind {
    /// All kinds, each sanction before its reverse.
    pub const ALL: [ActionKind; 10] = [
        Self::Warn,
        Self::WithdrawWarning,
        Self::Label,
        Self::RemoveLabel,
        Self::Restrict,
        Self::LiftRestriction,
        Self::Suspend,
        Self::Restore,
        Self::Terminate,
        Self::Reinstate,
    ];

    /// The kind's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::WithdrawWarning => "withdraw_warning",
            Self::Label => "label",
            Self::RemoveLabel => "remove_label",
            Self::Restrict => "restrict",
            Self::LiftRestriction => "lift_restriction",
            Self::Suspend => "suspend",
            Self::Restore => "restore",
            Self::Terminate => "terminate",
            Self::Reinstate => "reinstate",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What undoes it. Its own inverse: the reverse of the reverse is the action.
    pub const fn reverse(self) -> Self {
        match self {
            Self::Warn => Self::WithdrawWarning,
            Self::WithdrawWarning => Self::Warn,
            Self::Label => Self::RemoveLabel,
            Self::RemoveLabel => Self::Label,
            Self::Restrict => Self::LiftRestriction,
            Self::LiftRestriction => Self::Restrict,
            Self::Suspend => Self::Restore,
            Self::Restore => Self::Suspend,
            Self::Terminate => Self::Reinstate,
            Self::Reinstate => Self::Terminate,
        }
    }

    /// Whether it weighs on the account rather than takes something off it.
    pub const fn is_sanction(self) -> bool {
        matches!(self, Self::Warn | Self::Label | Self::Restrict | Self::Suspend | Self::Terminate)
    }
}

/// One action on one account. Rows are only added: taking back is an action of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its name; also the idempotency key under which the platform hears of it.
    pub action_id: ActionId,
    /// The decision that it carries out or, for a take-back by overturning, the one overturned.
    pub decision_id: DecisionId,
    /// Whom it concerns.
    pub account_id: AccountId,
    /// What is done.
    pub kind: ActionKind,
    /// For a label: which.
    pub label: Option<String>,
    /// For a take-back: the action that it undoes.
    pub reverses: Option<ActionId>,
    /// Whether the platform is told. False for a take-back while another decision keeps the same sanction in force.
    pub is_sent: bool,
    /// When it was taken.
    pub taken_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_reverse_of_the_other_sort_whose_reverse_it_is() {
        for kind in ActionKind::ALL {
            assert_eq!(kind.reverse().reverse(), kind);
            assert_ne!(kind.reverse().is_sanction(), kind.is_sanction());
            assert_eq!(ActionKind::from_name(kind.name()), Some(kind));
        }
    }
}
