//! Measures the record on this machine: commits, pages at many open cases, people beside a busy pipeline.
//!
//! `cargo run --release -p cordon-store --example record_speed -- 1000000`

#![allow(clippy::unwrap_used, reason = "a measurement stops at the first thing that goes wrong")]

use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::{AuditLog, CaseDesk, CaseFilter, Outbox, PipelineRecord, Policies};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{DecisionKind, NewDecision};
use cordon_model::effect::{Candidate, Effect};
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{EffectId, Offset};
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use cordon_model::report::Report;
use cordon_store::{Record, RecordOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const COMMIT: u64 = 2_000;

#[tokio::main]
async fn main() {
    let cases: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    let record = Arc::new(Record::open(&path, RecordOptions::default()).await.unwrap());
    record.put_policy(&policy(), &"admin".into(), Timestamp(0)).await.unwrap();

    fill(&record, cases).await;
    merge(&record).await;
    empty_commits(&record).await;
    pages(&record).await;
    people_beside_the_pipeline(&record).await;
    decisions(&record, 1_000.min(cases / 4)).await;
    let begun = Instant::now();
    let records = record.verify_audit(None).await.unwrap().unwrap().size();
    println!("verify_audit: {records} records in {:.2?}", begun.elapsed());
    let bytes = std::fs::metadata(&path).unwrap().len();
    println!("file: {} MiB, {} bytes a case", bytes >> 20, bytes / cases);
}

/// Opens `cases` cases, half from reports, half from candidates with evidence.
async fn fill(record: &Record, cases: u64) {
    let begun = Instant::now();
    let mut commits = Vec::new();
    for first in (0..cases).step_by(COMMIT as usize) {
        let effects = (first..first + COMMIT).map(|number| effect(number, number)).collect();
        commits.push(commit(record, effects).await);
    }
    let seconds = begun.elapsed().as_secs_f64();
    report_times(&format!("commit of {COMMIT} effects that open cases"), &mut commits);
    println!("  {cases} cases in {seconds:.1} s, {:.0} effects a second", cases as f64 / seconds);
}

/// Candidates on accounts whose cases are open.
async fn merge(record: &Record) {
    let mut commits = Vec::new();
    for round in 0..5 {
        let effects = (0..COMMIT).map(|number| effect(number * 2, round + number)).collect();
        commits.push(commit(record, effects).await);
    }
    report_times(&format!("commit of {COMMIT} effects that merge"), &mut commits);
}

async fn empty_commits(record: &Record) {
    let mut commits = Vec::new();
    for _ in 0..50 {
        commits.push(commit(record, Vec::new()).await);
    }
    report_times("commit without effects", &mut commits);
}

async fn pages(record: &Record) {
    let filters = [
        ("all queues", CaseFilter::default()),
        ("one queue", CaseFilter { queue_id: Some("reports".into()), ..CaseFilter::default() }),
        ("one source", CaseFilter { source: Some(Source::Return), ..CaseFilter::default() }),
        ("a source that nothing has", CaseFilter { source: Some(Source::Bank), ..CaseFilter::default() }),
    ];
    for (name, filter) in filters {
        for limit in [50, 500] {
            let (mut times, mut cursor) = (Vec::new(), None);
            for _ in 0..20 {
                let begun = Instant::now();
                let page = record.list_cases(&filter, cursor.as_deref(), limit).await.unwrap();
                times.push(begun.elapsed());
                cursor = page.next;
            }
            report_times(&format!("page of {limit}, {name}"), &mut times);
        }
    }
}

/// How long a claim takes while the pipeline commits without a pause.
async fn people_beside_the_pipeline(record: &Arc<Record>) {
    let is_over = Arc::new(AtomicBool::new(false));
    let (busy, stop) = (Arc::clone(record), Arc::clone(&is_over));
    let pipeline = tokio::spawn(async move {
        let mut number = 10_000_000;
        while !stop.load(Ordering::Relaxed) {
            commit(&busy, (number..number + COMMIT).map(|number| effect(number, number)).collect()).await;
            number += COMMIT;
        }
    });
    let mut times = Vec::new();
    for number in 0..200 {
        let by = format!("busy{number}").as_str().into();
        let begun = Instant::now();
        record.claim_next(None, &by, Timestamp(1)).await.unwrap();
        times.push(begun.elapsed());
    }
    is_over.store(true, Ordering::Relaxed);
    pipeline.await.unwrap();
    report_times("claim_next beside a busy pipeline", &mut times);
}

async fn decisions(record: &Record, count: u64) {
    let (mut claims, mut decisions) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let begun = Instant::now();
        let case = record.claim_next(None, &"alice".into(), Timestamp(2)).await.unwrap().unwrap();
        claims.push(begun.elapsed());
        let new = NewDecision {
            case_id: case.case_id,
            claim_id: case.claim.unwrap().claim_id,
            decided_by: "alice".into(),
            decided_as: cordon_model::operator::Role::Reviewer,
            kind: DecisionKind::Suspend,
            policy: policy().reference(),
            evidence: evidence(),
            rationale: "praises an attack".into(),
            automation: Default::default(),
            label: None,
            days: None,
        };
        let begun = Instant::now();
        record.decide(new, Timestamp(3)).await.unwrap();
        decisions.push(begun.elapsed());
    }
    report_times("claim_next", &mut claims);
    report_times("decide", &mut decisions);
    let begun = Instant::now();
    let due = record.due(OutboxKind::Webhook, Timestamp(9), 500).await.unwrap().len();
    println!("due: {due} of {count} rows in {:.2?}", begun.elapsed());
}

