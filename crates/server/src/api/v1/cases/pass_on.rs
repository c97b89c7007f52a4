//! `POST /v1/cases/{case_id}/hand-over` and `POST /v1/cases/{case_id}/escalate`

use super::view::Case;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::{CaseId, ClaimId, OperatorId};
use serde::Deserialize;
use utoipa::ToSchema;

/// To whom a case goes, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandOver {
    /// The caller's claim.
    claim_id: String,
    /// The operator who is to hold it: a reviewer or above.
    to: String,
    /// What they should know; it becomes a note that mentions them.
    reason: String,
}

/// What a lead is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Escalation {
    /// The caller's claim.
    claim_id: String,
    /// Why; it becomes a note.
    reason: String,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`claim_lost`, `case_decided`, `case_closed` or `notes_full`",
        "422": "`reason_invalid` or `operator_unfit`",
    }
}

/// Passes a case that the caller holds to somebody else, who holds it for 15 minutes from now. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/cases/{case_id}/hand-over", tag = "cases", params(("case_id" = String, Path)),
    request_body = HandOver, responses((status = 200, body = Case), Guarded, Refused)
)]
pub(crate) async fn hand_over_case(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(wanted): JsonBody<HandOver>,
) -> Result<Json<Case>, Problem> {
    let (case_id, claim_id, to) = (CaseId(id), ClaimId(wanted.claim_id), OperatorId(wanted.to));
    let to = (&to, wanted.reason.as_str());
    let case = app.ports.desk.pass_on((&case_id, &claim_id), caller.id(), to, app.now()).await?;
    Ok(Json(case.into()))
}

/// Puts a case that the caller holds into the queue `escalated`, at the place that it had, and ends the claim. Nobody gets it
/// as their next case without asking for that queue. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/cases/{case_id}/escalate", tag = "cases", params(("case_id" = String, Path)),
    request_body = Escalation, responses((status = 200, body = Case), Guarded, Refused)
)]
pub(crate) async fn escalate_case(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(wanted): JsonBody<Escalation>,
) -> Result<Json<Case>, Problem> {
    let (case_id, claim_id) = (CaseId(id), ClaimId(wanted.claim_id));
    let held = (&case_id, &claim_id);
    let case = app.ports.desk.escalate(held, caller.id(), &wanted.reason, app.now()).await?;
    Ok(Json(case.into()))
}
