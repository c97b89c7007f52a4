//! Banks over HTTP: entries match from the next event on, and the command line goes to the server that has the folder.

use super::client::{Call, Server};
use super::rules::{files, post};
use super::{created, event};
use crate::support::{code, last_json};
use serde_json::{Value, json};
use std::process::Output;

fn with_bank(server: &Server, lead: &str, kind: &str) {
    let bank = json!({ "kind": kind, "policy_id": "spam", "owner": "ana" });
    let made =
        server.send(Call { method: "PUT", ..Call::post("/v1/banks/known", &bank) }.by(lead)).expect(201);
    assert_eq!(made, json!({ "bank_id": "known", "is_new": true }));
}

#[test]
fn a_bank_is_filled_while_the_server_runs_and_matches_at_once() {
    let server = Server::start();
    let [lead, viewer, platform] = ["lead", "viewer", "platform"].map(|role| server.token(role));
    with_bank(&server, &lead, "url");
    let entry = json!({ "kind": "domain", "value": "owl.example", "note": "watch", "expires_at": "2100-01-01T00:00:00Z" });
    let added = server.post(&lead, "/v1/banks/known/entries", &json!({ "entries": [entry] })).expect(201);
    let entry_id = added["entry_ids"][0].as_str().unwrap().to_owned();
    let urls = json!({ "account": { "id": "gull" }, "post": { "urls": ["https://night.owl.example/b"] } });
    server.send(Call::events(created("gull") + &event("p1", "post.created", urls)).by(&platform)).expect(200);
    let case = server.case_on(&viewer, "gull");
    assert_eq!((&case["opened_by"], &case["policy_id"]), (&json!("bank"), &json!("spam")), "{case}");

    let asked = json!({ "url": "https://night.owl.example/c" });
    let found = server.post(&viewer, "/v1/banks/match", &asked).expect(200);
    assert_eq!(
        (&found["matches"][0]["entry_id"], &found["matches"][0]["bank_id"]),
        (&json!(entry_id), &json!("known"))
    );
    let listed = server.get(&viewer, "/v1/banks").expect(200);
    assert_eq!((&listed["banks"][0]["entries"], &listed["banks"][0]["matches"]), (&json!(1), &json!(1)));
    let shown = server.get(&viewer, "/v1/banks/known/entries?count=5").expect(200);
    let one = &shown["entries"][0];
    assert_eq!(
        (&one["value"], &one["note"], &one["roll_out"]),
        (&json!("owl.example"), &json!("watch"), &json!("live"))
    );
    assert_eq!((&one["source"], &one["expires_at"]), (&json!("own reviews"), &json!("2100-01-01T00:00:00Z")));

    let ids = json!([entry_id]);
    let until = json!({ "entry_ids": ids, "until": "2100-01-01T00:00:00Z" });
    server.post(&lead, "/v1/banks/known/entries/disable", &until).expect(200);
    assert_eq!(server.post(&viewer, "/v1/banks/match", &asked).expect(200)["matches"], json!([]));
    let over = json!({ "entry_ids": ids, "until": "2020-01-01T00:00:00Z" });
    server.post(&lead, "/v1/banks/known/entries/disable", &over).expect(200);
    assert_eq!(
        server.post(&viewer, "/v1/banks/match", &asked).expect(200)["matches"].as_array().unwrap().len(),
        1
    );
    let removed =
        server.post(&lead, "/v1/banks/known/entries/remove", &json!({ "entry_ids": ids })).expect(200);
    assert_eq!(removed, json!({ "bank_id": "known", "removed": ids }));
    server
        .post(&lead, "/v1/banks/known/entries/remove", &json!({ "entry_ids": ids }))
        .refuses(404, "not_found");
}

