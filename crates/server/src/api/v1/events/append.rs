//! `POST /v1/events`

use super::decode::{Encoding, Memory, decode};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Send};
use crate::extract::read_body;
use crate::host::Place;
use crate::limits::CHUNKS_AHEAD_MAX;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use cordon_model::limits::{BODY_BYTES_MAX, REJECTS_SHOWN_MAX};
use cordon_pipeline::intake::chunks;
use cordon_pipeline::{Chunk, Taken, prepare};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::oneshot;
use utoipa::ToSchema;

/// What became of the lines.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Intake {
    /// Lines that are new entries of the journal now, on disk.
    accepted: u64,
    /// Lines that were there already.
    duplicates: u64,
    /// Lines refused.
    rejected: u64,
    /// Accepted lines whose time lay more than five minutes ahead: it was set to their arrival.
    clamped: u64,
    /// The first 100 refused lines.
    rejects: Vec<RejectedLine>,
}

/// A refused line. Never quotes it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejectedLine {
    /// Its number in the body, from 1.
    line: u64,
    /// The stable code.
    #[schema(examples("missing_field", "id_conflict"))]
    code: &'static str,
    /// What is wrong, with the field's path.
    reason: String,
}

impl Intake {
    fn add(&mut self, taken: Taken) {
        self.accepted += taken.accepted;
        self.duplicates += taken.duplicates;
        self.clamped += taken.clamped;
        self.rejected += taken.rejected.len() as u64;
        let room = REJECTS_SHOWN_MAX.saturating_sub(self.rejects.len());
        let shown = taken.rejected.into_iter().take(room);
        self.rejects.extend(shown.map(|(line, reject)| RejectedLine {
            line,
            code: reject.code.name(),
            reason: reject.reason,
        }));
    }
}

problems! {
    Refused {
        "400": "`body_invalid`: not whole in its encoding",
        "408": "`request_timed_out`",
        "413": "`body_too_large`: more than 64 MiB, decoded",
        "415": "`encoding_unsupported`",
        "429": "`queue_full`: come back after `Retry-After`",
    }
}

/// Takes events in: NDJSON, one event a line, at most 64 MiB decoded; identity, gzip or zstd.
///
/// 200 means that every accepted line is on disk. Lines are refused one by one, with their number; the others stand.
/// An id counts once, so whatever the answer, and also where there was none, the same body may be sent again.
/// After 503 `storage_full` a part of a long body may stand already. Role: platform or admin.
#[utoipa::path(
    post, path = "/v1/events", tag = "intake",
    params(("Content-Encoding" = Option<String>, Header, description = "`identity`, `gzip` or `zstd`")),
    request_body(content = String, content_type = "application/x-ndjson", description = "Events, see schema/event.schema.json"),
    responses((status = 200, body = Intake), Guarded, Refused)
)]
pub(crate) async fn append_events(
    State(app): State<App>,
    _caller: Caller<Send>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Intake>, Problem> {
    let encoding = Encoding::of(&headers)?;
    let mut memory = Memory::of(Arc::clone(&app.intake_mebibytes));
    let packed = read_body(body, BODY_BYTES_MAX, &mut |bytes| memory.hold(bytes)).await?;
    let cut = move || decode(encoding, packed, &mut memory).map(|lines| (chunks(&lines), memory));
    let (chunks, _memory) = tokio::task::spawn_blocking(cut).await.map_err(Problem::broken_task)??;
    Ok(Json(take_all(&app, chunks).await?))
}

/// Hands the chunks to the writer in their order, a few ahead of what is acknowledged.
async fn take_all(app: &App, chunks: Vec<Chunk>) -> Result<Intake, Problem> {
    let mut receipt = Intake::default();
    let mut waiting = VecDeque::with_capacity(CHUNKS_AHEAD_MAX);
    for (number, chunk) in chunks.into_iter().enumerate() {
        // Only the first chunk is turned away: a body that was begun is brought to its end.
        let place = if number == 0 { app.host.reserve_soon().await? } else { app.host.reserve().await? };
        waiting.push_back(hand_in(app, place, chunk).await?);
        if waiting.len() >= CHUNKS_AHEAD_MAX
            && let Some(acknowledged) = waiting.pop_front()
        {
            receipt.add(hear(acknowledged).await?);
        }
    }
    for acknowledged in waiting {
        receipt.add(hear(acknowledged).await?);
    }
    Ok(receipt)
}

/// Prepares a chunk on a thread that may block, and queues it.
pub(in crate::api::v1) async fn hand_in(
    app: &App,
    place: Place,
    chunk: Chunk,
) -> Result<oneshot::Receiver<Result<Taken, Problem>>, Problem> {
    let (intake, now) = (app.host.intake(), app.now());
    let prepared = tokio::task::spawn_blocking(move || prepare(&intake, chunk, now));
    Ok(place.hand_in(prepared.await.map_err(Problem::broken_task)?))
}

/// Waits until the chunk is on disk.
pub(in crate::api::v1) async fn hear(
    acknowledged: oneshot::Receiver<Result<Taken, Problem>>,
) -> Result<Taken, Problem> {
    let stopped = |_| Problem::new(Code::ShuttingDown, "the writer stopped before the lines were on disk");
    acknowledged.await.map_err(stopped)?
}
