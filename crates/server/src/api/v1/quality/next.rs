//! `POST /v1/quality/next`

use super::blind::{BlindCase, case_of};
use crate::api::Guarded;
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Gives the caller a decided case to judge once more, without its decision and who made it: the one that they have, or
/// the next. It stays theirs for 15 minutes, and until they judge while nobody else asks; meanwhile they may not read the
/// case, its account or its decision elsewhere.
///
/// Golden cases, whose answer is known, come among the others and look alike. Role: reviewer and above, but nobody who
/// made, proposed or approved the decision.
#[utoipa::path(
    post, path = "/v1/quality/next", tag = "quality",
    responses((status = 200, body = BlindCase), (status = 204, description = "None waits for the caller"), Guarded)
)]
pub(crate) async fn next_look(State(app): State<App>, caller: Caller<Review>) -> Result<Response, Problem> {
    match app.ports.quality.claim_next_look(caller.id(), app.now()).await? {
        Some(look) => Ok(Json(case_of(&app, look).await?).into_response()),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}
