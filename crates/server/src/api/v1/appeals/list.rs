//! `GET /v1/appeals`

use super::view::Appeal;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Parameters;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::appeal::AppealStatus;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which appeals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// In which state; `open` where nothing is said.
    #[param(schema_with = names::appeal_status)]
    status: Option<AppealStatus>,
    /// Those alone that should have been decided by now.
    #[serde(default)]
    late: bool,
}

/// Appeals, urgent ones first and then those due first; at most 500.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Appeals {
    appeals: Vec<Appeal>,
}

problems! {
    Refused { "400": "`parameter_invalid`" }
}

/// The queue of appeals. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/appeals", tag = "appeals", params(Which),
    responses((status = 200, body = Appeals), Guarded, Refused)
)]
pub(crate) async fn list_appeals(
    State(app): State<App>,
    _caller: Caller<Look>,
    Parameters(which): Parameters<Which>,
) -> Result<Json<Appeals>, Problem> {
    let now = app.now();
    let status = which.status.unwrap_or(AppealStatus::Open);
    let found = app.ports.notices.list_appeals(status, which.late.then_some(now)).await?;
    Ok(Json(Appeals { appeals: found.into_iter().map(|appeal| Appeal::at(appeal, now)).collect() }))
}
