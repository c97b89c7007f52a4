//! Connections: the one that writes, and those of readers.

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, Transaction};
#[cfg(feature = "postgres")]
use sqlx::{
    Postgres,
    postgres::{PgConnectOptions, PgConnection, PgPool},
};

/// How a connection is made.
#[derive(Clone)]
pub(crate) enum Source {
    Sqlite(Box<SqliteConnectOptions>),
    #[cfg(feature = "postgres")]
    Postgres(Box<PgConnectOptions>),
}

impl Source {
    /// Whether other processes may have the record open.
    pub(crate) fn is_shared(&self) -> bool {
        !matches!(self, Self::Sqlite(_))
    }

    /// Makes one.
    pub(crate) async fn connect(&self) -> Result<Connection<'static>, sqlx::Error> {
        match self {
            Self::Sqlite(options) => options.connect().await.map(Connection::Sqlite),
            #[cfg(feature = "postgres")]
            Self::Postgres(options) => options.connect().await.map(Connection::Postgres),
        }
    }
}

/// One connection, be it in a transaction or not.
pub(crate) enum Connection<'c> {
    Sqlite(SqliteConnection),
    SqlitePooled(PoolConnection<Sqlite>),
    SqliteTransaction(Transaction<'c, Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
    #[cfg(feature = "postgres")]
    PostgresPooled(PoolConnection<Postgres>),
    #[cfg(feature = "postgres")]
    PostgresTransaction(Transaction<'c, Postgres>),
}

/// The driver's own connection.
pub(crate) enum Raw<'c> {
    Sqlite(&'c mut SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(&'c mut PgConnection),
}

impl Connection<'_> {
    /// The driver's own connection within.
    pub(crate) fn raw(&mut self) -> Raw<'_> {
        match self {
            Self::Sqlite(connection) => Raw::Sqlite(connection),
            Self::SqlitePooled(connection) => Raw::Sqlite(connection),
            Self::SqliteTransaction(connection) => Raw::Sqlite(connection),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => Raw::Postgres(connection),
            #[cfg(feature = "postgres")]
            Self::PostgresPooled(connection) => Raw::Postgres(connection),
            #[cfg(feature = "postgres")]
            Self::PostgresTransaction(connection) => Raw::Postgres(connection),
        }
    }

    /// Whether the database is PostgreSQL.
    #[cfg(feature = "postgres")]
    pub(crate) fn is_postgres(&self) -> bool {
        !matches!(self, Self::Sqlite(_) | Self::SqlitePooled(_) | Self::SqliteTransaction(_))
    }

    /// Whether the driver believes that a transaction is open.
    pub(crate) fn is_in_transaction(&mut self) -> bool {
        super::on_each!(self.raw(), connection => connection.is_in_transaction())
    }

    /// Ends it in good order: SQLite then folds its write-ahead log into the file, unless another process has it open.
    #[cfg(feature = "postgres")]
    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
            // Those of pools and transactions end with them.
            _ => Ok(()),
        }
    }

    /// Asks for an answer.
    pub(crate) async fn ping(&mut self) -> Result<(), sqlx::Error> {
        super::on_each!(self.raw(), connection => connection.ping().await)
    }
}

/// Connections for readers.
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    #[cfg(feature = "postgres")]
    Postgres(PgPool),
}

impl Pool {
    /// Waits for one.
    pub(crate) async fn acquire(&self) -> Result<Connection<'static>, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => pool.acquire().await.map(Connection::SqlitePooled),
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.acquire().await.map(Connection::PostgresPooled),
        }
    }
}
