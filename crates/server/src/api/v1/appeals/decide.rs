//! `POST /v1/appeals/{appeal_id}/decide`

use super::read::file_on;
use super::view::AppealFile;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::Problem;
use crate::telemetry;
use axum::Json;
use axum::extract::State;
use cordon_enforce::appeals;
use cordon_model::appeal::AppealStatus;
use cordon_model::ids::AppealId;
use serde::Deserialize;
use utoipa::ToSchema;

/// What becomes of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It stands.
    Upheld,
    /// It is taken back, with everything that it did.
    Overturned,
}

/// What a person found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "overturned", "reasons": "The device was shared by a library."}))]
pub(crate) struct Ruling {
    /// What becomes of the decision.
    outcome: Outcome,
    /// Why, `1..=10000` characters. Stays inside: the appellant is told the outcome alone.
    reasons: String,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "403": "`second_person_needed`: the caller had a part in the decision; or `forbidden`",
        "404": "`not_found`",
        "409": "`appeal_ended`, `claim_lost`, or `decision_overturned` for upholding what fell meanwhile",
        "422": "`reason_invalid`",
    }
}

/// Decides an appeal under one's claim: the decision stands, or is taken back with everything that it did; the account is
/// told. Role: reviewer and above, but nobody who made, proposed or approved the decision.
#[utoipa::path(
    post, path = "/v1/appeals/{appeal_id}/decide", tag = "appeals", params(("appeal_id" = String, Path)),
    request_body = Ruling, responses((status = 200, body = AppealFile), Guarded, Refused)
)]
pub(crate) async fn decide_appeal(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(new): JsonBody<Ruling>,
) -> Result<Json<AppealFile>, Problem> {
    let is_overturned = new.outcome == Outcome::Overturned;
    let ruling = appeals::Ruling { is_overturned, reasons: new.reasons, by: caller.id().clone() };
    let appeal = app.ports.notices.decide_appeal(&AppealId(id), ruling, app.now()).await?;
    app.decided();
    if appeal.status == AppealStatus::Overturned {
        telemetry::count_overturn();
    }
    Ok(Json(file_on(&app, appeal).await?))
}
