//! `POST /v1/query`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::JsonBody;
use crate::limits::{QUERY_SINCE_DEFAULT_SECONDS, SIMILAR_DEFAULT};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::clock::Timestamp;
use cordon_model::limits::PAGE_MAX;
use cordon_pipeline::rules::{Asked, Base, By, Found, Query, Running, query};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use std::time::Instant;
use utoipa::ToSchema;

/// What is asked of the whole journal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JournalQuery {
    /// What must hold of an event, in the language of rules; the names of the live rule set are known.
    #[schema(examples("Type == 'post.created' and 'free' in Text"))]
    expression: String,
    /// Lines of its own before the expression, such as names for something in the event.
    lines: Option<Vec<String>>,
    /// From when on events count, by their arrival; 30 days ago when left out.
    since: Option<String>,
    /// By what matching events are counted: `hour`, `day`, or a name, for its values. Left out, the newest are listed.
    by: Option<String>,
    /// How many values, or newest events, `1..=500`; 20 when left out.
    top: Option<usize>,
}

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryAnswer {
    /// Events looked at.
    events: u64,
    /// Of these, those for which the expression holds.
    matches: u64,
    /// Of those looked at, events of which something could not be evaluated.
    failed: u64,
    /// Groups: hours and days in their order, values the largest first.
    groups: Vec<QueryGroup>,
    /// Matching events with further values.
    other: u64,
    /// The newest matching events, oldest first, where they are not grouped.
    newest: Vec<QueryMatch>,
}

/// Matching events that have something in common.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryGroup {
    /// The value, or when the hour or day begins.
    value: String,
    /// How many.
    count: u64,
}

/// An event for which the expression holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueryMatch {
    /// Its place in the journal.
    offset: u64,
    /// When it arrived.
    received_at: String,
    /// Its own id.
    id: String,
    /// Its type.
    #[serde(rename = "type")]
    kind: String,
    /// Who acted, where it says.
    account_id: Option<String>,
}

impl From<Found> for QueryAnswer {
    fn from(found: Found) -> Self {
        let groups = found.groups.into_iter();
        let newest = found.newest.into_iter().map(|one| QueryMatch {
            offset: one.offset.0,
            received_at: one.received_at,
            id: one.id,
            kind: one.kind,
            account_id: one.account_id,
        });
        Self {
            events: found.events,
            matches: found.matches,
            failed: found.failed,
            groups: groups.map(|one| QueryGroup { value: one.value, count: one.count }).collect(),
            other: found.other,
            newest: newest.collect(),
        }
    }
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "413": "`body_too_large`",
        "415": "`media_type_unsupported`",
        "422": "`query_unsound`, with `diagnostics`; `query_too_long`: ask for less with `since`; `change_invalid`: a bound is wrong",
    }
}

/// Asks the whole journal for which events an expression holds, when, and with which values. Changes nothing, and runs
/// beside other requests, one query at a time. Role: viewer and above.
#[utoipa::path(
    post, path = "/v1/query", tag = "rules", request_body = JournalQuery,
    responses((status = 200, body = QueryAnswer), Guarded, Refused)
)]
pub(crate) async fn query_events(
    State(app): State<App>,
    _caller: Caller<Look>,
    JsonBody(body): JsonBody<JournalQuery>,
) -> Result<Json<QueryAnswer>, Problem> {
    let asked = asked(&body, app.now())?;
    let place = Arc::clone(&app.queries).try_acquire_owned();
    let place = place.map_err(|_| Problem::new(Code::Overloaded, "another query is under way"))?;
    let (state, journal, timeout) = (app.host.state(), app.host.journal(), app.query_timeout);
    let run = move || {
        let _place = place;
        let base = Base::of(&state.read().unwrap_or_else(PoisonError::into_inner));
        let name = body.by.as_deref().filter(|_| asked.by == By::Value);
        let lines = body.lines.as_deref().unwrap_or_default();
        let asking = Query::new(&base.names, lines, &body.expression, name)
            .map_err(|found| Problem::unsound_query(&found))?;
        let end = Instant::now() + timeout;
        let running = Running { threads: 1, progress: &|_| {}, must_stop: &|| Instant::now() >= end };
        let found = query(&base, &journal, &asking, asked, running);
        let found = found.map_err(|error| Problem::internal(&error))?;
        found.map(|found| Json(found.into())).ok_or_else(|| {
            let seconds = timeout.as_secs();
            Problem::new(
                Code::QueryTooLong,
                format!(
                    "the query did not end within {seconds} s: say a later `since`, or run `cordon query`"
                ),
            )
        })
    };
    tokio::task::spawn_blocking(run).await.map_err(Problem::broken_task)?
}

fn asked(body: &JournalQuery, now: Timestamp) -> Result<Asked, Problem> {
    let invalid = |detail: String| Problem::new(Code::ChangeInvalid, detail);
    let top = body.top.unwrap_or(SIMILAR_DEFAULT);
    if !(1..=PAGE_MAX).contains(&top) {
        return Err(invalid(format!("`top` lies in 1..={PAGE_MAX}")));
    }
    let since = match &body.since {
        None => now.plus_seconds(-QUERY_SINCE_DEFAULT_SECONDS),
        Some(text) => Timestamp::parse(text).ok_or_else(|| {
            invalid("`since` is an instant as in RFC 3339: 2026-01-31T00:00:00Z".to_owned())
        })?,
    };
    let by = match body.by.as_deref() {
        None => By::Event,
        Some("hour") => By::Hour,
        Some("day") => By::Day,
        Some(_) => By::Value,
    };
    Ok(Asked { since, by, top })
}
