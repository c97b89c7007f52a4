//! `POST /v1/appeals/{appeal_id}/claim` and `…/withdraw`

use super::read::file_on;
use super::view::{AppealFile, Receipt};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review, Send};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::AppealId;

problems! {
    RefusedClaim {
        "403": "`second_person_needed`: the caller had a part in the decision; or `forbidden`",
        "404": "`not_found`",
        "409": "`appeal_claimed` or `appeal_ended`",
    }
    RefusedWithdrawal {
        "404": "`not_found`",
        "409": "`appeal_ended`",
    }
}

/// Takes an appeal for 15 minutes, or keeps it longer. Role: reviewer and above, but nobody who made, proposed or
/// approved the decision.
#[utoipa::path(
    post, path = "/v1/appeals/{appeal_id}/claim", tag = "appeals", params(("appeal_id" = String, Path)),
    responses((status = 200, body = AppealFile), Guarded, RefusedClaim)
)]
pub(crate) async fn claim_appeal(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
) -> Result<Json<AppealFile>, Problem> {
    let appeal = app.ports.notices.claim_appeal(&AppealId(id), caller.id(), app.now()).await?;
    Ok(Json(file_on(&app, appeal).await?))
}

/// Takes an appeal back on the appellant's wish; the decision stands. Role: platform or admin.
#[utoipa::path(
    post, path = "/v1/appeals/{appeal_id}/withdraw", tag = "appeals", params(("appeal_id" = String, Path)),
    responses((status = 200, body = Receipt), Guarded, RefusedWithdrawal)
)]
pub(crate) async fn withdraw_appeal(
    State(app): State<App>,
    caller: Caller<Send>,
    Id(id): Id,
) -> Result<Json<Receipt>, Problem> {
    let appeal = app.ports.notices.withdraw_appeal(&AppealId(id), caller.id(), app.now()).await?;
    Ok(Json(appeal.into()))
}
