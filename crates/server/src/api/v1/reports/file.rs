//! `POST /v1/reports`

use super::repeat::is_repeat;
use crate::api::v1::events::append::{hand_in, hear};
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Send};
use crate::extract::JsonBody;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use cordon_model::event::{REPORTER_KINDS, RejectCode};
use cordon_model::limits::{ID_BYTES_MAX, TEXT_CHARS_MAX};
use cordon_pipeline::Chunk;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A notice that something breaks policy.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReport {
    /// The reported account.
    account_id: String,
    /// The reported item.
    #[serde(skip_serializing_if = "Option::is_none")]
    item_id: Option<String>,
    /// The policy that it is said to break, in the platform's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// What the reporter wrote, at most 10,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Who reported.
    reporter: Reporter,
}

/// Who reported. Sealed from everybody below the role lead.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reporter {
    /// The platform's name for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// By which road the report came.
    #[schema(schema_with = reporter_kind)]
    kind: String,
}

fn reporter_kind() -> utoipa::openapi::Object {
    names::one_of(REPORTER_KINDS)
}

/// Proof that the report is on disk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportReceipt {
    /// The journal entry's id.
    receipt: String,
}

problems! {
    Refused {
        "400": "`body_invalid`, or `parameter_invalid` for the key",
        "409": "`id_conflict`: the key is taken by something else; the first stands",
        "413": "`body_too_large`",
        "415": "`media_type_unsupported`",
        "422": "`report_invalid`",
        "429": "`queue_full`: come back after `Retry-After`",
    }
}

/// Takes one report in, as if it had come as an event `report.created` of this moment.
///
/// 202 means that it is on disk; the case follows within a second. With an `Idempotency-Key` the same report may be
/// sent again and counts once. Role: platform or admin.
#[utoipa::path(
    post, path = "/v1/reports", tag = "intake",
    params(("Idempotency-Key" = Option<String>, Header, description = "Becomes the entry's id; random when left out")),
    request_body = NewReport,
    responses((status = 202, body = ReportReceipt), Guarded, Refused)
)]
pub(crate) async fn file_report(
    State(app): State<App>,
    _caller: Caller<Send>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewReport>,
) -> Result<(StatusCode, Json<ReportReceipt>), Problem> {
    let id = match idempotency_key(&headers)? {
        Some(key) => key,
        None => format!("report-{:032x}", (app.outside.random)()),
    };
    if new.text.as_ref().is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
        let detail = format!("`text` has more than {TEXT_CHARS_MAX} characters");
        return Err(Problem::new(Code::ReportInvalid, detail));
    }
    let report = serde_json::to_value(&new).map_err(|error| Problem::internal(&error))?;
    let place = app.host.reserve_soon().await?;
    let line = json!({
        "id": id, "type": "report.created", "time": app.now().to_string(), "report": report,
    });
    let mut chunk = Chunk { first_line: 1, ..Chunk::default() };
    chunk.push(line.to_string().as_bytes());
    let taken = hear(hand_in(&app, place, chunk, None).await?).await?;
    match taken.rejected.into_iter().next() {
        Some((_, reject)) if reject.code == RejectCode::IdConflict => check_repeat(&app, &id, report).await?,
        Some((_, reject)) => return Err(Problem::new(Code::ReportInvalid, reject.to_string())),
        None => {}
    }
    Ok((StatusCode::ACCEPTED, Json(ReportReceipt { receipt: id })))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().map(str::trim).filter(|key| (1..=ID_BYTES_MAX).contains(&key.len()));
    let invalid = || {
        let detail = format!("`Idempotency-Key` has 1 to {ID_BYTES_MAX} printable ASCII characters");
        Problem::new(Code::ParameterInvalid, detail)
    };
    key.map(|key| Some(key.to_owned())).ok_or_else(invalid)
}

async fn check_repeat(app: &App, id: &str, report: Value) -> Result<(), Problem> {
    let (journal, key) = (app.host.journal(), id.to_owned());
    let found = tokio::task::spawn_blocking(move || is_repeat(&journal, &key, &report)).await;
    if found.map_err(Problem::broken_task)?? {
        return Ok(());
    }
    Err(Problem::new(Code::IdConflict, "the key is taken by an entry with other content; the first stands"))
}
