//! The audit over HTTP, with proofs that the command checks without the data.

use super::client::Server;
use super::{Scene, decision};
use crate::support::{Folder, code, text};
use serde_json::{Value, json};

fn is_proved(server: &Server, proof: &Value, key: &Value) -> bool {
    let proof = server.folder.write("proof.json", proof.to_string());
    let key = server.folder.write("audit.vkey", key.as_str().unwrap());
    code(&server.folder.run(["audit", "check", text(&proof), "--key", text(&key)])) == 0
}

#[test]
fn what_was_done_is_listed_proved_and_held_against_an_older_checkpoint() {
    let scene = Scene::set_on(Folder::new(), &[]);
    let (server, admin) = (&scene.server, scene.server.token("admin"));
    let kept = server.get(&admin, "/v1/audit/checkpoint").expect(200);
    let claimed = server.post(&scene.reviewer, "/v1/cases/next/claim", &Value::Null).expect(200);
    scene.decide(&decision(&claimed["claim"]["claim_id"])).expect(201);

    let page = server.get(&admin, "/v1/audit?limit=4").expect(200);
    let records = page["records"].as_array().unwrap();
    let places: Vec<u64> = records.iter().map(|record| record["sequence"].as_u64().unwrap()).collect();
    let last = page["records_count"].as_u64().unwrap();
    assert_eq!(places, [last, last - 1, last - 2, last - 3]);
    let older =
        server.get(&admin, &format!("/v1/audit?limit=500&before={}", page["next_before"])).expect(200);
    assert_eq!(older["records"][0]["sequence"], last - 4);
    assert_eq!(older["next_before"], Value::Null);
    let made = records.iter().chain(older["records"].as_array().unwrap());
    let made = made.clone().find(|record| record["verb"] == "decision.made").unwrap();
    assert_eq!(made["actor"], "operator:the-reviewer");

    let proof = server.get(&admin, &format!("/v1/audit/{}/proof", made["sequence"])).expect(200);
    assert_eq!(proof["record"], *made);
    assert!(is_proved(server, &proof, &kept["key"]));
    let mut altered = proof.clone();
    altered["record"]["actor"] = json!("operator:somebody");
    assert!(!is_proved(server, &altered, &kept["key"]));
    let holds = server.post(&admin, "/v1/audit/consistency", &json!({ "note": kept["note"] })).expect(200);
    assert!(is_proved(server, &holds, &kept["key"]));

    let forged = kept["note"].as_str().unwrap().replacen('\n', "\n1", 1);
    let forged = json!({ "note": forged });
    server.post(&admin, "/v1/audit/consistency", &forged).refuses(422, "checkpoint_invalid");
    server.get(&admin, &format!("/v1/audit/{}/proof", last + 1_000)).refuses(404, "not_found");
    server.get(&admin, "/v1/audit/first/proof").refuses(404, "not_found");
    server.get(&admin, "/v1/audit?limit=0").refuses(400, "parameter_invalid");
    server.get(&scene.lead, "/v1/audit").refuses(403, "forbidden");
}
