//! `POST /v1/cases/{case_id}/heartbeat`

use super::view::{Claim, ClaimName};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::{CaseId, ClaimId};

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`claim_lost`, `case_decided` or `case_closed`",
    }
}

/// Prolongs a claim to 15 minutes from now. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/cases/{case_id}/heartbeat", tag = "cases", params(("case_id" = String, Path)),
    request_body = ClaimName, responses((status = 200, body = Claim), Guarded, Refused)
)]
pub(crate) async fn prolong_claim(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(claim): JsonBody<ClaimName>,
) -> Result<Json<Claim>, Problem> {
    let claim_id = ClaimId(claim.claim_id);
    let claim = app.ports.desk.heartbeat(&CaseId(id), &claim_id, caller.id(), app.now()).await?;
    Ok(Json(claim.into()))
}
