//! `POST /v1/session`

use crate::api::problems;
use crate::api::v1::me::Me;
use crate::app::App;
use crate::auth::{Look, Permission, operator_of};
use crate::extract::JsonBody;
use crate::problem::{Code, Problem};
use crate::sessions::{CSRF_HEADER, set_cookie};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;

/// What opens a session: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSession {
    /// An operator's token.
    token: Option<String>,
    /// The code of the link that the server printed when it started; works once.
    code: Option<String>,
}

problems! {
    Refused {
        "400": "`body_invalid`: neither a token nor a code, or both",
        "401": "`unauthenticated`: the token opens nothing; the code is spent, too old or unknown",
        "403": "`forbidden`: the role may not look at anything, or the header `X-Cordon-Csrf` is missing",
        "503": "`overloaded`, `record_unavailable` or `shutting_down`",
    }
}

/// Opens a session of 12 hours for a browser: a cookie in the place of the token, for as long as the token is valid.
///
/// Every write by cookie carries a header `X-Cordon-Csrf`, whatever its value.
#[utoipa::path(
    post, path = "/v1/session", tag = "session", security(()), request_body = NewSession,
    responses((status = 201, body = Me), Refused)
)]
pub(crate) async fn open_session(
    State(app): State<App>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewSession>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Me>), Problem> {
    if !headers.contains_key(CSRF_HEADER) {
        return Err(Problem::new(Code::Forbidden, format!("send the header {CSRF_HEADER}")));
    }
    let token = match (new.token, new.code) {
        (Some(token), None) => token,
        (None, Some(code)) => app.sessions.redeem(&code, app.now()).ok_or_else(spent)?,
        _ => return Err(Problem::new(Code::BodyInvalid, "send either `token` or `code`")),
    };
    let operator = operator_of(&token, &app).await?;
    if !Look::is_given_to(operator.role) {
        let detail = format!("the role {} may not {}", operator.role.name(), Look::WHAT);
        return Err(Problem::new(Code::Forbidden, detail));
    }
    let secret = draw_secret(&app)?;
    let cookie = set_cookie(&secret, &headers)
        .ok_or_else(|| Problem::new(Code::Internal, "the session cannot be named"))?;
    app.sessions.open(secret, token, app.now());
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(Me::of(&operator, app.now()))))
}

fn spent() -> Problem {
    Problem::new(Code::Unauthenticated, "the log-in code is spent, too old or unknown: log in with a token")
}

/// 256 random bits. A source that says the same thing twice is broken, and opens no session.
fn draw_secret(app: &App) -> Result<String, Problem> {
    let (first, second) = ((app.outside.random)(), (app.outside.random)());
    if first == second {
        return Err(Problem::new(Code::Internal, "the machine's source of randomness does not answer"));
    }
    Ok(format!("{first:032x}{second:032x}"))
}
