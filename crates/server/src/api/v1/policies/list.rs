//! `GET /v1/policies`

use crate::api::v1::accounts::strikes::LadderStep;
use crate::api::{Guarded, names};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::policy::{self, Severity};
use serde::Serialize;
use utoipa::ToSchema;

/// All policies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyList {
    /// Every version of each, by id and version.
    policies: Vec<Policy>,
    /// The ladder, lowest step first: what so many points of strikes propose.
    ladder: Vec<LadderStep>,
}

/// One version of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Policy {
    /// Its name in decisions and reports.
    policy_id: String,
    /// Its version, from 1.
    version: u32,
    /// One line for lists.
    title: String,
    /// What is forbidden, in the words shown to the account.
    text: String,
    /// How grave a violation is.
    #[schema(schema_with = names::severity)]
    severity: Severity,
    /// Points of the strike that a violation is; 0 for no strike.
    strike_weight: u32,
    /// Days for which the strike counts; absent for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    strike_days: Option<u32>,
    /// Whether new decisions may no longer cite it.
    is_retired: bool,
}

impl From<policy::Policy> for Policy {
    fn from(policy: policy::Policy) -> Self {
        Self {
            policy_id: policy.policy_id.0,
            version: policy.version.0,
            title: policy.title,
            text: policy.text,
            severity: policy.severity,
            strike_weight: policy.strike_weight,
            strike_days: policy.strike_days,
            is_retired: policy.is_retired,
        }
    }
}

/// The policies that decisions cite, retired versions included, and the ladder of strikes. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/policies", tag = "decisions", responses((status = 200, body = PolicyList), Guarded)
)]
pub(crate) async fn list_policies(
    State(app): State<App>,
    _caller: Caller<Look>,
) -> Result<Json<PolicyList>, Problem> {
    let policies = app.ports.policies.list_policies().await?;
    let ladder = app.ports.policies.fetch_ladder().await?;
    Ok(Json(PolicyList {
        policies: policies.into_iter().map(Policy::from).collect(),
        ladder: ladder.steps().iter().copied().map(LadderStep::from).collect(),
    }))
}
