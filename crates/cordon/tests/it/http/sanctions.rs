//! Suspensions for a time: bounded, told with their end, and over by themselves.

use super::client::Platform;
use super::{Scene, decision};
use crate::support::Folder;
use cordon_enforce::ports::CaseDesk;
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::decision::{DecisionKind, NewDecision};
use cordon_model::entity::{Evidence, EvidenceGroup};
use cordon_model::policy::{PolicyRef, PolicyVersion};
use cordon_store::{Record, RecordOptions};
use serde_json::{Value, json};

fn for_days(claim_id: &Value, kind: &str, days: i64) -> Value {
    let mut body = decision(claim_id);
    let more = json!({ "kind": kind, "days": days });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn a_suspension_for_a_time_is_bounded_and_told_with_its_end() {
    let folder = Folder::new();
    let platform = Platform::listen(&folder);
    let scene = Scene::set_on(folder, &platform.arguments());
    let claim_id = scene.claim();
    for (kind, days) in [("suspend", 0), ("suspend", 367), ("warn", 3), ("restore", 3)] {
        scene.decide(&for_days(&claim_id, kind, days)).refuses(422, "days_invalid");
    }
    let made = scene.decide(&for_days(&claim_id, "suspend", 30)).expect(201);
    let ends_at = made["decision"]["ends_at"].as_str().unwrap().to_owned();
    assert_eq!(made["decision"]["ended_at"], Value::Null);
    let told = platform.next();
    assert_eq!((&told.body["type"], &told.body["ends_at"]), (&json!("action.suspend"), &json!(ends_at)));
    let path = format!("/v1/decisions/{}/statement", made["decision"]["decision_id"].as_str().unwrap());
    let shown = scene.server.get(&scene.viewer, &path).expect(200);
    assert_eq!(shown["statement"]["end_date"].as_str(), ends_at.get(..10));
    assert!(shown["text"].as_str().unwrap().contains(&ends_at[..10]), "{shown}");
}

#[test]
fn a_suspension_whose_time_is_over_ends_by_itself() {
    let folder = Folder::new();
    let platform = Platform::listen(&folder);
    let scene = Scene::set_on(folder, &platform.arguments());
    let decision_id = suspend_two_days_ago_for_one(&scene);
    assert_eq!(platform.next().body["type"], "action.suspend");
    let ended = platform.next();
    assert_eq!((&ended.body["type"], &ended.body["is_time_over"]), (&json!("action.restore"), &json!(true)));
    let account = scene.server.get(&scene.viewer, "/v1/accounts/mallory").expect(200);
    assert_eq!(account["account"]["standing"], "cleared");
    let file = scene.server.get(&scene.viewer, &format!("/v1/decisions/{decision_id}")).expect(200);
    assert!(file["decision"]["ended_at"].is_string() && file["decision"]["overturn"].is_null(), "{file}");
    assert_eq!(file["actions"].as_array().unwrap().len(), 2);
}

#[test]
fn an_account_is_closed_for_good_by_a_lead_alone() {
    let scene = Scene::set(&[]);
    let claim_id = scene.claim();
    let terminate = |claim_id: &Value| {
        let mut body = decision(claim_id);
        body["kind"] = json!("terminate");
        body
    };
    scene.decide(&terminate(&claim_id)).refuses(403, "termination_forbidden");
    let named = json!({ "claim_id": claim_id });
    assert!(scene.server.post(&scene.reviewer, &scene.path("release"), &named).status < 300);
    let claimed = scene.server.post(&scene.lead, &scene.path("claim"), &Value::Null).expect(200);
    let body = terminate(&claimed["claim"]["claim_id"]);
    let made = scene.server.post(&scene.lead, &scene.path("decision"), &body).expect(201);
    assert_eq!(made["actions"][0]["kind"], "terminate");
    let decision_id = made["decision"]["decision_id"].as_str().unwrap();
    let path = format!("/v1/decisions/{decision_id}/statement");
    let shown = scene.server.get(&scene.viewer, &path).expect(200);
    assert_eq!(shown["statement"]["restriction"], "DECISION_ACCOUNT_TERMINATED");
    assert!(shown["text"].as_str().unwrap().contains("closed for good"), "{shown}");
    let path = format!("/v1/decisions/{decision_id}/overturn");
    let back = scene.server.post(&scene.lead, &path, &json!({ "reason": "mistaken" })).expect(200);
    assert_eq!(back["actions"][0]["kind"], "reinstate", "{back}");
}

/// Decides beside the running server, as of two days ago.
fn suspend_two_days_ago_for_one(scene: &Scene) -> String {
    let now = SystemClock.now().plus_seconds(-2 * 86_400);
    let path = scene.server.folder.data().join("record.sqlite");
    let case_id = scene.case_id.as_str().into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let record = Record::open(&path, RecordOptions::default()).await.unwrap();
        let case = record.claim(&case_id, &"alice".into(), now).await.unwrap();
        let new = NewDecision {
            case_id,
            claim_id: case.claim.unwrap().claim_id,
            decided_by: "alice".into(),
            decided_as: cordon_model::operator::Role::Reviewer,
            kind: DecisionKind::Suspend,
            policy: PolicyRef { policy_id: "violent-movements".into(), version: PolicyVersion(1) },
            evidence: vec![Evidence {
                group: EvidenceGroup::Content,
                entity_type: "report".into(),
                entity: None,
                terms: Vec::new(),
                weight: 0.0,
                levels: Vec::new(),
                text: "reported once".into(),
            }],
            rationale: "recruits for a violent movement".into(),
            automation: Default::default(),
            label: None,
            days: Some(1),
        };
        record.decide(new, now).await.unwrap().0.decision_id.0
    })
}
