//! `GET /v1/batches/{batch_id}`

use super::view::Batch;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::BatchId;

problems! {
    Refused { "404": "`not_found`" }
}

/// One batch: its sample's figures and how far it has come. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/batches/{batch_id}", tag = "batches", params(("batch_id" = String, Path)),
    responses((status = 200, body = Batch), Guarded, Refused)
)]
pub(crate) async fn read_batch(
    State(app): State<App>,
    caller: Caller<Look>,
    Id(id): Id,
) -> Result<Json<Batch>, Problem> {
    let batch = app.ports.bulk.fetch_batch(&BatchId(id)).await?;
    let batch = batch.ok_or_else(|| Problem::not_found("batch"))?;
    Ok(Json(Batch::shown_to(caller.operator(), batch)))
}
