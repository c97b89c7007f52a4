//! Returns over HTTP: the answer at sign-up, and what is asked about an account later.

use super::client::{Call, Server};
use super::{created, event};
use cordon_model::clock::{Clock, SystemClock};
use serde_json::{Value, json};

pub(super) fn log_in(id: &str, account: &str, ip: &str, device: &str) -> String {
    let session = json!({ "ip": ip, "device": device });
    event(id, "account.logged_in", json!({ "account": { "id": account }, "session": session }))
}

pub(super) fn crowd() -> String {
    let one = |number: usize| {
        let ip = format!("10.{}.{}.7", number / 200, number % 200);
        log_in(&format!("l{number}"), &format!("ordinary{number}"), &ip, &format!("own-{number}"))
    };
    (0..1_500).map(one).collect()
}

/// A crowd, and an account that the platform suspended.
fn scene() -> (Server, String) {
    let server = Server::start();
    let platform = server.token("platform");
    server.send(Call::events(crowd()).by(&platform)).expect(200);
    server.send(Call::events(log_in("h1", "heron", "192.0.2.9", "device-x")).by(&platform)).expect(200);
    let decision = json!({ "account_id": "heron", "outcome": "suspended" });
    let suspended = event("s1", "decision.imported", json!({ "decision": decision }));
    server.send(Call::events(suspended).by(&platform)).expect(200);
    (server, platform)
}

fn asked(server: &Server, platform: &str, query: &str, lines: String) -> Value {
    let path = format!("/v1/events?{query}");
    server.send(Call { path: &path, ..Call::events(lines) }.by(platform)).expect(200)
}

#[test]
fn a_sign_up_hears_of_its_returns_once_it_is_evaluated() {
    let (server, platform) = scene();
    let back = log_in("b1", "egret", "192.0.2.9", "device-x");
    let refused =
        json!({ "id": "x", "type": "post.created", "time": "yesterday", "account": { "id": "wren" } });
    let old = SystemClock.now().plus_seconds(-3 * 86_400).to_string();
    let late = json!({ "id": "late", "type": "account.created", "time": old, "account": { "id": "owl" } });
    let lines = back.clone() + &created("finch") + &format!("{refused}\n{late}\n");
    let answer = asked(&server, &platform, "wait=returns&timeout_ms=10000", lines);
    assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(3), &json!(1)));
    let returns = answer["returns"].as_array().unwrap();
    let found: Vec<(&str, &str)> = returns
        .iter()
        .map(|one| (one["account_id"].as_str().unwrap(), one["status"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("egret", "likely"), ("finch", "none"), ("owl", "unknown")]);
    assert_eq!(returns[0]["earlier"], json!(["heron"]));
    assert!(returns[0]["weight"].as_f64().unwrap() > 15.0, "{answer}");
    assert_eq!((&returns[1]["weight"], &returns[1]["earlier"]), (&Value::Null, &json!([])));
    assert_eq!(answer["returns_left_out"], 0);

    let again = asked(&server, &platform, "wait=returns", back);
    assert_eq!((&again["duplicates"], &again["returns"][0]["status"]), (&json!(1), &json!("likely")));
    let without = server.send(Call::events(created("siskin")).by(&platform)).expect(200);
    assert_eq!(without.get("returns"), None, "nobody asked");
}

#[test]
fn a_wait_that_makes_no_sense_is_refused_before_anything_is_taken() {
    let server = Server::start();
    let platform = server.token("platform");
    for query in ["wait=cases", "timeout_ms=5", "wait=returns&timeout_ms=0", "wait=returns&timeout_ms=10001"]
    {
        let path = format!("/v1/events?{query}");
        let call = Call { path: &path, ..Call::events(created("finch")) };
        server.send(call.by(&platform)).refuses(400, "parameter_invalid");
    }
    let taken = server.send(Call::events(created("finch")).by(&platform)).expect(200);
    assert_eq!((&taken["accepted"], &taken["duplicates"]), (&json!(1), &json!(0)));
}

#[test]
fn a_return_is_read_with_its_chain_and_its_case_tells_the_same() {
    let (server, platform) = scene();
    let viewer = server.token("viewer");
    asked(&server, &platform, "wait=returns", log_in("b1", "egret", "192.0.2.9", "device-x"));
    let found = server.get(&viewer, "/v1/accounts/egret/returns").expect(200);
    let one = &found["returns"][0];
    assert_eq!((&one["tier"], &one["standing"]), (&json!("likely"), &json!("unjudged")));
    assert_eq!((&one["earlier"][0]["account_id"], &one["chain"]["ordinal"]), (&json!("heron"), &json!(2)));
    assert_eq!(one["chain"]["accounts"][0]["account_id"], "heron");
    let told = one["chain"]["text"].as_str().unwrap();
    assert!(told.starts_with("the 2nd account of the same holder, "), "{told}");

    let case_id = server.case_on(&viewer, "egret")["case_id"].as_str().unwrap().to_owned();
    let file = server.get(&viewer, &format!("/v1/cases/{case_id}")).expect(200);
    assert_eq!(file["case"]["incarnation_of"], json!(["heron"]));
    let rows = file["case"]["evidence"].as_array().unwrap();
    let chain = rows.iter().find(|row| row["entity_type"] == "chain").unwrap();
    assert_eq!((&chain["text"], &chain["weight"]), (&json!(told), &json!(0.0)));

    assert_eq!(server.get(&viewer, "/v1/accounts/ordinary3/returns").expect(200)["returns"], json!([]));
    server.get(&viewer, "/v1/accounts/nobody/returns").refuses(404, "not_found");
    server.get(&platform, "/v1/accounts/egret/returns").refuses(403, "forbidden");
}
