//! Who may do what: every endpoint of the interface's document against everybody who may knock.

use super::Scene;
use super::client::{Answer, Call, Server};
use cordon_enforce::ports::{NewToken, Operators};
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::ids::TokenId;
use cordon_model::operator::TokenSecret;
use cordon_pipeline::DataFolder;
use cordon_store::{Record, RecordOptions};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Whom an endpoint lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Everybody: for those who run the server, and for who closes a session that they need not have.
    Public,
    /// Whoever has the signed link of a notice, which is the path itself.
    Link,
    /// Whose token stands in the body, if its role may look.
    LogIn,
    /// Every valid token.
    AnyRole,
    /// The platform's own machines, and administrators.
    Platform,
    /// Viewers and above.
    Viewer,
    /// Reviewers and above.
    Reviewer,
    /// Leads and administrators.
    Lead,
    /// Administrators.
    Admin,
}
use Door::{Admin, AnyRole, Lead, Link, LogIn, Platform, Public, Reviewer, Viewer};

const TABLE: &[(&str, &str, Door)] = &[
    ("GET", "/health", Public),
    ("GET", "/metrics", Public),
    ("GET", "/openapi.json", Public),
    ("GET", "/ready", Public),
    ("GET", "/v1/accounts/{account_id}", Viewer),
    ("GET", "/v1/accounts/{account_id}/cluster", Viewer),
    ("GET", "/v1/accounts/{account_id}/notices", Viewer),
    ("PUT", "/v1/accounts/{account_id}/notices", Lead),
    ("GET", "/v1/accounts/{account_id}/returns", Viewer),
    ("GET", "/v1/accounts/{account_id}/similar", Viewer),
    ("GET", "/v1/accounts/{account_id}/timeline", Viewer),
    ("GET", "/v1/appeals", Viewer),
    ("GET", "/v1/appeals/{appeal_id}", Viewer),
    ("POST", "/v1/appeals/{appeal_id}", Link),
    ("POST", "/v1/appeals/{appeal_id}/claim", Reviewer),
    ("POST", "/v1/appeals/{appeal_id}/decide", Reviewer),
    ("POST", "/v1/appeals/{appeal_id}/withdraw", Platform),
    ("GET", "/v1/audit", Admin),
    ("GET", "/v1/audit/checkpoint", Admin),
    ("POST", "/v1/audit/consistency", Admin),
    ("GET", "/v1/audit/{sequence}/proof", Admin),
    ("GET", "/v1/banks", Viewer),
    ("POST", "/v1/banks/match", Viewer),
    ("PUT", "/v1/banks/{bank_id}", Lead),
    ("GET", "/v1/banks/{bank_id}/entries", Viewer),
    ("POST", "/v1/banks/{bank_id}/entries", Lead),
    ("POST", "/v1/banks/{bank_id}/entries/disable", Lead),
    ("POST", "/v1/banks/{bank_id}/entries/remove", Lead),
    ("GET", "/v1/batches", Viewer),
    ("POST", "/v1/batches", Reviewer),
    ("GET", "/v1/batches/{batch_id}", Viewer),
    ("PUT", "/v1/batches/{batch_id}", Reviewer),
    ("POST", "/v1/batches/{batch_id}/approve", Lead),
    ("POST", "/v1/batches/{batch_id}/judgements", Reviewer),
    ("GET", "/v1/batches/{batch_id}/members", Viewer),
    ("POST", "/v1/batches/{batch_id}/pause", Reviewer),
    ("GET", "/v1/batches/{batch_id}/sample", Reviewer),
    ("POST", "/v1/batches/{batch_id}/sample", Reviewer),
    ("POST", "/v1/batches/{batch_id}/start", Reviewer),
    ("POST", "/v1/batches/{batch_id}/take-back", Lead),
    ("GET", "/v1/cases", Viewer),
    ("POST", "/v1/cases/next/claim", Reviewer),
    ("GET", "/v1/cases/{case_id}", Viewer),
    ("POST", "/v1/cases/{case_id}/claim", Reviewer),
    ("POST", "/v1/cases/{case_id}/decision", Reviewer),
    ("POST", "/v1/cases/{case_id}/heartbeat", Reviewer),
    ("POST", "/v1/cases/{case_id}/escalate", Reviewer),
    ("POST", "/v1/cases/{case_id}/hand-over", Reviewer),
    ("POST", "/v1/cases/{case_id}/notes", Reviewer),
    ("POST", "/v1/cases/{case_id}/release", Reviewer),
    ("GET", "/v1/clusters", Viewer),
    ("GET", "/v1/clusters/weaker", Viewer),
    ("GET", "/v1/clusters/cases", Viewer),
    ("POST", "/v1/clusters/cases", Reviewer),
    ("GET", "/v1/clusters/cases/{cluster_case_id}", Viewer),
    ("POST", "/v1/clusters/cases/{cluster_case_id}/claim", Reviewer),
    ("POST", "/v1/clusters/cases/{cluster_case_id}/decisions", Reviewer),
    ("GET", "/v1/decisions/templates", Viewer),
    ("GET", "/v1/decisions/{decision_id}", Viewer),
    ("POST", "/v1/decisions/{decision_id}/appeal", Platform),
    ("POST", "/v1/decisions/{decision_id}/overturn", Lead),
    ("GET", "/v1/decisions/{decision_id}/statement", Viewer),
    ("POST", "/v1/events", Platform),
    ("GET", "/v1/me", AnyRole),
    ("GET", "/v1/me/mentions", Viewer),
    ("POST", "/v1/me/password", AnyRole),
    ("POST", "/v1/me/totp", AnyRole),
    ("POST", "/v1/me/totp/confirm", AnyRole),
    ("GET", "/v1/measures/prevalence", Viewer),
    ("GET", "/v1/measures/quality", Viewer),
    ("GET", "/v1/measures/queues", Viewer),
    ("GET", "/v1/measures/reliability", Viewer),
    ("GET", "/v1/policies", Viewer),
    ("GET", "/v1/quality/disagreements", Lead),
    ("POST", "/v1/quality/next", Reviewer),
    ("POST", "/v1/quality/{second_look_id}/golden", Lead),
    ("POST", "/v1/quality/{second_look_id}/judgements", Reviewer),
    ("POST", "/v1/quality/{second_look_id}/settle", Lead),
    ("POST", "/v1/query", Viewer),
    ("GET", "/v1/queues", Viewer),
    ("POST", "/v1/reports", Platform),
    ("GET", "/v1/rules", Viewer),
    ("POST", "/v1/rules", Lead),
    ("POST", "/v1/rules/check", Viewer),
    ("GET", "/v1/rules/stats", Viewer),
    ("POST", "/v1/rules/test", Viewer),
    ("GET", "/v1/rules/{version}", Viewer),
    ("POST", "/v1/rules/{version}/move", Lead),
    ("POST", "/v1/rules/{version}/withdraw", Lead),
    ("POST", "/v1/session", LogIn),
];

