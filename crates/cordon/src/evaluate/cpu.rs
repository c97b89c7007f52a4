//! Processor time of the calling thread.

use std::time::{Duration, Instant};

/// Measures a piece of work: processor time where the system tells it, else the clock's.
pub(crate) fn of<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (started, before) = (Instant::now(), spent());
    let result = work();
    let passed = match (before, spent()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => started.elapsed(),
    };
    (result, passed)
}

/// Nanoseconds that this thread has been on a processor, as Linux counts them.
fn spent() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
