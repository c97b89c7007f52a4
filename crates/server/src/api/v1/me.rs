//! `GET /v1/me`

use crate::api::{Guarded, names};
use crate::app::App;
use crate::auth::{Caller, Identify, permissions};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::clock::Timestamp;
use cordon_model::operator::{Operator, Role};
use serde::Serialize;
use utoipa::ToSchema;

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Under which name they act.
    operator_id: String,
    /// How they are shown.
    display_name: String,
    /// What they are.
    #[schema(schema_with = names::role)]
    role: Role,
    /// What they may do: `send`, `look`, `review`, `publish`, `approve`, `overturn`, `audit`.
    may: Vec<&'static str>,
    /// The server's time, by which claims lapse and ages count.
    now: String,
}

impl Me {
    pub(crate) fn of(operator: &Operator, now: Timestamp) -> Self {
        Self {
            operator_id: operator.operator_id.0.clone(),
            display_name: operator.display_name.clone(),
            role: operator.role,
            may: permissions(operator.role),
            now: now.to_string(),
        }
    }
}

/// Who the caller is, and what they may do. Role: any.
#[utoipa::path(get, path = "/v1/me", tag = "session", responses((status = 200, body = Me), Guarded))]
pub(crate) async fn who_am_i(State(app): State<App>, caller: Caller<Identify>) -> Result<Json<Me>, Problem> {
    Ok(Json(Me::of(caller.operator(), app.now())))
}
