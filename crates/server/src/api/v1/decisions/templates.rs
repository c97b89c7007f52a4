//! `GET /v1/decisions/templates`

use crate::api::{Guarded, names};
use crate::app::App;
use crate::auth::{Caller, Look};
use axum::Json;
use axum::extract::State;
use cordon_enforce::decisions::DecisionTemplate;
use cordon_model::decision::DecisionKind;
use cordon_model::entity::Source;
use serde::Serialize;
use utoipa::ToSchema;

/// Rationales that reviewers begin with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Templates {
    /// In the order in which they are offered.
    templates: Vec<Template>,
}

/// A rationale to begin with.
#[derive(Debug, Serialize, ToSchema)]
struct Template {
    /// Its name.
    template_id: String,
    /// Decisions that it fits.
    #[schema(schema_with = names::decision_kinds)]
    kinds: Vec<DecisionKind>,
    /// Under these policies alone; under all where there is none.
    policies: Vec<String>,
    /// Offered first where one of these pointed at the account.
    #[schema(schema_with = names::sources)]
    sources: Vec<Source>,
    /// For a restriction or a suspension: until when; null for no end.
    days: Option<u32>,
    /// What will be on record.
    text: String,
}

impl From<&DecisionTemplate> for Template {
    fn from(template: &DecisionTemplate) -> Self {
        Self {
            template_id: template.template_id.clone(),
            kinds: template.kinds.clone(),
            policies: template.policies.iter().map(ToString::to_string).collect(),
            sources: template.sources.clone(),
            days: template.days,
            text: template.text.clone(),
        }
    }
}

/// Rationales that reviewers begin with, as the server was started with them. Role: viewer and above.
#[utoipa::path(get, path = "/v1/decisions/templates", tag = "decisions",
    responses((status = 200, body = Templates), Guarded))]
pub(crate) async fn list_templates(State(app): State<App>, _caller: Caller<Look>) -> Json<Templates> {
    Json(Templates { templates: app.house.templates.iter().map(Template::from).collect() })
}
