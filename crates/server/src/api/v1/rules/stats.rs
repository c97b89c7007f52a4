//! `GET /v1/rules/stats`

use crate::api::Guarded;
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::clock::Timestamp;
use cordon_model::rule_set::RuleMode;
use cordon_pipeline::rules::{ActiveSet, StoppedRule};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the rules in force did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleStats {
    /// The live set; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<SetStats>,
    /// The set in shadow; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    shadow: Option<SetStats>,
}

/// What a rule set did since it came into its mode.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetStats {
    /// Which.
    version: u32,
    /// Since when.
    since: String,
    /// Events evaluated; late ones are not.
    events: u64,
    /// Unexpected failures of single expressions.
    errors: u64,
    /// Windowed counters held.
    counters: usize,
    /// Its rules.
    rules: Vec<RuleHits>,
    /// Rules that went beyond their daily limit and were put in shadow by themselves, until their set is put in force
    /// again.
    stopped: Vec<Stopped>,
    /// What was asked for, or in shadow would have been, and how often: `verdict:reject`, `label:UserId/spam/1`,
    /// `review:spam`.
    effects: BTreeMap<String, u64>,
}

/// A rule that went beyond its daily limit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stopped {
    /// Which.
    rule: String,
    /// When.
    at: String,
    /// Events of one day on which it might take effect.
    limit: u64,
    /// Events on which it would have taken effect since.
    withheld: u64,
}

/// How often a rule held.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleHits {
    /// Which.
    rule: String,
    /// Events.
    hits: u64,
    /// The first of them; null where there is none.
    first: Option<String>,
    /// The last of them.
    last: Option<String>,
}

impl Stopped {
    fn of((rule, stopped): (&String, &StoppedRule)) -> Self {
        let (limit, withheld) = (stopped.limit, stopped.withheld);
        Self { rule: rule.clone(), at: stopped.at.to_string(), limit, withheld }
    }
}

impl SetStats {
    fn of(set: &ActiveSet) -> Self {
        let found = set.counts();
        let rules = found.hits.iter().map(|(name, hits)| {
            let time = |at: Timestamp| (hits.count > 0).then(|| at.to_string());
            RuleHits { rule: name.clone(), hits: hits.count, first: time(hits.first), last: time(hits.last) }
        });
        Self {
            version: set.version(),
            since: set.activated_at().to_string(),
            events: found.events,
            errors: found.errors,
            counters: set.counter_count(),
            rules: rules.collect(),
            stopped: set.stopped().iter().map(Stopped::of).collect(),
            effects: found.effects.clone(),
        }
    }
}

/// Shows how often each rule held and what was asked for, since its set came into its mode. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/rules/stats", tag = "rules",
    responses((status = 200, body = RuleStats), Guarded)
)]
pub(crate) async fn rule_stats(
    State(app): State<App>,
    _caller: Caller<Look>,
) -> Result<Json<RuleStats>, Problem> {
    let read = |state: &cordon_pipeline::Evaluator| {
        let of = |mode| state.rules().and_then(|rules| rules.active(mode)).map(SetStats::of);
        RuleStats { live: of(RuleMode::Live), shadow: of(RuleMode::Shadow) }
    };
    Ok(Json(app.ask(read).await?))
}
