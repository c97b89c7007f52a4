//! Transactions: to write, one at a time over all processes; to read, as of one instant.

use super::connection::{Connection, Pool, Raw};
use std::ops::{Deref, DerefMut};

/// Takes the write lock at once, so that no transaction fails half-way for want of it.
const BEGIN_TO_WRITE: &str = "BEGIN IMMEDIATE";

/// A transaction. Dropped before its commit, it leaves nothing.
pub(crate) struct Transaction<'c>(Connection<'c>);

impl<'c> Transaction<'c> {
    /// Begins one that writes, on `connection`. Nobody else's begins before it ends, in no process: what is loaded in it
    /// stays as it is until what is made of it is written.
    pub(crate) async fn to_write(connection: &'c mut Connection<'static>) -> Result<Self, sqlx::Error> {
        use sqlx::Connection as _;
        match connection.raw() {
            Raw::Sqlite(connection) => {
                let begun = connection.begin_with(BEGIN_TO_WRITE).await?;
                Ok(Self(Connection::SqliteTransaction(begun)))
            }
            #[cfg(feature = "postgres")]
            Raw::Postgres(connection) => {
                let mut begun = connection.begin_with(super::postgres::BEGIN_TO_WRITE).await?;
                super::postgres::lock_to_write(&mut begun).await?;
                Ok(Self(Connection::PostgresTransaction(begun)))
            }
        }
    }

    /// Ends it, and makes what was written last.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self.0 {
            Connection::SqliteTransaction(transaction) => transaction.commit().await,
            #[cfg(feature = "postgres")]
            Connection::PostgresTransaction(transaction) => transaction.commit().await,
            // Nothing else is ever in here.
            _ => Ok(()),
        }
    }
}

impl Pool {
    /// A connection that sees the record as of one instant.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static>, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => Ok(Transaction(Connection::SqliteTransaction(pool.begin().await?))),
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => {
                let begun = super::postgres::begin_to_read(pool.clone()).await?;
                Ok(Transaction(Connection::PostgresTransaction(begun)))
            }
        }
    }
}

impl<'c> Deref for Transaction<'c> {
    type Target = Connection<'c>;

    fn deref(&self) -> &Connection<'c> {
        &self.0
    }
}

impl<'c> DerefMut for Transaction<'c> {
    fn deref_mut(&mut self) -> &mut Connection<'c> {
        &mut self.0
    }
}
