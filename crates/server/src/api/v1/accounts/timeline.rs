//! `GET /v1/accounts/{account_id}/timeline`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::{Id, Parameters};
use crate::limits::PAGE_DEFAULT;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::ids::AccountId;
use cordon_model::limits::PAGE_MAX;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// How many, `1..=500`; 50 when left out.
    count: Option<usize>,
}

/// An account's newest entries.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountTimeline {
    /// Newest first: what it did, and the reports on it.
    entries: Vec<TimelineEntry>,
}

/// One entry of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimelineEntry {
    /// Its place in the journal.
    offset: u64,
    /// The event's type.
    #[serde(rename = "type")]
    kind: String,
    /// When it happened.
    time: String,
    /// When it arrived.
    received_at: String,
    /// The event as it was sent; who reported is shown to leads and admins alone.
    #[schema(value_type = Object)]
    event: Value,
}

problems! {
    Refused { "400": "`parameter_invalid`", "404": "`not_found`: no entry of the account stands in the journal" }
}

/// What an account did, newest first, out of the whole journal. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/accounts/{account_id}/timeline", tag = "accounts",
    params(("account_id" = String, Path, description = "The platform's identifier"), Query),
    responses((status = 200, body = AccountTimeline), Guarded, Refused)
)]
pub(crate) async fn account_timeline(
    State(app): State<App>,
    caller: Caller<Look>,
    Id(id): Id,
    Parameters(query): Parameters<Query>,
) -> Result<Json<AccountTimeline>, Problem> {
    let count = query.count.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&count) {
        return Err(Problem::new(Code::ParameterInvalid, format!("`count` lies in 1..={PAGE_MAX}")));
    }
    let is_kept_from_reporters = caller.is_kept_from_reporters();
    let journal = app.host.journal();
    let read = move || {
        let found = journal.timeline(&AccountId(id), count).map_err(|error| Problem::internal(&error))?;
        let entries = found.into_iter().map(|row| TimelineEntry {
            offset: row.entry.offset.0,
            event: event(&row.entry.payload, is_kept_from_reporters),
            kind: row.facts.event_type,
            time: row.facts.time.to_string(),
            received_at: row.entry.received_at.to_string(),
        });
        Ok::<_, Problem>(entries.collect::<Vec<_>>())
    };
    let entries = tokio::task::spawn_blocking(read).await.map_err(Problem::broken_task)??;
    if entries.is_empty() {
        return Err(Problem::not_found("account in the journal"));
    }
    Ok(Json(AccountTimeline { entries }))
}

/// The event; of a report, without who sent it and without its id, which may be theirs, where they are sealed.
fn event(payload: &[u8], is_kept_from_reporters: bool) -> Value {
    let mut event: Value = serde_json::from_slice(payload).unwrap_or_default();
    let is_report = event.get("report").is_some();
    if let Some(members) = event.as_object_mut().filter(|_| is_report && is_kept_from_reporters) {
        members.retain(|name, _| ["type", "time", "report"].contains(&name.as_str()));
        if let Some(report) = members.get_mut("report").and_then(Value::as_object_mut) {
            report.remove("reporter");
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reported_is_sealed_and_what_was_reported_is_not() {
        let payload =
            br#"{"id":"r-1","type":"report.created","time":"2026-01-01T00:00:00Z","reporter":{"id":"carol"},
            "report":{"account_id":"mallory","text":"they call to arms","reporter":{"id":"carol"}}}"#;
        let sealed = event(payload, true).to_string();
        assert!(!sealed.contains("carol") && !sealed.contains("r-1"), "{sealed}");
        assert!(sealed.contains("they call to arms"), "{sealed}");
        assert!(event(payload, false).to_string().contains("carol"));
    }
}
