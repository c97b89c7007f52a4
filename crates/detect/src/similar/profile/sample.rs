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
    let links = detection.links();
    let mut eligible: Vec<(u64, AccountNumber)> = links
        .accounts()
        .filter_map(|account| {
            let facts = links.account_facts(account);
            let is_violator = matches!(facts.standing, Standing::Violating | Standing::Suspended);
            let is_eligible = facts.events >= EVENTS_MIN && !facts.is_gone && !is_violator;
            (is_eligible && seeds.binary_search(&account).is_err()).then_some((facts.hash, account))
        })
        .collect();
    if eligible.len() > SAMPLE_MAX {
        eligible.select_nth_unstable(SAMPLE_MAX);
        eligible.truncate(SAMPLE_MAX);
    }
    eligible.sort_unstable();
    eligible.into_iter().map(|(_, account)| account).collect()
}
