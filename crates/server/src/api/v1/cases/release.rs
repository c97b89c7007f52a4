//! `POST /v1/cases/{case_id}/release`

use super::view::ClaimName;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::ids::{CaseId, ClaimId};

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`claim_lost`, `case_decided` or `case_closed`",
    }
}

/// Gives a case back to its queue. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/cases/{case_id}/release", tag = "cases", params(("case_id" = String, Path)),
    request_body = ClaimName, responses((status = 204, description = "It is free"), Guarded, Refused)
)]
pub(crate) async fn release_case(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(claim): JsonBody<ClaimName>,
) -> Result<StatusCode, Problem> {
    let claim_id = ClaimId(claim.claim_id);
    app.ports.desk.release(&CaseId(id), &claim_id, caller.id(), app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
