//! Transactions: to write, one at a time over all processes; to read, as of one instant.

use super::connection::{Connection, Pool, Raw};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

/// Takes the write lock at once, so that no transaction fails half-way for want of it.
const BEGIN_TO_WRITE: &str = "BEGIN IMMEDIATE";

/// A transaction. Dropped before its commit, it leaves nothing.
pub(crate) struct Transaction<'c> {
    connection: Connection<'c>,
    /// Cleared once it was committed.
    is_open: Option<&'c AtomicBool>,
}

impl<'c> Transaction<'c> {
    /// Begins one that writes, on `connection`. Nobody else's begins before it ends, in no process: what is loaded in it
    /// stays as it is until what is made of it is written. `is_open` is set from here to its commit.
    pub(crate) async fn to_write(
        connection: &'c mut Connection<'static>,
        is_open: &'c AtomicBool,
    ) -> Result<Self, sqlx::Error> {
        use sqlx::Connection as _;
        is_open.store(true, Ordering::Relaxed);
        let connection = match connection.raw() {
            Raw::Sqlite(connection) => {
                Connection::SqliteTransaction(connection.begin_with(BEGIN_TO_WRITE).await?)
            }
            #[cfg(feature = "postgres")]
            Raw::Postgres(connection) => {
                let mut begun = connection.begin_with(super::postgres::BEGIN_TO_WRITE).await?;
                super::postgres::lock_to_write(&mut begun).await?;
                Connection::PostgresTransaction(begun)
            }
        };
        Ok(Self { connection, is_open: Some(is_open) })
    }

    fn to_read(connection: Connection<'c>) -> Self {
        Self { connection, is_open: None }
    }

    /// Ends it, and makes what was written last.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self.connection {
            Connection::SqliteTransaction(transaction) => transaction.commit().await?,
            #[cfg(feature = "postgres")]
            Connection::PostgresTransaction(transaction) => transaction.commit().await?,
            // Nothing else is ever in here.
            _ => {}
        }
        if let Some(is_open) = self.is_open {
            is_open.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Pool {
    /// A connection that sees the record as of one instant.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static>, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => {
                Ok(Transaction::to_read(Connection::SqliteTransaction(pool.begin().await?)))
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => {
                let begun = super::postgres::begin_to_read(pool.clone()).await?;
                Ok(Transaction::to_read(Connection::PostgresTransaction(begun)))
            }
        }
    }
}

impl<'c> Deref for Transaction<'c> {
    type Target = Connection<'c>;

    fn deref(&self) -> &Connection<'c> {
        &self.connection
    }
}

impl<'c> DerefMut for Transaction<'c> {
    fn deref_mut(&mut self) -> &mut Connection<'c> {
        &mut self.connection
    }
}
