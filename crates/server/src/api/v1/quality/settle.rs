//! `POST /v1/quality/{second_look_id}/settle` and `…/golden`

use super::disagreements::Disagreement;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Settle};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::SecondLookId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who was right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"right": "no_violation"}))]
pub(crate) struct LookSettlement {
    /// What should have been decided; not `restore`.
    #[schema(schema_with = names::decision_kind)]
    right: DecisionKind,
}

/// A case whose answer is known from now on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Golden {
    /// Which decision's.
    decision_id: String,
    /// What is right.
    #[schema(schema_with = names::decision_kind)]
    answer: DecisionKind,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "403": "`second_person_needed`: the caller decided the case or looked at it; or `forbidden`",
        "404": "`not_found`",
        "409": "`look_status`: the two do not differ, or it is settled",
        "422": "`finding_invalid`",
    }
    RefusedGolden {
        "404": "`not_found`",
        "409": "`look_status`: nobody knows yet what is right; or `refused`: there are as many as may be",
    }
}

/// Says who was right where a decision and its second look differ. The decision stands: overturning it is a call of its own.
///
/// Role: lead or admin, but nobody who decided or looked.
#[utoipa::path(
    post, path = "/v1/quality/{second_look_id}/settle", tag = "quality",
    params(("second_look_id" = String, Path)), request_body = LookSettlement,
    responses((status = 200, body = Disagreement), Guarded, Refused)
)]
pub(crate) async fn settle_look(
    State(app): State<App>,
    caller: Caller<Settle>,
    Id(id): Id,
    JsonBody(settlement): JsonBody<LookSettlement>,
) -> Result<Json<Disagreement>, Problem> {
    let look =
        app.ports.quality.settle_look(&SecondLookId(id), settlement.right, caller.id(), app.now()).await?;
    Ok(Json(look.into()))
}

/// Makes a golden case of what is settled, or of what both found: it is shown among second looks to everybody who does
/// not know it, and their answers are scored. Role: lead or admin.
#[utoipa::path(
    post, path = "/v1/quality/{second_look_id}/golden", tag = "quality",
    params(("second_look_id" = String, Path)),
    responses((status = 201, body = Golden), Guarded, RefusedGolden)
)]
pub(crate) async fn mark_golden(
    State(app): State<App>,
    caller: Caller<Settle>,
    Id(id): Id,
) -> Result<(StatusCode, Json<Golden>), Problem> {
    let golden = app.ports.quality.mark_golden(&SecondLookId(id), caller.id(), app.now()).await?;
    let golden = Golden { decision_id: golden.decision_id.0, answer: golden.answer };
    Ok((StatusCode::CREATED, Json(golden)))
}
