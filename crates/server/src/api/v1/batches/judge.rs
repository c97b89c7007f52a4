//! `POST /v1/batches/{batch_id}/judgements`

use super::view::Batch;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::{AccountId, BatchId};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a reviewer found of a sampled account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewJudgement {
    /// Which account.
    account_id: String,
    /// What they would decide on it.
    #[schema(schema_with = names::decision_kind)]
    finding: DecisionKind,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "403": "`second_person_needed`: the proposer does not judge; or `forbidden`",
        "404": "`not_found`",
        "409": "`batch_status`, `judged_already` or `not_sampled`",
    }
}

/// Says what the caller would decide on a sampled account. The batch's decision is wrong for it where it weighs more
/// than that; with the last judgement the batch has passed, or is refused.
///
/// Role: reviewer and above, but not the proposer.
#[utoipa::path(
    post, path = "/v1/batches/{batch_id}/judgements", tag = "batches", params(("batch_id" = String, Path)),
    request_body = NewJudgement, responses((status = 200, body = Batch), Guarded, Refused)
)]
pub(crate) async fn judge_sampled(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(new): JsonBody<NewJudgement>,
) -> Result<Json<Batch>, Problem> {
    let (bulk, account_id) = (&app.ports.bulk, AccountId(new.account_id));
    let batch = bulk.judge_member(&BatchId(id), &account_id, new.finding, caller.id(), app.now()).await?;
    Ok(Json(Batch::shown_to(caller.operator(), batch)))
}
