//! `POST /v1/batches/{batch_id}/approve`, `…/start`, `…/pause`, `…/take-back`

use super::view::Batch;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{self, Approve, Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use crate::telemetry;
use axum::Json;
use axum::extract::State;
use cordon_enforce::bulk::Brakes;
use cordon_model::ids::BatchId;
use serde::Deserialize;
use utoipa::ToSchema;

/// The list that is approved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApproval {
    /// The batch's `list_hash` as it was looked at.
    list_hash: String,
}

/// How a batch is started.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStart {
    /// A reason to go beyond the daily limits: lead or admin. Leaves an audit record and counts in
    /// `cordon_glass_broken_total`.
    break_glass: Option<String>,
}

/// Why a batch is stopped or taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchReason {
    /// In words, `1..=10000` characters.
    reason: String,
}

problems! {
    NotApproved {
        "400": "`body_invalid`",
        "403": "`second_person_needed`: the proposer does not approve; or `forbidden`",
        "404": "`not_found`",
        "409": "`batch_status`: its sample has not passed; or `list_changed`",
    }
    NotStarted {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`batch_status`: not approved; `list_changed` or `daily_limit`",
        "422": "`reason_invalid`",
    }
    NotStopped {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`batch_status`",
        "422": "`reason_invalid`",
    }
}

/// Approves the list of that hash. Role: lead or admin, but not the proposer.
#[utoipa::path(
    post, path = "/v1/batches/{batch_id}/approve", tag = "batches", params(("batch_id" = String, Path)),
    request_body = NewApproval, responses((status = 200, body = Batch), Guarded, NotApproved)
)]
pub(crate) async fn approve_batch(
    State(app): State<App>,
    caller: Caller<Approve>,
    Id(id): Id,
    JsonBody(new): JsonBody<NewApproval>,
) -> Result<Json<Batch>, Problem> {
    let (bulk, by) = (&app.ports.bulk, caller.operator());
    let batch = bulk.approve_batch(&BatchId(id), &new.list_hash, by, app.now()).await?;
    Ok(Json(Batch::shown_to(by, batch)))
}

/// Begins to carry an approved batch out, or goes on after a pause. Answers at once; the batch says how far it is.
///
/// Role: its proposer, lead or admin.
#[utoipa::path(
    post, path = "/v1/batches/{batch_id}/start", tag = "batches", params(("batch_id" = String, Path)),
    request_body = NewStart, responses((status = 200, body = Batch), Guarded, NotStarted)
)]
pub(crate) async fn start_batch(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(new): JsonBody<NewStart>,
) -> Result<Json<Batch>, Problem> {
    let (bulk, by, reason) = (&app.ports.bulk, caller.operator(), new.break_glass.as_deref());
    let batch = bulk.start_batch(&BatchId(id), by, &Brakes::default(), reason, app.now()).await?;
    if reason.is_some() {
        telemetry::count_glass_broken();
    }
    app.bulk_work.notify_one();
    Ok(Json(Batch::shown_to(by, batch)))
}

/// Stops a batch after the slice under way. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/batches/{batch_id}/pause", tag = "batches", params(("batch_id" = String, Path)),
    request_body = BatchReason, responses((status = 200, body = Batch), Guarded, NotStopped)
)]
pub(crate) async fn pause_batch(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(new): JsonBody<BatchReason>,
) -> Result<Json<Batch>, Problem> {
    let batch = app.ports.bulk.pause_batch(&BatchId(id), caller.id(), &new.reason, app.now()).await?;
    Ok(Json(Batch::shown_to(caller.operator(), batch)))
}

/// Overturns every decision of a batch, whether it is done or not. Answers at once; the batch says how far it is.
///
/// Role: lead or admin.
#[utoipa::path(
    post, path = "/v1/batches/{batch_id}/take-back", tag = "batches", params(("batch_id" = String, Path)),
    request_body = BatchReason, responses((status = 200, body = Batch), Guarded, NotStopped)
)]
pub(crate) async fn take_back_batch(
    State(app): State<App>,
    caller: Caller<auth::Overturn>,
    Id(id): Id,
    JsonBody(new): JsonBody<BatchReason>,
) -> Result<Json<Batch>, Problem> {
    let (bulk, by) = (&app.ports.bulk, caller.operator());
    let batch = bulk.take_back_batch(&BatchId(id), by, &new.reason, app.now()).await?;
    app.bulk_work.notify_one();
    Ok(Json(Batch::shown_to(by, batch)))
}
