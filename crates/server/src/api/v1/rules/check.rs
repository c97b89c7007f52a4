//! `POST /v1/rules/check`

use super::text::{Files, RuleBody, checked, rule_files};
use crate::api::{Guarded, problems};
use crate::auth::{Caller, Look};
use crate::problem::{Diagnostic, Problem};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A rule set to be checked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesToCheck {
    /// Files by path, `main.sml` among them.
    files: Files,
}

/// What the check found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesCheck {
    /// Whether the set may be published.
    is_sound: bool,
    /// Every mistake, and every warning: a sound set may have some, such as a word list that is not there.
    diagnostics: Vec<Diagnostic>,
    /// What a sound set is made of; null where it is none.
    size: Option<RulesSize>,
}

/// What a rule set is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesSize {
    /// Files.
    files: usize,
    /// Rules.
    rules: usize,
    /// Features.
    features: usize,
    /// Nodes of the compiled graph.
    nodes: usize,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "413": "`body_too_large`",
        "415": "`media_type_unsupported`",
        "422": "`change_invalid`: a path that belongs to no rule set",
    }
}

/// Checks a rule set and answers with every mistake in it. Changes nothing. Role: viewer and above.
#[utoipa::path(
    post, path = "/v1/rules/check", tag = "rules", request_body = RulesToCheck,
    responses((status = 200, body = RulesCheck), Guarded, Refused)
)]
pub(crate) async fn check_rules(
    _caller: Caller<Look>,
    RuleBody { body, place }: RuleBody<RulesToCheck>,
) -> Result<Json<RulesCheck>, Problem> {
    let (_, found) = checked(rule_files(body.files)?, place).await?;
    Ok(Json(match found {
        Ok(program) => {
            let size = program.size();
            let (files, rules, features, nodes) = (size.files, size.rules, size.features, size.nodes);
            let size = Some(RulesSize { files, rules, features, nodes });
            let diagnostics = program.warnings().iter().map(Diagnostic::from).collect();
            RulesCheck { is_sound: true, diagnostics, size }
        }
        Err(found) => {
            let diagnostics = found.iter().map(Diagnostic::from).collect();
            RulesCheck { is_sound: false, diagnostics, size: None }
        }
    }))
}
