//! `POST /v1/me/password`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Identify};
use crate::doorkeeper;
use crate::extract::JsonBody;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

/// A password in the place of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The one so far.
    old: String,
    /// The one from now on: 12 to 256 bytes, and not the operator's name.
    new: String,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "422": "`password_unfit`: too short, too long, or the operator's name",
        "429": "`too_many_attempts`; come back after `Retry-After`",
    }
}

/// Changes one's own password, and ends one's other sessions by it. `forbidden` where `old` is not right. Role: any.
#[utoipa::path(
    post, path = "/v1/me/password", tag = "session", request_body = NewPassword,
    responses((status = 204), Guarded, Refused)
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller<Identify>,
    headers: HeaderMap,
    JsonBody(passwords): JsonBody<NewPassword>,
) -> Result<StatusCode, Problem> {
    doorkeeper::confirm(&app, caller.id(), passwords.old).await?;
    let hashed = doorkeeper::hash(&app, passwords.new, caller.id().clone()).await?;
    let generation = app.ports.sign_in.put_password(caller.id(), &hashed, caller.id(), app.now()).await?;
    app.sessions.renew(&headers, caller.id(), generation);
    Ok(StatusCode::NO_CONTENT)
}
