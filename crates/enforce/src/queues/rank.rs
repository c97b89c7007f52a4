//! A case's place among those without a deadline.
//!
//! Expected harm per minute of review = probability × severity × reach ÷ review minutes: the cµ rule, with
//! the three inputs that platforms publish. Ageing must lift old cases without recomputing a million rows,
//! so it is built into the number: a case ranks as if it had been opened [`AGEING_SECONDS`] earlier for each
//! doubling of (1 + harm). Ranks never change as time passes, and nothing starves: with reach bounded, the
//! longest head start is `AGEING_SECONDS` × log2 of the largest harm, under nine days.

use cordon_model::clock::Timestamp;
use cordon_model::policy::Severity;

/// Seconds of waiting that weigh as much as a doubling of the expected harm.
pub const AGEING_SECONDS: i64 = 6 * 3_600;
/// Followers assumed where nobody said.
const REACH_UNKNOWN: u64 = 100;
/// Followers beyond which more do not count: keeps the largest harm, and so the longest wait, bounded.
const REACH_MAX: u64 = 1_000_000_000;
/// Minutes to open a case at all.
const REVIEW_MINUTES_MIN: f64 = 2.0;
/// Minutes per report and per row of evidence to read.
const REVIEW_MINUTES_PER_ROW: f64 = 0.25;
/// Nobody reads longer than this before deciding.
const REVIEW_MINUTES_MAX: f64 = 30.0;

/// What the rank is computed from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankInput {
    /// When the case was admitted.
    pub opened_at: Timestamp,
    /// Of a violation, `0.0..=1.0`; anything else is clamped.
    pub probability: f64,
    /// How grave it would be.
    pub severity: Severity,
    /// Followers; `None` where unknown.
    pub reach: Option<u64>,
    /// Reports and evidence rows to read.
    pub rows: usize,
}

/// The rank: an instant in microseconds, lower first. Later than `opened_at` never.
pub fn rank(input: &RankInput) -> i64 {
    let doublings = (1.0 + expected_harm(input)).log2();
    let lead_micros = (AGEING_SECONDS as f64 * 1e6 * doublings) as i64;
    input.opened_at.0.saturating_sub(lead_micros)
}

/// Harm that one minute of review prevents, in nuisances seen by one person.
fn expected_harm(input: &RankInput) -> f64 {
    let reach = input.reach.unwrap_or(REACH_UNKNOWN).clamp(1, REACH_MAX) as f64;
    let minutes = (REVIEW_MINUTES_MIN + REVIEW_MINUTES_PER_ROW * input.rows as f64).min(REVIEW_MINUTES_MAX);
    let probability = if input.probability.is_finite() { input.probability.clamp(0.0, 1.0) } else { 0.0 };
    probability * input.severity.weight() * reach / minutes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn input(opened_seconds: i64, probability: f64, reach: u64) -> RankInput {
        RankInput {
            opened_at: Timestamp::from_seconds(opened_seconds),
            probability,
            severity: Severity::High,
            reach: Some(reach),
            rows: 3,
        }
    }

    #[test]
    fn the_least_harmful_case_waits_at_most_ten_days_behind_the_worst() {
        let trifle = RankInput { severity: Severity::Low, rows: 200, ..input(0, 0.0, 0) };
        let worst = RankInput { severity: Severity::Severe, rows: 0, ..input(10 * 86_400, 1.0, u64::MAX) };
        assert!(rank(&trifle) < rank(&worst));
    }

    proptest! {
        #[test]
        fn more_harm_never_ranks_later(
            opened in 0i64..2_000_000_000, p in 0.0f64..1.0, more in 0.0f64..1.0, reach in 0u64..1_000_000,
        ) {
            let (low, high) = (p.min(more), p.max(more));
            prop_assert!(rank(&input(opened, high, reach)) <= rank(&input(opened, low, reach)));
            prop_assert!(rank(&input(opened, p, reach + 1)) <= rank(&input(opened, p, reach)));
            prop_assert!(rank(&input(opened, p, reach)) <= opened * 1_000_000);
        }
    }
}
