//! Sessions of browsers: a cookie in the place of a token.
//!
//! A session stands for the token by which it was opened, or for an operator with the password of the time; each request
//! asks the record anew what that opens: who revokes the token, changes the password or disables the operator ends the
//! session. Sessions live in memory, so that a restart ends them all.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use cordon_model::clock::Timestamp;
use cordon_model::ids::OperatorId;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a session lasts: a working day.
pub(crate) const SESSION_SECONDS: i64 = 12 * 3_600;
/// How long a log-in code can be used after the server has started.
pub(crate) const LOGIN_CODE_SECONDS: i64 = 30 * 60;
/// Sessions at once; the one that would end first makes room.
const SESSIONS_MAX: usize = 10_000;
/// The cookie's name.
const COOKIE: &str = "cordon_session";
/// What a page of the console sends with every write. Another site's page cannot: a browser would first ask this
/// server whether it may, and is not answered.
pub(crate) const CSRF_HEADER: &str = "x-cordon-csrf";

/// A code that opens one session, once, within half an hour of the start.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginCode {
    /// The code: random, and no secret for longer than its use.
    pub code: String,
    /// The text of the token for which the session will stand.
    pub token: String,
}

impl fmt::Debug for LoginCode {
    /// Never prints the secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("LoginCode(secret)")
    }
}

/// The open sessions, and the code that may open one.
pub(crate) struct Sessions(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    open: HashMap<String, Session>,
    code: Option<(LoginCode, Timestamp)>,
}

/// What a session stands for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The text of a token.
    Token(String),
    /// An operator who signed in, with the generation of their password.
    Password { operator_id: OperatorId, generation: i64 },
}

impl fmt::Debug for Standing {
    /// Never prints the secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Standing(secret)")
    }
}

struct Session {
    standing: Standing,
    expires_at: Timestamp,
}

impl Sessions {
    /// None open; `code` can be used from `now` on for a while.
    pub(crate) fn new(code: Option<LoginCode>, now: Timestamp) -> Self {
        let code = code.map(|code| (code, now.plus_seconds(LOGIN_CODE_SECONDS)));
        Self(Mutex::new(Inner { open: HashMap::new(), code }))
    }

    /// The token behind a log-in code. The code is spent by it.
    pub(crate) fn redeem(&self, code: &str, now: Timestamp) -> Option<String> {
        let mut inner = self.lock();
        let (known, _) = inner.code.as_ref().filter(|(_, expires_at)| now < *expires_at)?;
        if known.code != code {
            return None;
        }
        inner.code.take().map(|(known, _)| known.token)
    }

    /// Opens a session under `secret`.
    pub(crate) fn open(&self, secret: String, standing: Standing, now: Timestamp) {
        let mut inner = self.lock();
        inner.open.retain(|_, session| now < session.expires_at);
        if inner.open.len() >= SESSIONS_MAX {
            let first = inner.open.iter().min_by_key(|(_, session)| session.expires_at);
            if let Some(first) = first.map(|(secret, _)| secret.clone()) {
                inner.open.remove(&first);
            }
        }
        inner.open.insert(secret, Session { standing, expires_at: now.plus_seconds(SESSION_SECONDS) });
    }

    /// Ends the session of a request, if it has one.
    pub(crate) fn close(&self, headers: &HeaderMap) {
        if let Some(secret) = cookie(headers) {
            self.lock().open.remove(secret);
        }
    }

    /// The session of a request goes on under another generation of its operator's password.
    ///
    /// A request by somebody else's token may carry it: that session is left alone.
    pub(crate) fn renew(&self, headers: &HeaderMap, of: &OperatorId, renewed: i64) {
        let mut inner = self.lock();
        let session = cookie(headers).and_then(|secret| inner.open.get_mut(secret));
        match session.map(|session| &mut session.standing) {
            Some(Standing::Password { operator_id, generation }) if operator_id == of => {
                *generation = renewed
            }
            _ => {}
        }
    }

