//! `POST /v1/rules/test`

use super::text::{Files, RuleBody, rule_files};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::limits::RULE_TRIAL_EVENTS_MAX;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::clock::Timestamp;
use cordon_pipeline::rules::{Trial, TrialAnswer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A rule set, and events to try it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesTrial {
    /// Files by path; left out where `version` names the set.
    files: Option<Files>,
    /// A version that was published.
    version: Option<u32>,
    /// Events in their order, at most 1,000; each arrives at its own `time`, or with the one before it.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Box<RawValue>>,
}

/// What a set made of the events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesTried {
    /// One an event.
    answers: Vec<RulesAnswer>,
}

/// What a set made of one event.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct RulesAnswer {
    /// Why it was not evaluated; null where it was.
    refused: Option<String>,
    /// All features by name.
    #[schema(value_type = Object)]
    features: Option<Box<RawValue>>,
    /// Rules that held.
    rules: Vec<String>,
    /// Verdicts.
    verdicts: Vec<String>,
    /// `UserId/spam/1` for set, `/0` for taken off.
    labels: Vec<String>,
    /// Signals of the set's own.
    signals: Vec<String>,
    /// Policies under which the account would go to review.
    reviews: Vec<RulesReview>,
    /// Policies under which the account would be held for a while.
    holds: Vec<RulesReview>,
    /// Unexpected failures: `main.sml:3:1 …`.
    errors: Vec<String>,
}

/// A review that a rule asks for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesReview {
    /// The policy.
    policy: String,
    /// Why.
    because: String,
}

impl From<TrialAnswer> for RulesAnswer {
    fn from(found: TrialAnswer) -> Self {
        let because = |(policy, because)| RulesReview { policy, because };
        Self {
            refused: None,
            features: RawValue::from_string(found.features).ok(),
            rules: found.rules,
            verdicts: found.verdicts,
            labels: found.labels,
            signals: found.signals,
            reviews: found.reviews.into_iter().map(because).collect(),
            holds: found.holds.into_iter().map(because).collect(),
            errors: found.errors,
        }
    }
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`: no such version",
        "413": "`body_too_large`",
        "415": "`media_type_unsupported`",
        "422": "`rules_unsound`, with `diagnostics`; `change_invalid`",
    }
}

/// Tries a rule set on events in a world of their own, where nothing happened before them. Changes nothing. Role: viewer
/// and above.
#[utoipa::path(
    post, path = "/v1/rules/test", tag = "rules", request_body = RulesTrial,
    responses((status = 200, body = RulesTried), Guarded, Refused)
)]
pub(crate) async fn test_rules(
    State(app): State<App>,
    _caller: Caller<Look>,
    RuleBody { body, place }: RuleBody<RulesTrial>,
) -> Result<Json<RulesTried>, Problem> {
    let invalid = |detail: &str| Problem::new(Code::ChangeInvalid, detail);
    if !(1..=RULE_TRIAL_EVENTS_MAX).contains(&body.events.len()) {
        return Err(invalid("`events` has 1 to 1000 events"));
    }
    let files = match (body.files, body.version) {
        (Some(files), None) => rule_files(files)?,
        (None, Some(version)) => {
            let set = app.ask(move |state| state.rule_set(version)).await?;
            let set = set.map_err(|error| Problem::internal(&error))?;
            set.ok_or_else(|| Problem::not_found("version of the rules"))?.files
        }
        _ => return Err(invalid("either `files` or `version` says which rule set")),
    };
    let (events, now) = (body.events, app.now());
    let run = move || {
        let _place = place;
        let mut trial = Trial::new(files).map_err(|found| Problem::unsound(&found))?;
        let answers = events.iter().map(|event| one(&mut trial, event.get(), now)).collect();
        Ok(Json(RulesTried { answers }))
    };
    tokio::task::spawn_blocking(run).await.map_err(Problem::broken_task)?
}

/// An event without a time of its own arrives now.
fn one(trial: &mut Trial, line: &str, now: Timestamp) -> RulesAnswer {
    let event: Value = serde_json::from_str(line).unwrap_or_default();
    let time = event.get("time").and_then(Value::as_str).and_then(Timestamp::parse);
    match trial.take(line.as_bytes(), time.unwrap_or(now)) {
        Ok(answer) => answer.into(),
        Err(error) => RulesAnswer { refused: Some(error.to_string()), ..RulesAnswer::default() },
    }
}
