//! How much a link type of public behaviour may say, measured on the seeds themselves.
//!
//! Sharing addresses or reposts adds up with how much an account posts, and everybody shares some. So the sum of a
//! type's rows is held against two things: how much each seed shares with the others, and how much those accounts of
//! the sample share with the seeds that write most like them: the same fact must not count twice, as words and as
//! links. A type whose entities the seeds never share among themselves tells next to nothing of them, and one that
//! everybody who writes so shares tells nothing at all. What belongs to one holder (devices, contacts) is not measured
//! so: two seeds of one ring need not share a device for a third to be known by it.
//!
//! Lost in measurements: the sum at face value, and the whole sample as the yardstick (average precision fell by a
//! tenth, as the sum of what is shared mostly tells who posts much).

use super::weigh::{PRIOR_SEEDS, SeedEntities, SeedWeight, Shared, is_behaviour};
use crate::Detection;
use crate::links::AccountNumber;
use std::collections::BTreeMap;

/// Accounts of the sample that sharing is measured on.
const YARDSTICK: usize = 1_024;
/// Seeds from which sharing among them is measured; fewer leave the type's prior.
const MEASURED_SEEDS_MIN: usize = 3;

/// How much is shared, by link type.
#[derive(Debug, Default)]
pub(crate) struct Corroboration {
    seeds: BTreeMap<u8, OfSeeds>,
    /// What accounts of the sample share with the seeds, only where it is anything; sorted.
    sample: BTreeMap<u8, Vec<f64>>,
    sample_size: usize,
}

/// What each seed shares with the others.
#[derive(Debug, Default)]
struct OfSeeds {
    /// (shared, weight of the seeds that share as much), most first.
    by_shared: Vec<(f64, f64)>,
    total: f64,
}

impl OfSeeds {
    /// Of (what a seed shares, its weight). Weights are added in the order of what is shared, of equals in the order
    /// of the seeds: always the same sums.
    fn of(mut seeds: Vec<(f64, f64)>) -> Self {
        seeds.sort_by(|one, two| two.0.total_cmp(&one.0));
        let mut total = 0.0;
        for (_, weight) in &mut seeds {
            total += *weight;
            *weight = total;
        }
        Self { by_shared: seeds, total }
    }

    /// The weight of the seeds that share as much as `shared`.
    fn weight_from(&self, shared: f64) -> f64 {
        let above = self.by_shared.partition_point(|(other, _)| *other >= shared);
        let last = above.checked_sub(1).and_then(|last| self.by_shared.get(last));
        last.map_or(0.0, |(_, weight)| *weight)
    }
}

impl Corroboration {
    /// Measures `seeds` by `sample`, the accounts that are like them by profile.
    pub(crate) fn measure(
        detection: &Detection,
        entities: &SeedEntities,
        seeds: &[SeedWeight],
        sample: &[AccountNumber],
    ) -> Self {
        let mut measured = Self { sample_size: sample.len().min(YARDSTICK), ..Self::default() };
        let mut shared = Shared::default();
        if seeds.len() >= MEASURED_SEEDS_MIN {
            let mut by_kind: BTreeMap<u8, Vec<(f64, f64)>> = BTreeMap::new();
            for seed in seeds.iter().filter(|seed| seed.fitted > 0.0) {
                shared.fill_without(detection, entities, seed);
                let sums = sums(&shared);
                for (kind, _) in behaviours(detection) {
                    let shared = sums.get(&kind).copied().unwrap_or(0.0);
                    by_kind.entry(kind).or_default().push((shared, seed.fitted));
                }
            }
            measured.seeds = by_kind.into_iter().map(|(kind, seeds)| (kind, OfSeeds::of(seeds))).collect();
        }
        for account in sample.iter().take(YARDSTICK) {
            shared.fill(detection, entities, *account);
            for (kind, shared) in sums(&shared) {
                measured.sample.entry(kind).or_default().push(shared);
            }
        }
        measured.sample.values_mut().for_each(|shared| shared.sort_unstable_by(f64::total_cmp));
        measured
    }

    /// Most bits that `shared` bits' worth of entities of a type may count: log2 of the share of seeds that share as
    /// much, over the share of the sample that does; never below zero.
    pub(crate) fn bits_max(&self, detection: &Detection, kind: u8, shared: f64) -> f64 {
        let Some(prior) = behaviour(detection, kind) else { return f64::INFINITY };
        let (mut like, mut total) = (PRIOR_SEEDS * prior, PRIOR_SEEDS);
        if let Some(seeds) = self.seeds.get(&kind) {
            like += seeds.weight_from(shared);
            total += seeds.total;
        }
        let sample = self.sample.get(&kind).map_or(&[][..], Vec::as_slice);
        let above = sample.len() - sample.partition_point(|other| *other < shared);
        let usual = (above as f64 + 1.0) / (self.sample_size as f64 + 1.0);
        libm::log2(like / total / usual).max(0.0)
    }
}

fn sums(shared: &Shared) -> BTreeMap<u8, f64> {
    let mut sums = BTreeMap::new();
    for row in shared.rows() {
        *sums.entry(row.kind).or_insert(0.0) += row.bits;
    }
    sums
}

/// The prior of a type of public behaviour.
fn behaviour(detection: &Detection, kind: u8) -> Option<f64> {
    detection.settings().link(kind).filter(|link| is_behaviour(link.group)).map(|link| link.m)
}

fn behaviours(detection: &Detection) -> impl Iterator<Item = (u8, f64)> + '_ {
    (0u8..)
        .zip(&detection.settings().links)
        .filter(|(_, link)| is_behaviour(link.group))
        .map(|(n, link)| (n, link.m))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_weight_of_seeds_that_share_as_much_is_that_of_asking_each(
            seeds in prop::collection::vec((0u8..6, 0.01f64..1.0), 0..60),
            shared in 0u8..7,
        ) {
            let seeds: Vec<(f64, f64)> =
                seeds.into_iter().map(|(shared, weight)| (f64::from(shared), weight)).collect();
            let shared = f64::from(shared);
            let plain: f64 = seeds.iter().filter(|(other, _)| *other >= shared).map(|(_, weight)| weight).sum();
            let all: f64 = seeds.iter().map(|(_, weight)| weight).sum();
            let summed = OfSeeds::of(seeds);
            prop_assert!((summed.weight_from(shared) - plain).abs() < 1e-12);
            prop_assert!((summed.total - all).abs() < 1e-12);
        }
    }
}
