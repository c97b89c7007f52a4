//! `GET /ready`

use crate::api::problems;
use crate::app::App;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Always `ready`.
    status: &'static str,
    /// The last entry on disk.
    journal_offset: u64,
    /// The last entry that the record has applied.
    applied_offset: u64,
}

problems! {
    NotReady { "503": "`shutting_down` or `record_unavailable`" }
}

/// Whether requests should be sent here: the writer lives, the record answers, nobody asked the server to end.
#[utoipa::path(
    get, path = "/ready", tag = "operation", security(()),
    responses((status = 200, body = Readiness), NotReady)
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Readiness>, Problem> {
    if app.is_ending() || app.host.is_stopped() {
        return Err(Problem::new(Code::ShuttingDown, "the server is about to end"));
    }
    app.ports.counts.totals().await?;
    Ok(Json(Readiness {
        status: "ready",
        journal_offset: app.host.journal_offset().0,
        applied_offset: app.host.applied_offset().0,
    }))
}
