//! Measures the desk on this machine with many cases open: claims, pages, the queues' lengths.
//!
//! `cargo run --release -p cordon-store --example queue_speed -- 1000000` measures SQLite; with the feature `postgres` and the
//! address of an empty database behind the number, PostgreSQL; one that was filled before is measured as it is.

#![allow(clippy::unwrap_used, reason = "a measurement stops at the first thing that goes wrong")]

use cordon_enforce::ports::{CaseDesk, CaseFilter, PipelineRecord};
use cordon_model::clock::Timestamp;
use cordon_model::effect::{Candidate, Effect};
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{EffectId, Offset, QueueId};
use cordon_store::{Record, RecordOptions};
use std::time::{Duration, Instant};

/// Who points at the accounts, and at how many of a hundred.
const SHARES: [(Source, u64); 6] = [
    (Source::Authority, 1),
    (Source::Partner, 4),
    (Source::Return, 10),
    (Source::User, 50),
    (Source::Rule, 30),
    (Source::AuditLane, 5),
];
/// Cases that somebody holds, the first ones in order; every fiftieth claim has lapsed.
const CLAIMED: u64 = 5_000;
const CLAIMS: usize = 1_000;
const PAGES: usize = 200;
const PAGE: usize = 50;
const MEASURED_AT: i64 = 1_454_700_000;

/// Copies of the case and the account on which `{account}` is: the numbers from `{first}` to before `{end}`. A copy came up
/// to ten days later, and its deadline, where it has one, is as much later.
const COPY_CASES: &str = "INSERT INTO cases (case_id, account_id, queue_id, status, version, opened_at, updated_at,
    opened_by, sources, report_count, weight, probability, is_calibrated, incarnation_of, propensity, reach, is_protected,
    policy_id, severity, deadline_at, deadline_basis, rank, claim_expires_at, claim_count, evidence)
    WITH RECURSIVE copies (number) AS (
        SELECT CAST({first} AS BIGINT) UNION ALL SELECT number + 1 FROM copies WHERE number + 1 < {end}
    ), later (number, micros) AS (SELECT number, number * 7919 % 864000 * 1000000 FROM copies)
    SELECT 'case-' || CAST(number AS TEXT), 'account-' || CAST(number AS TEXT), queue_id, status, version, opened_at + micros,
    updated_at + micros, opened_by, sources, report_count, weight, probability, is_calibrated, incarnation_of, propensity,
    reach, is_protected, policy_id, severity,
    CASE WHEN deadline_basis IS NULL THEN deadline_at ELSE deadline_at + micros END, deadline_basis, rank + micros,
    claim_expires_at, claim_count, evidence FROM cases CROSS JOIN later WHERE account_id = '{account}'";
const COPY_ACCOUNTS: &str = "INSERT INTO accounts (account_id, standing, has_legal_hold, state)
    WITH RECURSIVE copies (number) AS (
        SELECT CAST({first} AS BIGINT) UNION ALL SELECT number + 1 FROM copies WHERE number + 1 < {end}
    ) SELECT 'account-' || CAST(number AS TEXT), standing, has_legal_hold, state
    FROM accounts CROSS JOIN copies WHERE account_id = '{account}'";
const CLAIM_FIRST: &str = "UPDATE cases SET claim_id = case_id || '-c1', claimed_by = 'alice', claimed_at = opened_at,
    claim_count = 1, claim_expires_at = CASE WHEN rank / 1000000 % 50 = 0 THEN {lapsed} ELSE {holds} END
    WHERE case_id IN (SELECT case_id FROM cases WHERE status = 'open' ORDER BY deadline_at, rank, case_id LIMIT {claimed})";
const COUNT_QUEUES: &str = "INSERT INTO queues (queue_id, open_count)
    SELECT queue_id, COUNT(*) FROM cases WHERE status = 'open' GROUP BY queue_id";

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let cases: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let (url, options) = (arguments.next(), RecordOptions::default());
    let path = folder.path().join("record.db");
    let record = match &url {
        None => Record::open(&path, options).await.unwrap(),
        #[cfg(feature = "postgres")]
        Some(url) => Record::connect(url, options).await.unwrap(),
        #[cfg(not(feature = "postgres"))]
        Some(_) => return eprintln!("built without the feature `postgres`"),
    };
    let url = url.unwrap_or_else(|| format!("sqlite://{}", path.display()));
    let begun = Instant::now();
    if record.list_queues().await.unwrap().iter().all(|queue| queue.open_count == 0) {
        fill(&record, &url, cases).await;
        println!("{cases} cases in {:.1?}", begun.elapsed());
    }

    lengths(&record).await;
    for queue_id in [None, Some("reports".into()), Some("random".into())] {
        pages(&record, queue_id.as_ref(), None).await;
    }
    for source in [Source::Return, Source::Authority, Source::Bank] {
        pages(&record, None, Some(source)).await;
    }
    for queue_id in [None, Some("reports".into()), Some("legal".into())] {
        claims(&record, queue_id.as_ref()).await;
    }
}

