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

use super::weigh::{PRIOR_SEEDS, SeedEntities, SeedWeight, SharedEntity, is_behaviour, shared_entities};
use crate::Detection;
use crate::links::AccountNumber;
use cordon_model::entity::EvidenceGroup;
use std::collections::BTreeMap;

/// Accounts of the sample that sharing is measured on.
const YARDSTICK: usize = 1_024;
/// Seeds from which sharing among them is measured; fewer leave the type's prior.
const MEASURED_SEEDS_MIN: usize = 3;

/// How much is shared, by link type.
#[derive(Debug, Default)]
pub(crate) struct Corroboration {
    /// (what a seed shares with the others, its weight), in the order of the seeds.
    seeds: BTreeMap<u8, Vec<(f64, f64)>>,
    /// What accounts of the sample share with the seeds, only where it is anything; sorted.
    sample: BTreeMap<u8, Vec<f64>>,
    sample_size: usize,
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
        if seeds.len() >= MEASURED_SEEDS_MIN {
            for seed in seeds.iter().filter(|seed| seed.fitted > 0.0) {
                let sums = sums(&entities.shared_without(detection, seed));
                for (kind, _) in behaviours(detection) {
                    let shared = sums.get(&kind).copied().unwrap_or(0.0);
                    measured.seeds.entry(kind).or_default().push((shared, seed.fitted));
                }
            }
        }
        for account in sample.iter().take(YARDSTICK) {
            for (kind, shared) in sums(&shared_entities(detection, entities, *account)) {
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
        for (other, weight) in self.seeds.get(&kind).into_iter().flatten() {
            total += weight;
            like += if *other >= shared { *weight } else { 0.0 };
        }
        let sample = self.sample.get(&kind).map_or(&[][..], Vec::as_slice);
        let above = sample.len() - sample.partition_point(|other| *other < shared);
        let usual = (above as f64 + 1.0) / (self.sample_size as f64 + 1.0);
        libm::log2(like / total / usual).max(0.0)
    }
}

fn sums(groups: &BTreeMap<EvidenceGroup, Vec<SharedEntity>>) -> BTreeMap<u8, f64> {
    let mut sums = BTreeMap::new();
    for shared in groups.values().flatten() {
        *sums.entry(shared.kind).or_insert(0.0) += shared.bits;
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
