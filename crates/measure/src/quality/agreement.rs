//! Whether two people find the same: raw agreement, and how far beyond chance.

use cordon_model::binomial::{self, Share};
use serde::Serialize;

/// Standard deviations of a 95 % interval.
const Z: f64 = 1.959_963_985;

/// A figure with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The figure.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// How far two judgements on each case agree, violation or none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// Cases.
    pub cases: u64,
    /// Share on which both found the same, with its exact interval (Clopper and Pearson).
    pub raw: Share,
    /// Cohen's κ = (p_o − p_e)/(1 − p_e) of the first against the second judgement; interval from the large-sample
    /// standard error (Fleiss, Cohen and Everitt, Psychological Bulletin 1969). `None` where all found the same.
    pub kappa: Option<Interval>,
    /// Krippendorff's α for nominal values, which takes the two judgements as interchangeable; `None` likewise.
    pub alpha: Option<f64>,
}

/// Agreement over pairs of a first and a second judgement, `true` for a violation; `None` of nothing.
pub fn agreement(pairs: &[(bool, bool)]) -> Option<Agreement> {
    let count = |first, second| pairs.iter().filter(|pair| **pair == (first, second)).count() as u64;
    let [both, first, second, none] =
        [count(true, true), count(true, false), count(false, true), count(false, false)];
    let cases = pairs.len() as u64;
    let raw = binomial::share(both + none, cases, 0.95)?;
    Some(Agreement {
        cases,
        raw,
        kappa: kappa([both, first, second, none].map(|count| count as f64)),
        alpha: alpha(both, first + second, none),
    })
}

fn kappa([both, first, second, none]: [f64; 4]) -> Option<Interval> {
    let all = both + first + second + none;
    let [p11, p10, p01, p00] = [both, first, second, none].map(|count| count / all);
    // Shares of violations in the first and in the second judgement.
    let (a, b) = (p11 + p10, p11 + p01);
    let (observed, expected) = (p11 + p00, a * b + (1.0 - a) * (1.0 - b));
    let beyond = 1.0 - expected;
    if beyond <= 0.0 {
        return None;
    }
    let value = (observed - expected) / beyond;
    let rest = 1.0 - value;
    let agreeing = p11 * (1.0 - (a + b) * rest).powi(2) + p00 * (1.0 - (2.0 - a - b) * rest).powi(2);
    // For a cell (i, j) off the diagonal: the share of i in the second judgement and of j in the first.
    let differing = rest.powi(2) * (p10 * (b + 1.0 - a).powi(2) + p01 * (1.0 - b + a).powi(2));
    let drift = (value - expected * rest).powi(2);
    let error = ((agreeing + differing - drift).max(0.0) / all).sqrt() / beyond;
    Some(Interval { value, low: (value - Z * error).max(-1.0), high: (value + Z * error).min(1.0) })
}

fn alpha(both: u64, differing: u64, none: u64) -> Option<f64> {
    let (violations, others) = ((2 * both + differing) as f64, (2 * none + differing) as f64);
    let values = violations + others;
    let expected = violations * others;
    // 1 − observed/expected disagreement, by coincidences.
    (expected > 0.0).then(|| 1.0 - (values - 1.0) * differing as f64 / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(both: usize, first: usize, second: usize, none: usize) -> Vec<(bool, bool)> {
        let of = |pair, count| std::iter::repeat_n(pair, count);
        of((true, true), both)
            .chain(of((true, false), first))
            .chain(of((false, true), second))
            .chain(of((false, false), none))
            .collect()
    }

    #[test]
    fn kappa_and_alpha_are_those_computed_by_hand() {
        // p_o = 35/50 = 0.7, p_e = 0.5·0.6 + 0.5·0.4 = 0.5, κ = 0.4.
        // SE: ((0.4·(1−1.1·0.6)² + 0.3·(1−0.9·0.6)²) + 0.36·(0.1·1.1² + 0.2·0.9²) − (0.4−0.5·0.6)²)/50, root, /0.5.
        let found = agreement(&pairs(20, 5, 10, 15)).unwrap();
        assert!((found.raw.share - 0.7).abs() < 1e-12);
        let kappa = found.kappa.unwrap();
        assert!((kappa.value - 0.4).abs() < 1e-12, "{kappa:?}");
        let variance: f64 = (0.4 * 0.34_f64.powi(2)
            + 0.3 * 0.46_f64.powi(2)
            + 0.36 * (0.1 * 1.1_f64.powi(2) + 0.2 * 0.9_f64.powi(2))
            - 0.01)
            / 50.0;
        assert!((kappa.high - kappa.value - 1.959_963_985 * variance.sqrt() / 0.5).abs() < 1e-9, "{kappa:?}");
        // 55 violations and 45 others among 100 values: α = 1 − 99·15/(55·45) = 0.4.
        assert!((found.alpha.unwrap() - 0.4).abs() < 1e-12);
    }

    #[test]
    fn full_agreement_is_one_and_where_all_say_the_same_nothing_is_known_beyond_chance() {
        let found = agreement(&pairs(10, 0, 0, 10)).unwrap();
        assert_eq!((found.kappa.unwrap().value, found.alpha), (1.0, Some(1.0)));
        let same = agreement(&pairs(10, 0, 0, 0)).unwrap();
        assert_eq!((same.raw.share, same.kappa, same.alpha), (1.0, None, None));
        assert_eq!(agreement(&[]), None);
    }
}
