//! The names under which the rest of the crate speaks of its database, and what its errors mean.

use cordon_enforce::ports::StoreError;

/// The database.
pub(crate) type Db = sqlx::Sqlite;
/// One connection to it.
pub(crate) type Connection = sqlx::SqliteConnection;
/// How a connection is made.
pub(crate) type ConnectOptions = sqlx::sqlite::SqliteConnectOptions;
/// Connections for readers.
pub(crate) type Pool = sqlx::SqlitePool;
/// One row of an answer.
pub(crate) type DbRow = sqlx::sqlite::SqliteRow;
/// A statement with its values.
pub(crate) type Query<'q> = sqlx::query::Query<'q, Db, <Db as sqlx::Database>::Arguments>;

/// Takes the write lock at once, so that no transaction fails half-way for want of it.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";

/// How a generated statement marks its `number`th value. SQLite takes `$1` as a name and looks names up one by
/// one, which costs the square of their number where a statement has hundreds; `?` has none.
pub(crate) fn placeholder(_number: usize) -> String {
    "?".to_owned()
}

/// SQLite's codes, whose low byte is the family.
const SQLITE_BUSY: i64 = 5;
const SQLITE_FULL: i64 = 13;
/// The shared-memory file of the write-ahead log could not grow: a full disk by another name.
const SQLITE_IOERR_SHMSIZE: i64 = 4_874;

/// What the caller can do about a database error.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i64>().ok());
    match code {
        Some(SQLITE_IOERR_SHMSIZE) => StoreError::StorageFull,
        Some(code) if code & 0xff == SQLITE_FULL => StoreError::StorageFull,
        Some(code) if code & 0xff == SQLITE_BUSY => StoreError::Busy,
        _ => StoreError::Unavailable(Box::new(error)),
    }
}
