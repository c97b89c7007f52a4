//! `cordon admin`: holds and the outbox, on the record alone.

use crate::support::{Folder, code, text};
use cordon_enforce::Refusal;
use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::{
    AuditLog, CaseDesk, CaseRow, Failure, Outbox, PipelineRecord, Policies, StoreError,
};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{DecisionKind, NewDecision};
use cordon_model::effect::Effect;
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{EffectId, Offset};
use cordon_model::limits;
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use cordon_model::report::Report;
use cordon_pipeline::DataFolder;
use cordon_store::{Record, RecordOptions};
use serde_json::json;

/// A folder that knows the account `a1`.
fn known() -> Folder {
    let folder = Folder::new();
    let event = r#"{"id":"l1","type":"account.logged_in","time":"2016-02-05T10:00:00Z","account":{"id":"a1"},"session":{"ip":"192.0.2.1"}}"#;
    let file = folder.write("log-in.ndjson", event);
    folder.json(["ingest", text(&file)]);
    folder
}

#[test]
fn a_hold_forbids_erasure_until_it_is_lifted() {
    let folder = known();
    folder.json(["admin", "hold", "place", "a1", "--basis", "order of a court"]);
    let listed = folder.json(["admin", "hold", "list"]);
    assert_eq!((&listed[0]["account_id"], &listed[0]["basis"]), (&json!("a1"), &json!("order of a court")));
    let refused = folder.run(["admin", "erase", "a1"]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(code(&refused) == 3 && message.contains("admin hold lift a1"), "{message}");
    assert_eq!(folder.json(["admin", "hold", "lift", "a1"]), json!({"lifted": "a1"}));
    assert_eq!(folder.json(["admin", "hold", "list"]), json!([]));
    assert_eq!(code(&folder.run(["admin", "hold", "lift", "a1"])), 3, "there is none any more");
    folder.json(["admin", "erase", "a1"]);
}

#[test]
fn a_hold_or_an_outbox_of_a_mistyped_folder_makes_none() {
    let folder = Folder::new();
    assert_eq!(code(&folder.run(["admin", "hold", "list"])), 3);
    assert_eq!(code(&folder.run(["admin", "outbox", "list"])), 3);
    assert_eq!(code(&folder.run(["admin", "policy", "list"])), 3);
    assert!(!folder.data().exists());
}

#[test]
fn erasing_settings_and_another_key_of_a_mistyped_folder_make_none_and_name_it() {
    let folder = Folder::new();
    let settings = folder.write("links.yaml", cordon_detect::settings::BUNDLED);
    for arguments in [&["erase", "a1"][..], &["links", text(&settings)], &["rotate-key"]] {
        let refused = folder.command().arg("admin").args(arguments).output().unwrap();
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(code(&refused), 3, "{arguments:?}: {message}");
        assert!(message.contains(text(&folder.data())) && message.contains("--data"), "{message}");
        assert!(!folder.data().exists(), "{arguments:?}");
    }
}

#[test]
fn a_dead_letter_is_listed_and_replayed() {
    let folder = known();
    assert_eq!(folder.json(["admin", "outbox", "list"]), json!([]));
    let unknown = folder.run(["admin", "outbox", "replay", "no-such-key"]);
    let message = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(code(&unknown) == 3 && message.contains("no-such-key"), "{message}");
    let folder = Folder::new();
    let key = bury_a_letter(&folder);
    let listed = folder.json(["admin", "outbox", "list"]);
    assert_eq!((&listed[0]["key"], &listed[0]["last_error"]), (&json!(key), &json!("status 400")));
    assert!(listed[0].get("payload").is_none());
    assert_eq!(folder.json(["admin", "outbox", "replay", &key]), json!({"replayed": [key]}));
    assert_eq!(folder.json(["admin", "outbox", "list"]), json!([]));
}

#[test]
fn a_policy_is_added_once_and_retired_and_then_no_decision_may_cite_it() {
    let folder = known();
    let yaml =
        "policies:\n  - {id: invented, version: 1, title: Invented, severity: severe, text: Nobody may.}\n";
    let file = folder.write("policies.yaml", yaml);
    let added = json!({"added": [{"policy_id": "invented", "version": 1}]});
    assert_eq!(folder.json(["admin", "policy", "put", text(&file)]), added);
    assert_eq!(folder.json(["admin", "policy", "put", text(&file)]), json!({"added": []}));
    let other = folder.write("other.yaml", yaml.replace("Nobody may.", "Somebody may."));
    let refused = folder.run(["admin", "policy", "put", text(&other)]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(code(&refused) == 3 && message.contains("invented"), "{message}");

    let retired = json!({"retired": {"policy_id": "invented", "version": 1}});
    assert_eq!(folder.json(["admin", "policy", "retire", "invented", "1"]), retired);
    assert_eq!(folder.json(["admin", "policy", "put", text(&file)]), json!({"added": []}), "stays retired");
    let listed = folder.json(["admin", "policy", "list"]);
    let invented = listed.as_array().unwrap().iter().find(|one| one["policy_id"] == "invented").unwrap();
    assert_eq!(invented["is_retired"], true);
    cite_and_be_refused(&folder);
}

/// Decides a case under the retired policy and under one that never was; both are `policy_unknown`, and what the
/// command line did is in the audit.
fn cite_and_be_refused(folder: &Folder) {
    let now = Timestamp::from_seconds(1_454_670_000);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let path = DataFolder::at(folder.data()).record();
        let record = Record::open(&path, RecordOptions::default()).await.unwrap();
        let before = record.applied_offset().await.unwrap();
        let offset = Offset(before.0 + 1);
        let effect = (EffectId { offset, ordinal: 0 }, report(now));
        record.commit(before, offset, vec![effect], now).await.unwrap();
        let case = record.claim_next(None, &"alice".into(), now).await.unwrap().unwrap();
        let never = NewDecision {
            policy: Policy { policy_id: "never".into(), ..policy() }.reference(),
            ..suspension(&case)
        };
        for cited in [suspension(&case), never] {
            let refused = record.decide(cited, now).await.unwrap_err();
            assert!(matches!(refused, StoreError::Refused(Refusal::PolicyUnknown { .. })), "{refused}");
        }
        let audit = record.list_audit(0, limits::PAGE_MAX).await.unwrap();
        let puts = audit.iter().filter(|one| one.verb == "policy.put" && one.subject == "invented");
        let actors: Vec<&str> = puts.map(|one| one.actor.as_str()).collect();
        assert_eq!(actors, ["operator:command-line"; 2], "added and retired, each once");
    });
}

