//! When to try a delivery again.

use cordon_model::clock::Timestamp;
use cordon_model::limits;

/// Longest wait between two attempts, in seconds.
pub const RETRY_SECONDS_MAX: f64 = 3_600.0;
/// Longest wait before the second attempt, in seconds.
const RETRY_SECONDS_MIN: f64 = 5.0;

/// When to try again after the `attempts`th attempt (from 1) failed; `None` once
/// [`limits::DELIVERY_ATTEMPTS_MAX`] are used up and the row is a dead letter.
///
/// The wait doubles from 5 seconds to [`RETRY_SECONDS_MAX`]. `jitter`, `0.0..=1.0` and drawn by the caller,
/// takes up to half of it off, so that rows that failed together do not come back together.
pub fn retry_at(attempts: u32, now: Timestamp, jitter: f64) -> Option<Timestamp> {
    if attempts >= limits::DELIVERY_ATTEMPTS_MAX {
        return None;
    }
    let doublings = f64::from(attempts.saturating_sub(1));
    let longest = (RETRY_SECONDS_MIN * doublings.exp2()).min(RETRY_SECONDS_MAX);
    let seconds = longest * (1.0 - 0.5 * jitter.clamp(0.0, 1.0));
    Some(Timestamp(now.0.saturating_add((seconds * 1e6) as i64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_then_the_row_is_dead() {
        let wait = |attempts| retry_at(attempts, Timestamp(0), 0.0).map(Timestamp::seconds);
        assert_eq!([wait(1), wait(2), wait(3), wait(11)], [Some(5), Some(10), Some(20), Some(3_600)]);
        assert_eq!(wait(limits::DELIVERY_ATTEMPTS_MAX), None);
    }

    #[test]
    fn jitter_takes_off_at_most_half() {
        assert_eq!(retry_at(2, Timestamp(0), 1.0), Some(Timestamp::from_seconds(5)));
        assert_eq!(retry_at(2, Timestamp(0), f64::NAN.max(0.0)), Some(Timestamp::from_seconds(10)));
    }
}
