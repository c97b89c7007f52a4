//! `GET /v1/measures/quality`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Parameters;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_measure::Quality;
use cordon_measure::quality::{GroupShare, Groups, Interval, Reviewer};
use cordon_model::binomial::Share;
use cordon_model::limits::QUALITY_DAYS_DEFAULT;
use cordon_model::operator::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const DAYS_MAX: u32 = 3_660;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QualityQuery {
    /// The days up to now whose decisions are looked at, `1..=3660`; 90 when left out.
    days: Option<u32>,
}

/// How well review goes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QualityView {
    /// Second looks by lot that were judged.
    second_looks: u64,
    /// Golden cases that were judged, once for each reviewer.
    golden_answers: u64,
    /// Of these, answered rightly.
    golden_right: u64,
    /// Of the decision and the second look; null before anything was judged twice.
    agreement: Option<AgreementView>,
    /// Cases that the error rates rest on.
    cases: u64,
    /// Of these, with a known truth: golden or settled.
    anchored: u64,
    /// By name; a reviewer's own row alone for everybody below lead.
    reviewers: Vec<ReviewerView>,
    /// Decisions that found a violation and were overturned.
    overturned: GroupsView,
    /// Golden cases without a violation that were said to be one.
    golden_false_positives: GroupsView,
}

/// How far two judgements agree, violation or none.
#[derive(Debug, Serialize, ToSchema)]
struct AgreementView {
    cases: u64,
    /// Share on which both found the same; exact 95 % interval.
    raw: IntervalView,
    /// Cohen's κ; 95 % interval from its large-sample standard error. Null where all found the same.
    kappa: Option<IntervalView>,
    /// Krippendorff's α for nominal values.
    alpha: Option<f64>,
}

/// A figure with its 95 % interval.
#[derive(Debug, Serialize, ToSchema)]
struct IntervalView {
    value: f64,
    low: f64,
    high: f64,
}

/// How often one reviewer errs, as estimated (Dawid and Skene).
#[derive(Debug, Serialize, ToSchema)]
struct ReviewerView {
    /// Who.
    reviewer: String,
    /// Judgements that this rests on.
    judgements: u64,
    /// Of these, on cases whose truth is known.
    anchored: u64,
    /// Expected judgements by truth (none, violation), and by what was said (none, violation).
    confusion: Vec<Vec<f64>>,
    /// Chance of finding a violation where there is none.
    false_positive: IntervalView,
    /// Chance of finding none where there is one.
    false_negative: IntervalView,
    /// Chance of an error on the mix of cases as it is.
    error: f64,
}

/// A share by language.
#[derive(Debug, Serialize, ToSchema)]
struct GroupsView {
    /// By language.
    groups: Vec<GroupView>,
    /// Whether the intervals of two languages lie apart.
    is_alarming: bool,
}

/// One language's share.
#[derive(Debug, Serialize, ToSchema)]
struct GroupView {
    /// Of the account's notice profile; null where the platform said nothing.
    language: Option<String>,
    /// How many it is a share of.
    all: u64,
    /// The share, with its exact 95 % interval.
    share: IntervalView,
}

impl From<Interval> for IntervalView {
    fn from(Interval { value, low, high }: Interval) -> Self {
        Self { value, low, high }
    }
}

impl From<Share> for IntervalView {
    fn from(Share { share, low, high }: Share) -> Self {
        Self { value: share, low, high }
    }
}

impl From<Groups> for GroupsView {
    fn from(groups: Groups) -> Self {
        let group = |group: GroupShare| GroupView {
            language: group.language,
            all: group.all,
            share: group.share.into(),
        };
        Self { groups: groups.groups.into_iter().map(group).collect(), is_alarming: groups.is_alarming }
    }
}

impl From<Reviewer> for ReviewerView {
    fn from(row: Reviewer) -> Self {
        Self {
            reviewer: row.reviewer,
            judgements: row.judgements,
            anchored: row.anchored,
            confusion: row.confusion.iter().map(|said| said.to_vec()).collect(),
            false_positive: row.false_positive.into(),
            false_negative: row.false_negative.into(),
            error: row.error,
        }
    }
}

impl From<Quality> for QualityView {
    fn from(found: Quality) -> Self {
        let agreement = found.agreement.map(|agreement| AgreementView {
            cases: agreement.cases,
            raw: agreement.raw.into(),
            kappa: agreement.kappa.map(IntervalView::from),
            alpha: agreement.alpha,
        });
        Self {
            second_looks: found.second_looks,
            golden_answers: found.golden_answers,
            golden_right: found.golden_right,
            agreement,
            cases: found.error_rates.cases,
            anchored: found.error_rates.anchored,
            reviewers: found.error_rates.reviewers.into_iter().map(ReviewerView::from).collect(),
            overturned: found.overturned.into(),
            golden_false_positives: found.golden_false_positives.into(),
        }
    }
}

problems! {
    Refused { "400": "`parameter_invalid`" }
}

/// How well review goes: whether two people find the same, how often each reviewer errs, and whether that differs by
/// language. All of it is about one question, violation or none.
///
/// Reviewers are named to leads and admins; a reviewer sees their own row alone. Role: viewer and above.
#[utoipa::path(get, path = "/v1/measures/quality", tag = "measures", params(QualityQuery),
    responses((status = 200, body = QualityView), Guarded, Refused))]
pub(crate) async fn measure_quality(
    State(app): State<App>,
    caller: Caller<Look>,
    Parameters(query): Parameters<QualityQuery>,
) -> Result<Json<QualityView>, Problem> {
    let days = query.days.unwrap_or(QUALITY_DAYS_DEFAULT);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Problem::new(Code::ParameterInvalid, format!("`days` lies in 1..={DAYS_MAX}")));
    }
    let since = app.now().plus_seconds(-86_400 * i64::from(days));
    let found = Quality::read(&*app.ports.quality, since).await?;
    let mut view = QualityView::from(found);
    if caller.operator().role < Role::Lead {
        view.reviewers.retain(|row| row.reviewer == caller.id().as_str());
    }
    Ok(Json(view))
}
