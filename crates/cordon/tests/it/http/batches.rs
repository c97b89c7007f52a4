//! Batches over HTTP and from the command line: five hundred accounts, sampled, approved, suspended, taken back.

use super::client::{Call, Server, until};
use super::{event, many};
use crate::support::{code, last_json, text};
use serde_json::{Value, json};
use std::process::Output;

const COUNT: usize = 500;

/// A server that knows `COUNT` reported accounts, and the tokens of everybody.
struct Scene {
    server: Server,
    reviewer: String,
    second: String,
    lead: String,
}

impl Scene {
    fn set(count: usize) -> Self {
        let server = Server::start();
        let [platform, reviewer, lead, viewer] =
            ["platform", "reviewer", "lead", "viewer"].map(|role| server.token(role));
        let made = ["admin", "token", "create", "--operator", "dave", "--role", "reviewer"];
        let second = server.folder.json(made)["token"].as_str().unwrap().to_owned();
        server.send(Call::events(many("m", count)).by(&platform)).expect(200);
        let reports: String = (0..count)
            .map(|number| {
                let report = json!({
                    "account_id": format!("m{number}"), "policy": "violent-movements", "text": "they call to arms",
                    "reporter": { "id": "carol", "kind": "user" },
                });
                event(&format!("r{number}"), "report.created", json!({ "report": report }))
            })
            .collect();
        server.send(Call::events(reports).by(&platform)).expect(200);
        server.case_on(&viewer, &format!("m{}", count - 1));
        until("all cases are open", || {
            let queues = server.get(&viewer, "/v1/queues").expect(200);
            let open: u64 =
                queues["queues"].as_array()?.iter().filter_map(|of| of["open_count"].as_u64()).sum();
            (open == count as u64).then_some(())
        });
        Self { server, reviewer, second, lead }
    }

    fn proposal(&self, count: usize) -> Value {
        let accounts: Vec<Value> =
            (0..count).map(|number| json!({ "account_id": format!("m{number}") })).collect();
        json!({
            "kind": "suspend", "policy_id": "violent-movements", "policy_version": 1,
            "rationale": "one campaign", "accounts": accounts,
        })
    }

    fn judge_all(&self, path: &str) {
        loop {
            let next = self.server.get(&self.second, &format!("{path}/sample?count=500")).expect(200);
            let accounts = next["accounts"].as_array().unwrap().clone();
            if accounts.is_empty() {
                return;
            }
            for account in accounts {
                assert!(!account["evidence"].as_array().unwrap().is_empty());
                let judgement = json!({ "account_id": account["account_id"], "finding": "suspend" });
                self.server.post(&self.second, &format!("{path}/judgements"), &judgement).expect(200);
            }
        }
    }

    fn standing(&self, account: &str) -> Value {
        self.server.get(&self.lead, &format!("/v1/accounts/{account}")).expect(200)["account"]["standing"]
            .clone()
    }

    fn cordon(&self, token: &str, arguments: &[&str]) -> Output {
        let mut command = self.server.folder.command();
        command.args(["--json", "batch"]).args(arguments).env("CORDON_TOKEN", token);
        command.output().unwrap()
    }
}

#[test]
fn five_hundred_accounts_are_suspended_under_two_names_and_restored_by_one_command() {
    let scene = Scene::set(COUNT);
    let server = &scene.server;
    let mut new = scene.proposal(COUNT);
    new["accounts"].as_array_mut().unwrap().push(json!({ "account_id": "nobody" }));
    let batch = server.post(&scene.reviewer, "/v1/batches", &new).expect(201);
    assert_eq!((&batch["members"], &batch["left_out"]), (&json!(COUNT), &json!(1)));
    assert_eq!((&batch["sample"]["sampled"], &batch["kind"]), (&json!(299), &json!("suspend")));
    let path = format!("/v1/batches/{}", batch["batch_id"].as_str().unwrap());
    let at = |verb: &str| format!("{path}/{verb}");
    let left = server.get(&scene.lead, &at("members?status=left_out")).expect(200);
    assert_eq!(left["members"][0]["reason"], "unknown");

    let blind = server.get(&scene.second, &path).expect(200);
    assert!(blind.get("kind").is_none() && blind.get("rationale").is_none(), "{blind}");
    server.get(&scene.reviewer, &at("sample")).refuses(403, "second_person_needed");
    let own = json!({ "account_id": "m0", "finding": "suspend" });
    server.post(&scene.reviewer, &at("judgements"), &own).refuses(403, "second_person_needed");
    let approval = json!({ "list_hash": batch["list_hash"] });
    server.post(&scene.lead, &at("approve"), &approval).refuses(409, "batch_status");
    scene.judge_all(&path);
    let passed = server.get(&scene.second, &path).expect(200);
    assert_eq!((&passed["status"], &passed["sample"]["wrong"]), (&json!("passed"), &json!(0)));
    assert!(passed["sample"]["bound"].as_f64().unwrap() <= 0.01);

    server.post(&scene.second, &at("approve"), &approval).refuses(403, "forbidden");
    server.post(&scene.lead, &at("approve"), &json!({ "list_hash": "other" })).refuses(409, "list_changed");
    server.post(&scene.reviewer, &at("start"), &json!({})).refuses(409, "batch_status");
    server.post(&scene.lead, &at("approve"), &approval).expect(200);
    server.post(&scene.reviewer, &at("start"), &json!({})).expect(200);
    let done = until("the batch is done", || {
        let batch = server.get(&scene.lead, &path).expect(200);
        (batch["status"] == "done").then_some(batch)
    });
    assert_eq!((&done["done"], &done["approved_by"]), (&json!(COUNT), &json!("the-lead")));
    assert_eq!(scene.standing("m0"), "suspended");
    let members = server.get(&scene.lead, &at("members?status=done")).expect(200);
    let decision_id = members["members"][7]["decision_id"].as_str().unwrap();
    let decision = server.get(&scene.lead, &format!("/v1/decisions/{decision_id}")).expect(200);
    let decision = &decision["decision"];
    assert_eq!(
        (&decision["decided_by"], &decision["automation"]),
        (&json!("the-reviewer"), &json!("partially_automated"))
    );

    let reason = json!({ "reason": "wrong list" });
    server.post(&scene.reviewer, &at("take-back"), &reason).refuses(403, "forbidden");
    server.post(&scene.lead, &at("take-back"), &json!({ "reason": "" })).refuses(422, "reason_invalid");
    server.post(&scene.lead, &at("take-back"), &reason).expect(200);
    let back = until("the batch is taken back", || {
        let batch = server.get(&scene.lead, &path).expect(200);
        (batch["status"] == "taken_back").then_some(batch)
    });
    assert_eq!((&back["taken_back"], &back["take_back"]["by"]), (&json!(COUNT), &json!("the-lead")));
    assert_eq!(scene.standing("m0"), "cleared");
    assert_eq!(scene.standing("m499"), "cleared");
}

