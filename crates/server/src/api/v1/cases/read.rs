//! `GET /v1/cases/{case_id}`

use super::view::CaseFile;
use crate::api::v1::quality::blind::check_not_blind;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::CaseId;

problems! {
    Refused { "404": "`not_found`" }
}

/// A case with all that belongs to it. Who reported is shown to leads and admins alone. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/cases/{case_id}", tag = "cases", params(("case_id" = String, Path)),
    responses((status = 200, body = CaseFile), Guarded, Refused)
)]
pub(crate) async fn read_case(
    State(app): State<App>,
    caller: Caller<Look>,
    Id(id): Id,
) -> Result<Json<CaseFile>, Problem> {
    let file = app.ports.desk.fetch_case(&CaseId(id)).await?;
    let file = file.ok_or_else(|| Problem::not_found("case"))?;
    check_not_blind(&app, &caller, &file.case.account_id).await?;
    let strikes = app.ports.desk.fetch_strikes(&file.case.account_id, app.now()).await?;
    Ok(Json(CaseFile::seal(file, strikes, caller.is_kept_from_reporters())))
}
