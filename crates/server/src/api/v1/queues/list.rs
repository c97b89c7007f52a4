//! `GET /v1/queues`

use crate::api::Guarded;
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// All queues.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Queues {
    /// In the order in which they claim a case.
    queues: Vec<Queue>,
}

/// One queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Queue {
    /// Its name.
    queue_id: String,
    /// Open cases, claimed ones included.
    open_count: u64,
}

/// How many cases wait where. Role: viewer and above.
#[utoipa::path(get, path = "/v1/queues", tag = "cases", responses((status = 200, body = Queues), Guarded))]
pub(crate) async fn list_queues(
    State(app): State<App>,
    _caller: Caller<Look>,
) -> Result<Json<Queues>, Problem> {
    let queues = app.ports.desk.list_queues().await?.into_iter();
    let queues = queues.map(|queue| Queue { queue_id: queue.queue_id.0, open_count: queue.open_count });
    Ok(Json(Queues { queues: queues.collect() }))
}
