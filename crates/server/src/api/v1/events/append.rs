//! `POST /v1/events`

use super::decode::{Encoding, Memory, decode};
use super::look_up::{AccountReturn, Query, WaitFor, await_returns};
use super::verdicts::{Awaited, EventVerdict};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Send};
use crate::extract::{Parameters, read_body};
use crate::host::Place;
use crate::limits::{CHUNKS_AHEAD_MAX, RETURNS_ACCOUNTS_MAX, VERDICT_EVENTS_MAX};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use cordon_model::ids::{EntryId, Offset};
use cordon_model::limits::{BODY_BYTES_MAX, REJECTS_SHOWN_MAX};
use cordon_pipeline::intake::{Actors, actors, chunks, named_lines};
use cordon_pipeline::rules::AnswerTo;
use cordon_pipeline::{Chunk, Taken, prepare};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::time::Instant;
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
    /// With `wait=returns`: what is known of the first 1,000 accounts that the lines come from, each once, in the
    /// order of the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    returns: Option<Vec<AccountReturn>>,
    /// With `wait=returns`: accounts beyond the first 1,000, of which nothing is said here.
    #[serde(skip_serializing_if = "Option::is_none")]
    returns_left_out: Option<u64>,
    /// With `wait=verdict`: what the live rules say of the first 1,000 lines, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdicts: Option<Vec<EventVerdict>>,
    /// With `wait=verdict`: lines beyond the first 1,000, of which nothing is said here.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdicts_left_out: Option<u64>,
    /// All refused lines.
    #[serde(skip)]
    refused: BTreeSet<u64>,
    /// The last entry that must be evaluated before anything is said of the accounts.
    #[serde(skip)]
    last: Offset,
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
    /// `journalled` is the last entry on disk by now: what a repeat repeats may still wait for its evaluation.
    fn add(&mut self, taken: Taken, journalled: Offset) {
        if taken.accepted > 0 {
            self.last = self.last.max(taken.offsets.last);
        }
        if taken.duplicates > 0 {
            self.last = self.last.max(journalled);
        }
        self.accepted += taken.accepted;
        self.duplicates += taken.duplicates;
        self.clamped += taken.clamped;
        self.rejected += taken.rejected.len() as u64;
        self.refused.extend(taken.rejected.iter().map(|(line, _)| *line));
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
        "400": "`body_invalid`: not whole in its encoding; `parameter_invalid`",
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
/// After 503 `storage_full` a part of a long body may stand already.
///
/// With `wait=returns` the answer comes once the lines are evaluated, and says of each account whether it may be held by
/// the holder of a suspended one: at sign-up, log-in, profile change, first follows and first posts. The lines stand
/// whatever the wait brings; what is not evaluated in time is `unknown`.
///
/// With `wait=verdict` it says of each line what the live rules answer: verdicts, and labels asked for. What is not
/// evaluated in time, came late, was refused or was there already is `unknown`, and never a clear. Role: platform or
/// admin.
#[utoipa::path(
    post, path = "/v1/events", tag = "intake",
    params(("Content-Encoding" = Option<String>, Header, description = "`identity`, `gzip` or `zstd`"), Query),
    request_body(content = String, content_type = "application/x-ndjson", description = "Events, see schema/event.schema.json"),
    responses((status = 200, body = Intake), Guarded, Refused)
)]
pub(crate) async fn append_events(
    State(app): State<App>,
    _caller: Caller<Send>,
    Parameters(query): Parameters<Query>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Intake>, Problem> {
    let wait = query.wait()?.map(|(wanted, timeout)| (wanted, Instant::now() + timeout));
    let encoding = Encoding::of(&headers)?;
    let mut memory = Memory::of(Arc::clone(&app.intake_mebibytes));
    let packed = read_body(body, BODY_BYTES_MAX, &mut |bytes| memory.hold(bytes)).await?;
    let (intake, now) = (app.host.intake(), app.now());
    let cut = move || {
        let chunks = chunks(&decode(encoding, packed, &mut memory)?);
        let asked = wait.map(|(wanted, deadline)| match wanted {
            WaitFor::Returns => Asked::Returns(actors(&intake, &chunks, now, RETURNS_ACCOUNTS_MAX), deadline),
            WaitFor::Verdicts => Asked::Verdicts(named_lines(&chunks, now, VERDICT_EVENTS_MAX), deadline),
        });
        Ok::<_, Problem>((chunks, asked, memory))
    };
    let (chunks, asked, _memory) = tokio::task::spawn_blocking(cut).await.map_err(Problem::broken_task)??;
    let receipt = match asked {
        None => take_all(&app, chunks, None).await?,
        Some(Asked::Returns(actors, deadline)) => {
            let mut receipt = take_all(&app, chunks, None).await?;
            receipt.returns_left_out = Some(actors.left_out);
            receipt.returns = Some(await_returns(&app, actors, receipt.last, deadline).await);
            receipt
        }
        Some(Asked::Verdicts((lines, left_out), deadline)) => {
            let (awaited, answer_to) = Awaited::new(lines);
            let mut receipt = take_all(&app, chunks, Some(answer_to)).await?;
            receipt.verdicts_left_out = Some(left_out);
            receipt.verdicts = Some(awaited.verdicts(&receipt.refused, deadline).await);
            receipt
        }
    };
    Ok(Json(receipt))
}

/// What is to be said of the lines once they are evaluated, and by when.
enum Asked {
    Returns(Actors, Instant),
    Verdicts((Vec<(u64, Option<EntryId>)>, u64), Instant),
}

/// Hands the chunks to the writer in their order, a few ahead of what is acknowledged.
async fn take_all(app: &App, chunks: Vec<Chunk>, answer_to: Option<AnswerTo>) -> Result<Intake, Problem> {
    let mut receipt = Intake::default();
    let mut waiting = VecDeque::with_capacity(CHUNKS_AHEAD_MAX);
    for (number, chunk) in chunks.into_iter().enumerate() {
        // Only the first chunk is turned away: a body that was begun is brought to its end.
        let place = if number == 0 { app.host.reserve_soon().await? } else { app.host.reserve().await? };
        waiting.push_back(hand_in(app, place, chunk, answer_to.clone()).await?);
        if waiting.len() >= CHUNKS_AHEAD_MAX
            && let Some(acknowledged) = waiting.pop_front()
        {
            receipt.add(hear(acknowledged).await?, app.host.journal_offset());
        }
    }
    for acknowledged in waiting {
        receipt.add(hear(acknowledged).await?, app.host.journal_offset());
    }
    Ok(receipt)
}

/// Prepares a chunk on a thread that may block, and queues it.
pub(in crate::api::v1) async fn hand_in(
    app: &App,
    place: Place,
    chunk: Chunk,
    answer_to: Option<AnswerTo>,
) -> Result<oneshot::Receiver<Result<Taken, Problem>>, Problem> {
    let (intake, now) = (app.host.intake(), app.now());
    let prepared = tokio::task::spawn_blocking(move || prepare(&intake, chunk, now));
    let mut prepared = prepared.await.map_err(Problem::broken_task)?;
    if let Some(answer_to) = answer_to {
        prepared.answer_to(answer_to);
    }
    Ok(place.hand_in(prepared))
}

/// Waits until the chunk is on disk.
pub(in crate::api::v1) async fn hear(
    acknowledged: oneshot::Receiver<Result<Taken, Problem>>,
) -> Result<Taken, Problem> {
    let stopped = |_| Problem::new(Code::ShuttingDown, "the writer stopped before the lines were on disk");
    acknowledged.await.map_err(stopped)?
}
