//! What a meeting says, in bits, and what a member costs.

use super::super::chance::Shares;
use super::super::coordination::CoordinationOptions;
use super::super::table::ActTable;
use super::moments::Meeting;
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::LOG2_E;

const SECONDS_PER_DAY: u32 = 86_400;

/// How rare meetings on an object are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rarity {
    /// −log2 of the chance that two acts lie within the window.
    pub(super) pair_bits: f64,
    /// The chance that most of an object's acts do, for whatever reason.
    pub(super) burst: f64,
}

impl Rarity {
    /// That of objects of so many accounts; of all objects where those of its popularity meet more often, as a ring may
    /// have such a class to itself.
    pub(super) fn usual(shares: &Shares, accounts: u32) -> Self {
        let share = shares.share(accounts).min(shares.overall);
        Self { pair_bits: -libm::log2(share), burst: shares.burst(accounts) }
    }

    /// −log2 of an upper bound of the chance that some `met` of so many acts lie within one window.
    ///
    /// Times dealt evenly give `met · x^(met − 1)` for just these acts, where the window is the share x of all time and a
    /// pair lies within it with the chance 2x; any `met` of the acts may be those.
    pub(super) fn bits(self, acts: usize, met: usize) -> f64 {
        if met < 2 {
            return 0.0;
        }
        let (acts, met) = (acts as f64, met as f64);
        ((met - 1.0) * (self.pair_bits + 1.0) - log2_choose(acts, met) - libm::log2(met)).max(0.0)
    }

    /// What one of those who met adds.
    pub(super) fn gain(self, acts: usize, met: usize) -> f64 {
        (self.bits(acts, met) - self.bits(acts.saturating_sub(1), met.saturating_sub(1))).max(0.0)
    }
}

/// The platform that a group was chosen from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// Accounts that could be members.
    accounts: f64,
    /// Distinct objects of all accounts, summed.
    shares: f64,
}

impl Scale {
    pub(super) fn of(table: &ActTable, options: &CoordinationOptions) -> Self {
        let shares = table.accounts().map(|account| f64::from(table.participation(account))).sum();
        Self { accounts: table.participants(options.objects_min).max(2) as f64, shares }
    }

    /// −log2 of the chance to have chosen just these accounts.
    pub(super) fn choice_bits(&self, size: usize) -> f64 {
        log2_choose(self.accounts, (size as f64).min(self.accounts))
    }

    /// What one more account adds to that.
    pub(super) fn member_bits(&self, size: usize) -> f64 {
        let size = size.max(1) as f64;
        libm::log2(((self.accounts - size) / size).max(1.0))
    }

    /// −log2 of the chance that an account that does as much as this one is among so many acts: whoever acts on
    /// everything is everywhere.
    pub(super) fn presence_bits(&self, table: &ActTable, account: u32, acts: usize) -> f64 {
        let expected = f64::from(table.participation(account)) * acts as f64 / self.shares.max(1.0);
        -libm::log2(expected.clamp(f64::MIN_POSITIVE, 1.0))
    }
}

/// A member's own part.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) bits: f64,
    moments: u32,
    days: BTreeSet<u32>,
}

impl Tally {
    /// The part of an account that was there at these times, for so many bits each.
    pub(super) fn of(moments: &BTreeMap<u32, f64>) -> Self {
        let mut tally = Self::default();
        moments.iter().for_each(|(at, bits)| tally.add(*at, *bits));
        tally
    }

    fn add(&mut self, at: u32, bits: f64) {
        if bits > 0.0 {
            self.bits += bits;
            self.moments += 1;
            self.days.insert(at / SECONDS_PER_DAY);
        }
    }

    /// Whether it is worth `cost` bits, and was often enough.
    pub(super) fn holds(&self, cost: f64, options: &CoordinationOptions) -> bool {
        let is_sustained =
            self.moments >= options.objects_min && self.days.len() >= options.days_min as usize;
        is_sustained && self.bits >= cost
    }
}

/// Each member's own part: what the meetings would lack without it.
pub(super) fn tallies(meetings: &[Meeting], scale: &Scale, table: &ActTable) -> BTreeMap<u32, Tally> {
    let mut tallies: BTreeMap<u32, Tally> = BTreeMap::new();
    for meeting in meetings {
        let gain = meeting.rarity.gain(meeting.acts, meeting.met.len());
        for (account, at) in &meeting.met {
            let bits = gain.min(scale.presence_bits(table, *account, meeting.around));
            tallies.entry(*account).or_default().add(*at, bits);
        }
    }
    tallies
}

/// log2 of the number of ways to choose `chosen` of `all`.
fn log2_choose(all: f64, chosen: f64) -> f64 {
    (libm::lgamma(all + 1.0) - libm::lgamma(chosen + 1.0) - libm::lgamma(all - chosen + 1.0)) * LOG2_E
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_acts_of_two_meet_with_the_chance_of_a_pair() {
        let rarity = Rarity { pair_bits: 7.0, burst: 0.0 };
        assert!((rarity.bits(2, 2) - 7.0).abs() < 1e-9);
        // Three pairs to choose from.
        assert!((rarity.bits(3, 2) - (7.0 - libm::log2(3.0))).abs() < 1e-9);
        assert_eq!((rarity.bits(9, 1), rarity.bits(1_000, 2)), (0.0, 0.0));
    }

    #[test]
    fn without_one_of_two_nothing_is_left() {
        let rarity = Rarity { pair_bits: 7.0, burst: 0.0 };
        assert!((rarity.gain(2, 2) - 7.0).abs() < 1e-9);
    }
}
