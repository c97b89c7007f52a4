//! Strikes as the API shows them.

use crate::api::names;
use cordon_enforce::accounts::StrikeTally;
use cordon_model::decision::DecisionKind;
use cordon_model::ladder;
use serde::Serialize;
use utoipa::ToSchema;

/// An account's strikes in force, and where they stand on the ladder. The ladder proposes, people decide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Strikes {
    /// The strikes, oldest first.
    strikes: Vec<Strike>,
    /// The sum of their points.
    points: u32,
    /// The highest step that they reach; absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<LadderStep>,
    /// The step above; absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<LadderStep>,
}

/// A violation that counts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Strike {
    /// The decision that it is.
    decision_id: String,
    /// The policy that was broken.
    policy_id: String,
    /// The version that the decision cites.
    policy_version: u32,
    /// What it counts, from 1.
    points: u32,
    /// When it began to count.
    decided_at: String,
    /// From when on it counts no more; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

/// What so many points of strikes propose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LadderStep {
    /// Points that reach it.
    points: u32,
    /// What it proposes.
    #[schema(schema_with = names::decision_kind)]
    kind: DecisionKind,
    /// For how many days; absent for no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
}

impl From<ladder::LadderStep> for LadderStep {
    fn from(step: ladder::LadderStep) -> Self {
        Self { points: step.points, kind: step.kind, days: step.days }
    }
}

impl From<StrikeTally> for Strikes {
    fn from(tally: StrikeTally) -> Self {
        let strikes = tally.strikes.into_iter().map(|strike| Strike {
            decision_id: strike.decision_id.0,
            policy_id: strike.policy.policy_id.0,
            policy_version: strike.policy.version.0,
            points: strike.points,
            decided_at: strike.decided_at.to_string(),
            expires_at: strike.expires_at.map(|at| at.to_string()),
        });
        Self {
            strikes: strikes.collect(),
            points: tally.points,
            reached: tally.reached.map(LadderStep::from),
            next: tally.next.map(LadderStep::from),
        }
    }
}
