//! Windowed counters: how many events of a key came within the last so many seconds.

use cordon_model::limits::{RULE_COUNTED_EVENTS_MAX, RULE_COUNTER_EVENTS_MAX, RULE_COUNTERS_MAX};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Seconds that a counter outlives its window.
const LINGER_SECONDS: f64 = 60.0;

/// The times of one key's events, oldest first, in microseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Counter {
    times: VecDeque<i64>,
    /// When nothing of it is needed any more.
    ends_at: i64,
}

/// Counters by keyed hash of their key. As in Osprey's field the window is no part of the key: two windows on one key
/// trim each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counters {
    by_key: BTreeMap<u64, Counter>,
    /// Events that all of them hold together.
    held: usize,
}

impl Counters {
    /// Counts an event under `key` at `now`; how many came within the window that ends there, this one included, at most
    /// [`RULE_COUNTER_EVENTS_MAX`]. `None` where there are as many counters, or as many events in
    /// them, as there may be.
    pub(crate) fn increment(&mut self, key: u64, window_seconds: f64, now: i64) -> Option<u64> {
        let is_full = self.by_key.len() >= RULE_COUNTERS_MAX && !self.by_key.contains_key(&key);
        if is_full || self.held >= RULE_COUNTED_EVENTS_MAX {
            return None;
        }
        let counter = self.by_key.entry(key).or_default();
        let before = counter.times.len();
        let begin = now.saturating_sub(micros(window_seconds));
        while counter.times.front().is_some_and(|time| *time <= begin) {
            counter.times.pop_front();
        }
        if counter.times.len() >= RULE_COUNTER_EVENTS_MAX {
            counter.times.pop_front();
        }
        counter.times.push_back(now);
        self.held = self.held + counter.times.len() - before;
        let ends_at = now.saturating_add(micros(window_seconds + LINGER_SECONDS));
        counter.ends_at = counter.ends_at.max(ends_at);
        Some(counter.times.len() as u64)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Lets go of counters whose window is long over.
    pub(crate) fn expire(&mut self, now: i64) {
        self.by_key.retain(|_, counter| counter.ends_at > now);
        self.held = self.by_key.values().map(|counter| counter.times.len()).sum();
    }
}

fn micros(seconds: f64) -> i64 {
    (seconds.max(0.0) * 1e6) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_window_slides_and_what_lies_on_its_edge_is_out() {
        let mut counters = Counters::default();
        let counts: Vec<u64> =
            [0, 1, 9, 10, 11].map(|at| counters.increment(1, 10.0, at * SECOND).unwrap()).to_vec();
        assert_eq!(counts, [1, 2, 3, 3, 3]);
        assert_eq!(counters.increment(2, 10.0, 11 * SECOND), Some(1));
    }

    #[test]
    fn a_shorter_window_on_the_same_key_trims_it() {
        let mut counters = Counters::default();
        counters.increment(1, 100.0, 0);
        assert_eq!(counters.increment(1, 1.0, 50 * SECOND), Some(1));
        assert_eq!(counters.increment(1, 100.0, 51 * SECOND), Some(2));
    }

    #[test]
    fn a_counter_goes_once_its_window_is_over_and_holds_no_more_than_it_may() {
        let mut counters = Counters::default();
        for _ in 0..RULE_COUNTER_EVENTS_MAX + 5 {
            counters.increment(1, 10.0, SECOND);
        }
        assert_eq!(counters.increment(1, 10.0, SECOND), Some(RULE_COUNTER_EVENTS_MAX as u64));
        counters.expire(70 * SECOND);
        assert_eq!(counters.len(), 1);
        counters.expire(71 * SECOND);
        assert_eq!(counters.len(), 0);
    }
}
