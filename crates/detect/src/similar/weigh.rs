//! What one shared entity weighs, after Fellegi and Sunter: log2(m / u), with u from the entity's own frequency.

use crate::Detection;
use crate::learning::level;
use crate::links::{AccountNumber, Entity, EntityNumber, Link};
use crate::settings::LinkType;
use cordon_model::entity::EvidenceGroup;
use std::collections::BTreeMap;

/// Seeds' worth of belief that a type's prior `m` carries against what the seeds themselves show.
const PRIOR_SEEDS: f64 = 2.0;
/// A row counts only where it says something: below this many bits it is dropped.
const ROW_BITS_MIN: f64 = 0.5;
/// Fewest bits that links to cleared accounts leave of a row.
const CLEARED_BITS_MAX: f64 = 4.0;

/// One entity shared with seeds, weighed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharedEntity {
    /// Which.
    pub entity: EntityNumber,
    /// Its type's number.
    pub kind: u8,
    /// The seeds' weight that has it: their number, where all weigh one.
    pub seeds: f64,
    /// Bits, before the group's cap.
    pub bits: f64,
}

/// The entities of a set of seeds, each with the seeds' weight that has it.
#[derive(Clone, Debug, Default)]
pub struct SeedEntities {
    by_entity: BTreeMap<EntityNumber, f64>,
    total: f64,
}

impl SeedEntities {
    /// Collects the entities of `seeds`, each seed with its weight (1 for one that is taken at its word).
    pub fn collect(detection: &Detection, seeds: &[(AccountNumber, f64)]) -> Self {
        let mut collected = Self::default();
        for (seed, weight) in seeds {
            collected.total += weight;
            for link in detection.links().links(*seed) {
                *collected.by_entity.entry(link.entity).or_default() += weight;
            }
        }
        collected
    }

    /// The entities, with the seeds' weight that has each, in order of number.
    pub fn iter(&self) -> impl Iterator<Item = (EntityNumber, f64)> + '_ {
        self.by_entity.iter().map(|(entity, weight)| (*entity, *weight))
    }

    fn weight_of(&self, entity: EntityNumber) -> Option<f64> {
        self.by_entity.get(&entity).copied()
    }
}

/// The rows that `candidate` shares with the seeds, heaviest first within each group, coarser types left out where a
/// finer one of the same chain is shared.
pub fn shared_entities(
    detection: &Detection,
    seeds: &SeedEntities,
    candidate: AccountNumber,
) -> BTreeMap<EvidenceGroup, Vec<SharedEntity>> {
    let mut groups: BTreeMap<EvidenceGroup, Vec<SharedEntity>> = BTreeMap::new();
    for link in detection.links().links(candidate) {
        let Some(weight) = seeds.weight_of(link.entity) else { continue };
        let facts = detection.links().entity(link.entity);
        let Some(kind) = detection.settings().link(facts.kind) else { continue };
        let bits = entity_bits(detection, &facts, kind, weight, seeds.total);
        if bits.abs() >= ROW_BITS_MIN {
            let row = SharedEntity { entity: link.entity, kind: facts.kind, seeds: weight, bits };
            groups.entry(kind.group).or_default().push(row);
        }
    }
    for rows in groups.values_mut() {
        drop_refined(detection, rows);
        rows.sort_unstable_by(|one, two| two.bits.total_cmp(&one.bits).then(one.entity.cmp(&two.entity)));
    }
    groups
}

/// Sum of one group's rows, within its cap either way.
pub fn capped(detection: &Detection, group: EvidenceGroup, rows: &[SharedEntity]) -> f64 {
    let cap = detection.settings().cap(group);
    rows.iter().map(|row| row.bits).sum::<f64>().clamp(-cap, cap)
}

/// Bits of one shared entity. `u` is its own frequency, `m` what the seeds show, leaning on the type's prior; what
/// decisions taught about such entities moves it, and cleared accounts that use it too pull it down.
fn entity_bits(detection: &Detection, facts: &Entity, kind: &LinkType, seeds: f64, total: f64) -> f64 {
    let population = detection.links().account_count().max(2) as f64;
    let m = (PRIOR_SEEDS * kind.m + seeds) / (PRIOR_SEEDS + total);
    let u = (f64::from(facts.accounts.max(2)) / population).min(1.0);
    let cleared = libm::log2(
        f64::from(facts.suspended + 1) / (f64::from(facts.suspended) + f64::from(facts.cleared) + 1.0),
    );
    let shift = detection.learning.shift(facts.kind, level(facts.accounts));
    libm::log2(m / u) + shift + cleared.max(-CLEARED_BITS_MAX)
}

/// An address contains its network, a web address its domain: the finer says it all.
fn drop_refined(detection: &Detection, rows: &mut Vec<SharedEntity>) {
    let refined: Vec<u8> =
        rows.iter().filter_map(|row| detection.settings().link(row.kind)?.refines).collect();
    rows.retain(|row| !refined.contains(&row.kind));
}

/// The (type, level) pairs under which learning counts this evidence.
pub fn levels(detection: &Detection, groups: &BTreeMap<EvidenceGroup, Vec<SharedEntity>>) -> Vec<(u8, u8)> {
    let of = |row: &SharedEntity| (row.kind, level(detection.links().entity(row.entity).accounts));
    let mut levels: Vec<(u8, u8)> = groups.values().flatten().map(of).collect();
    levels.sort_unstable();
    levels.dedup();
    levels
}

/// Uses of an entity by an account, for sentences.
pub fn link_between(detection: &Detection, account: AccountNumber, entity: EntityNumber) -> Option<Link> {
    let links = detection.links().links(account);
    links.binary_search_by_key(&entity, |link| link.entity).ok().and_then(|place| links.get(place)).copied()
}
