//! Who calls, and whether they may.
//!
//! An endpoint names its permission in its signature, as `Caller<Review>`; a handler without a [`Caller`] is open
//! to everybody. A missing, malformed or wrong token takes the same road: its text, or the empty one, is looked up
//! by its digest, and the answer is the same to the byte.

use crate::app::App;
use crate::problem::{Code, Problem};
use crate::sessions::{CSRF_HEADER, Standing, is_own_page};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use cordon_model::ids::OperatorId;
use cordon_model::operator::{Operator, Role};
use std::marker::PhantomData;

/// Whether tokens are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Every `/v1` endpoint wants a token.
    Tokens,
    /// Everybody who reaches the loopback address is an administrator: for trying things out on one's own machine.
    Off,
}

/// Something that a role may or may not do.
pub(crate) trait Permission {
    /// What is done, for the message to those who may not.
    const WHAT: &'static str;
    /// Whether it is done before a second factor that must be enrolled is.
    const IS_BEFORE_SECOND_FACTOR: bool = false;

    fn is_given_to(role: Role) -> bool;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident $what:literal: $($role:ident)|+),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Permission for $name {
            const WHAT: &'static str = $what;

            fn is_given_to(role: Role) -> bool {
                matches!(role, $(Role::$role)|+)
            }
        }
    )+};
}

permissions! {
    /// Send events and reports.
    Send "send events and reports": Platform | Admin,
    /// Look at cases, accounts, decisions.
    Look "look at cases and accounts": Viewer | Reviewer | Lead | Admin,
    /// Claim and decide.
    Review "claim and decide cases": Reviewer | Lead | Admin,
    /// Publish rules and keep banks: what many accounts may feel at once.
    Publish "publish rules and keep banks": Lead | Admin,
    /// Approve batches that somebody else proposed.
    Approve "approve batches": Lead | Admin,
    /// Say who was right where a second look differs, and what is golden.
    Settle "settle disagreements and mark golden cases": Lead | Admin,
    /// Overturn decisions.
    Overturn "overturn decisions": Lead | Admin,
    /// Read the whole audit.
    Audit "read the audit": Admin,
}

/// Hear who one is, and look after how one signs in.
#[derive(Debug)]
pub(crate) struct Identify;

impl Permission for Identify {
    const WHAT: &'static str = "ask who they are";
    const IS_BEFORE_SECOND_FACTOR: bool = true;

    fn is_given_to(_: Role) -> bool {
        true
    }
}

/// Somebody who may do what `P` says.
#[derive(Debug)]
pub(crate) struct Caller<P> {
    operator: Operator,
    permission: PhantomData<P>,
}

impl<P> Caller<P> {
    /// Under which name they act.
    pub(crate) fn id(&self) -> &OperatorId {
        &self.operator.operator_id
    }

    /// The operator, with their role.
    pub(crate) fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Whether reporters' identity is sealed from them.
    pub(crate) fn is_kept_from_reporters(&self) -> bool {
        self.operator.role < Role::Lead
    }
}

impl<P: Permission> FromRequestParts<App> for Caller<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let operator = match app.authentication {
            Authentication::Tokens => identify::<P>(parts, app).await?,
            Authentication::Off => local(&parts.headers)?,
        };
        if !P::is_given_to(operator.role) {
            let detail = format!("the role {} may not {}", operator.role.name(), P::WHAT);
            return Err(Problem::new(Code::Forbidden, detail));
        }
        Ok(Self { operator, permission: PhantomData })
    }
}

/// By the token of the request, or by what its session stands for.
async fn identify<P: Permission>(parts: &Parts, app: &App) -> Result<Operator, Problem> {
    let headers = &parts.headers;
    if let Some(text) = bearer(headers) {
        return operator_of(text, app).await;
    }
    let session = app.sessions.standing(headers, app.now());
    if session.is_some() && !is_own_page(&parts.method, headers) {
        let detail = format!("a write by a session needs the header {CSRF_HEADER}");
        return Err(Problem::new(Code::Forbidden, detail));
    }
    match session {
        Some(Standing::Password { operator_id, generation }) => {
            by_password::<P>(&operator_id, generation, app).await
        }
        Some(Standing::Token(text)) => operator_of(&text, app).await,
        None => operator_of("", app).await,
    }
}

async fn by_password<P: Permission>(
    operator_id: &OperatorId,
    generation: i64,
    app: &App,
) -> Result<Operator, Problem> {
    let found = app.ports.sign_in.session_operator(operator_id, generation).await?;
    let Some(found) = found else { return operator_of("", app).await };
    if app.doorkeeper.needs_second_factor && !found.has_second_factor && !P::IS_BEFORE_SECOND_FACTOR {
        return Err(Problem::new(Code::SecondFactorNeeded, "enrol a second factor first: POST /v1/me/totp"));
    }
    Ok(found.operator)
}

/// Whom a token's text opens the door to.
pub(crate) async fn operator_of(text: &str, app: &App) -> Result<Operator, Problem> {
    let operator = app.ports.operators.authenticate(text, app.now()).await?;
    operator.ok_or_else(|| {
        Problem::new(
            Code::Unauthenticated,
            "a valid token is needed: Authorization: Bearer <token>, from `cordon admin token create`",
        )
    })
}

/// The token's text; `None` where there is no readable one.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Without tokens, the one caller is whoever sits at the machine. A page in their browser is not: it gives itself
/// away by its `Origin`, or by a `Host` that it made the browser resolve to the loopback address.
fn local(headers: &HeaderMap) -> Result<Operator, Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_origin_local = text(header::ORIGIN)
        .is_none_or(|origin| origin.split_once("://").is_some_and(|(_, host)| is_loopback(host)));
    if !is_origin_local || !text(header::HOST).is_none_or(is_loopback) {
        return Err(Problem::new(
            Code::Forbidden,
            "without tokens, only requests to and from the loopback address are taken",
        ));
    }
    Ok(Operator {
        operator_id: OperatorId::from("local"),
        display_name: "local".to_owned(),
        role: Role::Admin,
        is_disabled: false,
    })
}

/// What a role may do, for the console to show.
pub(crate) fn permissions(role: Role) -> Vec<&'static str> {
    let all = [
        ("send", Send::is_given_to(role)),
        ("look", Look::is_given_to(role)),
        ("review", Review::is_given_to(role)),
        ("publish", Publish::is_given_to(role)),
        ("approve", Approve::is_given_to(role)),
        ("overturn", Overturn::is_given_to(role)),
        ("audit", Audit::is_given_to(role)),
        ("settle", Settle::is_given_to(role)),
    ];
    all.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
}

/// Whether `host[:port]` is a loopback address or its usual name.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_table_says() {
        let may = |role| {
            [
                Identify::is_given_to(role),
                Send::is_given_to(role),
                Look::is_given_to(role),
                Review::is_given_to(role),
                Publish::is_given_to(role),
                Overturn::is_given_to(role),
            ]
        };
        assert_eq!(may(Role::Platform), [true, true, false, false, false, false]);
        assert_eq!(may(Role::Viewer), [true, false, true, false, false, false]);
        assert_eq!(may(Role::Reviewer), [true, false, true, true, false, false]);
        assert_eq!(may(Role::Lead), [true, false, true, true, true, true]);
        assert_eq!(may(Role::Admin), [true, true, true, true, true, true]);
    }

    #[test]
    fn a_page_elsewhere_is_no_local_caller() {
        for host in ["localhost:8463", "127.0.0.1", "127.0.0.1:1", "[::1]:8463"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.org", "127.0.0.1.example.org", "null", "", "[fe80::1]:1", "10.0.0.1"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
