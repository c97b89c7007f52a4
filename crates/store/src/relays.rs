//! Who delivers what stands in the outbox.
//!
//! SQLite has one process, and that is it. Of several processes on PostgreSQL, one delivers the rows of a kind at a
//! time: the one whose session holds a lock by the kind's name. It reads what is due through that very session, so
//! that a process whose session ended reads nothing more, and another takes over. A row that was being delivered then
//! may be delivered again, under the same key.

#[cfg(feature = "postgres")]
use crate::backend::{Connection, Source, query_scalar};
use crate::backend::{DbRow, Pool, Query};
use cordon_enforce::outbox::OutboxKind;
#[cfg(feature = "postgres")]
use tokio::sync::Mutex;

/// How the rows that are due are read.
pub(crate) enum Relays {
    /// Nobody else delivers.
    Alone,
    /// Others may.
    #[cfg(feature = "postgres")]
    Elected(Box<Election>),
}

/// The session that holds the locks.
#[cfg(feature = "postgres")]
pub(crate) struct Election {
    pub(crate) source: Source,
    pub(crate) session: Mutex<Option<Connection<'static>>>,
}

impl Relays {
    /// The rows of `due`, which are of `kind`; none where another process delivers them.
    pub(crate) async fn fetch(
        &self,
        readers: &Pool,
        kind: OutboxKind,
        due: Query,
    ) -> Result<Vec<DbRow>, sqlx::Error> {
        let _ = kind;
        match self {
            Self::Alone => due.fetch_all(readers).await,
            #[cfg(feature = "postgres")]
            Self::Elected(election) => election.fetch(kind, due).await,
        }
    }
}

#[cfg(feature = "postgres")]
impl Election {
    async fn fetch(&self, kind: OutboxKind, due: Query) -> Result<Vec<DbRow>, sqlx::Error> {
        let mut session = self.session.lock().await;
        // Out of its place while in use: what fails or is given up half-way ends the session, and its locks with it.
        let mut connection = match session.take() {
            Some(connection) => connection,
            None => self.source.connect().await?,
        };
        // A session that holds the lock already gets it once more.
        let lock = query_scalar("SELECT pg_try_advisory_lock($1)").bind(lock_of(kind));
        let rows = match lock.fetch_one(&mut connection).await? {
            true => due.fetch_all(&mut connection).await?,
            false => Vec::new(),
        };
        *session = Some(connection);
        Ok(rows)
    }
}

/// The number by which PostgreSQL knows the lock.
#[cfg(feature = "postgres")]
fn lock_of(kind: OutboxKind) -> i64 {
    let name = format!("cordon outbox {}", kind.name());
    name.bytes().fold(0, |number: i64, byte| number.wrapping_mul(257).wrapping_add(i64::from(byte)))
}
