//! SQLite in a folder of its own.

use crate::Backend;
use crate::fixtures::{at, commit, entries, report};
use cordon_enforce::ports::{AuditLog, PipelineRecord};
use cordon_model::entity::Source;
use cordon_model::ids::Offset;
use cordon_store::{Record, RecordOptions, StoreError};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) struct Sqlite {
    folder: TempDir,
}

impl Sqlite {
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("record.db")
    }

    /// The names of the record's tables, in order.
    #[cfg(feature = "postgres")]
    pub(crate) async fn tables(&self) -> Vec<String> {
        let names =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'
            AND name NOT LIKE 'sqlite%' ORDER BY name";
        sqlx::query_scalar(names).fetch_all(&mut self.connect().await).await.unwrap()
    }

    pub(crate) async fn connect(&self) -> SqliteConnection {
        let url = format!("sqlite://{}", self.path().display());
        SqliteConnection::connect(&url).await.unwrap()
    }
}

impl Backend for Sqlite {
    type Record = Record;

    async fn create() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    async fn open(&self) -> Record {
        Record::open(&self.path(), RecordOptions::default()).await.unwrap()
    }

    async fn tamper(&self, statement: &'static str) -> Result<(), String> {
        let mut connection = self.connect().await;
        sqlx::query(statement).execute(&mut connection).await.map(drop).map_err(|error| error.to_string())
    }

    async fn count(&self, table: &str) -> i64 {
        let statement = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        sqlx::query_scalar(statement).fetch_one(&mut self.connect().await).await.unwrap()
    }
}

#[tokio::test]
async fn a_file_that_is_no_record_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.db");
    std::fs::write(&path, "this is not a database, whatever its name says ".repeat(100)).unwrap();
    let refused = Record::open(&path, RecordOptions::default()).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_full_disk_is_told_apart_and_the_record_goes_on_once_there_is_room() {
    let backend = Sqlite::create().await;
    let record = backend.open().await;
    commit(&record, vec![report("a", Source::User, 1)], 1).await;
    // The bound on pages stands in for the disk: the database fails in the same way.
    record.limit_pages(Some(120)).await.unwrap();
    let effects =
        || entries(2, (0..2_000).map(|number| report(&format!("b{number}"), Source::User, 2)).collect());
    let full = record.commit(Offset(1), Offset(2_001), effects(), at(2)).await;
    assert!(matches!(full, Err(StoreError::StorageFull)), "{full:?}");
    let reached = record.applied_offset().await.unwrap().0;
    assert!(reached < 2_001, "{reached}");
    assert_eq!(backend.count("reports").await as u64, reached);
    record.limit_pages(None).await.unwrap();
    record.commit(Offset(1), Offset(2_001), effects(), at(3)).await.unwrap();
    assert_eq!(backend.count("reports").await, 2_001);
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}
