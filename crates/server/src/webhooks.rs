//! The worker that tells the platform.

use crate::limits::DELIVERY_PAUSE;
use crate::problem::chain;
use cordon_enforce::ports::StoreError;
use cordon_model::clock::Clock;
use cordon_model::clock::Timestamp;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::time::timeout;

/// What became of one pass over what is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Rows that the platform took.
    pub done: usize,
    /// Rows that will be tried again.
    pub failed: usize,
    /// Rows that were given up.
    pub dead: usize,
}

/// Delivers every row that is due, once, in bounded time.
pub type Deliver =
    Arc<dyn Fn(Timestamp) -> Pin<Box<dyn Future<Output = Result<Pass, StoreError>> + Send>> + Send + Sync>;

/// Delivers each second, and at once when nudged, until dropped: a pass may be cut anywhere.
pub(crate) async fn work(deliver: Deliver, clock: Arc<dyn Clock>, nudge: Arc<Notify>) {
    loop {
        match deliver(clock.now()).await {
            // Rows of one account leave one by one: there may be more at once.
            Ok(pass) if pass.done > 0 => continue,
            Ok(pass) if pass.failed + pass.dead > 0 => {
                tracing::warn!(
                    webhooks.failed = pass.failed,
                    webhooks.dead = pass.dead,
                    "the platform did not take all"
                );
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %chain(&error), "webhooks could not be delivered"),
        }
        // Whether nudged or timed out, the next pass is due.
        let _ = timeout(DELIVERY_PAUSE, nudge.notified()).await;
    }
}