async fn commit(record: &Record, effects: Vec<Effect>) -> Duration {
    let before = record.applied_offset().await.unwrap();
    let last = Offset(before.0 + effects.len().max(1) as u64);
    let named = (before.0 + 1..).map(|offset| EffectId { offset: Offset(offset), ordinal: 0 }).zip(effects);
    let named = named.collect();
    let begun = Instant::now();
    record.commit(before, last, named, Timestamp(0)).await.unwrap();
    begun.elapsed()
}

fn effect(account: u64, number: u64) -> Effect {
    let account_id = format!("account{account:012}").as_str().into();
    let at = Timestamp::from_seconds(1_454_670_000 + (number % 86_400) as i64);
    if account.is_multiple_of(2) {
        return Effect::Candidate(Candidate {
            account_id,
            source: Source::Return,
            weight: (number % 40) as f64,
            probability: (number % 100) as f64 / 100.0,
            is_calibrated: false,
            evidence: evidence(),
            incarnation_of: Vec::new(),
            policy_id: None,
            queue_id: None,
            priority: 0,
            propensity: 1.0,
            reach: Some(number % 10_000),
            proposed_at: at,
        });
    }
    Effect::Report(Report {
        entry_id: format!("entry{number}").as_str().into(),
        account_id,
        item_id: None,
        policy_id: Some("terrorism".into()),
        text: Some("praises an attack and calls for more of them".into()),
        reporter_id: Some(format!("reporter{number}").as_str().into()),
        source: if number % 100 == 1 { Source::Authority } else { Source::User },
        received_at: at,
        is_subject_known: true,
    })
}

fn evidence() -> Vec<Evidence> {
    let row = Evidence {
        group: EvidenceGroup::Device,
        entity_type: "device".into(),
        entity: Some("7f3b9a6e-0000-4444-8888-123456789abc".into()),
        terms: Vec::new(),
        weight: 11.5,
        levels: Vec::new(),
        text: "uses a device that 3 suspended accounts used, and nobody else".into(),
    };
    vec![row; 5]
}

fn policy() -> Policy {
    Policy {
        policy_id: "terrorism".into(),
        version: PolicyVersion(1),
        title: "Terrorism".into(),
        text: "You may not promote terrorism.".into(),
        severity: Severity::Severe,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    }
}

fn report_times(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| {
        times.get((times.len() * share / 100).min(times.len() - 1)).copied().unwrap_or_default()
    };
    println!("{name}: p50 {:.2?}, p99 {:.2?}", at(50), at(99));
}
