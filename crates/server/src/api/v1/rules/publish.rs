//! `POST /v1/rules`

use super::text::{Files, RuleBody, checked, rule_files};
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{self, Caller};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::clock::Timestamp;
use cordon_model::limits::ID_BYTES_MAX;
use cordon_model::rule_set::{RuleMode, RuleSet};
use cordon_pipeline::rules::{check_reviews, publish};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A rule set to be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRuleSet {
    /// Files by path, `main.sml` among them.
    files: Files,
    /// `live`: what it asks for is done. `shadow`: it is counted. `draft`: it is kept.
    #[schema(schema_with = names::rule_mode)]
    mode: RuleMode,
    /// Who answers for it; the caller when left out.
    owner: Option<String>,
    /// From when on it is not evaluated any more, RFC 3339; never when left out.
    expires_at: Option<String>,
    /// On how many events of one day a rule may take effect, by its name, or by `*` for every rule not named; one that
    /// goes beyond is put in shadow by itself.
    #[serde(default)]
    daily_limits: BTreeMap<String, u64>,
}

/// A rule set that stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublishedRuleSet {
    /// Its number.
    version: u32,
    /// Its mode.
    #[schema(schema_with = names::rule_mode)]
    mode: &'static str,
    /// Its files.
    files: usize,
    /// Its rules.
    rules: usize,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "409": "`refused`: it has expired already",
        "413": "`body_too_large`",
        "415": "`media_type_unsupported`",
        "422": "`rules_unsound`, with `diagnostics`; `change_invalid`: a policy, queue, rule or path that there is not",
    }
}

/// Publishes a rule set: in the place of the one of its mode, or as one more draft. Events that come meanwhile are
/// evaluated by the one before or by the new one, and none is lost. A set with mistakes is refused, and what is in force
/// stays. Role: lead or admin.
#[utoipa::path(
    post, path = "/v1/rules", tag = "rules", request_body = NewRuleSet,
    responses((status = 201, body = PublishedRuleSet), Guarded, Refused)
)]
pub(crate) async fn publish_rules(
    State(app): State<App>,
    caller: Caller<auth::Publish>,
    RuleBody { body: new, place }: RuleBody<NewRuleSet>,
) -> Result<(StatusCode, Json<PublishedRuleSet>), Problem> {
    let invalid = |detail: String| Problem::new(Code::ChangeInvalid, detail);
    let expires_at = new.expires_at.as_deref().map(|text| {
        let at = Timestamp::parse(text);
        at.ok_or_else(|| invalid("`expires_at` is no time such as 2030-01-01T00:00:00Z".to_owned()))
    });
    let owner = new.owner.unwrap_or_else(|| caller.id().to_string());
    if !(1..=ID_BYTES_MAX).contains(&owner.len()) || owner.chars().any(char::is_control) {
        return Err(invalid(format!("`owner` has 1 to {ID_BYTES_MAX} bytes on one line")));
    }
    let (files, found) = checked(rule_files(new.files)?, place).await?;
    let program = found.map_err(|found| Problem::unsound(&found))?;
    if let Some(wrong) = check_reviews(&program, &*app.ports.policies).await? {
        return Err(invalid(wrong));
    }
    let (mode, size, by) = (new.mode, program.size(), caller.id().to_string());
    let set =
        RuleSet { mode, owner, expires_at: expires_at.transpose()?, daily_limits: new.daily_limits, files };
    if let Some(wrong) = set.wrong_limit(&mut program.rule_names().map(|name| &**name)) {
        return Err(invalid(wrong));
    }
    let version = app.host.change(move |pipeline| publish(pipeline, set, &by)).await?;
    let published = PublishedRuleSet { version, mode: mode.name(), files: size.files, rules: size.rules };
    Ok((StatusCode::CREATED, Json(published)))
}
