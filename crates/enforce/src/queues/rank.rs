//! A case's place among those without a deadline.
//!
//! Expected harm per minute of review = probability × severity × reach ÷ review minutes: the cµ rule, with
//! the three inputs that platforms publish. Ageing must lift old cases without recomputing a million rows,
//! so it is built into the number: a case ranks as if it had been opened [`AGEING_SECONDS`] earlier for each
//! doubling of (1 + harm). Ranks never change as time passes, and nothing starves: with reach bounded, the
//! longest head start is `AGEING_SECONDS` × (log2 of the largest harm + a rule's priority), under ten days.

use cordon_model::case::Deadline;
use cordon_model::clock::Timestamp;
use cordon_model::limits::RULE_PRIORITY_MAX;
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
    /// Doublings of the harm that a rule asks for, at most [`RULE_PRIORITY_MAX`].
    pub priority: u32,
}

/// The rank: an instant in microseconds, lower first. Later than `opened_at` never.
pub fn rank(input: &RankInput) -> i64 {
    let doublings = (1.0 + expected_harm(input)).log2() + f64::from(input.priority.min(RULE_PRIORITY_MAX));
    let lead_micros = (AGEING_SECONDS as f64 * 1e6 * doublings) as i64;
    input.opened_at.0.saturating_sub(lead_micros)
}

/// What a queue is sorted by, lowest first; two cases with the same follow their ids.
pub fn order(deadline: Option<Deadline>, rank: i64) -> (i64, i64) {
    (deadline.map_or(i64::MAX, |deadline| deadline.at.0), rank)
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
    use cordon_model::case::DeadlineBasis;
    use proptest::prelude::*;

    fn input(opened_seconds: i64, probability: f64, reach: u64) -> RankInput {
        RankInput {
            opened_at: Timestamp::from_seconds(opened_seconds),
            probability,
            severity: Severity::High,
            reach: Some(reach),
            rows: 3,
            priority: 0,
        }
    }

    #[test]
    fn the_least_harmful_case_waits_at_most_ten_days_behind_the_worst() {
        let trifle = RankInput { severity: Severity::Low, rows: 200, ..input(0, 0.0, 0) };
        let worst = RankInput {
            severity: Severity::Severe,
            rows: 0,
            priority: RULE_PRIORITY_MAX,
            ..input(10 * 86_400, 1.0, u64::MAX)
        };
        assert!(rank(&trifle) < rank(&worst));
    }

    /// Longest head start of any case over one without harm: that of a danger to life before everybody.
    fn head_start_max() -> i64 {
        let worst = RankInput {
            severity: Severity::Severe,
            rows: 0,
            priority: RULE_PRIORITY_MAX,
            ..input(0, 1.0, u64::MAX)
        };
        -rank(&worst)
    }

    #[test]
    fn a_flood_of_graver_cases_starves_nothing() {
        // Twice as many cases as can be reviewed, all graver than the one that was there first.
        let trifle = rank(&RankInput { severity: Severity::Low, rows: 200, ..input(0, 0.0, 0) });
        let worst = |at| {
            rank(&RankInput {
                severity: Severity::Severe,
                rows: 0,
                priority: RULE_PRIORITY_MAX,
                ..input(at, 1.0, u64::MAX)
            })
        };
        let mut waiting = std::collections::BTreeSet::from([(order(None, trifle), 0)]);
        let hour = (1..24 * 60).find(|hour| {
            waiting.extend([0, 1].map(|one| (order(None, worst(hour * 3_600)), 2 * hour + one)));
            waiting.pop_first().is_some_and(|(_, number)| number == 0)
        });
        let hours = hour.expect("reviewed within sixty days");
        // What came within the head start is reviewed first, at one an hour where two came.
        assert!(hours > 24, "{hours}: the graver ones go first for a while");
        assert!(hours * 3_600_000_000 <= 2 * head_start_max() + 2 * 3_600_000_000, "{hours}");
    }

    #[test]
    fn an_authoritys_deadline_goes_before_the_worst_case_without_one() {
        let trifle = rank(&RankInput { severity: Severity::Low, ..input(2_000_000_000, 0.0, 0) });
        let worst = rank(&RankInput {
            severity: Severity::Severe,
            rows: 0,
            priority: RULE_PRIORITY_MAX,
            ..input(0, 1.0, u64::MAX)
        });
        let deadline = |basis, seconds| Some(Deadline { at: Timestamp::from_seconds(seconds), basis });
        let ordered = order(deadline(DeadlineBasis::RemovalOrder, 2_000_003_600), trifle);
        let flagged = order(deadline(DeadlineBasis::TrustedFlagger, 2_000_086_400), worst);
        assert!(ordered < flagged && flagged < order(None, worst));
    }

    proptest! {
        #[test]
        fn waiting_never_changes_who_goes_first(
            first in 0i64..2_000_000_000, second in 0i64..2_000_000_000, p in 0.0f64..1.0, q in 0.0f64..1.0,
            later in 0i64..1_000_000_000,
        ) {
            // Both cases shifted by the same time keep their order: it does not depend on when one looks.
            let (one, other) = (rank(&input(first, p, 50)), rank(&input(second, q, 5_000)));
            let (one_later, other_later) =
                (rank(&input(first + later, p, 50)), rank(&input(second + later, q, 5_000)));
            prop_assert_eq!(one.cmp(&other), one_later.cmp(&other_later));
        }

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
