//! Exact bounds of a share that was found in a sample (Clopper and Pearson, Biometrika 1934).
//!
//! They never promise more than the sample bears, whatever the true share: with no hit in 298 the share is at most one
//! in a hundred, 95 times of a hundred.

use serde::{Deserialize, Serialize};

/// Halvings of the interval in which a bound is sought: to a double's last bits.
const HALVINGS: u32 = 60;

/// A share with its exact two-sided interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The share found, `0.0..=1.0`.
    pub share: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// `hits` of `all` with the interval that covers the true share at least with `confidence`, in `(0.0, 1.0)`; `None` of
/// nothing. Takes time in proportion to `hits`.
pub fn share(hits: u64, all: u64, confidence: f64) -> Option<Share> {
    let tail = (1.0 - confidence) / 2.0;
    (all > 0).then(|| Share {
        share: hits.min(all) as f64 / all as f64,
        low: 1.0 - upper(all - hits.min(all), all, tail),
        high: upper(hits.min(all), all, tail),
    })
}

/// The largest share with which `hits` or fewer of `all` still happen with probability `tail`.
///
/// The one-sided bound at confidence 1 − `tail`; 1 for nothing.
pub fn upper(hits: u64, all: u64, tail: f64) -> f64 {
    if hits >= all {
        return 1.0;
    }
    let (mut low, mut high) = (hits as f64 / all as f64, 1.0);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if at_most(hits, all, middle) > tail { low = middle } else { high = middle }
    }
    high
}

/// Probability of `hits` or fewer among `all` at that share, by the terms' ratios from the greatest one downwards: the
/// terms themselves may be smaller than a double can be.
fn at_most(hits: u64, all: u64, share: f64) -> f64 {
    let odds = share / (1.0 - share);
    let all_f = all as f64;
    // Log of the term at `hits`, then downwards relative to it.
    let log_choices: f64 = (0..hits).map(|n| ((all - n) as f64 / (n + 1) as f64).ln()).sum();
    let log_term = log_choices + hits as f64 * share.ln() + (all_f - hits as f64) * (-share).ln_1p();
    let (mut relative, mut sum) = (1.0, 1.0);
    for n in (1..=hits).rev() {
        relative *= n as f64 / ((all - n + 1) as f64 * odds);
        sum += relative;
        if relative < 1e-18 {
            break;
        }
    }
    (log_term + f64::ln(sum)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_are_those_of_the_tables() {
        let close = |found: f64, table: f64| assert!((found - table).abs() < 5e-5, "{found}, {table}");
        let eight = share(8, 10, 0.95).unwrap();
        close(eight.low, 0.44390);
        close(eight.high, 0.97479);
        close(upper(0, 298, 0.05), 0.01000);
        close(upper(0, 2_994, 0.05), 0.00100);
        close(upper(3, 200, 0.05), 0.03831);
        assert_eq!(share(0, 0, 0.95), None);
        assert_eq!(share(5, 5, 0.95).unwrap().high, 1.0);
        assert_eq!(share(0, 5, 0.95).unwrap().low, 0.0);
    }

    proptest! {
        #[test]
        fn an_interval_holds_the_share_and_narrows_with_more(hits in 0u64..400, more in 0u64..400) {
            let all = hits + more + 1;
            let one = share(hits, all, 0.95).unwrap();
            prop_assert!(0.0 <= one.low && one.low <= one.share && one.share <= one.high && one.high <= 1.0);
            let ten = share(hits * 10, all * 10, 0.95).unwrap();
            prop_assert!(ten.high - ten.low <= one.high - one.low);
        }
    }
}
