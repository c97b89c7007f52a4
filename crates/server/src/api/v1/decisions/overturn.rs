//! `POST /v1/decisions/{decision_id}/overturn`

use super::view::{Action, DecisionFile};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{self, Caller};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use crate::telemetry;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::DecisionId;
use serde::Deserialize;
use utoipa::ToSchema;

/// Why a decision is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOverturn {
    /// In words, `1..=10000` characters.
    reason: String,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`decision_overturned`: once is enough",
        "422": "`reason_invalid`",
    }
}

/// Takes a decision back: what it did that is still in force ends, and the platform is told.
///
/// Answers with the decision and the actions that take it back. Role: lead or admin.
#[utoipa::path(
    post, path = "/v1/decisions/{decision_id}/overturn", tag = "decisions",
    params(("decision_id" = String, Path)), request_body = NewOverturn,
    responses((status = 200, body = DecisionFile), Guarded, Refused)
)]
pub(crate) async fn overturn_decision(
    State(app): State<App>,
    caller: Caller<auth::Overturn>,
    Id(id): Id,
    JsonBody(new): JsonBody<NewOverturn>,
) -> Result<Json<DecisionFile>, Problem> {
    let (desk, decision_id) = (&app.ports.desk, DecisionId(id));
    let actions = desk.overturn(&decision_id, caller.id(), &new.reason, app.now()).await?;
    app.decided();
    telemetry::count_overturn();
    let found = desk.fetch_decision(&decision_id).await?;
    let decision = found.ok_or_else(|| Problem::not_found("decision"))?;
    Ok(Json(DecisionFile {
        decision: decision.into(),
        actions: actions.into_iter().map(Action::from).collect(),
    }))
}
