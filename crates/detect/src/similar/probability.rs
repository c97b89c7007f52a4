//! From bits to a probability, honest while nothing is calibrated.

use super::row::{Basis, Row};
use crate::Detection;
use cordon_model::entity::EvidenceGroup;

/// While uncalibrated, one lone group never claims more than even odds.
const LONE_GROUP_MAX: f64 = 0.5;

/// 1 / (1 + 2^−(prior + bits)), held at one half where a single group speaks and nothing is calibrated.
pub fn probability(detection: &Detection, rows: &[Row]) -> f64 {
    let bits: f64 = rows.iter().map(|row| row.bits).sum();
    let odds = libm::exp2(detection.settings().prior_bits() + bits);
    let claimed = odds / (1.0 + odds);
    if detection.is_calibrated() || speaking(rows) > 1 { claimed } else { claimed.min(LONE_GROUP_MAX) }
}

/// Voices that speak for the candidate: groups, with everything that rests on terms counted as one, because whom an
/// account names stands in the very posts that its words are taken from.
fn speaking(rows: &[Row]) -> usize {
    let voice = |row: &Row| match row.basis {
        Basis::Terms { .. } => EvidenceGroup::Content,
        Basis::Entities { .. } => row.group,
    };
    let mut groups: Vec<EvidenceGroup> = rows.iter().filter(|row| row.bits > 0.0).map(voice).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.len()
}
