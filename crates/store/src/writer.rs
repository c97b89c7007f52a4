//! Who may write when: one connection, two lanes, people before the pipeline.
//!
//! A reviewer's click must not wait behind a batch of thousands of effects. So the pipeline steps back whenever
//! a person waits, and ends a transaction under way at the next entry; people are few, so the pipeline does not starve.

use crate::backend::{Connection, Source, Transaction, failed, query_made};
use cordon_enforce::ports::StoreError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard, Notify, Semaphore, SemaphorePermit};

/// Most people's commands that wait; beyond that they are told to come back.
const PEOPLE_WAITING_MAX: usize = 256;
/// Most commits of the pipeline that wait: it is one writer and should have one on its way.
const PIPELINE_WAITING_MAX: usize = 4;

/// How long the pipeline has the writer before it begins no further slice: with a slice and the flush 20 ms. A flush every
/// so often costs little beside what is written meanwhile.
const HELD_MAX: Duration = Duration::from_millis(5);

/// The only connection that writes.
pub(crate) struct Writer {
    connection: Arc<Mutex<Connection<'static>>>,
    /// How the connection is made anew.
    source: Source,
    /// The bound on the file's size that a new connection must be told again; 0 for none.
    pages_max: AtomicU32,
    people_slots: Semaphore,
    pipeline_slots: Semaphore,
    people_waiting: AtomicUsize,
    lane_clear: Notify,
}

/// A turn at the connection; ends when dropped.
pub(crate) struct Turn<'w> {
    connection: MutexGuard<'w, Connection<'static>>,
    /// Whether its transaction was begun and not committed.
    is_open: AtomicBool,
    writer: &'w Writer,
    _slot: SemaphorePermit<'w>,
}

impl Turn<'_> {
    /// Begins a transaction. Dropped before its commit, it leaves nothing.
    ///
    /// A full disk makes SQLite end a transaction by itself; the driver still believes in it and would refuse every
    /// later one. Such a connection is given up for a new one, and so is one to a server that hung up.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_>, StoreError> {
        #[cfg(feature = "postgres")]
        if self.connection.is_postgres() && self.connection.ping().await.is_err() {
            *self.connection = self.writer.source.connect().await.map_err(failed)?;
        }
        if self.connection.is_in_transaction() {
            // A rollback may still be on its way: asking for an answer lets it arrive. Its error is the reason for
            // the second look.
            let _ = self.connection.ping().await;
            if self.connection.is_in_transaction() {
                *self.connection = self.writer.source.connect().await.map_err(failed)?;
                self.bound_pages(self.writer.pages_max.load(Ordering::SeqCst)).await?;
            }
        }
        Transaction::to_write(&mut self.connection, &self.is_open).await.map_err(failed)
    }

    /// Bounds the file's size.
    pub(crate) async fn limit_pages(&mut self, pages: u32) -> Result<(), StoreError> {
        self.writer.pages_max.store(pages, Ordering::SeqCst);
        self.bound_pages(pages).await
    }

    async fn bound_pages(&mut self, pages: u32) -> Result<(), StoreError> {
        #[cfg(feature = "postgres")]
        if self.connection.is_postgres() {
            return Ok(());
        }
        if pages == 0 {
            return Ok(());
        }
        let statement = query_made(format!("PRAGMA max_page_count = {pages}"));
        statement.execute(&mut self.connection).await.map_err(failed).map(drop)
    }
}

impl Drop for Turn<'_> {
    /// The driver sends a rollback when the connection is used next. Elsewhere others wait for the lock until it is there:
    /// it is used at once.
    fn drop(&mut self) {
        if !self.writer.source.is_shared() || !self.is_open.load(Ordering::Relaxed) {
            return;
        }
        let connection = self.writer.connection.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // Where nobody answers, the lock is gone with the session.
            runtime.spawn(async move { connection.lock().await.ping().await });
        }
    }
}

/// Counts one person as waiting until dropped, also where the wait is given up.
struct Waiting<'w>(&'w Writer);

impl<'w> Waiting<'w> {
    fn at(writer: &'w Writer) -> Self {
        writer.people_waiting.fetch_add(1, Ordering::SeqCst);
        Self(writer)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.0.people_waiting.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.lane_clear.notify_waiters();
        }
    }
}

