//! Clauses of `AuditLog`.

use crate::Backend;
use crate::fixtures::{at, bob, commit, entries, suspended};
use cordon_enforce::audit::{
    Broken, CheckpointKey, TreeHead, Verifier, leaf, proves_consistency, proves_inclusion,
};
use cordon_enforce::ports::{AuditLog, CaseDesk, PipelineRecord};
use cordon_model::effect::{ControlChange, ControlVerb, Effect};
use cordon_model::ids::{AccountId, Offset};

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
            ("system", "statement.made"),
            ("operator:bob", "decision.overturned"),
            ("operator:bob", "action.taken"),
            ("operator:bob", "standing.changed"),
        ]
    );
    assert!(
        records.iter().all(|row| !row.details.contains("secret text") && !row.details.contains("reasoned"))
    );
    assert_eq!(record.list_audit(9, 500).await.unwrap(), records[9..]);
    assert_eq!(record.verify_audit(None).await.unwrap().unwrap().size(), 11);
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
    assert_eq!(record.verify_audit(None).await.unwrap().unwrap().size(), 2);
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
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

pub(crate) async fn verify_audit_names_the_first_broken_record<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    suspended(&record).await;
    let last = record.verify_audit(None).await.unwrap().unwrap().size();
    backend.tamper("DROP TRIGGER audit_is_never_updated").await.unwrap();
    backend.tamper("DROP TRIGGER audit_is_never_deleted").await.unwrap();
    backend.tamper("DELETE FROM audit WHERE sequence = (SELECT MAX(sequence) FROM audit)").await.unwrap();
    assert_eq!(record.verify_audit(None).await.unwrap(), Err(Broken::Missing { expected: last, found: 0 }));
    backend.tamper("UPDATE audit SET details = '{}' WHERE sequence = 3").await.unwrap();
    assert_eq!(record.verify_audit(None).await.unwrap(), Err(Broken::Altered { sequence: 3 }));
    backend.tamper("DELETE FROM audit WHERE sequence = 2").await.unwrap();
    assert_eq!(record.verify_audit(None).await.unwrap(), Err(Broken::Missing { expected: 2, found: 3 }));
}

fn a() -> AccountId {
    "a".into()
}

fn key() -> CheckpointKey {
    CheckpointKey::from_bytes([7; 32])
}

/// Signs for what there is; what the checkpoint says.
async fn sign(record: &impl AuditLog) -> TreeHead {
    let checkpoint = record.sign_checkpoint(&key(), at(20)).await.unwrap().unwrap();
    key().verifier().open(&checkpoint.note).unwrap()
}

pub(crate) async fn an_audit_rewritten_as_a_whole_is_not_what_its_checkpoint_was_signed_for<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    suspended(&record).await;
    let signed = sign(&record).await;
    assert_eq!(record.sign_checkpoint(&key(), at(21)).await.unwrap(), None);
    let (ours, other) = (key().verifier(), CheckpointKey::from_bytes([8; 32]).verifier());
    let verify = async |key: Option<&Verifier>| record.verify_audit(key).await.unwrap();
    assert!(verify(None).await.is_ok());
    assert!(verify(Some(&ours)).await.is_ok());
    assert_eq!(verify(Some(&other)).await, Err(Broken::Unsigned { size: signed.size }));

    // Somebody with the database alone writes another history, hashes and all.
    backend.tamper("DROP TRIGGER audit_is_never_deleted").await.unwrap();
    backend.tamper("DELETE FROM audit").await.unwrap();
    backend.tamper("UPDATE audit_head SET sequence = 0, peaks = ''").await.unwrap();
    assert_eq!(verify(None).await, Err(Broken::Missing { expected: 1, found: 0 }));
    for number in 0..10 {
        record.set_protected(&a(), number % 2 == 0, &bob(), at(30)).await.unwrap();
    }
    assert_eq!(verify(Some(&ours)).await, Err(Broken::Forked { size: signed.size }));
}

pub(crate) async fn erasing_an_account_takes_it_out_of_the_audit_and_every_proof_holds<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    suspended(&record).await;
    let signed = sign(&record).await;
    let before = record.list_audit(0, 500).await.unwrap();
    assert!(before.iter().any(|row| row.subject == a().as_str()));
    commit(&record, vec![Effect::Erased { account_id: a() }], 21).await;
    let after = record.list_audit(0, 500).await.unwrap();
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.is_erased(), before.subject == a().as_str(), "{after:?}");
        assert_eq!((&after.commitment, &after.top), (&before.commitment, &before.top));
    }
    assert!(record.verify_audit(Some(&key().verifier())).await.unwrap().is_ok());
    for row in after.iter().filter(|row| row.sequence <= signed.size) {
        let proof = record.prove_inclusion(row.sequence, signed.size).await.unwrap().unwrap();
        assert!(proves_inclusion(leaf(row), row.sequence - 1, signed.size, &proof.path, signed.root));
    }
    let unerase = "UPDATE audit SET subject = 'a' WHERE salt = ''";
    assert!(backend.tamper(unerase).await.unwrap_err().contains("never changed"));
}

pub(crate) async fn every_record_is_proved_under_every_checkpoint_and_checkpoints_under_each_other<
    B: Backend,
>() {
    let backend = B::create().await;
    let record = backend.open().await;
    suspended(&record).await;
    let mut signed = vec![sign(&record).await];
    for number in 0..5 {
        record.set_protected(&a(), number % 2 == 0, &bob(), at(30)).await.unwrap();
        signed.push(sign(&record).await);
    }
    assert_eq!(record.list_checkpoints(signed[1].size, 500).await.unwrap().len(), 4);
    assert_eq!(record.last_checkpoint().await.unwrap().unwrap().size, signed[5].size);
    for (number, second) in signed.iter().enumerate() {
        for sequence in 1..=second.size {
            let proof = record.prove_inclusion(sequence, second.size).await.unwrap().unwrap();
            let leaf = leaf(&proof.record);
            assert!(proves_inclusion(leaf, sequence - 1, second.size, &proof.path, second.root));
        }
        for first in &signed[..=number] {
            let path = record.prove_consistency(first.size, second.size).await.unwrap().unwrap();
            assert!(proves_consistency(*first, *second, &path), "{first:?} {second:?}");
        }
        assert_eq!(record.prove_inclusion(second.size + 1, second.size).await.unwrap(), None);
    }
    let last = signed[5].size;
    assert_eq!(record.prove_inclusion(0, last).await.unwrap(), None);
    assert_eq!(record.prove_inclusion(1, last + 1).await.unwrap(), None);
    assert_eq!(record.prove_consistency(1, last + 1).await.unwrap(), None);
}