#[test]
fn hashes_and_texts_match_and_what_cannot_stand_is_refused_or_left_out() {
    let server = Server::start();
    let [lead, viewer] = ["lead", "viewer"].map(|role| server.token(role));
    with_bank(&server, &lead, "media");
    let entry = |kind: &str, value: &str| json!({ "kind": kind, "value": value, "roll_out": "shadow" });
    let picture = "5a3c90f1e7264bd80c9e7f1342a86db5f06b9127c4d83ea1963f5c0872e1ad4b";
    let all = [
        entry("sha256", &"ab".repeat(32)),
        entry("md5", "xyz"),
        entry("pdq", picture),
        entry("md5", &"cd".repeat(16)),
    ];
    let whole = json!({ "entries": all });
    server.post(&lead, "/v1/banks/known/entries", &whole).refuses(422, "change_invalid");
    assert_eq!(server.get(&viewer, "/v1/banks/known/entries").expect(200)["entries"], json!([]));
    let partial = json!({ "entries": all, "is_partial": true });
    let added = server.post(&lead, "/v1/banks/known/entries", &partial).expect(201);
    assert_eq!(
        (added["entry_ids"].as_array().unwrap().len(), &added["rejected"][0]["index"]),
        (3, &json!(1))
    );
    for hash in ["ab".repeat(32), format!("pdq:{picture}"), "cd".repeat(16)] {
        let found = server.post(&viewer, "/v1/banks/match", &json!({ "hash": hash })).expect(200);
        assert_eq!(found["matches"].as_array().unwrap().len(), 1, "{hash}");
        assert_eq!(found["matches"][0]["roll_out"], "shadow");
    }
    let refused = [
        ("/v1/banks/known/entries", json!({ "entries": [] })),
        (
            "/v1/banks/known/entries",
            json!({ "entries": [{ "kind": "md5", "value": "x", "roll_out": "half" }] }),
        ),
        (
            "/v1/banks/known/entries",
            json!({ "entries": [{ "kind": "md5", "value": "x", "expires_at": "soon" }] }),
        ),
        ("/v1/banks/known/entries/remove", json!({ "entry_ids": ["zz"] })),
        ("/v1/banks/known/entries/disable", json!({ "entry_ids": ["00f3a2c4d5e6b718"], "until": "soon" })),
    ];
    for (path, body) in refused {
        server.post(&lead, path, &body).refuses(422, "change_invalid");
    }
    server.post(&lead, "/v1/banks/other/entries", &partial).refuses(404, "not_found");
    server.get(&viewer, "/v1/banks/other/entries").refuses(404, "not_found");
    server.get(&viewer, "/v1/banks/known/entries?count=0").refuses(400, "parameter_invalid");
    server.post(&viewer, "/v1/banks/match", &json!({ "hash": "x" })).refuses(422, "change_invalid");
    server.post(&viewer, "/v1/banks/match", &json!({})).refuses(422, "change_invalid");
    let put =
        |body: &Value| server.send(Call { method: "PUT", ..Call::post("/v1/banks/known", body) }.by(&lead));
    put(&json!({ "kind": "text", "policy_id": "spam" })).refuses(409, "refused");
    put(&json!({ "kind": "media", "policy_id": "nope" })).refuses(422, "change_invalid");
    assert_eq!(
        put(&json!({ "kind": "media", "policy_id": "spam", "name": "Herons" })).expect(200)["is_new"],
        false
    );
}

#[test]
fn banks_want_a_token_and_a_role_that_may() {
    let server = Server::start();
    let [viewer, reviewer, platform] = ["viewer", "reviewer", "platform"].map(|role| server.token(role));
    let (bank, ids) =
        (json!({ "kind": "url", "policy_id": "spam" }), json!({ "entry_ids": ["00f3a2c4d5e6b718"] }));
    let (entries, until) =
        (json!({ "entries": [] }), json!({ "entry_ids": [], "until": "2100-01-01T00:00:00Z" }));
    let text = json!({ "text": "hello" });
    let changing = || {
        [
            Call { method: "PUT", ..Call::post("/v1/banks/known", &bank) },
            Call::post("/v1/banks/known/entries", &entries),
            Call::post("/v1/banks/known/entries/disable", &until),
            Call::post("/v1/banks/known/entries/remove", &ids),
        ]
    };
    let reading = || {
        [Call::get("/v1/banks"), Call::get("/v1/banks/known/entries"), Call::post("/v1/banks/match", &text)]
    };
    changing()
        .into_iter()
        .chain(reading())
        .for_each(|call| server.send(call).refuses(401, "unauthenticated"));
    for token in [&viewer, &reviewer, &platform] {
        changing().into_iter().for_each(|call| server.send(call.by(token)).refuses(403, "forbidden"));
    }
    reading().into_iter().for_each(|call| server.send(call.by(&platform)).refuses(403, "forbidden"));
}

