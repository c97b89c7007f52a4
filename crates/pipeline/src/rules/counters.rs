//! Windowed counters: how many events of a key, or how many different values of them, came within the last so many
//! seconds.

use cordon_model::limits::{RULE_COUNTED_EVENTS_MAX, RULE_COUNTER_EVENTS_MAX, RULE_COUNTERS_MAX};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Seconds that a counter outlives its window.
const LINGER_SECONDS: f64 = 60.0;

/// The times of one key's events, oldest first, in microseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Counter {
    times: VecDeque<i64>,
    /// When nothing of it is needed any more.
    ends_at: i64,
}

/// The different values of one key's events, each with the time of its last one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Distinct {
    last: BTreeMap<u64, i64>,
    /// The same by time.
    by_time: BTreeSet<(i64, u64)>,
    ends_at: i64,
}

impl Distinct {
    fn forget_until(&mut self, begin: i64) {
        while self.by_time.first().is_some_and(|(time, _)| *time <= begin) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, value)) = self.by_time.pop_first() {
            self.last.remove(&value);
        }
    }

    fn see(&mut self, value: u64, now: i64) {
        if let Some(before) = self.last.insert(value, now) {
            self.by_time.remove(&(before, value));
        }
        self.by_time.insert((now, value));
    }
}

/// Values by keyed hash: found at once, and written in the order of the hashes, so that equal state is equal bytes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
struct ByKey<V>(FxHashMap<u64, V>);

impl<V> Default for ByKey<V> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<V: Serialize> Serialize for ByKey<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries: Vec<(&u64, &V)> = self.0.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| **key);
        serializer.collect_map(entries)
    }
}

/// Counters by keyed hash of their key. As in Osprey's field the window is no part of the key: two windows on one key
/// trim each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counters {
    by_key: ByKey<Counter>,
    distinct: ByKey<Distinct>,
    /// Events that all of them hold together.
    held: usize,
}

impl Counters {
    /// Counts an event under `key` at `now`; how many came within the window that ends there, this one included, at most
    /// [`RULE_COUNTER_EVENTS_MAX`]. `None` where there are as many counters, or as many events in
    /// them, as there may be.
    pub(crate) fn increment(&mut self, key: u64, window_seconds: f64, now: i64) -> Option<u64> {
        let is_full = self.len() >= RULE_COUNTERS_MAX && !self.by_key.0.contains_key(&key);
        if is_full || self.held >= RULE_COUNTED_EVENTS_MAX {
            return None;
        }
        let counter = self.by_key.0.entry(key).or_default();
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

    /// How many events of a key came within the window that ends at `now`; nothing is counted.
    pub(crate) fn count(&self, key: u64, window_seconds: f64, now: i64) -> u64 {
        let begin = now.saturating_sub(micros(window_seconds));
        self.by_key.0.get(&key).map_or(0, |counter| {
            let before = counter.times.partition_point(|time| *time <= begin);
            (counter.times.len() - before) as u64
        })
    }

    /// How many different values of a key came within the window that ends at `now`, `value` included where there is
    /// one; at most [`RULE_COUNTER_EVENTS_MAX`], beyond which the oldest go. `None` where there are as many counters,
    /// or as many events in them, as there may be.
    pub(crate) fn distinct(
        &mut self,
        key: u64,
        value: Option<u64>,
        window_seconds: f64,
        now: i64,
    ) -> Option<u64> {
        let begin = now.saturating_sub(micros(window_seconds));
        let Some(value) = value else {
            let held = self.distinct.0.get_mut(&key).map_or((0, 0), |distinct| {
                let before = distinct.last.len();
                distinct.forget_until(begin);
                (before, distinct.last.len())
            });
            self.held = (self.held + held.1).saturating_sub(held.0);
            return Some(held.1 as u64);
        };
        let is_full = self.len() >= RULE_COUNTERS_MAX && !self.distinct.0.contains_key(&key);
        if is_full || self.held >= RULE_COUNTED_EVENTS_MAX {
            return None;
        }
        let distinct = self.distinct.0.entry(key).or_default();
        let before = distinct.last.len();
        distinct.forget_until(begin);
        distinct.see(value, now);
        if distinct.last.len() > RULE_COUNTER_EVENTS_MAX {
            distinct.drop_oldest();
        }
        let count = distinct.last.len();
        let ends_at = now.saturating_add(micros(window_seconds + LINGER_SECONDS));
        distinct.ends_at = distinct.ends_at.max(ends_at);
        self.held = (self.held + count).saturating_sub(before);
        Some(count as u64)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_key.0.len() + self.distinct.0.len()
    }

    /// Lets go of counters whose window is long over.
    pub(crate) fn expire(&mut self, now: i64) {
        self.by_key.0.retain(|_, counter| counter.ends_at > now);
        self.distinct.0.retain(|_, distinct| distinct.ends_at > now);
        let events: usize = self.by_key.0.values().map(|counter| counter.times.len()).sum();
        self.held = events + self.distinct.0.values().map(|distinct| distinct.last.len()).sum::<usize>();
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
    fn different_values_are_counted_once_and_leave_with_their_window() {
        let mut counters = Counters::default();
        let seen = [(0, 1), (1, 2), (2, 1), (10, 3), (12, 4)];
        let counts = seen.map(|(at, value)| counters.distinct(7, Some(value), 10.0, at * SECOND).unwrap());
        // Value 1 came last at 2 s, so it is out at 12 s; value 2 at 11 s.
        assert_eq!(counts, [1, 2, 2, 3, 2]);
        assert_eq!(counters.distinct(7, None, 10.0, 13 * SECOND), Some(2));
        assert_eq!(counters.distinct(8, None, 10.0, 13 * SECOND), Some(0));
        assert_eq!(counters.held, 2);
        counters.expire(200 * SECOND);
        assert_eq!((counters.len(), counters.held), (0, 0));
    }

    #[test]
    fn looking_at_a_window_counts_nothing() {
        let mut counters = Counters::default();
        counters.increment(1, 10.0, SECOND);
        assert_eq!(counters.count(1, 10.0, 10 * SECOND), 1);
        assert_eq!(counters.count(1, 10.0, 11 * SECOND), 0);
        assert_eq!((counters.count(2, 10.0, SECOND), counters.len()), (0, 1));
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
