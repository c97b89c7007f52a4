//! `GET /v1/batches`

use super::view::Batch;
use crate::api::Guarded;
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Batches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchList {
    /// Newest first, at most 500.
    batches: Vec<Batch>,
}

/// The newest batches. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/batches", tag = "batches", responses((status = 200, body = BatchList), Guarded)
)]
pub(crate) async fn list_batches(
    State(app): State<App>,
    caller: Caller<Look>,
) -> Result<Json<BatchList>, Problem> {
    let batches = app.ports.bulk.list_batches().await?;
    let batches = batches.into_iter().map(|batch| Batch::shown_to(caller.operator(), batch)).collect();
    Ok(Json(BatchList { batches }))
}
