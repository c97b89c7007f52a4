//! Second looks over HTTP: drawn by lot, judged blind, settled, measured.

use super::client::{Call, Server};
use super::{Scene, created, decision, report_on};
use crate::support::{Folder, text};
use serde_json::{Value, json};

/// Every second decision; of twenty, one in a million times none.
const OFTEN: &str = "share: 0.5\ngolden_share: 0.0\nscore_shown: []\n";

fn reviewer(server: &Server, name: &str) -> String {
    let made = server.folder.json(["admin", "token", "create", "--operator", name, "--role", "reviewer"]);
    made["token"].as_str().unwrap().to_owned()
}

/// Twenty more accounts that were reported, and decided by the scene's reviewer.
fn decide_twenty(scene: &Scene) {
    let server = &scene.server;
    for number in 0..20 {
        let account = format!("account{number}");
        server.send(Call::events(created(&account)).by(&scene.platform)).expect(200);
        server.post(&scene.platform, "/v1/reports", &report_on(&account)).expect(202);
        server.case_on(&scene.viewer, &account);
        let claimed = server.post(&scene.reviewer, "/v1/cases/next/claim", &Value::Null).expect(200);
        let path = format!("/v1/cases/{}/decision", claimed["case_id"].as_str().unwrap());
        server.post(&scene.reviewer, &path, &decision(&claimed["claim"]["claim_id"])).expect(201);
    }
}

#[test]
fn a_decided_case_is_judged_blind_by_another_and_settled_by_a_lead() {
    let folder = Folder::new();
    let rules = folder.write("quality.yaml", OFTEN);
    let scene = Scene::set_on(folder, &["--quality", text(&rules)]);
    let server = &scene.server;
    decide_twenty(&scene);
    let none = server.post(&scene.reviewer, "/v1/quality/next", &Value::Null);
    assert_eq!(none.status, 204, "nobody looks at their own decisions");

    let dave = reviewer(server, "dave");
    let look = server.post(&dave, "/v1/quality/next", &Value::Null).expect(200);
    assert_eq!((&look["score_hidden"], &look["weight"]), (&json!(true), &Value::Null));
    assert!(!look.to_string().contains("the-reviewer") && !look.to_string().contains("recruits"), "{look}");
    let account = format!("/v1/accounts/{}", look["account_id"].as_str().unwrap());
    server.get(&dave, &account).refuses(403, "blind");
    let again = server.post(&dave, "/v1/quality/next", &Value::Null).expect(200);
    assert_eq!(again["second_look_id"], look["second_look_id"]);
    let judge = format!("/v1/quality/{}/judgements", look["second_look_id"].as_str().unwrap());
    server.post(&scene.reviewer, &judge, &json!({ "finding": "no_violation" })).refuses(409, "claim_lost");
    server.post(&dave, &judge, &json!({ "finding": "restore" })).refuses(422, "finding_invalid");
    let judged = server.post(&dave, &judge, &json!({ "finding": "no_violation" })).expect(201);
    assert_eq!(judged["score_hidden"], false);
    server.post(&dave, &judge, &json!({ "finding": "suspend" })).refuses(409, "judged_already");
    server.get(&dave, &account).expect(200);

    let differ = server.get(&scene.lead, "/v1/quality/disagreements").expect(200);
    let differs = &differ["disagreements"][0];
    assert_eq!((&differs["decided"], &differs["found"]), (&json!("suspend"), &json!("no_violation")));
    let settle = format!("/v1/quality/{}/settle", look["second_look_id"].as_str().unwrap());
    server.post(&dave, &settle, &json!({ "right": "suspend" })).refuses(403, "forbidden");
    let settled = server.post(&scene.lead, &settle, &json!({ "right": "suspend" })).expect(200);
    assert_eq!(settled["right"], "suspend");
    let golden = format!("/v1/quality/{}/golden", look["second_look_id"].as_str().unwrap());
    server.post(&scene.lead, &golden, &Value::Null).expect(201);

    let measured = server.get(&scene.lead, "/v1/measures/quality").expect(200);
    assert_eq!((&measured["second_looks"], &measured["anchored"]), (&json!(1), &json!(1)), "{measured}");
    assert_eq!(measured["agreement"]["raw"]["value"], 0.0, "{measured}");
    let own = server.get(&dave, "/v1/measures/quality").expect(200);
    let names = own["reviewers"].as_array().unwrap().iter().map(|row| row["reviewer"].clone());
    assert_eq!(names.collect::<Vec<_>>(), [json!("dave")], "{own}");
    let by_command = server.folder.json(["measure", "quality"]);
    assert_eq!(by_command["second_looks"], 1, "{by_command}");
}
