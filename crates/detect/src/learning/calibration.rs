//! From bits to a probability, by what reviewers found in cases of such a weight.
//!
//! Kept as whole counts per bit of weight, so that an overturned decision takes back exactly what it taught; the
//! curve is drawn from the counts when it is asked for. Few labels bear only a straight line of log-odds (Platt, "Probabilistic Outputs for
//! Support Vector Machines", 1999), many a curve of any rising shape (isotonic regression by pooling adjacent
//! violators). Only cases that somebody judged count: what was never proposed is not described by the curve.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Judged cases before which a probability is a bounded stand-in.
const CASES_MIN: u64 = 200;
/// Cases of each outcome without which no curve is drawn.
const OUTCOME_CASES_MIN: u64 = 20;
/// Judged cases from which the curve may take any rising shape.
const ISOTONIC_CASES_MIN: u64 = 1_000;
/// Bits beyond which weights are counted together.
const BITS_MAX: f64 = 60.0;
/// Newton steps; the curve is smooth and strictly convex, and settles in fewer.
const STEPS: usize = 30;

/// Judged cases by the weight that they were proposed with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    /// (violations, none) by whole bits.
    cases: BTreeMap<i8, [u64; 2]>,
}

/// A rising curve from bits to probability.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Curve {
    /// Log-odds (natural) as a straight line of bits.
    Line {
        /// Log-odds at 0 bits.
        start: f64,
        /// Log-odds a bit, not negative.
        slope: f64,
    },
    /// (bits, probability), rising in both; straight between, level beyond.
    Steps(Vec<(f64, f64)>),
}

impl Calibration {
    /// Counts a case proposed with `bits`, or with `sign` −1 takes it back.
    pub(super) fn count(&mut self, bits: f64, is_violation: bool, sign: i64) {
        let bin = bits.clamp(-BITS_MAX, BITS_MAX).round() as i8;
        let cells = self.cases.entry(bin).or_default();
        let [violations, none] = cells;
        let cell = if is_violation { violations } else { none };
        *cell = cell.saturating_add_signed(sign);
        if *cells == [0, 0] {
            self.cases.remove(&bin);
        }
    }

    /// The curve, where enough cases of both outcomes stand behind one.
    pub(crate) fn curve(&self) -> Option<Curve> {
        let sum = |column: fn(&[u64; 2]) -> u64| self.cases.values().map(column).sum::<u64>();
        let (violations, none) = (sum(|cells| cells[0]), sum(|cells| cells[1]));
        if violations + none < CASES_MIN || violations.min(none) < OUTCOME_CASES_MIN {
            return None;
        }
        let is_many = violations + none >= ISOTONIC_CASES_MIN;
        Some(if is_many { self.isotonic() } else { self.line(violations as f64, none as f64) })
    }

    /// Platt's fit: logistic regression on bits towards targets drawn in a little from 0 and 1.
    fn line(&self, violations: f64, none: f64) -> Curve {
        let (high, low) = ((violations + 1.0) / (violations + 2.0), 1.0 / (none + 2.0));
        let (mut start, mut slope) = (libm::log((violations + 1.0) / (none + 1.0)), 0.0);
        for _ in 0..STEPS {
            let (mut pull, mut turn, mut curved) = (0.0, 0.0, [1e-9, 0.0, 1e-9]);
            for (bin, [with, without]) in &self.cases {
                let (bits, with, without) = (f64::from(*bin), *with as f64, *without as f64);
                let claimed = 1.0 / (1.0 + libm::exp(-(start + slope * bits)));
                let missing = with * high + without * low - (with + without) * claimed;
                let spread = (with + without) * claimed * (1.0 - claimed);
                pull += missing;
                turn += missing * bits;
                let [level, mixed, steep] = curved;
                curved = [level + spread, mixed + spread * bits, steep + spread * bits * bits];
            }
            let [level, mixed, steep] = curved;
            let determinant = level * steep - mixed * mixed;
            if determinant <= f64::EPSILON {
                break;
            }
            start += (pull * steep - turn * mixed) / determinant;
            slope += (turn * level - pull * mixed) / determinant;
        }
        // More evidence never makes a violation less likely: where cases say so, their mean is all that is known.
        if slope >= 0.0 && start.is_finite() && slope.is_finite() {
            Curve::Line { start, slope }
        } else {
            Curve::Line { start: libm::log((violations + 1.0) / (none + 1.0)), slope: 0.0 }
        }
    }

