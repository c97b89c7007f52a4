//! `GET /v1/queues`

use crate::api::Guarded;
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_enforce::ports::QueueBacklog;
use cordon_enforce::queues::QueueTarget;
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
    /// Of these, the ones that nobody holds.
    unclaimed_count: u64,
    /// When the oldest open case was opened; null where none is.
    oldest_opened_at: Option<String>,
    /// Open cases that waited longer than the queue's target; 10,000 stands for that many or more.
    late_count: u64,
    /// Open cases that soon will have; bounded likewise.
    due_soon_count: u64,
    /// Minutes within which a case is to be claimed for the first time.
    first_look_minutes: u32,
    /// Minutes within which a case is to be decided.
    decision_minutes: u32,
}

impl Queue {
    fn new(backlog: QueueBacklog, target: QueueTarget) -> Self {
        Self {
            queue_id: backlog.queue_id.0,
            open_count: backlog.open,
            unclaimed_count: backlog.unclaimed,
            oldest_opened_at: backlog.oldest_opened_at.map(|at| at.to_string()),
            late_count: backlog.late,
            due_soon_count: backlog.due_soon,
            first_look_minutes: target.first_look_minutes,
            decision_minutes: target.decision_minutes,
        }
    }
}

/// What waits where, and what waits too long. Role: viewer and above.
#[utoipa::path(get, path = "/v1/queues", tag = "cases", responses((status = 200, body = Queues), Guarded))]
pub(crate) async fn list_queues(
    State(app): State<App>,
    _caller: Caller<Look>,
) -> Result<Json<Queues>, Problem> {
    let targets = &app.house.queue_targets;
    let backlogs = app.ports.desk.list_backlogs(targets, app.now()).await?.into_iter();
    let queue = |backlog: QueueBacklog| {
        let target = targets.of(&backlog.queue_id);
        Queue::new(backlog, target)
    };
    Ok(Json(Queues { queues: backlogs.map(queue).collect() }))
}