#[test]
fn what_cannot_be_a_batch_is_told_by_code() {
    let scene = Scene::set(3);
    let (server, reviewer) = (&scene.server, &scene.reviewer);
    let post = |body: &Value| server.post(reviewer, "/v1/batches", body);
    let with = |field: &str, value: Value| {
        let mut body = scene.proposal(3);
        body[field] = value;
        body
    };
    post(&with("accounts", json!([]))).refuses(422, "batch_invalid");
    post(&with("error_max", json!(0.5))).refuses(422, "batch_invalid");
    post(&with("policy_version", json!(9))).refuses(422, "policy_unknown");
    post(&with("rationale", json!(""))).refuses(422, "reason_invalid");
    post(&with("kind", json!("label"))).refuses(422, "label_missing");
    post(&with("kind", json!("erase"))).refuses(400, "body_invalid");
    server.send(Call::post("/v1/batches", &scene.proposal(3))).refuses(401, "unauthenticated");
    let viewer = server.token("viewer");
    server.post(&viewer, "/v1/batches", &scene.proposal(3)).refuses(403, "forbidden");
    server.get(&viewer, "/v1/batches/none").refuses(404, "not_found");
    server.post(reviewer, "/v1/batches/none/pause", &json!({ "reason": "x" })).refuses(404, "not_found");
}

#[test]
fn the_command_line_proposes_judges_approves_carries_out_and_takes_back_beside_the_server() {
    let scene = Scene::set(5);
    let list = scene.server.folder.write("ring.txt", "# a ring\nm0\nm1\n{\"account_id\":\"m2\"}\nnobody\n");
    let propose = [
        "propose",
        text(&list),
        "--kind",
        "restrict",
        "--policy",
        "violent-movements",
        "--policy-version",
        "1",
        "--rationale",
        "one campaign",
        "--evidence",
        "posted the same leaflet",
    ];
    assert_eq!(code(&scene.cordon("wrong", &propose)), 3);
    let proposed = scene.cordon(&scene.reviewer, &propose);
    assert_eq!(code(&proposed), 2, "{}", String::from_utf8_lossy(&proposed.stderr));
    let batch = last_json(&proposed);
    let id = batch["batch_id"].as_str().unwrap();
    assert_eq!(batch["member_count"], 3);
    assert_eq!(code(&scene.cordon(&scene.reviewer, &["sample", id])), 3, "the proposer does not judge");
    for account in ["m0", "m1", "m2"] {
        assert_eq!(code(&scene.cordon(&scene.second, &["judge", id, account, "suspend"])), 0);
    }
    let hash = batch["list_hash"].as_str().unwrap();
    assert_eq!(code(&scene.cordon(&scene.second, &["approve", id, "--list-hash", hash])), 3);
    assert_eq!(code(&scene.cordon(&scene.lead, &["approve", id, "--list-hash", hash])), 0);
    let done = last_json(&scene.cordon(&scene.reviewer, &["start", id]));
    assert_eq!((&done["status"], &done["progress"]["done"]), (&json!("done"), &json!(3)));
    assert_eq!(scene.standing("m1"), "violating");
    assert_eq!(scene.standing("m3"), "unjudged");
    let back = last_json(&scene.cordon(&scene.lead, &["take-back", id, "--reason", "wrong list"]));
    assert_eq!((&back["status"], &back["progress"]["taken_back"]), (&json!("taken_back"), &json!(3)));
    assert_eq!(scene.standing("m1"), "cleared");
    let listed = last_json(&scene.cordon("", &["list"]));
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let shown = scene.server.folder.run(["batch", "show", id]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("3 of 3 sampled are judged, 0 wrong"), "{shown}");
}
