//! The sample of all accounts that seeds are held against.

use crate::Detection;
use crate::links::AccountNumber;
use cordon_model::account::Standing;

/// Most accounts in the sample: what training costs grows with it, not with the platform.
pub(crate) const SAMPLE_MAX: usize = 3_072;
/// Events from which an account's profile says something.
const EVENTS_MIN: u32 = 5;

/// The eligible accounts with the lowest keyed hashes, in that order, at most [`SAMPLE_MAX`]: always the same for the
/// same state, and nobody without the key can aim at it. Seeds, gone accounts and such as decisions found violating
/// are left out.
///
/// `seeds` is sorted.
pub(crate) fn draw(detection: &Detection, seeds: &[AccountNumber]) -> Vec<AccountNumber> {
    detection.links().lowest(SAMPLE_MAX, |account, facts| {
        let is_violator = matches!(facts.standing, Standing::Violating | Standing::Suspended);
        let is_eligible = facts.events >= EVENTS_MIN && !facts.is_gone && !is_violator;
        is_eligible && seeds.binary_search(&account).is_err()
    })
}
