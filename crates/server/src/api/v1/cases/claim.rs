//! `POST /v1/cases/{case_id}/claim`

use super::view::Case;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::CaseId;

problems! {
    Refused {
        "404": "`not_found`",
        "409": "`case_claimed` by somebody else, `case_decided` or `case_closed`",
    }
}

/// Claims a case for 15 minutes, or prolongs the claim that the caller holds. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/cases/{case_id}/claim", tag = "cases", params(("case_id" = String, Path)),
    responses((status = 200, body = Case), Guarded, Refused)
)]
pub(crate) async fn claim_case(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
) -> Result<Json<Case>, Problem> {
    let case = app.ports.desk.claim(&CaseId(id), caller.id(), app.now()).await?;
    Ok(Json(case.into()))
}
