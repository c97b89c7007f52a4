//! `POST /v1/cases/next/claim`

use super::view::Case;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::Parameters;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cordon_model::ids::QueueId;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// From this queue; from any, the most pressing first, when left out.
    queue: Option<String>,
}

problems! {
    Refused { "400": "`parameter_invalid`" }
}

/// Claims the first case that nobody holds, for 15 minutes. Concurrent callers never get the same one.
///
/// Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/cases/next/claim", tag = "cases", params(Query),
    responses((status = 200, body = Case), (status = 204, description = "None is free"), Guarded, Refused)
)]
pub(crate) async fn claim_next_case(
    State(app): State<App>,
    caller: Caller<Review>,
    Parameters(query): Parameters<Query>,
) -> Result<Response, Problem> {
    let queue_id = query.queue.map(QueueId);
    let case = app.ports.desk.claim_next(queue_id.as_ref(), caller.id(), app.now()).await?;
    Ok(match case {
        Some(case) => Json(Case::from(case)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}
