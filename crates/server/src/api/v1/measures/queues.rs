//! `GET /v1/measures/queues`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Parameters;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_measure::responses::QueueResponses;
use cordon_measure::{Quantiles, Responses};
use cordon_model::binomial::Share;
use cordon_model::clock::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const DAY_SECONDS: i64 = 86_400;
const DAYS_DEFAULT: u32 = 30;
const DAYS_MAX: u32 = 3_660;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// The days whose cases are looked at, `1..=3660`; 30 when left out.
    days: Option<u32>,
    /// Where these days end, and as of when cases wait: RFC 3339; now when left out.
    #[param(example = "2026-03-01T00:00:00Z")]
    until: Option<String>,
}

/// How soon people got to the cases of a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResponsesView {
    /// Where the period begins.
    since: String,
    /// Where it ends, and as of when cases wait.
    until: String,
    /// By queue, in the order of their names.
    queues: Vec<QueueView>,
    /// What came and went on each day of the period, the first one first.
    days: Vec<DayView>,
    /// Cases open at the end, whenever they were opened.
    open: u64,
    /// Days until nothing waits at the pace of the last seven days; null where as much or more comes as goes.
    days_to_empty: Option<f64>,
}

/// One queue's cases of the period.
#[derive(Debug, Serialize, ToSchema)]
struct QueueView {
    /// The queue.
    queue_id: String,
    /// Cases opened.
    opened: u64,
    /// Of these, decided or closed.
    closed: u64,
    /// Hours from opened to the first claim.
    first_look_hours: Spread,
    /// Hours from opened to decided or closed.
    decision_hours: Spread,
    /// Of cases claimed or past the target, those claimed within it; null where there is none.
    looked_at_in_time: Option<ShareView>,
    /// Of cases closed or past the target, those closed within it; null where there is none.
    decided_in_time: Option<ShareView>,
}

/// How values spread.
#[derive(Debug, Serialize, ToSchema)]
struct Spread {
    /// How many values.
    count: u64,
    /// Half are at or below; null where there is none.
    median: Option<f64>,
    /// 95 of 100 are at or below.
    p95: Option<f64>,
}

/// A share with its exact interval of 95 % (Clopper and Pearson).
#[derive(Debug, Serialize, ToSchema)]
struct ShareView {
    /// The share found, `0.0..=1.0`.
    share: f64,
    /// Its lower bound.
    low: f64,
    /// Its upper bound.
    high: f64,
}

/// What came and went on one day.
#[derive(Debug, Serialize, ToSchema)]
struct DayView {
    /// The day, UTC.
    day: String,
    /// Cases opened.
    opened: u64,
    /// Cases decided or closed, whenever they were opened.
    closed: u64,
}

impl From<Quantiles> for Spread {
    fn from(Quantiles { count, median, p95 }: Quantiles) -> Self {
        Self { count, median, p95 }
    }
}

impl From<Share> for ShareView {
    fn from(Share { share, low, high }: Share) -> Self {
        Self { share, low, high }
    }
}

impl From<QueueResponses> for QueueView {
    fn from(queue: QueueResponses) -> Self {
        Self {
            queue_id: queue.queue_id.0,
            opened: queue.opened,
            closed: queue.closed,
            first_look_hours: queue.first_look_hours.into(),
            decision_hours: queue.decision_hours.into(),
            looked_at_in_time: queue.looked_at_in_time.map(ShareView::from),
            decided_in_time: queue.decided_in_time.map(ShareView::from),
        }
    }
}

problems! {
    Refused { "400": "`parameter_invalid`" }
}

/// How soon people get to cases: first looks and decisions by queue, against the targets of `GET /v1/queues`, and what
/// comes and goes each day. What still waits counts as late once its target is over.
///
/// Reads every case there is, so that it takes the longer the more there are. Role: viewer and above.
#[utoipa::path(get, path = "/v1/measures/queues", tag = "measures", params(Query),
    responses((status = 200, body = ResponsesView), Guarded, Refused))]
pub(crate) async fn measure_queues(
    State(app): State<App>,
    _caller: Caller<Look>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<ResponsesView>, Problem> {
    let days = query.days.unwrap_or(DAYS_DEFAULT);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Problem::new(Code::ParameterInvalid, format!("`days` lies in 1..={DAYS_MAX}")));
    }
    let until = match &query.until {
        Some(text) => Timestamp::parse(text).ok_or_else(|| {
            Problem::new(Code::ParameterInvalid, "`until` is an instant such as 2026-03-01T00:00:00Z")
        })?,
        None => app.now(),
    };
    let since = until.plus_seconds(-DAY_SECONDS * i64::from(days));
    let found = Responses::read(&*app.ports.counts, &app.house.queue_targets, since, until).await?;
    let day = |day: &cordon_measure::responses::DayFlow| DayView {
        day: day.day.to_string(),
        opened: day.opened,
        closed: day.closed,
    };
    Ok(Json(ResponsesView {
        since: found.since.to_string(),
        until: found.until.to_string(),
        days: found.days.iter().map(day).collect(),
        queues: found.queues.into_iter().map(QueueView::from).collect(),
        open: found.open,
        days_to_empty: found.days_to_empty,
    }))
}
