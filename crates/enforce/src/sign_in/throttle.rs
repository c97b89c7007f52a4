//! How often somebody may try: each failure beyond a few doubles the wait, by operator and by address.

use cordon_model::clock::Timestamp;
use std::collections::HashMap;

/// Failures of one operator before anybody has to wait.
pub const OPERATOR_FAILURES_FREE: u32 = 5;
/// Failures from one address before it has to wait: behind a proxy or in an office many share one.
pub const ADDRESS_FAILURES_FREE: u32 = 50;
/// The longest wait in seconds.
pub const WAIT_SECONDS_MAX: i64 = 15 * 60;
/// Seconds after the last failure at which all of them are forgotten.
pub const FORGOTTEN_AFTER_SECONDS: i64 = 60 * 60;
/// Names and addresses that are remembered; of more, the one that failed longest ago is forgotten.
pub const REMEMBERED_MAX: usize = 10_000;

/// By what failures are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// The operator's name as it was given; there need not be one.
    Operator(String),
    /// Where the connection comes from.
    Address(String),
}

impl Key {
    fn failures_free(&self) -> u32 {
        match self {
            Self::Operator(_) => OPERATOR_FAILURES_FREE,
            Self::Address(_) => ADDRESS_FAILURES_FREE,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last_at: Timestamp,
}

/// Failures of late. Bounded by [`REMEMBERED_MAX`].
#[derive(Debug, Default)]
pub struct Throttle {
    failures: HashMap<Key, Failures>,
}

impl Throttle {
    /// Begins an attempt, and counts it as failed until [`Self::succeeded`]: attempts side by side get no more tries.
    ///
    /// Errors: seconds to wait, 1..=[`WAIT_SECONDS_MAX`]; nothing was counted.
    pub fn begin(&mut self, keys: &[Key], now: Timestamp) -> Result<(), u32> {
        let wait = keys.iter().map(|key| self.wait_seconds(key, now)).max().unwrap_or(0);
        if wait > 0 {
            return Err(u32::try_from(wait).unwrap_or(u32::MAX));
        }
        keys.iter().for_each(|key| self.count(key, now));
        Ok(())
    }

    /// The attempt was right: its operator starts afresh, its address gets back what was counted.
    pub fn succeeded(&mut self, keys: &[Key]) {
        for key in keys {
            match (key, self.failures.get_mut(key)) {
                (Key::Address(_), Some(failures)) if failures.count > 1 => failures.count -= 1,
                _ => drop(self.failures.remove(key)),
            }
        }
    }

    fn wait_seconds(&self, key: &Key, now: Timestamp) -> i64 {
        let Some(failures) = self.failures.get(key) else { return 0 };
        let Some(beyond) = failures.count.checked_sub(key.failures_free()) else { return 0 };
        let wait = 1_i64.checked_shl(beyond.min(20)).unwrap_or(WAIT_SECONDS_MAX).min(WAIT_SECONDS_MAX);
        (failures.last_at.plus_seconds(wait).seconds() - now.seconds()).clamp(0, WAIT_SECONDS_MAX)
    }

    fn count(&mut self, key: &Key, now: Timestamp) {
        let forgotten_until = now.plus_seconds(-FORGOTTEN_AFTER_SECONDS);
        if self.failures.len() >= REMEMBERED_MAX && !self.failures.contains_key(key) {
            self.failures.retain(|_, failures| failures.last_at > forgotten_until);
            self.make_room();
        }
        let known = self.failures.get(key).filter(|failures| failures.last_at > forgotten_until);
        let count = known.map_or(0, |failures| failures.count).saturating_add(1);
        self.failures.insert(key.clone(), Failures { count, last_at: now });
    }

    fn make_room(&mut self) {
        if self.failures.len() < REMEMBERED_MAX {
            return;
        }
        let first = self.failures.iter().min_by_key(|(_, failures)| failures.last_at);
        if let Some(key) = first.map(|(key, _)| key.clone()) {
            self.failures.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + seconds)
    }

    fn keys() -> [Key; 2] {
        [Key::Operator("alice".to_owned()), Key::Address("10.0.0.1".to_owned())]
    }

    #[test]
    fn each_failure_beyond_a_few_doubles_the_wait_up_to_its_bound() {
        let mut throttle = Throttle::default();
        (0..OPERATOR_FAILURES_FREE).for_each(|_| throttle.begin(&keys(), at(0)).unwrap());
        assert_eq!(throttle.begin(&keys(), at(0)), Err(1));
        throttle.begin(&keys(), at(1)).unwrap();
        assert_eq!(throttle.begin(&keys(), at(1)), Err(2));
        let mut now = 1;
        for _ in 0..12 {
            now += WAIT_SECONDS_MAX;
            throttle.begin(&keys(), at(now)).unwrap();
        }
        assert_eq!(throttle.begin(&keys(), at(now)), Err(WAIT_SECONDS_MAX as u32));
        throttle.begin(&keys(), at(now + FORGOTTEN_AFTER_SECONDS)).unwrap();
        throttle.begin(&keys(), at(now + FORGOTTEN_AFTER_SECONDS)).unwrap();
    }

    #[test]
    fn success_frees_the_operator_and_an_address_bears_all_names() {
        let mut throttle = Throttle::default();
        (0..OPERATOR_FAILURES_FREE).for_each(|_| throttle.begin(&keys(), at(0)).unwrap());
        throttle.succeeded(&keys());
        throttle.begin(&keys(), at(0)).unwrap();
        let address = Key::Address("10.0.0.2".to_owned());
        for number in 0..ADDRESS_FAILURES_FREE {
            throttle.begin(&[Key::Operator(format!("n{number}")), address.clone()], at(0)).unwrap();
        }
        assert!(throttle.begin(&[Key::Operator("new".to_owned()), address], at(0)).is_err());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut throttle = Throttle::default();
        for number in 0..REMEMBERED_MAX + 10 {
            throttle.begin(&[Key::Operator(format!("n{number}"))], at(0)).unwrap();
        }
        assert_eq!(throttle.failures.len(), REMEMBERED_MAX);
    }
}
