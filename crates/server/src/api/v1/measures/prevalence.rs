//! `GET /v1/measures/prevalence`

use crate::api::Guarded;
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_measure::Prevalence;
use serde::Serialize;
use utoipa::ToSchema;

/// Violators among active accounts that were drawn at random, at which nothing pointed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PrevalenceView {
    /// Drawn accounts that were decided.
    decided: u64,
    /// Of these, found violating.
    violating: u64,
    /// The share; null where nobody was decided.
    share: Option<f64>,
    /// Its lower bound, 95 times of 100 (Clopper and Pearson).
    low: Option<f64>,
    /// Its upper bound.
    high: Option<f64>,
}

/// How many violators nothing surfaced. Role: viewer and above.
#[utoipa::path(get, path = "/v1/measures/prevalence", tag = "measures",
    responses((status = 200, body = PrevalenceView), Guarded))]
pub(crate) async fn measure_prevalence(
    State(app): State<App>,
    _caller: Caller<Look>,
) -> Result<Json<PrevalenceView>, Problem> {
    let Prevalence { decided, violating, share } = Prevalence::read(&*app.ports.counts).await?;
    Ok(Json(PrevalenceView {
        decided,
        violating,
        share: share.map(|share| share.share),
        low: share.map(|share| share.low),
        high: share.map(|share| share.high),
    }))
}