impl Writer {
    pub(crate) fn new(connection: Connection<'static>, source: Source) -> Self {
        Self {
            connection: Arc::new(Mutex::new(connection)),
            source,
            pages_max: AtomicU32::new(0),
            people_slots: Semaphore::new(PEOPLE_WAITING_MAX),
            pipeline_slots: Semaphore::new(PIPELINE_WAITING_MAX),
            people_waiting: AtomicUsize::new(0),
            lane_clear: Notify::new(),
        }
    }

    /// Whether a person waits.
    fn has_people_waiting(&self) -> bool {
        self.people_waiting.load(Ordering::SeqCst) > 0
    }

    /// Whether the pipeline, which has had the writer for so long, ends its transaction as soon as it may. Who waits in
    /// another process is not seen from here.
    pub(crate) fn must_step_aside(&self, held: Duration) -> bool {
        self.has_people_waiting() || held > HELD_MAX
    }

    /// A turn for a person's command.
    ///
    /// Errors: [`StoreError::Busy`] where too many wait.
    pub(crate) async fn for_people(&self) -> Result<Turn<'_>, StoreError> {
        let slot = self.people_slots.try_acquire().map_err(|_| StoreError::Busy)?;
        let waiting = Waiting::at(self);
        let connection = self.connection.lock().await;
        drop(waiting);
        Ok(Turn { connection, is_open: AtomicBool::new(false), writer: self, _slot: slot })
    }

    /// A turn for the pipeline, once no person waits.
    ///
    /// Errors: [`StoreError::Busy`] where too many wait.
    pub(crate) async fn for_pipeline(&self) -> Result<Turn<'_>, StoreError> {
        let slot = self.pipeline_slots.try_acquire().map_err(|_| StoreError::Busy)?;
        loop {
            let clear = self.lane_clear.notified();
            if self.has_people_waiting() {
                clear.await;
                continue;
            }
            let connection = self.connection.lock().await;
            if !self.has_people_waiting() {
                return Ok(Turn { connection, is_open: AtomicBool::new(false), writer: self, _slot: slot });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn writer() -> Arc<Writer> {
        let source = Source::Sqlite(Box::new("sqlite::memory:".parse().unwrap()));
        Arc::new(Writer::new(source.connect().await.unwrap(), source))
    }

    #[tokio::test]
    async fn a_person_who_comes_later_goes_before_the_pipeline() {
        let writer = writer().await;
        let held = writer.for_people().await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let (one, list) = (Arc::clone(&writer), Arc::clone(&order));
        let pipeline = tokio::spawn(async move {
            let _turn = one.for_pipeline().await.unwrap();
            list.lock().await.push("pipeline");
        });
        tokio::task::yield_now().await;
        let (two, list) = (Arc::clone(&writer), Arc::clone(&order));
        let person = tokio::spawn(async move {
            let _turn = two.for_people().await.unwrap();
            list.lock().await.push("person");
        });
        tokio::task::yield_now().await;
        drop(held);
        pipeline.await.unwrap();
        person.await.unwrap();
        assert_eq!(*order.lock().await, ["person", "pipeline"]);
    }

    #[tokio::test]
    async fn a_person_who_gives_up_does_not_hold_the_pipeline_back() {
        let writer = writer().await;
        let held = writer.for_people().await.unwrap();
        let wait = std::time::Duration::from_millis(1);
        assert!(tokio::time::timeout(wait, writer.for_people()).await.is_err());
        drop(held);
        assert!(writer.for_pipeline().await.is_ok());
    }

    #[tokio::test]
    async fn the_lanes_are_bounded() {
        let writer = writer().await;
        let _held = writer.for_people().await.unwrap();
        let mut waiting = Vec::new();
        for _ in 0..PIPELINE_WAITING_MAX {
            waiting.push(Box::pin(writer.for_pipeline()));
        }
        for wait in &mut waiting {
            let soon = std::time::Duration::from_millis(1);
            assert!(tokio::time::timeout(soon, wait).await.is_err());
        }
        assert!(matches!(writer.for_pipeline().await, Err(StoreError::Busy)));
    }
}
