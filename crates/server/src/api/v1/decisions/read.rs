//! `GET /v1/decisions/{decision_id}`

use super::view::{Action, Decision, DecisionFile};
use crate::api::v1::quality::blind::check_not_blind;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::DecisionId;

problems! {
    Refused { "404": "`not_found`" }
}

/// A decision with its actions. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/decisions/{decision_id}", tag = "decisions",
    params(("decision_id" = String, Path)),
    responses((status = 200, body = DecisionFile), Guarded, Refused)
)]
pub(crate) async fn read_decision(
    State(app): State<App>,
    caller: Caller<Look>,
    Id(id): Id,
) -> Result<Json<DecisionFile>, Problem> {
    let decision_id = DecisionId(id);
    let found = app.ports.desk.fetch_decision(&decision_id).await?;
    let decision = found.ok_or_else(|| Problem::not_found("decision"))?;
    check_not_blind(&app, &caller, &decision.account_id).await?;
    let history = app.ports.desk.fetch_history(&decision.account_id).await?;
    let actions = history.actions.into_iter().filter(|action| action.decision_id == decision_id);
    let appealed = app.ports.desk.list_appealed(&decision.account_id).await?;
    Ok(Json(DecisionFile {
        actions: actions.map(Action::from).collect(),
        decision: Decision::blind(decision, &appealed),
    }))
}
