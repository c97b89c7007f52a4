//! What must leave the house, from the deliverers' side.

use super::StoreError;
use crate::outbox::{OutboxKind, OutboxRow};
use async_trait::async_trait;
use cordon_model::clock::Timestamp;

/// A failed attempt, as told by whoever made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Why, in words without content: `status 503`, `timed out`.
    pub reason: String,
    /// `0.0..=1.0`, drawn by the caller; see [`crate::outbox::retry_at`].
    pub jitter: f64,
}

/// Rows to deliver, and what became of them.
///
/// Contract:
/// - `a_stream_is_delivered_in_order`: [`Outbox::due`] holds back a row while an older one of its kind and stream
///   is pending, so that a restoration never overtakes the suspension that it takes back;
/// - `a_failed_row_comes_back_later_under_the_same_key`, after [`crate::outbox::retry_at`];
/// - `a_row_that_keeps_failing_becomes_a_dead_letter`, and lets its stream go on;
/// - `a_dead_letter_is_replayed_on_demand`, unless a later row of its stream was delivered;
/// - `done_twice_is_done_once`: marking a row that is done already changes nothing.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Rows of `kind` that may be delivered at `now`, oldest first, one per stream, at most `limit` and at most
    /// [`cordon_model::limits::PAGE_MAX`]. Two callers may get the same row: the receiver counts its key once.
    async fn due(&self, kind: OutboxKind, now: Timestamp, limit: usize)
    -> Result<Vec<OutboxRow>, StoreError>;

    /// The rows were delivered.
    async fn mark_done(&self, keys: &[String], now: Timestamp) -> Result<(), StoreError>;

    /// An attempt failed; when it will be tried again, `None` for a dead letter.
    ///
    /// Errors: [`crate::Refusal::OutboxRowUnknown`].
    async fn mark_failed(
        &self,
        key: &str,
        failure: Failure,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// Dead letters of `kind`, oldest first, those after `after_sequence`, at most
    /// [`cordon_model::limits::PAGE_MAX`].
    async fn dead(&self, kind: OutboxKind, after_sequence: u64) -> Result<Vec<OutboxRow>, StoreError>;

    /// Makes a dead letter due again, with all its attempts.
    ///
    /// Errors: [`crate::Refusal::OutboxRowUnknown`], [`crate::Refusal::OutboxRowOvertaken`].
    async fn replay_dead(&self, key: &str, now: Timestamp) -> Result<(), StoreError>;
}
