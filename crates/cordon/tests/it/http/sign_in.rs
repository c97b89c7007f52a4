//! Signing in by a password and a second factor, and everything that ends it.

use super::client::{Answer, Call, Server};
use crate::support::Folder;
use cordon_enforce::sign_in::{throttle, totp};
use cordon_model::clock::{Clock, SystemClock, Timestamp};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

const PASSWORD: &str = "a quiet harbour";

/// Runs a command of `admin operator` that reads a password from standard input; whether it went well.
fn with_password(folder: &Folder, arguments: &[&str], password: &str) -> bool {
    let mut command = folder.command();
    command.args(["admin", "operator"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    child.wait().unwrap().success()
}

fn with_alice(arguments: &[&str]) -> Server {
    let server = Server::start_on(Folder::new(), arguments);
    assert!(with_password(&server.folder, &["add", "alice", "--role", "reviewer"], PASSWORD));
    server
}

fn sign_in(server: &Server, password: &str, code: Option<&str>) -> Answer {
    let body = match code {
        Some(code) => json!({ "operator": "alice", "password": password, "code": code }),
        None => json!({ "operator": "alice", "password": password }),
    };
    server.send(Call::post("/v1/session", &body).header("X-Cordon-Csrf", "1"))
}

/// The cookie of a session that must open.
fn session(answer: &Answer) -> String {
    answer.expect(201);
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

fn post(server: &Server, cookie: &str, path: &str, body: &Value) -> Answer {
    server.send(Call::post(path, body).header("Cookie", cookie).header("X-Cordon-Csrf", "1"))
}

fn look(server: &Server, cookie: &str) -> Answer {
    server.send(Call::get("/v1/queues").header("Cookie", cookie))
}

/// The code of so many steps from now, found as an authenticator's would be accepted.
fn code(secret: &str, steps: i64) -> String {
    let at = Timestamp::from_seconds(SystemClock.now().seconds() + steps * totp::STEP_SECONDS);
    let step = at.seconds().div_euclid(totp::STEP_SECONDS);
    let codes = (0..1_000_000).map(|number| format!("{number:06}"));
    codes
        .into_iter()
        .find(|code| totp::matching_step(secret, code, at, Some(step - 1)) == Some(step))
        .expect("a code")
}

#[test]
fn a_password_opens_a_session_until_it_changes_or_its_operator_is_disabled() {
    let server = with_alice(&[]);
    let (one, two) = (session(&sign_in(&server, PASSWORD, None)), session(&sign_in(&server, PASSWORD, None)));
    let me = server.send(Call::get("/v1/me").header("Cookie", one.clone())).expect(200);
    assert_eq!((&me["operator_id"], &me["role"]), (&json!("alice"), &json!("reviewer")));
    let change =
        |old: &str, new: &str| post(&server, &one, "/v1/me/password", &json!({ "old": old, "new": new }));
    change("not the password", "another harbour").refuses(403, "forbidden");
    change(PASSWORD, "short").refuses(422, "password_unfit");
    assert_eq!(change(PASSWORD, "another harbour").status, 204);
    look(&server, &one).expect(200);
    look(&server, &two).refuses(401, "unauthenticated");
    sign_in(&server, PASSWORD, None).refuses(401, "unauthenticated");
    let three = session(&sign_in(&server, "another harbour", None));

    assert!(with_password(&server.folder, &["password", "alice"], "a third harbour"));
    look(&server, &three).refuses(401, "unauthenticated");
    let four = session(&sign_in(&server, "a third harbour", None));
    let token = server.folder.json(["admin", "token", "create", "--operator", "alice", "--role", "reviewer"]);
    server.folder.json(["admin", "operator", "disable", "alice"]);
    look(&server, &four).refuses(401, "unauthenticated");
    server.get(token["token"].as_str().unwrap(), "/v1/me").refuses(401, "unauthenticated");
    sign_in(&server, "a third harbour", None).refuses(401, "unauthenticated");
    assert_eq!(server.folder.json(["admin", "operator", "list"])[0]["is_disabled"], true);
}

#[test]
fn a_second_factor_counts_once_and_a_recovery_code_opens_once() {
    let server = with_alice(&["--require-second-factor"]);
    let cookie = session(&sign_in(&server, PASSWORD, None));
    look(&server, &cookie).refuses(403, "second_factor_needed");
    post(&server, &cookie, "/v1/me/totp", &json!({ "password": "wrong wrong wrong" }))
        .refuses(403, "forbidden");
    let enrolled = post(&server, &cookie, "/v1/me/totp", &json!({ "password": PASSWORD })).expect(201);
    let secret = enrolled["secret"].as_str().unwrap();
    assert!(enrolled["uri"].as_str().unwrap().starts_with("otpauth://totp/cordon:alice?secret="));
    let confirm = |code: &str| post(&server, &cookie, "/v1/me/totp/confirm", &json!({ "code": code }));
    confirm("12345").refuses(403, "forbidden");
    let confirmed = code(secret, 0);
    let recovery = confirm(&confirmed).expect(200)["recovery_codes"].clone();
    assert_eq!(recovery.as_array().unwrap().len(), 10);
    look(&server, &cookie).expect(200);

    sign_in(&server, PASSWORD, None).refuses(401, "unauthenticated");
    sign_in(&server, PASSWORD, Some(&confirmed)).refuses(401, "unauthenticated");
    let next = code(secret, 1);
    let by_code = session(&sign_in(&server, PASSWORD, Some(&next)));
    sign_in(&server, PASSWORD, Some(&next)).refuses(401, "unauthenticated");
    let recovery = recovery[0].as_str().unwrap();
    session(&sign_in(&server, PASSWORD, Some(recovery)));
    sign_in(&server, PASSWORD, Some(recovery)).refuses(401, "unauthenticated");

    server.folder.json(["admin", "operator", "reset-second-factor", "alice"]);
    look(&server, &by_code).refuses(401, "unauthenticated");
    look(&server, &session(&sign_in(&server, PASSWORD, None))).refuses(403, "second_factor_needed");
}

#[test]
fn who_fails_too_often_waits_and_nobody_learns_which_names_there_are() {
    let server = with_alice(&[]);
    let by = |name: &str| {
        let body = json!({ "operator": name, "password": "wrong wrong wrong" });
        server.send(Call::post("/v1/session", &body).header("X-Cordon-Csrf", "1"))
    };
    assert_eq!(by("alice").expect(401), by("nobody-of-that-name").expect(401));
    // Each attempt beyond the free ones has to wait at least a second, doubling: two are refused at the latest.
    let refused =
        (0..throttle::OPERATOR_FAILURES_FREE + 4).map(|_| by("alice")).find(|one| one.status == 429);
    let refused = refused.expect("a wait");
    refused.refuses(429, "too_many_attempts");
    assert!(refused.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1);
}

#[test]
fn an_unfit_password_makes_no_operator() {
    let folder = Folder::new();
    for password in ["short", "alice-the-lead", &"x".repeat(257)] {
        assert!(!with_password(&folder, &["add", "alice-the-lead", "--role", "lead"], password));
    }
    assert_eq!(folder.json(["admin", "operator", "list"]), json!([]));
}
