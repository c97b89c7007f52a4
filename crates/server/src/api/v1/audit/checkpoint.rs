//! `GET /v1/audit/checkpoint`

use crate::api::Guarded;
use crate::api::problems;
use crate::app::App;
use crate::auth::{Audit, Caller};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_enforce::audit::Checkpoint;
use serde::Serialize;
use utoipa::ToSchema;

/// A signed root over all records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedCheckpoint {
    /// How many records it covers.
    size: u64,
    /// When it was signed.
    signed_at: String,
    /// The signed note: to keep where nobody who can write here can.
    note: String,
    /// The key that signed it. Whoever compares it with what `cordon audit key` printed need not believe this server.
    key: String,
}

problems! {
    Refused { "404": "`not_found`: nothing happened yet" }
}

/// A checkpoint over all records there are, signed now where the newest does not cover them. Role: admin.
#[utoipa::path(get, path = "/v1/audit/checkpoint", tag = "audit",
    responses((status = 200, body = SignedCheckpoint), Guarded, Refused))]
pub(crate) async fn read_checkpoint(
    State(app): State<App>,
    _caller: Caller<Audit>,
) -> Result<Json<SignedCheckpoint>, Problem> {
    let checkpoint = newest(&app).await?;
    Ok(Json(SignedCheckpoint {
        size: checkpoint.size,
        signed_at: checkpoint.signed_at.to_string(),
        note: checkpoint.note,
        key: app.house.audit_key.verifier().to_string(),
    }))
}

/// A checkpoint over all records.
pub(super) async fn newest(app: &App) -> Result<Checkpoint, Problem> {
    app.ports.audit.sign_checkpoint(&app.house.audit_key, app.now()).await?;
    app.ports.audit.last_checkpoint().await?.ok_or_else(|| Problem::not_found("checkpoint"))
}