/// Opens one case for each source as the pipeline would, and copies them within the database.
async fn fill(record: &Record, url: &str, cases: u64) {
    let effects = SHARES.iter().map(|(source, _)| candidate(*source));
    let effects: Vec<_> =
        (1..).map(|offset| EffectId { offset: Offset(offset), ordinal: 0 }).zip(effects).collect();
    let last = Offset(effects.len() as u64);
    record.commit(Offset(0), last, effects, Timestamp::from_seconds(MEASURED_AT)).await.unwrap();
    let mut statements = vec!["DELETE FROM queues".to_owned()];
    let mut first = 0;
    for (source, share) in SHARES {
        let end = first + cases * share / 100;
        for copy in [COPY_CASES, COPY_ACCOUNTS] {
            let statement = copy.replace("{first}", &first.to_string()).replace("{end}", &end.to_string());
            statements.push(statement.replace("{account}", source.name()));
        }
        first = end;
    }
    let seconds = |seconds: i64| (seconds * 1_000_000).to_string();
    let claim = CLAIM_FIRST.replace("{lapsed}", &seconds(MEASURED_AT - 1));
    let claim =
        claim.replace("{holds}", &seconds(MEASURED_AT + 900)).replace("{claimed}", &CLAIMED.to_string());
    statements.extend([claim, COUNT_QUEUES.to_owned()]);
    run(url, statements).await;
}

/// Runs statements behind the record's back.
async fn run(url: &str, statements: Vec<String>) {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    #[cfg(feature = "postgres")]
    if url.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        // As the database does by itself after so many new rows, some time later.
        for statement in statements.into_iter().chain(["VACUUM ANALYZE".to_owned()]) {
            connection.execute(AssertSqlSafe(statement)).await.unwrap();
        }
        return;
    }
    let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
    for statement in statements {
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
}

async fn lengths(record: &Record) {
    let mut times = Vec::new();
    for _ in 0..PAGES {
        let begun = Instant::now();
        record.list_queues().await.unwrap();
        times.push(begun.elapsed());
    }
    report_times("queues' lengths", &mut times);
}

/// The first page again and again, and then those deep in the list.
async fn pages(record: &Record, queue_id: Option<&QueueId>, source: Option<Source>) {
    let filter = CaseFilter { queue_id: queue_id.cloned(), source, ..CaseFilter::default() };
    let (mut times, mut cursor) = (Vec::new(), None);
    // A source that few cases have is looked for among all of them.
    for _ in 0..source.map_or(PAGES, |_| PAGES / 10) {
        let begun = Instant::now();
        cursor = record.list_cases(&filter, None, PAGE).await.unwrap().next;
        times.push(begun.elapsed());
    }
    let name = queue_id.map_or("all queues", QueueId::as_str);
    let name = source.map_or(name, |source| source.name());
    report_times(&format!("first page of {PAGE}, {name}"), &mut times);
    let (mut times, mut depth) = (Vec::new(), PAGE);
    while let Some(place) = cursor.filter(|_| times.len() < PAGES) {
        let begun = Instant::now();
        cursor = record.list_cases(&filter, Some(&place), PAGE).await.unwrap().next;
        times.push(begun.elapsed());
        // Deep soon: what lies between is read in large pages, without the clock.
        for _ in 0..4 {
            let Some(place) = cursor.take() else { break };
            cursor = record.list_cases(&filter, Some(&place), 500).await.unwrap().next;
            depth += 500;
        }
    }
    if !times.is_empty() {
        report_times(&format!("page of {PAGE} down to place {depth}, {name}"), &mut times);
    }
}

async fn claims(record: &Record, queue_id: Option<&QueueId>) {
    let mut times = Vec::new();
    for _ in 0..CLAIMS {
        let begun = Instant::now();
        let now = Timestamp::from_seconds(MEASURED_AT);
        record.claim_next(queue_id, &"bob".into(), now).await.unwrap().unwrap();
        times.push(begun.elapsed());
    }
    report_times(&format!("claim, {}", queue_id.map_or("all queues", QueueId::as_str)), &mut times);
}

fn candidate(source: Source) -> Effect {
    let row = Evidence {
        group: EvidenceGroup::Device,
        entity_type: "device".into(),
        entity: Some("7f3b9a6e-0000-4444-8888-123456789abc".into()),
        terms: Vec::new(),
        weight: 11.5,
        levels: Vec::new(),
        text: "uses a device that 3 suspended accounts used, and nobody else".into(),
    };
    Effect::Candidate(Candidate {
        account_id: source.name().into(),
        source,
        weight: 11.5,
        probability: 0.4,
        is_calibrated: false,
        evidence: vec![row; 5],
        incarnation_of: Vec::new(),
        policy_id: None,
        queue_id: None,
        priority: 0,
        propensity: 1.0,
        reach: Some(1_000),
        proposed_at: Timestamp::from_seconds(MEASURED_AT - 10 * 86_400),
    })
}

fn report_times(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| {
        times.get((times.len() * share / 100).min(times.len() - 1)).copied().unwrap_or_default()
    };
    println!("{name}: p50 {:.2?}, p99 {:.2?}", at(50), at(99));
}
