//! The quality of review: second looks at decided cases, blind, and golden cases among them.
//!
//! A second look does nothing to an account. Where it comes out otherwise than the decision, a lead says who was right;
//! whether the decision is then overturned is a command of its own.

mod draw;
mod look;
mod refusal;

pub use draw::{draw, is_golden_next, show_golden};
pub use look::{claim, judge, mark_golden, settle};
pub use refusal::QualityRefusal;

use cordon_model::audit::AuditNote;
use cordon_model::ids::{OperatorId, PolicyId};
use cordon_model::limits;
use cordon_model::second_look::SecondLook;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// How many decisions are looked at again, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QualityRules {
    /// Share of decisions that are looked at a second time, `0.0..=`[`limits::SECOND_LOOK_SHARE_MAX`].
    pub share: f64,
    /// Share of golden cases among what a reviewer is shown, `0.0..=`[`limits::GOLDEN_SHARE_MAX`].
    pub golden_share: f64,
    /// Policies for whose cases the score is shown before the judgement; hidden for all others.
    pub score_shown: BTreeSet<PolicyId>,
}

/// Rules that cannot stand, and how to mend them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QualityRulesInvalid {
    /// Not a share, or too large a one.
    #[error("`share` must lie between 0 and {max}", max = limits::SECOND_LOOK_SHARE_MAX)]
    Share,
    /// Not a share, or too large a one.
    #[error("`golden_share` must lie between 0 and {max}", max = limits::GOLDEN_SHARE_MAX)]
    GoldenShare,
    /// Too many.
    #[error("`score_shown` names at most {max} policies", max = limits::SCORE_SHOWN_MAX)]
    ScoreShown,
}

impl QualityRules {
    /// Says what is wrong.
    ///
    /// Errors: the first thing that cannot stand.
    pub fn check(self) -> Result<Self, QualityRulesInvalid> {
        if !(0.0..=limits::SECOND_LOOK_SHARE_MAX).contains(&self.share) {
            return Err(QualityRulesInvalid::Share);
        }
        if !(0.0..=limits::GOLDEN_SHARE_MAX).contains(&self.golden_share) {
            return Err(QualityRulesInvalid::GoldenShare);
        }
        if self.score_shown.len() > limits::SCORE_SHOWN_MAX {
            return Err(QualityRulesInvalid::ScoreShown);
        }
        Ok(self)
    }

    /// Whether a score is kept from who has not judged yet.
    pub fn hides_score(&self, policy_id: Option<&PolicyId>) -> bool {
        policy_id.is_none_or(|policy_id| !self.score_shown.contains(policy_id))
    }
}

/// An audit note on a second look. Says of the account, not of the decision, and not whether it is golden.
fn note(look: &SecondLook, by: &OperatorId, verb: &'static str, details: &Value) -> AuditNote {
    AuditNote {
        actor: format!("operator:{by}"),
        verb,
        subject: look.account_id.to_string(),
        details: details.to_string(),
    }
}

#[cfg(test)]
mod tests;
