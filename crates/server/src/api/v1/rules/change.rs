//! `POST /v1/rules/{version}/move` and `POST /v1/rules/{version}/withdraw`

use super::view::RuleSetVersion;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{self, Caller};
use crate::extract::{JsonBody, Version};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::rule_set::RuleMode;
use cordon_pipeline::rules::{change, check_reviews, compile};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Where a version goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleMove {
    /// `live`, `shadow` or `draft`.
    #[schema(schema_with = names::rule_mode)]
    mode: RuleMode,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`refused`: it is there already, or has expired",
        "422": "`rules_unsound`: the language has changed since; `change_invalid`: a policy or queue that there is not any more",
    }
    NotWithdrawn {
        "404": "`not_found`",
        "409": "`refused`: it is withdrawn already",
    }
}

/// Puts a version into another mode, in the place of the one there: from shadow to live, or back to one that was live
/// before. Its windows go with it, its counts begin anew, and rules that were stopped take effect again. Role: lead or
/// admin.
#[utoipa::path(
    post, path = "/v1/rules/{version}/move", tag = "rules",
    params(("version" = u32, Path, description = "As listed")), request_body = RuleMove,
    responses((status = 200, body = RuleSetVersion), Guarded, Refused)
)]
pub(crate) async fn move_rules(
    State(app): State<App>,
    caller: Caller<auth::Publish>,
    Version(version): Version,
    JsonBody(new): JsonBody<RuleMove>,
) -> Result<Json<RuleSetVersion>, Problem> {
    if new.mode != RuleMode::Draft {
        require_reviews(&app, version).await?;
    }
    changed(&app, version, Some(new.mode), &caller).await
}

/// Evaluates a version no more, or takes a draft off the table; its text stays readable. Labels stay as they are. Role:
/// lead or admin.
#[utoipa::path(
    post, path = "/v1/rules/{version}/withdraw", tag = "rules",
    params(("version" = u32, Path, description = "As listed")),
    responses((status = 200, body = RuleSetVersion), Guarded, NotWithdrawn)
)]
pub(crate) async fn withdraw_rules(
    State(app): State<App>,
    caller: Caller<auth::Publish>,
    Version(version): Version,
) -> Result<Json<RuleSetVersion>, Problem> {
    changed(&app, version, None, &caller).await
}

async fn changed(
    app: &App,
    version: u32,
    to: Option<RuleMode>,
    caller: &Caller<auth::Publish>,
) -> Result<Json<RuleSetVersion>, Problem> {
    let (by, now) = (caller.id().to_string(), app.now());
    app.host.change(move |pipeline| change(pipeline, version, to, &by)).await?;
    let read = move |state: &cordon_pipeline::Evaluator| {
        let one = state.rules().and_then(|rules| rules.publication(version));
        one.map(|one| RuleSetVersion::of(one, now))
    };
    app.ask(read).await?.map(Json).ok_or_else(|| Problem::not_found("version of the rules"))
}

/// A policy may have been retired since the set was published.
async fn require_reviews(app: &App, version: u32) -> Result<(), Problem> {
    let place = Arc::clone(&app.rule_sets).try_acquire_owned();
    let place = place.map_err(|_| Problem::new(Code::Overloaded, "other rule sets are being checked"))?;
    let check = move |state: &cordon_pipeline::Evaluator| state.rule_set(version);
    let set = app.ask(check).await?.map_err(|error| Problem::internal(&error))?;
    let set = set.ok_or_else(|| Problem::not_found("version of the rules"))?;
    let check = move || {
        let _place = place;
        compile(&set.files)
    };
    let program = tokio::task::spawn_blocking(check).await.map_err(Problem::broken_task)?;
    let program = program.map_err(|found| Problem::unsound(&found))?;
    let wrong = check_reviews(&program, &*app.ports.policies).await?;
    wrong.map_or(Ok(()), |wrong| Err(Problem::new(Code::ChangeInvalid, wrong)))
}