    /// Neighbouring bins pooled until the curve rises.
    fn isotonic(&self) -> Curve {
        let mut pools: Vec<Pool> = Vec::new();
        for (bin, [with, without]) in &self.cases {
            let mut pool = Pool::of(f64::from(*bin), *with as f64, *without as f64);
            while let Some(before) = pools.pop_if(|before| before.probability() >= pool.probability()) {
                pool = before.joined(pool);
            }
            pools.push(pool);
        }
        Curve::Steps(pools.iter().map(|pool| (pool.bits / pool.cases, pool.probability())).collect())
    }
}

/// Neighbouring bins with one probability.
struct Pool {
    /// Bits summed over its cases.
    bits: f64,
    violations: f64,
    cases: f64,
}

impl Pool {
    fn of(bits: f64, with: f64, without: f64) -> Self {
        Self { bits: bits * (with + without), violations: with, cases: with + without }
    }

    fn joined(self, other: Self) -> Self {
        Self {
            bits: self.bits + other.bits,
            violations: self.violations + other.violations,
            cases: self.cases + other.cases,
        }
    }

    /// Drawn in from 0 and 1 by one case of each outcome; pooling goes by it, so that a few cases at the end of the
    /// curve do not bend it down.
    fn probability(&self) -> f64 {
        (self.violations + 1.0) / (self.cases + 2.0)
    }
}

impl Curve {
    /// The probability of a violation at that weight, in `0.0..=1.0`.
    pub(crate) fn probability(&self, bits: f64) -> f64 {
        match self {
            Self::Line { start, slope } => 1.0 / (1.0 + libm::exp(-(start + slope * bits))),
            Self::Steps(steps) => {
                let above = steps.iter().find(|(at, _)| *at >= bits);
                let below = steps.iter().rev().find(|(at, _)| *at < bits);
                match (below, above) {
                    (Some((from, low)), Some((to, high))) => {
                        let share = (bits - from) / (to - from);
                        low + (high - low).max(0.0) * share
                    }
                    (Some((_, only)), None) | (None, Some((_, only))) => *only,
                    (None, None) => 0.0,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `cases` judged cases whose true odds double with each bit from even at `even`.
    fn judged(cases: u64, even: f64) -> Calibration {
        let mut calibration = Calibration::default();
        for case in 0..cases {
            let bits = (case % 21) as f64;
            let truth = 1.0 / (1.0 + libm::exp2(even - bits));
            let is_violation = ((case * 7_919) % 1_000) as f64 / 1_000.0 < truth;
            calibration.count(bits, is_violation, 1);
        }
        calibration
    }

    #[test]
    fn too_few_cases_or_one_outcome_alone_make_no_curve() {
        assert_eq!(judged(199, 10.0).curve(), None);
        let mut calibration = Calibration::default();
        (0..500).for_each(|_| calibration.count(5.0, true, 1));
        assert_eq!(calibration.curve(), None);
    }

    #[test]
    fn a_curve_finds_the_odds_that_made_the_cases() {
        for cases in [400, 5_000] {
            let curve = judged(cases, 10.0).curve().unwrap();
            assert_eq!(matches!(curve, Curve::Steps(_)), cases >= 1_000);
            let (even, likely, unlikely) =
                (curve.probability(10.0), curve.probability(16.0), curve.probability(4.0));
            assert!((even - 0.5).abs() < 0.12, "{cases} cases: {even} at even odds");
            assert!(likely > 0.9 && unlikely < 0.1, "{cases} cases: {unlikely} to {likely}");
        }
    }

    proptest! {
        #[test]
        fn a_curve_never_falls_and_stays_a_probability(
            cases in prop::collection::vec((-70.0..70.0f64, any::<bool>()), 200..1_500),
        ) {
            let mut calibration = Calibration::default();
            cases.iter().for_each(|(bits, is_violation)| calibration.count(*bits, *is_violation, 1));
            if let Some(curve) = calibration.curve() {
                let mut before = 0.0;
                for tenth in -700..700 {
                    let here = curve.probability(f64::from(tenth) / 10.0);
                    prop_assert!((0.0..=1.0).contains(&here) && here >= before - 1e-12);
                    before = here;
                }
            }
        }
    }
}