/// Beside the table: whoever has no session closes none, and needs no token to be told so.
const CLOSE: (&str, &str) = ("DELETE", "/v1/session");

const ROLES: [&str; 5] = ["platform", "viewer", "reviewer", "lead", "admin"];

impl Door {
    fn lets_in(self, role: &str) -> bool {
        let roles: &[&str] = match self {
            Public | Link | AnyRole => &ROLES,
            Platform => &["platform", "admin"],
            LogIn | Viewer => &["viewer", "reviewer", "lead", "admin"],
            Reviewer => &["reviewer", "lead", "admin"],
            Lead => &["lead", "admin"],
            Admin => &["admin"],
        };
        roles.contains(&role)
    }

    fn asks_for_a_token(self) -> bool {
        !matches!(self, Public | Link | LogIn)
    }
}

/// Somebody who knocks.
struct Caller {
    name: String,
    /// `None` for those whom nothing lets in that asks who they are.
    role: Option<&'static str>,
    carries: Carries,
}

enum Carries {
    Nothing,
    Token(String),
    /// The cookie of a session, and whether the header comes along that other sites cannot send.
    Session(String, bool),
}

impl Caller {
    fn new(name: impl Into<String>, role: Option<&'static str>, carries: Carries) -> Self {
        Self { name: name.into(), role, carries }
    }

