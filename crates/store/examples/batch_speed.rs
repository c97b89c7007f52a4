//! Measures a batch on this machine: proposing, carrying out and taking back suspensions of many accounts.
//!
//! `cargo run --release -p cordon-store --example batch_speed -- 10000`

#![allow(clippy::unwrap_used, reason = "a measurement stops at the first thing that goes wrong")]

use cordon_enforce::bulk::Brakes;
use cordon_enforce::ports::{AuditLog, BulkDesk, PipelineRecord, Policies};
use cordon_model::batch::{Batch, BatchStatus, NewBatch, NewMember};
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::effect::Effect;
use cordon_model::entity::Source;
use cordon_model::ids::{BatchId, EffectId, Offset};
use cordon_model::operator::{Operator, Role};
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use cordon_model::report::Report;
use cordon_store::{Record, RecordOptions};
use std::time::{Duration, Instant};

const COMMIT: u64 = 2_000;

#[tokio::main]
async fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let folder = tempfile::tempdir().unwrap();
    let record = Record::open(&folder.path().join("record.db"), RecordOptions::default()).await.unwrap();
    record.put_policy(&policy(), &"admin".into(), Timestamp(0)).await.unwrap();
    for first in (0..count).step_by(COMMIT as usize) {
        let effects = (first..(first + COMMIT).min(count)).map(|number| (effect_id(number), report(number)));
        let last = Offset((first + COMMIT).min(count));
        record.commit(Offset(first), last, effects.collect(), Timestamp(1)).await.unwrap();
    }
    let batch_id = BatchId::from("b1");
    let begun = Instant::now();
    let batch = record.propose_batch(new_batch(&batch_id, count), Timestamp(2)).await.unwrap();
    println!("propose {count}: {:.2?}", begun.elapsed());
    let sampled = judge(&record, &batch_id).await;
    let lead = operator("lead");
    record.approve_batch(&batch_id, &batch.list_hash, &lead, Timestamp(4)).await.unwrap();
    let brakes = Brakes { person_actions_a_day_max: u64::MAX / 2, batch_actions_a_day_max: u64::MAX / 2 };
    record.start_batch(&batch_id, &lead, &brakes, None, Timestamp(5)).await.unwrap();
    println!("sampled {sampled}; carrying out:");
    let done = work_off(&record, &batch_id, 6).await;
    assert_eq!((done.status, done.progress.done), (BatchStatus::Done, count));
    record.take_back_batch(&batch_id, &lead, "measured", Timestamp(7)).await.unwrap();
    println!("taking back:");
    let back = work_off(&record, &batch_id, 8).await;
    assert_eq!((back.status, back.progress.taken_back), (BatchStatus::TakenBack, count));
    let records = record.verify_audit(None).await.unwrap().unwrap().size();
    println!("the audit is sound: {records} records");
}

async fn judge(record: &Record, batch_id: &BatchId) -> usize {
    let mut judged = 0;
    loop {
        let members = record.list_unjudged(batch_id, 500).await.unwrap();
        if members.is_empty() {
            return judged;
        }
        for member in members {
            let (finding, by) = (DecisionKind::Suspend, "carol".into());
            record.judge_member(batch_id, &member.account_id, finding, &by, Timestamp(3)).await.unwrap();
            judged += 1;
        }
    }
}

async fn work_off(record: &Record, batch_id: &BatchId, seconds: i64) -> Batch {
    let (begun, mut longest, mut slices) = (Instant::now(), Duration::ZERO, 0);
    loop {
        let sliced = Instant::now();
        let batch = record.work_slice(batch_id, Timestamp::from_seconds(seconds)).await.unwrap();
        longest = longest.max(sliced.elapsed());
        slices += 1;
        if !batch.status.is_under_way() {
            println!("  {:.2?} in {slices} slices, the longest {longest:.2?}", begun.elapsed());
            return batch;
        }
    }
}

fn operator(name: &str) -> Operator {
    Operator { operator_id: name.into(), display_name: name.into(), role: Role::Lead, is_disabled: false }
}

fn new_batch(batch_id: &BatchId, count: u64) -> NewBatch {
    let member = |number: u64| NewMember {
        account_id: format!("account{number:06}").as_str().into(),
        source: None,
        language: None,
        evidence: Some("posted the same leaflet as the others".into()),
    };
    NewBatch {
        batch_id: batch_id.clone(),
        kind: DecisionKind::Suspend,
        label: None,
        days: None,
        policy: policy().reference(),
        rationale: "one campaign".into(),
        error_max: None,
        accounts: (0..count).map(member).collect(),
        proposed_by: "alice".into(),
        seed: 7,
    }
}

fn effect_id(number: u64) -> EffectId {
    EffectId { offset: Offset(number + 1), ordinal: 0 }
}

fn report(number: u64) -> Effect {
    Effect::Report(Report {
        entry_id: format!("entry{number}").as_str().into(),
        account_id: format!("account{number:06}").as_str().into(),
        item_id: None,
        policy_id: Some("spam".into()),
        text: Some("sends the same leaflet to everybody".into()),
        reporter_id: Some("reporter1".into()),
        source: Source::User,
        received_at: Timestamp(1),
        is_subject_known: true,
    })
}

fn policy() -> Policy {
    Policy {
        policy_id: "spam".into(),
        version: PolicyVersion(1),
        title: "Spam".into(),
        text: "You may not send spam.".into(),
        severity: Severity::Low,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    }
}
