//! A suspended account is told why, appeals by its link, and is restored by somebody else; over HTTP and by commands.

use super::client::{Call, Platform};
use super::{Scene, decision};
use crate::support::Folder;
use serde_json::{Value, json};

#[test]
fn a_suspended_account_is_told_why_appeals_by_its_link_and_is_restored_by_somebody_else() {
    let folder = Folder::new();
    let platform = Platform::listen(&folder);
    let scene = Scene::set_on(folder, &platform.arguments());
    let server = &scene.server;
    let made = ["admin", "token", "create", "--operator", "dave", "--role", "reviewer"];
    let dave = server.folder.json(made)["token"].as_str().unwrap().to_owned();
    let lead = &scene.lead;
    let profile = json!({ "language": "fr", "is_business": false });
    let path = "/v1/accounts/mallory/notices";
    let put =
        |token: &str, body: &Value| server.send(Call { method: "PUT", ..Call::post(path, body).by(token) });
    put(&scene.reviewer, &profile).refuses(403, "forbidden");
    put(lead, &json!({ "language": "French" })).refuses(422, "notices_invalid");
    put(lead, &profile).expect(200);

    let claimed = server.post(&scene.reviewer, "/v1/cases/next/claim", &Value::Null).expect(200);
    let made = scene.decide(&decision(&claimed["claim"]["claim_id"])).expect(201);
    let decision_id = made["decision"]["decision_id"].as_str().unwrap();
    let case_path = format!("/v1/cases/{}", made["decision"]["case_id"].as_str().unwrap());
    let told = platform.next_notice();
    assert_eq!((&told.body["type"], &told.body["language"]), (&json!("notice.statement"), &json!("fr")));
    assert_eq!(told.body["statement"]["restriction"], "DECISION_ACCOUNT_SUSPENDED");
    assert_eq!(told.key, format!("notice-{decision_id}"));
    let shown = server.get(&scene.viewer, &format!("/v1/decisions/{decision_id}/statement")).expect(200);
    assert_eq!(shown["statement"]["source_type"], "SOURCE_ARTICLE_16");
    let link = told.body["appeal_url"].as_str().unwrap();
    assert!(told.body["text"].as_str().unwrap().contains(link));
    assert!(!shown.to_string().contains(link), "whoever looks cannot appeal in the account's name");
    let by_command = server.folder.json(["statement", "show", decision_id]);
    assert_eq!(by_command["puid"], shown["statement"]["puid"]);

    let appeal = |link: &str, body: Value| server.send(Call::post(link, &body));
    let words = || json!({ "text": "it was not me" });
    appeal(&format!("{link}0"), words()).refuses(404, "not_found");
    appeal(link, json!({ "text": "" })).refuses(422, "reason_invalid");
    appeal(link, json!({ "text": "x".repeat(100_000) })).refuses(413, "body_too_large");
    let receipt = appeal(link, words()).expect(201);
    appeal(link, words()).refuses(409, "appealed_already");
    let appeal_id = receipt["appeal_id"].as_str().unwrap();

    let queue = server.get(&scene.viewer, "/v1/appeals").expect(200);
    assert_eq!(queue["appeals"][0]["appeal_id"], appeal_id);
    assert_eq!(server.get(&scene.viewer, "/v1/appeals?late=true").expect(200)["appeals"], json!([]));
    let path = |what: &str| format!("/v1/appeals/{appeal_id}{what}");
    let file = server.get(&dave, &path("")).expect(200);
    assert_eq!(file["decision"]["kind"], "suspend");
    assert!(!file.to_string().contains("the-reviewer"), "blind to who decided: {file}");
    for shown in
        ["/v1/accounts/mallory".to_owned(), format!("/v1/decisions/{decision_id}"), case_path.clone()]
    {
        let shown = server.get(&dave, &shown).expect(200);
        assert!(!shown.to_string().contains("the-reviewer"), "blind while the appeal waits: {shown}");
    }
    server.post(&scene.reviewer, &path("/claim"), &Value::Null).refuses(403, "second_person_needed");
    let ruling = json!({ "outcome": "overturned", "reasons": "a shared device" });
    server.post(&dave, &path("/decide"), &ruling).refuses(409, "claim_lost");
    server.post(&dave, &path("/claim"), &Value::Null).expect(200);
    let listed = server.folder.json(["appeal", "list"]);
    assert_eq!(listed[0]["appeal_id"], appeal_id);
    server.post(&dave, &path("/decide"), &ruling).expect(200);
    server.post(&dave, &path("/decide"), &ruling).refuses(409, "appeal_ended");

    let told = platform.next_notice();
    assert_eq!(
        (&told.body["type"], &told.body["outcome"]),
        (&json!("notice.appeal_decided"), &json!("overturned"))
    );
    assert!(!told.body.to_string().contains("a shared device"));
    let account = server.get(&scene.viewer, "/v1/accounts/mallory").expect(200);
    assert_eq!(account["decisions"][0]["decided_by"], "the-reviewer", "told once the appeal is decided");
    assert_eq!(account["account"]["standing"], "cleared");
    let metrics = server.send(Call::get("/metrics"));
    assert!(String::from_utf8_lossy(&metrics.body).contains("cordon_appeals_open 0"));
}
