//! Working on a case together, over HTTP.

use super::Scene;
use crate::support::Folder;
use serde_json::{Value, json};

#[test]
fn a_case_is_noted_on_handed_over_and_put_before_a_lead() {
    let scene = Scene::set_on(Folder::new(), &[]);
    let (server, lead) = (&scene.server, &scene.lead);
    let dave = server.folder.json(["admin", "token", "create", "--operator", "dave", "--role", "reviewer"]);
    let dave = dave["token"].as_str().unwrap().to_owned();
    let claimed = server.post(&scene.reviewer, "/v1/cases/next/claim", &Value::Null).expect(200);
    let path = |what: &str| format!("/v1/cases/{}{what}", claimed["case_id"].as_str().unwrap());

    let note = json!({ "text": "@dave knows this campaign" });
    let noted = server.post(&scene.reviewer, &path("/notes"), &note).expect(201);
    assert_eq!((&noted["number"], &noted["mentions"]), (&json!(1), &json!(["dave"])));
    let mentions = server.get(&dave, "/v1/me/mentions").expect(200);
    assert_eq!(mentions["notes"], json!([noted]));
    server.post(&scene.reviewer, &path("/notes"), &json!({ "text": " " })).refuses(422, "reason_invalid");

    let over =
        |to: &str, claim: &Value| json!({ "claim_id": claim["claim_id"], "to": to, "reason": "yours" });
    let first = &claimed["claim"];
    let unfit = over("nobody", first);
    server.post(&scene.reviewer, &path("/hand-over"), &unfit).refuses(422, "operator_unfit");
    let passed = server.post(&scene.reviewer, &path("/hand-over"), &over("dave", first)).expect(200);
    assert_eq!(passed["claim"]["operator_id"], "dave");
    server.post(&scene.reviewer, &path("/hand-over"), &over("dave", first)).refuses(409, "claim_lost");

    let ask = json!({ "claim_id": passed["claim"]["claim_id"], "reason": "reaches very far" });
    let escalated = server.post(&dave, &path("/escalate"), &ask).expect(200);
    assert_eq!((&escalated["queue_id"], &escalated["claim"]), (&json!("escalated"), &Value::Null));
    let next = server.post(lead, "/v1/cases/next/claim?queue=escalated", &Value::Null).expect(200);
    assert_eq!(next["case_id"], claimed["case_id"]);
    let file = server.get(&scene.viewer, &path("")).expect(200);
    let kinds: Vec<&Value> = file["notes"].as_array().unwrap().iter().map(|note| &note["kind"]).collect();
    assert_eq!(kinds, ["note", "hand_over", "escalation"]);
}
