//! `POST /v1/quality/{second_look_id}/judgements`

use super::blind::{BlindCase, case_of};
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::{PolicyId, SecondLookId};
use serde::Deserialize;
use utoipa::ToSchema;

/// What the caller would have decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"finding": "suspend", "policy_id": "spam"}))]
pub(crate) struct LookFinding {
    /// What they would have decided; not `restore`.
    #[schema(schema_with = names::decision_kind)]
    finding: DecisionKind,
    /// The policy that is broken; none for `no_violation`.
    policy_id: Option<String>,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`judged_already`, or `claim_lost`: it went to another reviewer",
        "422": "`finding_invalid`",
    }
}

/// Judges a case a second time. Nothing about the account changes; the answer has the score, not the decision.
///
/// Role: reviewer and above, to whom the look was given.
#[utoipa::path(
    post, path = "/v1/quality/{second_look_id}/judgements", tag = "quality",
    params(("second_look_id" = String, Path)), request_body = LookFinding,
    responses((status = 201, body = BlindCase), Guarded, Refused)
)]
pub(crate) async fn judge_look(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(found): JsonBody<LookFinding>,
) -> Result<(StatusCode, Json<BlindCase>), Problem> {
    let finding = (found.finding, found.policy_id.map(PolicyId));
    let look = app.ports.quality.judge_look(&SecondLookId(id), finding, caller.id(), app.now()).await?;
    Ok((StatusCode::CREATED, Json(case_of(&app, look).await?)))
}
