//! The accounts with the lowest keyed hashes: a sample of everybody that needs no pass over everybody.

use super::AccountNumber;
use std::collections::BTreeSet;

/// Accounts kept: several times what any sample takes, so that those who do not qualify for one leave enough.
const KEPT_MAX: usize = 32_768;

/// (keyed hash, account), lowest first. Accounts never go and never change their hash, so whoever was once outbid
/// stays so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lowest {
    kept: BTreeSet<(u64, AccountNumber)>,
    /// Whether anybody was left out.
    is_cut: bool,
}

impl Lowest {
    /// Takes note of an account; called once for each.
    pub(crate) fn add(&mut self, hash: u64, account: AccountNumber) {
        let is_outbid = self.kept.last().is_some_and(|highest| *highest < (hash, account));
        if self.kept.len() == KEPT_MAX && is_outbid {
            self.is_cut = true;
            return;
        }
        self.kept.insert((hash, account));
        if self.kept.len() > KEPT_MAX {
            self.kept.pop_last();
            self.is_cut = true;
        }
    }

    /// The first `count` in order of keyed hash that `is_eligible` accepts; `None` where too few of those kept
    /// qualify and others might.
    pub(crate) fn first(
        &self,
        count: usize,
        is_eligible: impl Fn(AccountNumber) -> bool,
    ) -> Option<Vec<AccountNumber>> {
        let eligible = self.kept.iter().map(|(_, account)| *account).filter(|account| is_eligible(*account));
        let found: Vec<AccountNumber> = eligible.take(count).collect();
        (found.len() == count || !self.is_cut).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_are_those_that_sorting_everybody_gives() {
        let hash = |account: u32| u64::from(account).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7;
        let mut lowest = Lowest::default();
        let mut everybody = Vec::new();
        for account in 0..40_000 {
            lowest.add(hash(account), AccountNumber(account));
            everybody.push((hash(account), AccountNumber(account)));
        }
        everybody.sort_unstable();
        let is_eligible = |account: AccountNumber| !account.0.is_multiple_of(3);
        let plain = |count: usize| -> Vec<AccountNumber> {
            let eligible = everybody.iter().map(|(_, account)| *account).filter(|one| is_eligible(*one));
            eligible.take(count).collect()
        };
        for count in [0, 1, 3_000, 20_000] {
            assert_eq!(lowest.first(count, is_eligible), Some(plain(count)));
        }
        assert_eq!(lowest.first(30_000, is_eligible), None, "those left out might qualify");
        assert_eq!(lowest.first(1, |account| account.0 > 40_000), None);
    }

    #[test]
    fn where_nobody_was_left_out_too_few_are_all_there_are() {
        let mut lowest = Lowest::default();
        (0..10).for_each(|account| lowest.add(u64::from(100 - account), AccountNumber(account)));
        assert_eq!(lowest.first(5, |account| account.0 < 2), Some(vec![AccountNumber(1), AccountNumber(0)]));
    }
}
