//! Moving a record from one database to the other.

use crate::Backend;
use crate::fixtures::{candidate, commit, hold, judge, report, suspended};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use cordon_enforce::ports::{AuditLog, CaseDesk};
use cordon_model::decision::DecisionKind;
use cordon_model::effect::Effect;
use cordon_model::entity::Source;
use cordon_store::{MoveError, Moved, Site, move_record};
use std::sync::atomic::{AtomicU64, Ordering};

async fn run(from: Site<'_>, to: Site<'_>) -> Result<Moved, MoveError> {
    move_record(from, to, None, &|_, _| {}, || Ok(())).await
}

/// A record with a decision, a hold, open cases, and a text that PostgreSQL does not take as it is.
async fn fill(sqlite: &Sqlite) {
    let record = sqlite.open().await;
    suspended(&record).await;
    let mut odd = report("odd", Source::User, 2);
    if let Effect::Report(report) = &mut odd {
        report.text = Some("zero \0 and \u{10FFFF} stand here".to_owned());
    }
    commit(&record, vec![odd, hold("held", 3, 4), candidate("b", 12.5, 3)], 3).await;
    let many = (0..2_500).map(|number| report(&format!("m{number}"), Source::User, 4)).collect();
    commit(&record, many, 4).await;
}

async fn pair() -> Option<(Sqlite, Postgres)> {
    if !Postgres::is_there() {
        return None;
    }
    Some((Sqlite::create().await, Postgres::create().await))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_moves_with_every_table_and_back_and_goes_on() {
    let Some((sqlite, postgres)) = pair().await else { return };
    fill(&sqlite).await;
    let path = sqlite.path();
    let moved = run(Site::File(&path), Site::Database(&postgres.url)).await.unwrap();
    assert!(!moved.was_there);
    let mut names: Vec<&str> = moved.tables.iter().map(|table| table.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, sqlite.tables().await, "a table was left behind");
    for table in &moved.tables {
        assert_eq!(postgres.count(&table.name).await as u64, table.rows, "{}", table.name);
    }

    let record = postgres.open().await;
    let tree = record.verify_audit(None).await.unwrap().unwrap();
    assert_eq!((tree.size(), tree.root()), (moved.audit.size, moved.audit.root));
    let odd = record.fetch_account(&"odd".into()).await.unwrap();
    assert!(odd.is_some());
    judge(&record, "odd", DecisionKind::NoViolation, 20).await;
    let grown = record.verify_audit(None).await.unwrap().unwrap().size();
    assert!(grown > moved.audit.size);
    drop(record);

    let back = Sqlite::create().await;
    let home = run(Site::Database(&postgres.url), Site::File(&back.path())).await.unwrap();
    assert_eq!(home.audit.size, grown);
    assert_eq!(back.open().await.verify_audit(None).await.unwrap().unwrap().size(), grown);
    let again = Postgres::create().await;
    let twice = run(Site::File(&back.path()), Site::Database(&again.url)).await.unwrap();
    assert_eq!(twice.tables, home.tables, "what went there and back is what it was");
}

/// Fails where a migration adds a table with rows of its own that the move does not know as such.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_migrations_put_in_does_not_count_as_a_record() {
    let Some((sqlite, postgres)) = pair().await else { return };
    postgres.open().await;
    let path = sqlite.path();
    assert!(!run(Site::File(&path), Site::Database(&postgres.url)).await.unwrap().was_there);
    let secret = "SELECT secret FROM notice_settings";
    let here: String = sqlx::query_scalar(secret).fetch_one(&mut sqlite.connect().await).await.unwrap();
    let there: String = sqlx::query_scalar(secret).fetch_one(&mut postgres.connect().await).await.unwrap();
    assert_eq!(here, there, "links that were sent out go on working");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_with_rows_of_its_own_is_refused_and_left_alone() {
    let Some((sqlite, postgres)) = pair().await else { return };
    fill(&sqlite).await;
    suspended(&postgres.open().await).await;
    let before = postgres.count("audit").await;
    let refused = run(Site::File(&sqlite.path()), Site::Database(&postgres.url)).await;
    assert!(matches!(refused, Err(MoveError::Taken { .. })), "{refused:?}");
    assert_eq!((postgres.count("audit").await, postgres.count("cases").await), (before, 1));

    let other = Postgres::create().await;
    sqlx::query("CREATE TABLE theirs (number BIGINT)").execute(&mut other.connect().await).await.unwrap();
    let refused = run(Site::File(&sqlite.path()), Site::Database(&other.url)).await;
    assert!(
        matches!(&refused, Err(MoveError::Unlike { columns }) if columns == "theirs.number"),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_given_up_anywhere_leaves_an_empty_target_and_is_done_again() {
    let Some((sqlite, postgres)) = pair().await else { return };
    fill(&sqlite).await;
    let path = sqlite.path();
    for steps_max in [1, 5, 9, 25, 40] {
        let steps = AtomicU64::new(0);
        let given_up = tokio::sync::Notify::new();
        let watch = |_, _| {
            if steps.fetch_add(1, Ordering::SeqCst) + 1 >= steps_max {
                given_up.notify_one();
            }
        };
        let moving = move_record(Site::File(&path), Site::Database(&postgres.url), None, &watch, || {
            panic!("given up before");
        });
        tokio::select! {
            biased;
            () = given_up.notified() => {}
            ended = moving => panic!("{ended:?} before step {steps_max}"),
        }
        assert_eq!(postgres.count("cases").await + postgres.count("audit").await, 0, "step {steps_max}");
    }
    assert!(!run(Site::File(&path), Site::Database(&postgres.url)).await.unwrap().was_there);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_copy_that_was_not_put_in_force_is_known_again() {
    let Some((sqlite, postgres)) = pair().await else { return };
    fill(&sqlite).await;
    let path = sqlite.path();
    let full = || Err(std::io::Error::other("no room"));
    let (from, to) = (Site::File(&path), Site::Database(postgres.url.as_str()));
    let cut_off = move_record(from, to, None, &|_, _| {}, full).await;
    assert!(matches!(cut_off, Err(MoveError::Switch(_))), "{cut_off:?}");
    assert!(run(from, to).await.unwrap().was_there);
    judge(&sqlite.open().await, "odd", DecisionKind::NoViolation, 20).await;
    let refused = run(from, to).await;
    assert!(matches!(refused, Err(MoveError::Taken { .. })), "no copy any more: {refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_audit_is_not_moved() {
    let Some((sqlite, postgres)) = pair().await else { return };
    fill(&sqlite).await;
    sqlite.tamper("DROP TRIGGER audit_is_never_updated").await.unwrap();
    sqlite.tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 2").await.unwrap();
    let refused = run(Site::File(&sqlite.path()), Site::Database(&postgres.url)).await;
    assert!(matches!(refused, Err(MoveError::Broken(_))), "{refused:?}");
    assert_eq!(postgres.count("audit").await, 0);
}
