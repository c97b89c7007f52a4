//! Clauses of `AuditLog`.

use crate::Backend;
use crate::fixtures::{at, bob, entries, suspended};
use cordon_enforce::audit::Broken;
use cordon_enforce::ports::{AuditLog, CaseDesk, PipelineRecord};
use cordon_model::effect::{ControlChange, ControlVerb, Effect};
use cordon_model::ids::Offset;

pub(crate) async fn every_state_change_leaves_an_audit_record<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let decision = suspended(&record).await;
    record.overturn(&decision.decision_id, &bob(), "mistaken", at(11)).await.unwrap();
    let records = record.list_audit(0, 500).await.unwrap();
    let told: Vec<_> = records.iter().map(|row| (row.actor.as_str(), row.verb.as_str())).collect();
    assert_eq!(
        told,
        [
            ("operator:admin", "policy.put"),
            ("pipeline", "report.filed"),
            ("pipeline", "case.opened"),
            ("operator:alice", "case.claimed"),
            ("operator:alice", "decision.made"),
            ("operator:alice", "action.taken"),
            ("operator:alice", "standing.changed"),
            ("operator:bob", "decision.overturned"),
            ("operator:bob", "action.taken"),
            ("operator:bob", "standing.changed"),
        ]
    );
    assert!(
        records.iter().all(|row| !row.details.contains("secret text") && !row.details.contains("reasoned"))
    );
    assert_eq!(record.list_audit(9, 500).await.unwrap(), records[9..]);
    assert_eq!(record.verify_audit().await.unwrap().unwrap().sequence, 10);
}

pub(crate) async fn a_change_of_rules_or_banks_is_told_once_with_who_did_it<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let change = |verb, subject: &str| {
        Effect::Changed(ControlChange {
            actor: "operator:alice".into(),
            verb,
            subject: subject.into(),
            details: r#"{"offset":1}"#.into(),
        })
    };
    let effects = entries(
        1,
        vec![
            change(ControlVerb::RulesPublished, "rules:1"),
            change(ControlVerb::BankEntriesPut, "bank:flags"),
        ],
    );
    record.commit(Offset(0), Offset(2), effects.clone(), at(2)).await.unwrap();
    record.commit(Offset(2), Offset(3), effects, at(3)).await.unwrap();
    let records = record.list_audit(0, 500).await.unwrap();
    let told: Vec<_> =
        records.iter().map(|row| (row.actor.as_str(), row.verb.as_str(), row.subject.as_str())).collect();
    let by = "operator:alice";
    assert_eq!(told, [(by, "rules.published", "rules:1"), (by, "bank_entries.put", "bank:flags")]);
    assert_eq!(records[0].details, r#"{"offset":1}"#);
    assert_eq!(record.verify_audit().await.unwrap().unwrap().sequence, 2);
    assert_eq!(backend.count("accounts").await, 0);
}

pub(crate) async fn the_audit_refuses_to_be_rewritten<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    suspended(&record).await;
    let update = backend.tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 2").await;
    assert!(update.unwrap_err().contains("never changed"));
    let delete = backend.tamper("DELETE FROM audit WHERE sequence = 2").await;
    assert!(delete.unwrap_err().contains("never deleted"));
    assert!(record.verify_audit().await.unwrap().is_ok());
}

pub(crate) async fn verify_audit_names_the_first_broken_record<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    suspended(&record).await;
    let last = record.verify_audit().await.unwrap().unwrap().sequence;
    backend.tamper("DROP TRIGGER audit_is_never_updated").await.unwrap();
    backend.tamper("DROP TRIGGER audit_is_never_deleted").await.unwrap();
    backend.tamper("DELETE FROM audit WHERE sequence = (SELECT MAX(sequence) FROM audit)").await.unwrap();
    assert_eq!(record.verify_audit().await.unwrap(), Err(Broken::Missing { expected: last, found: 0 }));
    backend.tamper("UPDATE audit SET details = '{}' WHERE sequence = 3").await.unwrap();
    assert_eq!(record.verify_audit().await.unwrap(), Err(Broken::Altered { sequence: 3 }));
    backend.tamper("DELETE FROM audit WHERE sequence = 2").await.unwrap();
    assert_eq!(record.verify_audit().await.unwrap(), Err(Broken::Missing { expected: 2, found: 3 }));
}
