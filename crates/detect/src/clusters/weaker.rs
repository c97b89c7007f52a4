//! Weaker evidence of coordination: what is left where no pair and no group is rare enough by itself, and yet more pairs
//! meet again and again than meet where times are dealt anew.
//!
//! Pairs are held against [`SHUFFLES`] tables whose objects' times are dealt anew: as many of the rarest pairs are taken
//! as keep the expected share of chance among them at or below [`CHANCE_SHARE_MAX`]. Where to cut is chosen by looking, so
//! the same is done with each of those tables in its turn; unless the real one gives more pairs than every one of them,
//! nothing is found. So on acts without coordination something is found one time in twenty at most.
//!
//! Source: the permutation test with the whole procedure inside (Westfall & Young 1993); shares of false discoveries from
//! permutations as in Storey & Tibshirani 2003.

use super::chance::Chance;
use super::cluster::Cluster;
use super::coordination::{CoordinationOptions, describe};
use super::forest::Forest;
use super::meetings::{self, Pair};
use super::table::ActTable;
use std::collections::{BTreeMap, BTreeSet};

/// Tables of which times are dealt anew; one in so many and one more is the chance of finding something in nothing.
pub const SHUFFLES: usize = 19;
/// Most of the pairs that may be chance, on average: up to every second one.
pub const CHANCE_SHARE_MAX: f64 = 0.5;

/// What was found of weaker evidence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weaker {
    /// Accounts that pairs tie together, the most members first. They weigh nothing, as no chance is known of one by
    /// itself; members may be in a cluster of [`super::coordination::find`] as well.
    pub clusters: Vec<Cluster>,
    /// Pairs.
    pub pairs: usize,
    /// Pairs at least as rare where times are dealt anew, on average.
    pub pairs_by_chance: f64,
}

/// Finds accounts that meet again and again, more of them than where times are dealt anew.
///
/// Shape: nothing, or clusters without a weight, no account in two. Cost: [`SHUFFLES`] times that of weighing all pairs.
pub fn find(table: &ActTable, options: &CoordinationOptions) -> Weaker {
    let real = pairs(table, options);
    if real.is_empty() {
        return Weaker::default();
    }
    let dealt: Vec<Vec<Pair>> =
        (1..=SHUFFLES as u64).map(|seed| pairs(&table.shuffled(seed), options)).collect();
    let dealt_bits: Vec<Vec<f64>> = dealt.iter().map(|pairs| bits(pairs)).collect();
    let kept = beyond(&bits(&real), &dealt_bits);
    let most_by_chance = (0..SHUFFLES).map(|place| {
        let others: Vec<Vec<f64>> = without(&dealt_bits, place);
        dealt_bits.get(place).map_or(0, |one| beyond(one, &others).0)
    });
    if kept.0 <= most_by_chance.max().unwrap_or(0) {
        return Weaker::default();
    }
    let tied: Vec<&Pair> = real.iter().take(kept.0).collect();
    Weaker { clusters: clusters(table, &tied, options), pairs: kept.0, pairs_by_chance: kept.1 }
}

/// Pairs that met often enough, the rarest first.
fn pairs(table: &ActTable, options: &CoordinationOptions) -> Vec<Pair> {
    let found = meetings::candidates(table, options);
    let chance = Chance::of(table, options.window_seconds);
    let mut pairs = meetings::weigh(table, &chance, &found.pairs, options);
    pairs.sort_by(|one, two| {
        two.bits.total_cmp(&one.bits).then((one.low, one.high).cmp(&(two.low, two.high)))
    });
    pairs
}

fn bits(pairs: &[Pair]) -> Vec<f64> {
    pairs.iter().map(|pair| pair.bits).collect()
}

fn without(all: &[Vec<f64>], place: usize) -> Vec<Vec<f64>> {
    all.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, one)| one.clone()).collect()
}

/// The most of `found`, descending, of which at most [`CHANCE_SHARE_MAX`] are to be expected by `chance`, and how many are.
fn beyond(found: &[f64], chance: &[Vec<f64>]) -> (usize, f64) {
    let mut best = (0, 0.0);
    for (place, bits) in found.iter().enumerate() {
        // Those of the same weight come together.
        if found.get(place + 1).is_some_and(|next| next == bits) {
            continue;
        }
        let as_rare = |one: &Vec<f64>| one.partition_point(|other| other >= bits);
        let by_chance = chance.iter().map(as_rare).sum::<usize>() as f64 / chance.len().max(1) as f64;
        if by_chance <= CHANCE_SHARE_MAX * (place + 1) as f64 {
            best = (place + 1, by_chance);
        }
    }
    best
}