    /// The status of a refusal; `None` where they are let in.
    fn refused_with(&self, method: &str, door: Door) -> Option<u16> {
        if matches!(door, Public | Link) {
            return None;
        }
        let is_another_sites = method != "GET" && matches!(self.carries, Carries::Session(_, false));
        match self.role {
            None => Some(401),
            Some(_) if is_another_sites => Some(403),
            Some(role) => (!door.lets_in(role)).then_some(403),
        }
    }

    fn sends<'a>(&self, call: Call<'a>) -> Call<'a> {
        match &self.carries {
            Carries::Nothing => call,
            Carries::Token(token) => call.by(token),
            Carries::Session(cookie, has_guard) => {
                let call = call.header("Cookie", cookie.clone());
                if *has_guard { call.header("X-Cordon-Csrf", "1") } else { call }
            }
        }
    }
}

/// A scene, and everybody who knocks at its server.
struct Knocking {
    scene: Scene,
    callers: Vec<Caller>,
}

impl Knocking {
    fn begin() -> Self {
        let scene = Scene::set(&[]);
        let server = &scene.server;
        let mut callers = Vec::new();
        for role in ROLES {
            let token = server.token(role);
            if role != "platform" {
                let cookie = log_in(server, &token);
                let guarded = Carries::Session(cookie.clone(), true);
                callers.push(Caller::new(format!("a {role}'s session"), Some(role), guarded));
                let unguarded = Carries::Session(cookie, false);
                callers.push(Caller::new(
                    format!("a {role}'s session from elsewhere"),
                    Some(role),
                    unguarded,
                ));
            }
            callers.push(Caller::new(role, Some(role), Carries::Token(token)));
        }
        callers.push(Caller::new("nobody", None, Carries::Nothing));
        callers.push(Caller::new(
            "a made-up token",
            None,
            Carries::Token(format!("cordon_{}", "0".repeat(64))),
        ));
        callers.push(Caller::new("an expired token", None, Carries::Token(expired(server))));
        let (revoked, cookie) = revoked(server);
        callers.push(Caller::new("a revoked token", None, Carries::Token(revoked)));
        let ended = Carries::Session(cookie, true);
        callers.push(Caller::new("a session whose token was revoked", None, ended));
        Self { scene, callers }
    }

    /// Knocks at every door of the table as everybody, where `is_chosen` says so of how they are refused; each answer
    /// that is not as the table has it.
    fn wrong_answers(&self, is_chosen: impl Fn(Option<u16>) -> bool) -> Vec<String> {
        let mut wrong = Vec::new();
        let doors = TABLE.iter().copied().filter(|(_, _, door)| *door != LogIn);
        for (method, path, door) in doors {
            for caller in &self.callers {
                let refused_with = caller.refused_with(method, door);
                if is_chosen(refused_with) {
                    let answer = self.knock(method, path, caller);
                    let is_right = match refused_with {
                        Some(status) => answer.status == status,
                        None => ![401, 403, 405].contains(&answer.status),
                    };
                    if !is_right {
                        let expected =
                            refused_with.map_or("to be let in".to_owned(), |status| status.to_string());
                        let name = &caller.name;
                        wrong.push(format!("{method} {path} by {name}: {}, not {expected}", answer.status));
                    }
                }
            }
        }
        wrong
    }

    fn knock(&self, method: &str, path: &str, caller: &Caller) -> Answer {
        let path = path
            .replace("{account_id}", "mallory")
            .replace("{case_id}", &self.scene.case_id)
            .replace("{version}", "999999");
        let pieces = path.split('/').map(|piece| if piece.starts_with('{') { "unknown" } else { piece });
        let path = pieces.collect::<Vec<_>>().join("/");
        let call = match (method, path.as_str()) {
            ("GET", _) => Call::get(&path),
            ("POST", "/v1/events") => Call::events("\n"),
            _ => Call { method, ..Call::post(&path, &json!({})) },
        };
        self.scene.server.send(caller.sends(call))
    }

    fn audit_records(&self) -> Value {
        let verified = self.scene.server.folder.json(["audit", "verify"]);
        assert_eq!(verified["is_sound"], true);
        verified["records"].clone()
    }
}

