//! The console: its files, and sessions in the place of tokens.

use super::client::{Answer, Call, Server, until};
use super::{Scene, created, report_on};
use crate::support::Folder;
use serde_json::{Value, json};

fn log_in(server: &Server, body: &Value) -> Answer {
    server.send(Call::post("/v1/session", body).header("X-Cordon-Csrf", "1"))
}

/// The cookie as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").expect("a cookie");
    assert!(set.contains("HttpOnly; SameSite=Strict; Max-Age=43200"), "{set}");
    set.split(';').next().unwrap_or_default().to_owned()
}

#[test]
fn a_session_stands_for_the_token_until_it_is_closed() {
    let server = Server::start();
    let opened = log_in(&server, &json!({ "token": server.token("reviewer") }));
    let me = opened.expect(201);
    assert_eq!((&me["operator_id"], &me["role"]), (&json!("the-reviewer"), &json!("reviewer")));
    assert_eq!(me["may"], json!(["look", "review"]));
    let cookie = cookie(&opened);
    let by = |call: Call<'static>| server.send(call.header("Cookie", cookie.clone()));
    assert_eq!(by(Call::get("/v1/me")).expect(200)["operator_id"], "the-reviewer");
    by(Call::get("/v1/queues")).expect(200);
    by(Call::post("/v1/rules/1/move", &json!({ "mode": "live" })).header("X-Cordon-Csrf", "1"))
        .refuses(403, "forbidden");

    let end = || Call { method: "DELETE", ..Call::get("/v1/session") };
    by(end()).refuses(403, "forbidden");
    by(Call::get("/v1/queues")).expect(200);
    let closed = by(end().header("X-Cordon-Csrf", "1"));
    assert_eq!(closed.status, 204);
    assert!(closed.header("set-cookie").unwrap().contains("cordon_session=; "));
    by(Call::get("/v1/queues")).refuses(401, "unauthenticated");
}

#[test]
fn a_write_by_cookie_needs_the_header_that_other_sites_cannot_send() {
    let scene = Scene::set(&[]);
    let cookie = cookie(&log_in(&scene.server, &json!({ "token": scene.reviewer })));
    let claim = |path| Call::post(path, &Value::Null).header("Cookie", cookie.clone());
    let path = scene.path("claim");
    scene.server.send(claim(&path)).refuses(403, "forbidden");
    let claimed = scene.server.send(claim(&path).header("X-Cordon-Csrf", "1")).expect(200);
    assert_eq!(claimed["claim"]["operator_id"], "the-reviewer");
    // A session's secret is no token.
    let secret = cookie.split('=').nth(1).unwrap();
    scene.server.get(secret, "/v1/me").refuses(401, "unauthenticated");
}

#[test]
fn whoever_revokes_the_token_ends_its_sessions() {
    let server = Server::start();
    let made = server.folder.json(["admin", "token", "create", "--operator", "alice", "--role", "viewer"]);
    let cookie = cookie(&log_in(&server, &json!({ "token": made["token"] })));
    let look = || server.send(Call::get("/v1/queues").header("Cookie", cookie.clone()));
    look().expect(200);
    let token_id = made["token_id"].as_str().unwrap();
    server.folder.json(["admin", "token", "revoke", token_id]);
    look().refuses(401, "unauthenticated");
}

#[test]
fn what_opens_nothing_opens_no_session() {
    let server = Server::start();
    log_in(&server, &json!({ "token": "cordon_00" })).refuses(401, "unauthenticated");
    log_in(&server, &json!({ "code": "00" })).refuses(401, "unauthenticated");
    log_in(&server, &json!({})).refuses(400, "body_invalid");
    log_in(&server, &json!({ "token": "a", "code": "b" })).refuses(400, "body_invalid");
    log_in(&server, &json!({ "token": server.token("platform") })).refuses(403, "forbidden");
    let body = json!({ "token": server.token("viewer") });
    server.send(Call::post("/v1/session", &body)).refuses(403, "forbidden");
}

#[test]
fn the_link_that_serve_prints_logs_in_once_and_makes_the_first_administrator() {
    let server = Server::start_on(Folder::new(), &["--login", "alice"]);
    let code = server.login_code();
    let opened = log_in(&server, &json!({ "code": code }));
    let me = opened.expect(201);
    assert_eq!((&me["operator_id"], &me["role"]), (&json!("alice"), &json!("admin")));
    let cookie = cookie(&opened);
    server.send(Call::get("/v1/cases").header("Cookie", cookie)).expect(200);
    log_in(&server, &json!({ "code": code })).refuses(401, "unauthenticated");

    server.signal("-TERM");
    let (folder, _) = server.ended();
    let refused = folder.run(["serve", "--login", "bob", "--listen", "127.0.0.1:0"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no operator is named bob"));
}

#[test]
fn the_console_is_served_beside_the_api_under_a_strict_policy() {
    let server = Server::start();
    for path in ["/", "/review"] {
        let page = server.send(Call::get(path).header("Accept", "text/html"));
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    }
    server.send(Call::get("/nowhere")).refuses(404, "not_found");
    server.send(Call::get("/v1/nowhere").header("Accept", "text/html")).refuses(404, "not_found");
    server.send(Call::post("/", &Value::Null)).refuses(404, "not_found");
    assert_eq!(server.send(Call::get("/health")).header("cache-control"), None);
    assert_eq!(server.send(Call::get("/openapi.json")).header("cache-control"), Some("no-store"));
}

#[test]
fn a_timeline_shows_what_an_account_did_and_seals_who_reported_it() {
    let scene = Scene::set(&[]);
    let timeline = |token: &str, path: &str| scene.server.get(token, path);
    let path = "/v1/accounts/mallory/timeline";
    let seen = timeline(&scene.reviewer, path).expect(200);
    let kinds: Vec<&str> =
        seen["entries"].as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["report.created", "account.created"]);
    assert!(!seen.to_string().contains("carol"), "{seen}");
    assert!(seen.to_string().contains("they call to arms"));
    assert!(timeline(&scene.lead, path).expect(200).to_string().contains("carol"));
    assert_eq!(
        timeline(&scene.viewer, &format!("{path}?count=1")).expect(200)["entries"][0]["type"],
        kinds[0]
    );
    timeline(&scene.viewer, &format!("{path}?count=0")).refuses(400, "parameter_invalid");
    timeline(&scene.viewer, "/v1/accounts/nobody/timeline").refuses(404, "not_found");
    timeline(&scene.platform, path).refuses(403, "forbidden");

    let more: String = (0..3).map(|number| created(&format!("other{number}"))).collect();
    scene.server.send(Call::events(more).by(&scene.platform)).expect(200);
    scene.server.post(&scene.platform, "/v1/reports", &report_on("mallory")).expect(202);
    until("the second report is there", || {
        let entries = timeline(&scene.viewer, path).expect(200);
        (entries["entries"].as_array()?.len() == 3).then_some(())
    });
}

#[test]
fn the_policies_that_decisions_cite_are_listed() {
    let server = Server::start();
    let listed = server.get(&server.token("viewer"), "/v1/policies").expect(200);
    let policies = listed["policies"].as_array().unwrap();
    let found =
        policies.iter().find(|one| one["policy_id"] == "violent-movements").expect("the bundled policy");
    assert_eq!((&found["version"], &found["is_retired"]), (&json!(1), &json!(false)));
    assert!(!found["text"].as_str().unwrap().is_empty());
}
