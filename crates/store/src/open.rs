//! Opening the record.

use crate::backend::{Connection, Pool, Source, failed};
use crate::relays::Relays;
use crate::slices::SliceLength;
use crate::writer::Writer;
use cordon_enforce::ports::StoreError;
use cordon_model::ids::Offset;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

/// How the record is opened.
#[derive(Clone, Copy, Debug)]
pub struct RecordOptions {
    /// Connections for readers.
    pub readers: u32,
    /// Memory for each connection's page cache, in KiB. PostgreSQL has its own settings for that.
    pub cache_kibibytes: u32,
    /// Whether a commit waits until it is safe on disk. `false` only for what is thrown away.
    pub is_synced: bool,
}

impl Default for RecordOptions {
    /// Four readers with 32 MiB each.
    fn default() -> Self {
        Self { readers: 4, cache_kibibytes: 32 << 10, is_synced: true }
    }
}

/// The record: on SQLite one file, its write-ahead log beside it; on PostgreSQL a database, which several processes may
/// share. Implements every port of `cordon_enforce::ports`.
pub struct Record {
    pub(crate) writer: Writer,
    pub(crate) readers: Pool,
    /// The commit under way, kept where it was given up.
    pub(crate) unfinished: Mutex<Option<Unfinished>>,
    pub(crate) slices: SliceLength,
    pub(crate) relays: Relays,
}

/// A commit that began and of which nobody heard the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    pub(crate) before: Offset,
    pub(crate) last: Offset,
    /// Where its last transaction began.
    pub(crate) reached: Offset,
    /// Where that transaction ends, if it is in after all.
    pub(crate) attempted: Offset,
}

/// SQLite's own bound on pages.
const PAGES_MAX: u32 = 4_294_967_294;

impl std::fmt::Debug for Record {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Record")
    }
}

impl Record {
    /// Opens the file at `path`, makes it where there is none, and brings its tables up to date.
    ///
    /// Errors: [`StoreError::StorageFull`]; [`StoreError::Unavailable`] where the file is not a record, or a
    /// newer cordon wrote it.
    pub async fn open(path: &Path, options: RecordOptions) -> Result<Self, StoreError> {
        let connect = connect_options(path, options);
        let connection = connect_migrated(&connect).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            // A file on this machine does not hang up: asking each time whether it is there costs as much as a read.
            .test_before_acquire(false)
            .connect_with(connect.clone().read_only(true).create_if_missing(false))
            .await
            .map_err(failed)?;
        let source = Source::Sqlite(Box::new(connect));
        Ok(Self::on(
            Writer::new(Connection::Sqlite(connection), source),
            Pool::Sqlite(readers),
            Relays::Alone,
        ))
    }

    pub(crate) fn on(writer: Writer, readers: Pool, relays: Relays) -> Self {
        Self { writer, readers, unfinished: Mutex::new(None), slices: SliceLength::default(), relays }
    }
}

impl Record {
    /// Bounds the file's size in pages, or lifts the bound: how an operator keeps the record from filling a disk
    /// that others need. What does not fit is refused with [`StoreError::StorageFull`]. PostgreSQL is bounded by its own
    /// means, and this does nothing there.
    pub async fn limit_pages(&self, pages: Option<u32>) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        turn.limit_pages(pages.unwrap_or(PAGES_MAX)).await
    }
}

fn connect_options(path: &Path, options: RecordOptions) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit is on disk before it is acknowledged, whatever is unplugged when.
        .synchronous(if options.is_synced { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(256)
        .pragma("cache_size", format!("-{}", options.cache_kibibytes))
        .pragma("temp_store", "memory")
        // Without syncs a checkpoint makes nothing safer; a page that changes often is written back once, not each time.
        .pragma("wal_autocheckpoint", if options.is_synced { "1000" } else { "16000" })
        // A log that a long read let grow shrinks again, in bytes.
        .pragma("journal_size_limit", "67108864")
        .disable_statement_logging()
}

/// One connection to the record at `path`, its tables up to date.
#[cfg(feature = "postgres")]
pub(crate) async fn connect_alone(path: &Path) -> Result<SqliteConnection, StoreError> {
    connect_migrated(&connect_options(path, RecordOptions::default())).await
}

async fn connect_migrated(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut connection = options.connect().await.map_err(failed)?;
    migrate(&mut connection).await?;
    Ok(connection)
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrator = sqlx::migrate!("./migrations/sqlite");
    migrator.run(connection).await.map_err(migration_failed)
}

/// What the caller can do about tables that could not be brought up to date.
pub(crate) fn migration_failed(error: sqlx::migrate::MigrateError) -> StoreError {
    match error {
        sqlx::migrate::MigrateError::Execute(error) => failed(error),
        other => StoreError::Unavailable(Box::new(other)),
    }
}
