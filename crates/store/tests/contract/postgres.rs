//! PostgreSQL, a database for each test.

use crate::Backend;
use crate::fixtures::{at, candidate, commit, judge, new_decision, put_policy, report, suspended};
use crate::postgres_server::Server;
use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::{AuditLog, CaseDesk, Outbox, PipelineRecord, StoreError};
use cordon_model::decision::DecisionKind;
use cordon_model::entity::Source;
use cordon_model::ids::{AccountId, Offset, OperatorId};
use cordon_store::{Record, RecordOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub(crate) struct Postgres {
    pub(crate) url: String,
}

impl Postgres {
    /// How another process reaches it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

impl Backend for Postgres {
    type Record = Record;

    fn is_there() -> bool {
        Server::get().is_some()
    }

    async fn create() -> Self {
        static DATABASES: AtomicU32 = AtomicU32::new(0);
        let server = Server::get().unwrap();
        let name = format!("record{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        // A collation that sorts otherwise than by bytes, as many a server has.
        let statement = AssertSqlSafe(format!(
            "CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'"
        ));
        let mut connection = PgConnection::connect(&server.url("postgres")).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        Self { url: server.url(&name) }
    }

    async fn open(&self) -> Record {
        Record::connect(&self.url, RecordOptions::default()).await.unwrap()
    }

    async fn tamper(&self, statement: &'static str) -> Result<(), String> {
        // Triggers belong to their table here.
        let table = if statement.starts_with("DROP TRIGGER") { " ON audit" } else { "" };
        let statement = AssertSqlSafe(format!("{statement}{table}"));
        let done = sqlx::query(statement).execute(&mut self.connect().await).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    async fn count(&self, table: &str) -> i64 {
        let statement = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        sqlx::query_scalar(statement).fetch_one(&mut self.connect().await).await.unwrap()
    }
}

/// As many as there are to claim.
const CASES: u64 = 2_000;

/// Claims until nothing is left; what was claimed, in order.
async fn claim_all(record: Arc<Record>, by: OperatorId) -> Vec<String> {
    let mut claimed = Vec::new();
    while let Some(case) = record.claim_next(None, &by, at(10)).await.unwrap() {
        claimed.push(case.case_id.to_string());
    }
    claimed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn claimers_of_two_processes_claim_every_case_once() {
    if !Postgres::is_there() {
        return;
    }
    let backend = Postgres::create().await;
    let records = [Arc::new(backend.open().await), Arc::new(backend.open().await)];
    let reports = (0..CASES).map(|number| report(&format!("a{number}"), Source::User, number as i64 % 60));
    commit(&*records[0], reports.collect(), 1).await;
    let begun = Instant::now();
    let claimers = (0..8).map(|number| {
        let by = format!("operator{number}").as_str().into();
        tokio::spawn(claim_all(records[number % 2].clone(), by))
    });
    let mut shares = Vec::new();
    for claimer in claimers.collect::<Vec<_>>() {
        shares.push(claimer.await.unwrap());
    }
    println!("{CASES} claims by 8 over 2 records in {:.2?}", begun.elapsed());
    let all: Vec<&String> = shares.iter().flatten().collect();
    assert_eq!((all.len() as u64, all.iter().collect::<BTreeSet<_>>().len() as u64), (CASES, CASES));
    assert!(shares.iter().all(|share| !share.is_empty()), "nobody is kept away by the others");
    assert!(records[1].verify_audit(None).await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_case_that_two_processes_decide_at_once_is_decided_once() {
    if !Postgres::is_there() {
        return;
    }
    let backend = Postgres::create().await;
    let records = [Arc::new(backend.open().await), Arc::new(backend.open().await)];
    put_policy(&*records[0]).await;
    for round in 0..20 {
        let account_id = format!("a{round}");
        commit(&*records[0], vec![report(&account_id, Source::User, 1)], 1).await;
        let by = "alice".into();
        let case = records[0].claim_next(None, &by, at(2)).await.unwrap().unwrap();
        let decide = |record: &Arc<Record>| {
            let (record, new) = (record.clone(), new_decision(&case, &by, DecisionKind::Suspend));
            tokio::spawn(async move { record.decide(new, at(3)).await })
        };
        let (one, other) = (decide(&records[0]), decide(&records[1]));
        let made = [one.await.unwrap(), other.await.unwrap()];
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1, "{made:?}");
    }
    assert_eq!((backend.count("decisions").await, backend.count("actions").await), (20, 20));
}

/// People of one process and the pipeline of another change the same accounts.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_that_another_process_wrote_is_overwritten() {
    if !Postgres::is_there() {
        return;
    }
    let backend = Postgres::create().await;
    let (pipeline, desk) = (Arc::new(backend.open().await), backend.open().await);
    let busy = pipeline.clone();
    let commits = tokio::spawn(async move {
        for round in 0..40 {
            let effects =
                (0..25).map(|number| report(&format!("a{number}"), Source::User, round * 25 + number));
            commit(&*busy, effects.collect(), round).await;
        }
    });
    for number in 0..25 {
        desk.set_protected(&AccountId::from(format!("a{number}").as_str()), true, &"bob".into(), at(2))
            .await
            .unwrap();
    }
    commits.await.unwrap();
    for number in 0..25 {
        let case = desk.fetch_open_case(&format!("a{number}").as_str().into()).await.unwrap().unwrap();
        assert_eq!((case.is_protected, case.report_count), (true, 40), "a{number}");
    }
    assert!(desk.verify_audit(None).await.unwrap().is_ok());
}

#[tokio::test]
async fn one_process_at_a_time_delivers() {
    if !Postgres::is_there() {
        return;
    }
    let backend = Postgres::create().await;
    let (first, second) = (backend.open().await, backend.open().await);
    suspended(&first).await;
    let due = async |record: &Record, kind| record.due(kind, at(20), 9).await.unwrap().len();
    assert_eq!((due(&first, OutboxKind::Webhook).await, due(&second, OutboxKind::Webhook).await), (2, 0));
    assert_eq!((due(&second, OutboxKind::Journal).await, due(&first, OutboxKind::Journal).await), (1, 0));
    assert_eq!(due(&first, OutboxKind::Webhook).await, 2, "as often as it asks");
    drop(first);
    let begun = Instant::now();
    while due(&second, OutboxKind::Webhook).await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody takes over");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_server_that_hung_up_is_called_again() {
    if !Postgres::is_there() {
        return;
    }
    let backend = Postgres::create().await;
    let record = backend.open().await;
    let before = suspended(&record).await;
    assert_eq!(record.due(OutboxKind::Webhook, at(20), 9).await.unwrap().len(), 2);
    let hang_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    backend.tamper(hang_up).await.unwrap();
    commit(&record, vec![report("b", Source::User, 30)], 30).await;
    judge(&record, "b", DecisionKind::Warn, 31).await;
    assert_eq!(record.fetch_decision(&before.decision_id).await.unwrap(), Some(before));
    let lost = record.due(OutboxKind::Webhook, at(40), 9).await;
    assert!(matches!(lost, Err(StoreError::Unavailable(_))), "the session that delivered ended: {lost:?}");
    assert_eq!(record.due(OutboxKind::Webhook, at(40), 9).await.unwrap().len(), 4);
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

/// PostgreSQL's texts cannot hold U+0000, and platforms send it.
#[tokio::test]
async fn texts_that_postgres_cannot_hold_come_back() {
    if !Postgres::is_there() {
        return;
    }
    let backend = Postgres::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    for account_id in ["a\0b", "a\u{10FFFF}0b", "a\u{10FFFF}"] {
        for seconds in 0..2 {
            commit(
                &record,
                vec![report(account_id, Source::User, seconds), candidate(account_id, 9.0, 1)],
                1,
            )
            .await;
        }
        let case = record.fetch_open_case(&account_id.into()).await.unwrap().unwrap();
        assert_eq!((case.account_id.as_str(), case.report_count), (account_id, 2));
        judge(&record, account_id, DecisionKind::Suspend, 5).await;
        let history = record.fetch_history(&account_id.into()).await.unwrap();
        assert_eq!(history.decisions[0].account_id.as_str(), account_id);
    }
    let subjects: BTreeSet<String> =
        record.list_audit(0, 500).await.unwrap().into_iter().map(|row| row.subject).collect();
    assert!(subjects.contains("a\0b"), "{subjects:?}");
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

#[tokio::test]
async fn nobody_there_is_an_error_without_the_password() {
    let gone = Record::connect("postgres://user:hunter2@127.0.0.1:1/record", RecordOptions::default()).await;
    let told = format!("{:?}", gone.unwrap_err());
    assert!(told.contains("Unavailable") && !told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn the_second_pipeline_on_one_record_is_stopped() {
    if !Postgres::is_there() {
        return;
    }
    let backend = Postgres::create().await;
    let (first, second) = (backend.open().await, backend.open().await);
    commit(&first, vec![report("a", Source::User, 1)], 1).await;
    let stale = second.commit(Offset(0), Offset(1), Vec::new(), at(1)).await;
    assert!(matches!(stale, Err(StoreError::StaleWriter { found: Offset(1), .. })), "{stale:?}");
}
