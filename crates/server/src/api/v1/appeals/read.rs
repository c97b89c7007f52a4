//! `GET /v1/appeals/{appeal_id}`

use super::view::{Appeal, AppealFile};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::appeal;
use cordon_model::ids::AppealId;

problems! {
    Refused { "404": "`not_found`" }
}

/// An appeal with the decision that it is against, but not the name of who made that. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/appeals/{appeal_id}", tag = "appeals",
    params(("appeal_id" = String, Path)),
    responses((status = 200, body = AppealFile), Guarded, Refused)
)]
pub(crate) async fn read_appeal(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(id): Id,
) -> Result<Json<AppealFile>, Problem> {
    let appeal = app.ports.notices.fetch_appeal(&AppealId(id)).await?;
    Ok(Json(file_on(&app, appeal.ok_or_else(|| Problem::not_found("appeal"))?).await?))
}

pub(super) async fn file_on(app: &App, appeal: appeal::Appeal) -> Result<AppealFile, Problem> {
    let decision = app.ports.desk.fetch_decision(&appeal.decision_id).await?;
    let decision = decision.ok_or_else(|| Problem::not_found("decision"))?.into();
    Ok(AppealFile { appeal: Appeal::at(appeal, app.now()), decision })
}
