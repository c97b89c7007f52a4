//! The worker that watches time limits of decisions, notices and appeals, and the bound on appeals that come by links.

use crate::app::App;
use crate::limits::{APPEALS_A_MINUTE_MAX, SWEEP_PAUSE};
use crate::problem::chain;
use cordon_model::clock::Timestamp;
use std::sync::{Mutex, PoisonError};

/// Ends what decisions did for a time, lets notices leave on their day and marks appeals that wait too long, until dropped: a sweep may be cut anywhere.
pub(crate) async fn work(app: App) {
    loop {
        match app.ports.desk.end_due(app.now()).await {
            Ok(0) => {}
            Ok(ended) => {
                tracing::info!(decisions.ended = ended, "the time of decisions is over");
                app.delivery.notify_one();
            }
            Err(error) => {
                tracing::warn!(error = %chain(&error), "decisions whose time is over cannot be ended")
            }
        }
        match app.ports.notices.sweep_notices(app.now()).await {
            Ok(swept) => {
                if swept.released + swept.settled > 0 {
                    app.delivery.notify_one();
                }
                if swept.alarmed > 0 {
                    tracing::error!(appeals.alarmed = swept.alarmed, "appeals wait beyond their alarm");
                }
            }
            Err(error) => tracing::warn!(error = %chain(&error), "time limits cannot be watched"),
        }
        tokio::time::sleep(SWEEP_PAUSE).await;
    }
}

/// How many appeals may still come by links within the minute. Whoever has no token has no name to count by, and an
/// address is not kept: all of them share one bound.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<(i64, u32)>);

impl Links {
    /// Whether one more may come.
    pub(crate) fn take(&self, now: Timestamp) -> bool {
        let minute = now.seconds().div_euclid(60);
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.0 != minute {
            *taken = (minute, 0);
        }
        taken.1 = taken.1.saturating_add(1);
        taken.1 <= APPEALS_A_MINUTE_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_bounded_by_the_minute() {
        let links = Links::default();
        let taken = (0..APPEALS_A_MINUTE_MAX + 5).filter(|_| links.take(Timestamp::from_seconds(61))).count();
        assert_eq!(taken as u32, APPEALS_A_MINUTE_MAX);
        assert!(links.take(Timestamp::from_seconds(120)));
    }
}