#[test]
fn a_policy_that_never_was_cannot_be_retired_and_is_named() {
    let folder = known();
    let refused = folder.run(["admin", "policy", "retire", "never", "3"]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(code(&refused) == 3 && message.contains("never") && message.contains("policy list"), "{message}");
    let broken = folder
        .write("broken.yaml", "policies:\n  - {id: x, version: 1, title: t, severity: awful, text: t}\n");
    let refused = folder.run(["admin", "policy", "put", text(&broken)]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(code(&refused) == 3 && message.contains("broken.yaml") && message.contains("awful"), "{message}");
}

/// Suspends `a1` upon a report, lets every delivery of that fail, and gives the row's key.
fn bury_a_letter(folder: &Folder) -> String {
    let now = Timestamp::from_seconds(1_454_670_000);
    std::fs::create_dir(folder.data()).unwrap();
    let path = DataFolder::at(folder.data()).record();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let record = Record::open(&path, RecordOptions::default()).await.unwrap();
        record.put_policy(&policy(), &"admin".into(), now).await.unwrap();
        let effect = (EffectId { offset: Offset(1), ordinal: 0 }, report(now));
        record.commit(Offset(0), Offset(1), vec![effect], now).await.unwrap();
        let case = record.claim_next(None, &"alice".into(), now).await.unwrap().unwrap();
        record.decide(suspension(&case), now).await.unwrap();
        let key = record.due(OutboxKind::Webhook, now, 1).await.unwrap().remove(0).key;
        for _ in 0..limits::DELIVERY_ATTEMPTS_MAX {
            let failure = Failure { reason: "status 400".to_owned(), jitter: 0.0 };
            record.mark_failed(&key, failure, now).await.unwrap();
        }
        key
    })
}

fn policy() -> Policy {
    Policy {
        policy_id: "invented".into(),
        version: PolicyVersion(1),
        title: String::new(),
        text: String::new(),
        severity: Severity::Severe,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    }
}

fn report(received_at: Timestamp) -> Effect {
    Effect::Report(Report {
        entry_id: "e1".into(),
        account_id: "a1".into(),
        item_id: None,
        policy_id: None,
        text: None,
        reporter_id: None,
        source: Source::User,
        received_at,
        is_subject_known: true,
    })
}

fn suspension(case: &CaseRow) -> NewDecision {
    NewDecision {
        case_id: case.case_id.clone(),
        claim_id: case.claim.clone().unwrap().claim_id,
        decided_by: "alice".into(),
        decided_as: cordon_model::operator::Role::Reviewer,
        kind: DecisionKind::Suspend,
        policy: policy().reference(),
        evidence: vec![Evidence {
            group: EvidenceGroup::Content,
            entity_type: "report".into(),
            entity: None,
            terms: Vec::new(),
            weight: 0.0,
            levels: Vec::new(),
            text: "the reported post".into(),
        }],
        rationale: "praises an attack".into(),
        automation: Default::default(),
        label: None,
        days: None,
    }
}
