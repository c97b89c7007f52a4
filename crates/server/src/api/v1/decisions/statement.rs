//! `GET /v1/decisions/{decision_id}/statement`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_enforce::notices;
use cordon_model::ids::DecisionId;
use cordon_model::statement::{self, Withheld};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A statement of reasons.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatementFile {
    /// In the fields of the DSA Transparency Database, with what was decided, for whom and in which language.
    #[schema(value_type = Object, example = json!({
        "restriction": "DECISION_ACCOUNT_SUSPENDED", "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "category": "STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE", "application_date": "2016-02-05",
        "source_type": "SOURCE_VOLUNTARY", "automated_detection": true
    }))]
    statement: Value,
    /// In words, as the account is told; the appeal link is left out, for it would let whoever reads this appeal.
    text: String,
    /// When it was made, RFC 3339.
    made_at: String,
    /// When the notice was handed to the outbox; absent while it is withheld.
    notified_at: Option<String>,
    /// Why it is withheld: `gag`, `no_contact` or `deceptive_high_volume`.
    withheld: Option<&'static str>,
    /// When a gag ends.
    withheld_until: Option<String>,
    /// Until when the account may appeal.
    appeal_until: String,
}

problems! {
    Refused { "404": "`not_found`: no such decision, or one that weighs on nobody" }
}

/// The statement of reasons on a decision. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/decisions/{decision_id}/statement", tag = "appeals", params(("decision_id" = String, Path)),
    responses((status = 200, body = StatementFile), Guarded, Refused)
)]
pub(crate) async fn read_statement(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(id): Id,
) -> Result<Json<StatementFile>, Problem> {
    let found = app.ports.notices.fetch_statement(&DecisionId(id)).await?;
    Ok(Json(shown(found.ok_or_else(|| Problem::not_found("statement"))?)))
}

fn shown(statement: statement::Statement) -> StatementFile {
    let withheld = statement.withheld.as_ref();
    StatementFile {
        text: notices::text_without_link(&statement),
        made_at: statement.made_at.to_string(),
        notified_at: statement.notified_at.map(|at| at.to_string()),
        withheld: withheld.map(Withheld::name),
        withheld_until: withheld.and_then(Withheld::ends_at).map(|at| at.to_string()),
        appeal_until: statement.appeal_until.to_string(),
        statement: fields(&statement),
    }
}

/// The fields without the times, which are shown as RFC 3339 beside them.
fn fields(statement: &statement::Statement) -> Value {
    let mut fields = serde_json::to_value(statement).unwrap_or_default();
    if let Some(fields) = fields.as_object_mut() {
        for name in ["made_at", "notified_at", "appeal_until", "withheld"] {
            fields.remove(name);
        }
    }
    fields
}