    /// What the session of a request stands for.
    pub(crate) fn standing(&self, headers: &HeaderMap, now: Timestamp) -> Option<Standing> {
        let inner = self.lock();
        let session = inner.open.get(cookie(headers)?).filter(|session| now < session.expires_at)?;
        Some(session.standing.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The session's secret in a request's cookies.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|text| text.split(';'))
        .find_map(|one| one.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Whether a request that leans on a cookie can have been made by the console's own pages alone.
pub(crate) fn is_own_page(method: &Method, headers: &HeaderMap) -> bool {
    method.is_safe() || headers.contains_key(CSRF_HEADER)
}

/// The header that gives a browser its session; with an empty `secret`, the one that takes it away.
pub(crate) fn set_cookie(secret: &str, headers: &HeaderMap) -> Option<HeaderValue> {
    let seconds = if secret.is_empty() { 0 } else { SESSION_SECONDS };
    let is_encrypted = headers.get("x-forwarded-proto").is_some_and(|value| value == "https");
    let secure = if is_encrypted { "; Secure" } else { "" };
    let text = format!("{COOKIE}={secret}; Path=/v1; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn sessions() -> Sessions {
        Sessions::new(Some(LoginCode { code: "code".to_owned(), token: "token".to_owned() }), NOON)
    }

    fn with(secret: &str) -> HeaderMap {
        let value = format!("theme=dark; {COOKIE}={secret}");
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(value).unwrap())])
    }

    #[test]
    fn a_code_opens_once() {
        let sessions = sessions();
        assert_eq!(sessions.redeem("cod", NOON), None);
        assert_eq!(sessions.redeem("code", NOON).as_deref(), Some("token"));
        assert_eq!(sessions.redeem("code", NOON), None);
    }

    #[test]
    fn a_code_lapses() {
        let later = NOON.plus_seconds(LOGIN_CODE_SECONDS);
        assert_eq!(sessions().redeem("code", later), None);
        assert_eq!(Sessions::new(None, NOON).redeem("", NOON), None);
    }

    #[test]
    fn a_session_lasts_its_time_and_ends_when_it_is_closed() {
        let sessions = sessions();
        sessions.open("one".to_owned(), Standing::Token("token".to_owned()), NOON);
        sessions.open("two".to_owned(), Standing::Token("token".to_owned()), NOON);
        let last = NOON.plus_seconds(SESSION_SECONDS - 1);
        assert_eq!(sessions.standing(&with("one"), last), Some(Standing::Token("token".to_owned())));
        assert_eq!(sessions.standing(&with("one"), last.plus_seconds(1)), None);
        assert_eq!(sessions.standing(&with("three"), NOON), None);
        sessions.close(&with("one"));
        assert_eq!(sessions.standing(&with("one"), NOON), None);
        assert!(sessions.standing(&with("two"), NOON).is_some());
    }

    #[test]
    fn sessions_are_bounded() {
        let sessions = sessions();
        sessions.open("first".to_owned(), Standing::Token("token".to_owned()), NOON.plus_seconds(-1));
        for number in 0..SESSIONS_MAX {
            sessions.open(format!("s{number}"), Standing::Token("token".to_owned()), NOON);
        }
        assert_eq!(sessions.lock().open.len(), SESSIONS_MAX);
        assert_eq!(sessions.standing(&with("first"), NOON), None);
    }

    #[test]
    fn a_write_needs_the_header_that_no_other_site_can_send() {
        let own = HeaderMap::from_iter([(CSRF_HEADER.parse().unwrap(), HeaderValue::from_static("1"))]);
        assert!(is_own_page(&Method::GET, &HeaderMap::new()));
        assert!(!is_own_page(&Method::POST, &HeaderMap::new()));
        assert!(is_own_page(&Method::DELETE, &own));
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let plain = set_cookie("x", &HeaderMap::new()).unwrap();
        assert_eq!(plain, "cordon_session=x; Path=/v1; HttpOnly; SameSite=Strict; Max-Age=43200");
        let proxied =
            HeaderMap::from_iter([("x-forwarded-proto".parse().unwrap(), HeaderValue::from_static("https"))]);
        assert!(set_cookie("", &proxied).unwrap().to_str().unwrap().ends_with("Max-Age=0; Secure"));
    }
}
