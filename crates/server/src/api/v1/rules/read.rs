//! `GET /v1/rules/{version}`

use super::text::Files;
use super::view::RuleSetVersion;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Version;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A version of the rules with its text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleSetText {
    /// What it is.
    rule_set: RuleSetVersion,
    /// Its files by path.
    files: Files,
    /// On how many events of one day a rule may take effect, as published.
    daily_limits: BTreeMap<String, u64>,
}

problems! {
    Refused { "404": "`not_found`" }
}

/// Reads a version of the rules with its files, whether it is in force or not. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/rules/{version}", tag = "rules",
    params(("version" = u32, Path, description = "As listed")),
    responses((status = 200, body = RuleSetText), Guarded, Refused)
)]
pub(crate) async fn read_rules(
    State(app): State<App>,
    _caller: Caller<Look>,
    Version(version): Version,
) -> Result<Json<RuleSetText>, Problem> {
    let now = app.now();
    let read = move |state: &cordon_pipeline::Evaluator| {
        let unknown = || Problem::not_found("version of the rules");
        let one = state.rules().and_then(|rules| rules.publication(version)).ok_or_else(unknown)?;
        let rule_set = RuleSetVersion::of(one, now);
        let set = state.rule_set(version).map_err(|error| Problem::internal(&error))?.ok_or_else(unknown)?;
        let files = set.files.into_iter().map(|file| (file.path, file.text)).collect();
        Ok(Json(RuleSetText { rule_set, files, daily_limits: set.daily_limits }))
    };
    app.ask(read).await?
}
