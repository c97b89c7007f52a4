//! `GET /v1/rules`

use super::view::RuleSetVersion;
use crate::api::Guarded;
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Versions of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleSetVersions {
    /// Oldest first, the newest 1,000.
    rule_sets: Vec<RuleSetVersion>,
}

/// Lists the versions of the rules: which is live, which in shadow, which are drafts, which have ended. Role: viewer and
/// above.
#[utoipa::path(
    get, path = "/v1/rules", tag = "rules",
    responses((status = 200, body = RuleSetVersions), Guarded)
)]
pub(crate) async fn list_rules(
    State(app): State<App>,
    _caller: Caller<Look>,
) -> Result<Json<RuleSetVersions>, Problem> {
    let now = app.now();
    let list = move |state: &cordon_pipeline::Evaluator| {
        let published = state.rules().map(cordon_pipeline::rules::RuleSets::published);
        published.unwrap_or_default().iter().map(|one| RuleSetVersion::of(one, now)).collect()
    };
    Ok(Json(RuleSetVersions { rule_sets: app.ask(list).await? }))
}
