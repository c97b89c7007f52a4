//! A reviewer who follows a script: right nineteen times in twenty, after a few minutes.

use crate::config;
use crate::stream::{Purpose, Stream};
use cordon_model::ids::AccountId;

/// What a scripted reviewer found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Review {
    /// Whether the reviewer finds a violation; wrong with a chance of [`config::REVIEWER_ERROR`] either way.
    pub is_violation: bool,
    /// How long the review took, in minutes: log-normal, mean about 2.5.
    pub minutes: f64,
}

/// Judges by the truth and errs by the dice. The answer depends on the seed and the account alone, not on how
/// often or in which order the reviewer is asked.
#[derive(Clone, Copy, Debug)]
pub struct ScriptedReviewer {
    random_seed: u64,
}

/// Median of a review, in minutes; with [`SPREAD`] the mean is 2.5.
const MEDIAN_MINUTES: f64 = 2.05;
const SPREAD: f64 = 0.63;

impl ScriptedReviewer {
    /// A reviewer; another seed is another person.
    pub fn new(random_seed: u64) -> Self {
        Self { random_seed }
    }

    /// Judges the account about which `is_violator` is the truth.
    pub fn judge(&self, account_id: &AccountId, is_violator: bool) -> Review {
        let subject =
            account_id.as_str().bytes().fold(0u64, |hash, byte| crate::stream::mix(hash ^ u64::from(byte)));
        let mut stream = Stream::new(self.random_seed, Purpose::Review, subject, 0);
        let is_violation = is_violator != stream.chance(config::REVIEWER_ERROR);
        Review { is_violation, minutes: MEDIAN_MINUTES * (SPREAD * stream.normal()).exp() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reviews(is_violator: bool) -> Vec<Review> {
        let reviewer = ScriptedReviewer::new(4);
        (0..20_000).map(|n| reviewer.judge(&AccountId(format!("u{n}")), is_violator)).collect()
    }

    #[test]
    fn one_verdict_in_twenty_is_wrong_either_way() {
        for is_violator in [false, true] {
            let wrong = reviews(is_violator).iter().filter(|r| r.is_violation != is_violator).count();
            assert!((900..1_100).contains(&wrong), "{wrong}");
        }
    }

    #[test]
    fn a_review_takes_two_and_a_half_minutes_on_average() {
        let mean = reviews(true).iter().map(|review| review.minutes).sum::<f64>() / 20_000.0;
        assert!((2.3..2.7).contains(&mean), "{mean}");
    }

    #[test]
    fn asking_twice_gives_the_same_answer() {
        let (reviewer, id) = (ScriptedReviewer::new(4), AccountId::from("u1"));
        assert_eq!(reviewer.judge(&id, true), reviewer.judge(&id, true));
    }
}
