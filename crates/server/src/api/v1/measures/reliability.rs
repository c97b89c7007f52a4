//! `GET /v1/measures/reliability`

use crate::api::Guarded;
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Parameters;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_measure::Reliability;
use cordon_measure::reliability::Step;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which cases count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only cases whose probability rested on enough decisions.
    #[serde(default)]
    calibrated: bool,
}

/// What cases were said to be, beside what reviewers found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReliabilityView {
    /// Decided cases that similarity or a return put up.
    cases: u64,
    /// Of these, admitted with a calibrated probability.
    calibrated: u64,
    /// Steps of a tenth in which there are cases, rising.
    steps: Vec<StepView>,
    /// Mean distance of claimed from found; null without cases.
    calibration_error: Option<f64>,
    /// Mean squared distance of the probability from what was found.
    brier: Option<f64>,
}

/// Cases whose probability lies in one step.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StepView {
    from: f64,
    to: f64,
    cases: u64,
    violations: u64,
    /// Mean of the probabilities claimed.
    claimed: f64,
    /// Share of violations.
    found: f64,
    /// Lower bound of the share, 95 times of 100 (Clopper and Pearson).
    low: f64,
    /// Upper bound.
    high: f64,
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        let Step { from, to, cases, violations, claimed, found, low, high } = step;
        Self { from, to, cases, violations, claimed, found, low, high }
    }
}

/// Whether probabilities hold. Role: viewer and above.
#[utoipa::path(get, path = "/v1/measures/reliability", tag = "measures", params(Which),
    responses((status = 200, body = ReliabilityView), Guarded))]
pub(crate) async fn measure_reliability(
    State(app): State<App>,
    _caller: Caller<Look>,
    Parameters(which): Parameters<Which>,
) -> Result<Json<ReliabilityView>, Problem> {
    let found = Reliability::read(&*app.ports.counts, which.calibrated).await?;
    Ok(Json(ReliabilityView {
        cases: found.cases,
        calibrated: found.calibrated,
        steps: found.steps.into_iter().map(StepView::from).collect(),
        calibration_error: found.calibration_error,
        brier: found.brier,
    }))
}