/// Runs a command that goes to the server.
fn there(server: &Server, token: &str, arguments: &[&str]) -> Output {
    let mut command = server.folder.command();
    command.env("CORDON_SERVER", format!("http://{}", server.address)).env("CORDON_TOKEN", token);
    command.arg("--json").args(arguments).output().unwrap()
}

fn told(server: &Server, token: &str, arguments: &[&str]) -> Value {
    let output = there(server, token, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    last_json(&output)
}

#[test]
fn the_command_line_goes_to_the_server_and_says_the_same_as_on_the_folder() {
    let server = Server::start();
    let [lead, viewer, platform] = ["lead", "viewer", "platform"].map(|role| server.token(role));
    let locked = server.folder.run(["rules", "list"]);
    let message = String::from_utf8_lossy(&locked.stderr).into_owned();
    assert!(code(&locked) == 3 && message.contains("in use by") && message.contains("--server"), "{message}");

    let dir = server.folder.path("set");
    std::fs::create_dir(&dir).unwrap();
    for (name, text) in files(super::rules::SET).as_object().unwrap() {
        std::fs::write(dir.join(name), text.as_str().unwrap()).unwrap();
    }
    let dir = dir.to_str().unwrap();
    let published =
        told(&server, &lead, &["rules", "publish", dir, "--mode", "shadow", "--daily-limit", "*=9"]);
    assert_eq!(published, json!({ "version": 1, "mode": "shadow", "files": 1, "rules": 1 }));
    told(&server, &lead, &["rules", "move", "1", "--mode", "live"]);
    told(&server, &lead, &["bank", "create", "known", "--kind", "url", "--policy", "spam", "--owner", "ana"]);
    let added =
        told(&server, &lead, &["bank", "add", "known", "--kind", "domain", "owl.example", "--days", "90"]);
    let lines = server.folder.write("domains.txt", "heron.example\nnot a domain\nwren.example\n");
    let file = lines.to_str().unwrap();
    let imported = there(&server, &lead, &["bank", "import", "known", file, "--kind", "domain"]);
    assert_eq!(code(&imported), 2, "{}", String::from_utf8_lossy(&imported.stderr));
    assert_eq!(last_json(&imported)["rejects"][0]["line"], 2);
    server
        .send(Call { path: "/v1/events?wait=verdict", ..Call::events(post("p1", "gull")) }.by(&platform))
        .expect(200);

    let reading: [&[&str]; 5] = [
        &["rules", "list"],
        &["rules", "stats"],
        &["bank", "list"],
        &["bank", "show", "known"],
        &["bank", "match", "--url", "https://owl.example/x"],
    ];
    let here: Vec<Value> = reading.iter().map(|arguments| told(&server, &viewer, arguments)).collect();
    assert_eq!(here[1]["live"]["rules"][0]["hits"], 1);
    assert_eq!(here[4][0]["entry_id"], added["entry_ids"][0]);
    assert_eq!(here[3].as_array().unwrap().len(), 3);
    let refused = there(&server, &viewer, &["rules", "withdraw", "--mode", "live"]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(code(&refused) == 3 && message.contains("may not publish rules"), "{message}");
    let message = there(&server, "", &["bank", "list"]);
    assert!(String::from_utf8_lossy(&message.stderr).contains("CORDON_TOKEN"));
    let wrong = server.folder.run(["rules", "check", dir, "--server", "http://127.0.0.1:9"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--server goes with"));
    let nobody = server.folder.run(["bank", "list", "--server", "http://127.0.0.1:9"]);
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("no server answers"));

    server.signal("-TERM");
    let (folder, _) = server.ended();
    for (arguments, there) in reading.iter().zip(here) {
        let output = folder.command().arg("--json").args(*arguments).output().unwrap();
        assert_eq!(last_json(&output), there, "{arguments:?}");
    }
}
