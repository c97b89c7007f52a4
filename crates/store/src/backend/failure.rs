//! What a database's errors mean.

use cordon_enforce::ports::StoreError;
use sqlx::sqlite::SqliteError;

/// SQLite's codes, whose low byte is the family.
const SQLITE_BUSY: i64 = 5;
const SQLITE_FULL: i64 = 13;
/// The shared-memory file of the write-ahead log could not grow: a full disk by another name.
const SQLITE_IOERR_SHMSIZE: i64 = 4_874;

/// What the caller can do about a database error.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    let meaning = match error.as_database_error() {
        None => None,
        Some(known) if known.try_downcast_ref::<SqliteError>().is_some() => {
            of_sqlite(known.code().and_then(|code| code.parse().ok()).unwrap_or_default())
        }
        Some(known) => of_postgres(&known.code().unwrap_or_default()),
    };
    meaning.unwrap_or_else(|| StoreError::Unavailable(Box::new(error)))
}

fn of_sqlite(code: i64) -> Option<StoreError> {
    match code {
        SQLITE_IOERR_SHMSIZE => Some(StoreError::StorageFull),
        code if code & 0xff == SQLITE_FULL => Some(StoreError::StorageFull),
        code if code & 0xff == SQLITE_BUSY => Some(StoreError::Busy),
        _ => None,
    }
}

/// By SQLSTATE. Nothing of cordon's own makes a deadlock or a serialization failure, as whoever writes takes the one
/// lock first; a session beside it may, and then the command as a whole can be given again.
fn of_postgres(state: &str) -> Option<StoreError> {
    match state {
        "53100" => Some(StoreError::StorageFull),
        // Serialization failure, deadlock, a lock waited for too long.
        "40001" | "40P01" | "55P03" => Some(StoreError::Busy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_by_whose_they_are() {
        assert!(matches!(of_sqlite(5), Some(StoreError::Busy)));
        assert!(matches!(of_sqlite(261), Some(StoreError::Busy)), "an extended code of the same family");
        assert!(matches!(of_sqlite(13), Some(StoreError::StorageFull)));
        assert!(of_sqlite(1).is_none());
        assert!(matches!(of_postgres("53100"), Some(StoreError::StorageFull)));
        assert!(matches!(of_postgres("40P01"), Some(StoreError::Busy)));
        assert!(of_postgres("23505").is_none());
    }
}
