//! Holds: what rules may do to a person, for a while and without a decision.

use crate::clock::Timestamp;
use crate::ids::{AccountId, CaseId, DecisionId, EntryId, HoldId, PolicyId};
use serde::{Deserialize, Serialize};

/// A time-boxed limit of an account's reach, never of its access. It is no decision and no action, and is over by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its name.
    pub hold_id: HoldId,
    /// Who is held.
    pub account_id: AccountId,
    /// The case in which people look at it.
    pub case_id: CaseId,
    /// The event that the rules held for.
    pub event_id: EntryId,
    /// The policy that it may break.
    pub policy_id: PolicyId,
    /// The rules that held.
    pub rules: Vec<String>,
    /// The version of the rule set.
    pub rule_set: u32,
    /// When the event arrived.
    pub begun_at: Timestamp,
    /// When it is over by itself, at most [`crate::limits::RULE_HOLD_HOURS_MAX`] later.
    pub expires_at: Timestamp,
    /// When somebody ended it before that.
    pub ended_at: Option<Timestamp>,
    /// The decision that ended it, where it was made in this record.
    pub decision_id: Option<DecisionId>,
}

impl Hold {
    /// Whether it limits the account's reach at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}
