//! `GET /v1/quality/disagreements`

use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Settle};
use crate::extract::Parameters;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::decision::DecisionKind;
use cordon_model::second_look::{LookStatus, SecondLook};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which disagreements.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichDisagreements {
    /// Those that are settled, rather than those that wait.
    #[serde(default)]
    settled: bool,
}

/// A case on which two people differ. Nobody is named, so that the case is looked at and not who judged it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Disagreement {
    /// The look's name.
    second_look_id: String,
    /// The case.
    case_id: String,
    /// The account.
    account_id: String,
    /// The decision, which stands until it is overturned.
    decision_id: String,
    /// What was decided.
    #[schema(schema_with = names::decision_kind)]
    decided: DecisionKind,
    /// What was found the second time; null while nobody has judged.
    #[schema(schema_with = names::decision_kind)]
    found: Option<DecisionKind>,
    /// The policy that is broken by that finding.
    policy_id: Option<String>,
    /// When it was found.
    judged_at: Option<String>,
    /// What a lead said is right; null while it waits.
    #[schema(schema_with = names::decision_kind)]
    right: Option<DecisionKind>,
}

impl From<SecondLook> for Disagreement {
    fn from(look: SecondLook) -> Self {
        let judgement = look.judgement;
        Self {
            second_look_id: look.second_look_id.0,
            case_id: look.case_id.0,
            account_id: look.account_id.0,
            decision_id: look.decision_id.0,
            decided: look.decided,
            found: judgement.as_ref().map(|judgement| judgement.finding),
            judged_at: judgement.as_ref().map(|judgement| judgement.judged_at.to_string()),
            policy_id: judgement.and_then(|judgement| judgement.policy_id).map(|id| id.0),
            right: look.settlement.map(|settlement| settlement.right),
        }
    }
}

/// Disagreements, those drawn first first; at most 500.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Disagreements {
    disagreements: Vec<Disagreement>,
}

problems! {
    Refused { "400": "`parameter_invalid`" }
}

/// Cases on which the decision and the second look differ, violation or none. Role: lead or admin.
#[utoipa::path(
    get, path = "/v1/quality/disagreements", tag = "quality", params(WhichDisagreements),
    responses((status = 200, body = Disagreements), Guarded, Refused)
)]
pub(crate) async fn list_disagreements(
    State(app): State<App>,
    _caller: Caller<Settle>,
    Parameters(which): Parameters<WhichDisagreements>,
) -> Result<Json<Disagreements>, Problem> {
    let status = if which.settled { LookStatus::Settled } else { LookStatus::Disputed };
    let found = app.ports.quality.list_looks(status).await?;
    Ok(Json(Disagreements { disagreements: found.into_iter().map(Disagreement::from).collect() }))
}
