//! `POST /v1/session`

use crate::api::problems;
use crate::api::v1::me::Me;
use crate::app::App;
use crate::auth::{Look, Permission, operator_of};
use crate::doorkeeper::{self, Attempt, Peer};
use crate::extract::JsonBody;
use crate::problem::{Code, Problem};
use crate::sessions::{CSRF_HEADER, Standing, set_cookie};
use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use cordon_model::operator::Operator;
use serde::Deserialize;
use utoipa::ToSchema;

/// What opens a session: a token, a link's code alone, or an operator's name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSession {
    /// An operator's token.
    token: Option<String>,
    /// An operator's name.
    operator: Option<String>,
    /// Their password.
    password: Option<String>,
    /// The code of the link that the server printed when it started, which works once; with a password, the code of the
    /// second factor or a recovery code.
    code: Option<String>,
}

problems! {
    Refused {
        "400": "`body_invalid`: none of the three ways, or more than one",
        "401": "`unauthenticated`: the token opens nothing; the code is spent, too old or unknown; name, password and code do not belong together",
        "403": "`forbidden`: the role may not look at anything, or the header `X-Cordon-Csrf` is missing",
        "429": "`too_many_attempts`: by this operator or from this address; come back after `Retry-After`",
        "503": "`overloaded`, `record_unavailable` or `shutting_down`",
    }
}

/// Opens a session of 12 hours for a browser: a cookie in the place of the token, for as long as the token is valid; or
/// for as long as the password stays and its operator is not disabled.
///
/// Every write by cookie carries a header `X-Cordon-Csrf`, whatever its value.
#[utoipa::path(
    post, path = "/v1/session", tag = "session", security(()), request_body = NewSession,
    responses((status = 201, body = Me), Refused)
)]
pub(crate) async fn open_session(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewSession>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Me>), Problem> {
    if !headers.contains_key(CSRF_HEADER) {
        return Err(Problem::new(Code::Forbidden, format!("send the header {CSRF_HEADER}")));
    }
    let (operator, standing) = match (new.token, new.operator, new.password, new.code) {
        (Some(token), None, None, None) => by_token(token, &app).await?,
        (None, None, None, Some(code)) => {
            by_token(app.sessions.redeem(&code, app.now()).ok_or_else(spent)?, &app).await?
        }
        (None, Some(operator), Some(password), code) => {
            let attempt = Attempt { operator, password, code, peer: peer.map(|Extension(peer)| peer) };
            let seen = doorkeeper::sign_in(&app, attempt).await?;
            let (operator_id, generation) = (seen.operator.operator_id.clone(), seen.generation);
            (seen.operator, Standing::Password { operator_id, generation })
        }
        _ => {
            let detail = "send `token`, or `code`, or `operator` and `password`";
            return Err(Problem::new(Code::BodyInvalid, detail));
        }
    };
    if !Look::is_given_to(operator.role) {
        let detail = format!("the role {} may not {}", operator.role.name(), Look::WHAT);
        return Err(Problem::new(Code::Forbidden, detail));
    }
    let secret = hexadecimal(&doorkeeper::draw(&app)?);
    let cookie = set_cookie(&secret, &headers)
        .ok_or_else(|| Problem::new(Code::Internal, "the session cannot be named"))?;
    app.sessions.open(secret, standing, app.now());
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(Me::of(&operator, app.now()))))
}

async fn by_token(token: String, app: &App) -> Result<(Operator, Standing), Problem> {
    Ok((operator_of(&token, app).await?, Standing::Token(token)))
}

fn spent() -> Problem {
    Problem::new(Code::Unauthenticated, "the log-in code is spent, too old or unknown: log in with a token")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