fn log_in(server: &Server, token: &str) -> String {
    let opened =
        server.send(Call::post("/v1/session", &json!({ "token": token })).header("X-Cordon-Csrf", "1"));
    opened.expect(201);
    opened.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

/// A token of an administrator whose time is over.
fn expired(server: &Server) -> String {
    let secret = TokenSecret::from_bytes([7; 32]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let path = DataFolder::at(server.folder.data()).record();
        let record = Record::open(&path, RecordOptions::default()).await.unwrap();
        let now = SystemClock.now();
        let new = NewToken {
            token_id: TokenId("expired".to_owned()),
            operator_id: "the-admin".into(),
            secret: secret.clone(),
            expires_at: Some(now.plus_seconds(-1)),
        };
        record.create_token(new, &"the-admin".into(), now.plus_seconds(-60)).await.unwrap();
    });
    secret.reveal()
}

/// An administrator's token that was revoked, and the cookie of a session that it had opened.
fn revoked(server: &Server) -> (String, String) {
    let made = server.folder.json(["admin", "token", "create", "--operator", "the-admin", "--role", "admin"]);
    let token = made["token"].as_str().unwrap().to_owned();
    let cookie = log_in(server, &token);
    server.folder.json(["admin", "token", "revoke", made["token_id"].as_str().unwrap()]);
    (token, cookie)
}

/// The endpoints of the server's own document, and whether it says that they ask for a token.
fn documented(server: &Server) -> BTreeSet<(String, String, bool)> {
    let document = server.send(Call::get("/openapi.json")).expect(200);
    let paths = document["paths"].as_object().unwrap();
    let endpoints = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| {
            let asks_for_a_token = operation["security"] != json!([{}]);
            (method.to_uppercase(), path.clone(), asks_for_a_token)
        })
    });
    endpoints.collect()
}

#[test]
fn the_table_has_every_endpoint_and_no_other_and_its_document_says_who_needs_a_token() {
    let server = Server::start();
    let rows = TABLE.iter().map(|&(method, path, door)| (method, path, door.asks_for_a_token()));
    let rows = rows.chain([(CLOSE.0, CLOSE.1, false)]);
    let table: BTreeSet<(String, String, bool)> =
        rows.map(|(method, path, asks)| (method.to_owned(), path.to_owned(), asks)).collect();
    let documented = documented(&server);
    let unlisted: Vec<_> = documented.difference(&table).collect();
    let unknown: Vec<_> = table.difference(&documented).collect();
    assert!(
        unlisted.is_empty() && unknown.is_empty(),
        "say who may: {unlisted:?}; no such endpoint, or another word on tokens: {unknown:?}"
    );
    assert_eq!(table.len(), TABLE.len() + 1, "a row stands twice");
}

#[test]
fn everybody_is_let_in_where_the_table_says_so_and_a_refusal_changes_nothing() {
    let knocking = Knocking::begin();
    let before = knocking.audit_records();
    let wrong = knocking.wrong_answers(|refused_with| refused_with.is_some());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(knocking.audit_records(), before, "a refused request left an audit record");

    let wrong = knocking.wrong_answers(|refused_with| refused_with.is_none());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_session_is_opened_by_who_may_look_from_the_servers_own_page() {
    let knocking = Knocking::begin();
    let server = &knocking.scene.server;
    for caller in &knocking.callers {
        let Carries::Token(token) = &caller.carries else { continue };
        let open = || Call::post("/v1/session", &json!({ "token": token }));
        let expected = caller.refused_with("POST", LogIn).unwrap_or(201);
        assert_eq!(server.send(open().header("X-Cordon-Csrf", "1")).status, expected, "{}", caller.name);
        assert_eq!(server.send(open()).status, 403, "{} from elsewhere", caller.name);
    }
    let close = || Call { method: CLOSE.0, ..Call::get(CLOSE.1) };
    for caller in
        knocking.callers.iter().filter(|caller| matches!(caller.carries, Carries::Session(_, false)))
    {
        assert_eq!(server.send(caller.sends(close())).status, 403, "{}", caller.name);
        assert_eq!(server.send(caller.sends(Call::get("/v1/me"))).status, 200, "{} still is in", caller.name);
    }
    assert_eq!(server.send(close()).status, 403);
    assert_eq!(server.send(close().header("X-Cordon-Csrf", "1")).status, 204);
}