/// Accounts that hang together, and the pairs that tie them.
type Part = (Vec<u32>, Vec<(u32, u32, f64)>);

/// What hangs together.
fn clusters(table: &ActTable, tied: &[&Pair], options: &CoordinationOptions) -> Vec<Cluster> {
    let accounts: BTreeSet<u32> = tied.iter().flat_map(|pair| [pair.low, pair.high]).collect();
    let nodes: BTreeMap<u32, u32> = accounts.iter().copied().zip(0..).collect();
    let node = |account: u32| nodes.get(&account).copied().unwrap_or(0);
    let mut forest = Forest::new(accounts.len());
    for pair in tied {
        forest.join(node(pair.low), node(pair.high));
    }
    let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
    for account in &accounts {
        parts.entry(forest.root(node(*account))).or_default().0.push(*account);
    }
    for pair in tied {
        let part = parts.entry(forest.root(node(pair.low))).or_default();
        part.1.push((pair.low, pair.high, pair.bits));
    }
    let mut parts: Vec<_> =
        parts.into_values().filter(|(members, _)| members.len() >= options.accounts_min).collect();
    parts.sort_by(|one, two| two.0.len().cmp(&one.0.len()).then(one.0.cmp(&two.0)));
    parts.truncate(cordon_model::limits::CLUSTERS_MAX);
    parts.iter().map(|(members, edges)| describe(table, members, edges, 0.0, options)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::coordination;
    use super::super::{Act, Acts};
    use super::*;

    const DAY: u32 = 86_400;

    fn options() -> CoordinationOptions {
        CoordinationOptions { window_seconds: 10, objects_min: 2, days_min: 1, accounts_min: 2 }
    }

    /// A number that looks drawn.
    fn drawn(number: u32) -> u32 {
        number.wrapping_mul(2_654_435_761) ^ (number >> 3).wrapping_mul(40_503)
    }

    /// 300 accounts that each act on 20 of 400 objects at times of their own within an hour.
    fn crowd(acts: &mut Acts, salt: u32) {
        for account in 1_000..1_300_u32 {
            for share in 0..20_u32 {
                let object = drawn(account * 31 + share + salt) % 400;
                let at = object * 3_600 + drawn(account * 977 + share * 13 + salt) % 3_600;
                acts.push(0, Act { object: u64::from(object), at, account });
            }
        }
    }

    #[test]
    fn pairs_that_meet_twice_are_found_together_where_none_is_rare_by_itself() {
        let mut acts = Acts::default();
        crowd(&mut acts, 0);
        // Thirty pairs act on two of the crowd's objects within seconds.
        for pair in 0..30_u32 {
            for object in [pair, pair + 200] {
                let at = object * 3_600 + 100 + pair;
                acts.push(0, Act { object: u64::from(object), at, account: pair * 2 });
                acts.push(0, Act { object: u64::from(object), at: at + 3, account: pair * 2 + 1 });
            }
        }
        let table = ActTable::of(acts);
        assert!(coordination::find(&table, &options()).clusters.is_empty());
        let found = find(&table, &options());
        let members: Vec<u32> =
            found.clusters.iter().flat_map(|one| &one.members).map(|one| one.account).collect();
        let rightly = members.iter().filter(|account| **account < 60).count();
        assert!(rightly >= 50 && rightly * 2 >= members.len(), "{rightly} of {}", members.len());
        assert!(found.pairs_by_chance <= found.pairs as f64 / 2.0 && found.clusters[0].weight == 0.0);
    }

    #[test]
    fn where_nobody_acts_together_hardly_ever_anything_is_found() {
        let found = (0..20_u32).filter(|round| {
            let mut acts = Acts::default();
            crowd(&mut acts, round * 1_000_003);
            !find(&ActTable::of(acts), &options()).clusters.is_empty()
        });
        // One is to be expected; five or more have a chance of one in 400.
        assert!(found.count() < 5);
    }

    #[test]
    fn a_day_within_which_everybody_meets_says_nothing() {
        let mut acts = Acts::default();
        crowd(&mut acts, 0);
        let wide = CoordinationOptions { window_seconds: DAY, ..options() };
        assert_eq!(find(&ActTable::of(acts), &wide), Weaker::default());
    }
}
