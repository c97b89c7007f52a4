//! From bits to a probability, honest while nothing is calibrated.

use super::row::{Basis, Row};
use crate::Detection;
use crate::learning::Curve;
use cordon_model::entity::EvidenceGroup;

/// While uncalibrated, one lone group never claims more than even odds.
const LONE_GROUP_MAX: f64 = 0.5;

/// How bits become a probability, as decisions have it now.
#[derive(Clone, Debug, PartialEq)]
pub struct Odds {
    prior_bits: f64,
    curve: Option<Curve>,
}

impl Odds {
    /// As the decisions that stand have it.
    pub fn of(detection: &Detection) -> Self {
        Self { prior_bits: detection.settings().prior_bits(), curve: detection.learning.curve() }
    }

    /// Whether enough judged cases stand behind a probability.
    pub fn is_calibrated(&self) -> bool {
        self.curve.is_some()
    }

    /// By the curve that judged cases draw; while there is none, 1 / (1 + 2^−(prior + bits)), held at one half where
    /// a single group speaks.
    pub fn probability(&self, rows: &[Row]) -> f64 {
        let bits: f64 = rows.iter().map(|row| row.bits).sum();
        if let Some(curve) = &self.curve {
            return curve.probability(bits);
        }
        let claimed = claimed(self.prior_bits + bits);
        if speaking(rows) > 1 { claimed } else { claimed.min(LONE_GROUP_MAX) }
    }
}

/// What `bits` claim that nothing has calibrated: one half at most.
pub fn at_most_even(detection: &Detection, bits: f64) -> f64 {
    claimed(detection.settings().prior_bits() + bits).min(LONE_GROUP_MAX)
}

/// Odds, given as their logarithm to base 2, as a probability.
fn claimed(log_odds: f64) -> f64 {
    let odds = libm::exp2(log_odds);
    odds / (1.0 + odds)
}

/// Voices that speak for the candidate: groups, with everything that rests on terms counted as one, because whom an
/// account names stands in the very posts that its words are taken from.
fn speaking(rows: &[Row]) -> usize {
    let voice = |row: &Row| match row.basis {
        Basis::Terms { .. } => EvidenceGroup::Content,
        Basis::Entities { .. } | Basis::Since(_) => row.group,
    };
    // When somebody came is no voice of its own: many come on any day.
    let says_something = |row: &&Row| row.bits > 0.0 && !matches!(row.basis, Basis::Since(_));
    let mut groups: Vec<EvidenceGroup> = rows.iter().filter(says_something).map(voice).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.len()
}
