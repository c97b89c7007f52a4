//! Strikes: shown with the account, followed up by people, gone with the decision.

use super::{Scene, decision, report_on};
use serde_json::{Value, json};

/// Has a partner report the account, which is news after every decision, and warns it; the decision's id.
fn warn_again(scene: &Scene) -> String {
    let mut report = report_on("mallory");
    report["reporter"] = json!({ "id": "owl-watch", "kind": "partner" });
    scene.server.post(&scene.platform, "/v1/reports", &report).expect(202);
    let case_id = scene.server.case_on(&scene.viewer, "mallory")["case_id"].as_str().unwrap().to_owned();
    decide(scene, &case_id, "warn")
}

fn decide(scene: &Scene, case_id: &str, kind: &str) -> String {
    let path = |verb: &str| format!("/v1/cases/{case_id}/{verb}");
    let claimed = scene.server.post(&scene.reviewer, &path("claim"), &Value::Null).expect(200);
    let mut body = decision(&claimed["claim"]["claim_id"]);
    body["kind"] = json!(kind);
    let made = scene.server.post(&scene.reviewer, &path("decision"), &body).expect(201);
    made["decision"]["decision_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_second_warning_proposes_what_the_ladder_says_and_a_person_decides() {
    let scene = Scene::set(&[]);
    let listed = scene.server.get(&scene.viewer, "/v1/policies").expect(200);
    assert_eq!(listed["ladder"][0], json!({ "points": 2, "kind": "restrict", "days": 7 }));
    let first = decide(&scene, &scene.case_id, "warn");
    let account = scene.server.get(&scene.viewer, "/v1/accounts/mallory").expect(200);
    assert_eq!((&account["strikes"]["points"], &account["open_case_id"]), (&json!(1), &Value::Null));
    assert_eq!(account["strikes"]["next"], listed["ladder"][0]);

    warn_again(&scene);
    let follow_up = scene.server.get(&scene.viewer, "/v1/cases?source=strikes").expect(200);
    let case_id = follow_up["cases"][0]["case_id"].as_str().unwrap().to_owned();
    let file = scene.server.get(&scene.viewer, &format!("/v1/cases/{case_id}")).expect(200);
    assert_eq!(file["strikes"]["reached"], listed["ladder"][0]);
    let said = "second strike under violent-movements in 1 day, 2 points in all: the ladder proposes to restrict for 7 days";
    assert_eq!(file["case"]["evidence"][0]["text"], said);
    assert_eq!(file["actions"].as_array().unwrap().len(), 2, "two warnings and nothing more");

    let shown = scene.server.folder.json(["admin", "strikes", "show", "mallory"]);
    assert_eq!((&shown["points"], shown["strikes"].as_array().unwrap().len()), (&json!(2), 2));
    let path = format!("/v1/decisions/{first}/overturn");
    scene.server.post(&scene.lead, &path, &json!({ "reason": "it was satire" })).expect(200);
    let shown = scene.server.folder.json(["admin", "strikes", "show", "mallory"]);
    assert_eq!((&shown["points"], &shown["reached"]), (&json!(1), &Value::Null));

    let ladder = scene.server.folder.write("strikes.yaml", "steps: []");
    scene.server.folder.json(["admin", "strikes", "put", ladder.to_str().unwrap()]);
    assert_eq!(scene.server.folder.json(["admin", "strikes", "ladder"]), json!({ "steps": [] }));
}
