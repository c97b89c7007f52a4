//! `POST /v1/me/totp` and `POST /v1/me/totp/confirm`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Identify};
use crate::doorkeeper;
use crate::extract::JsonBody;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_enforce::sign_in::{recovery_code, recovery_digest, totp};
use cordon_model::limits::RECOVERY_CODES;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who enrols a second factor shows their password once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enrolment {
    /// The password.
    password: String,
}

/// What an authenticator is to know. Shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct Enrolled {
    /// 160 random bits in Base32.
    secret: String,
    /// The same as authenticators read it: `otpauth://totp/…`.
    uri: String,
}

/// The first code of an authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstCode {
    /// Six digits.
    code: String,
}

/// What opens a session when the authenticator is lost. Shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Ten codes; each counts once in the place of the authenticator's.
    recovery_codes: Vec<String>,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "409": "`second_factor_unfit`: in force already, none to confirm, or no password",
        "429": "`too_many_attempts`; come back after `Retry-After`",
    }
}

/// Makes the secret of a second factor, in force once a code confirms it. `forbidden` where the password is not right.
/// Role: any.
#[utoipa::path(
    post, path = "/v1/me/totp", tag = "session", request_body = Enrolment,
    responses((status = 201, body = Enrolled), Guarded, Refused)
)]
pub(crate) async fn enrol_second_factor(
    State(app): State<App>,
    caller: Caller<Identify>,
    JsonBody(enrolment): JsonBody<Enrolment>,
) -> Result<(StatusCode, Json<Enrolled>), Problem> {
    doorkeeper::confirm(&app, caller.id(), enrolment.password).await?;
    let drawn = doorkeeper::draw(&app)?;
    let secret = totp::base32(drawn.get(..totp::SECRET_BYTES).unwrap_or_default());
    app.ports.sign_in.enrol_second_factor(caller.id(), &secret, app.now()).await?;
    let uri = totp::uri(caller.id(), &secret);
    Ok((StatusCode::CREATED, Json(Enrolled { secret, uri })))
}

/// Puts the second factor in force by its first code, and gives the recovery codes. `forbidden` where the code is not
/// right. Role: any.
#[utoipa::path(
    post, path = "/v1/me/totp/confirm", tag = "session", request_body = FirstCode,
    responses((status = 200, body = RecoveryCodes), Guarded, Refused)
)]
pub(crate) async fn confirm_second_factor(
    State(app): State<App>,
    caller: Caller<Identify>,
    JsonBody(first): JsonBody<FirstCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let keys = doorkeeper::keys(caller.id().as_str(), None);
    doorkeeper::begin(&app, &keys)?;
    let none = || Problem::new(Code::SecondFactorUnfit, "none waits for a code: POST /v1/me/totp first");
    let seen = app.ports.sign_in.fetch_credentials(caller.id()).await?.ok_or_else(none)?;
    let pending = seen.totp_pending.as_deref().ok_or_else(none)?;
    let Some(step) = totp::matching_step(pending, first.code.trim(), app.now(), None) else {
        return Err(Problem::new(Code::Forbidden, "this is not the code of now: look at the clock"));
    };
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| draw_code(&app)).collect::<Result<_, _>>()?;
    let digests: Vec<String> = codes.iter().map(|code| recovery_digest(code)).collect();
    app.ports.sign_in.confirm_second_factor(&seen, step, &digests, app.now()).await?;
    doorkeeper::succeeded(&app, &keys);
    Ok(Json(RecoveryCodes { recovery_codes: codes }))
}

fn draw_code(app: &App) -> Result<String, Problem> {
    let mut random = [0; 10];
    random.iter_mut().zip(doorkeeper::draw(app)?).for_each(|(byte, drawn)| *byte = drawn);
    Ok(recovery_code(random))
}
