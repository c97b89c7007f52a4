//! `DELETE /v1/session`

use crate::api::problems;
use crate::app::App;
use crate::problem::{Code, Problem};
use crate::sessions::{CSRF_HEADER, is_own_page, set_cookie};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

problems! {
    Refused { "403": "`forbidden`: the header `X-Cordon-Csrf` is missing" }
}

/// Ends the session of the request's cookie; without one, nothing.
#[utoipa::path(
    delete, path = "/v1/session", tag = "session", security(()), responses((status = 204), Refused)
)]
pub(crate) async fn close_session(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1]), Problem> {
    if !is_own_page(&method, &headers) {
        return Err(Problem::new(Code::Forbidden, format!("send the header {CSRF_HEADER}")));
    }
    app.sessions.close(&headers);
    let cookie = set_cookie("", &headers).unwrap_or(HeaderValue::from_static(""));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}
