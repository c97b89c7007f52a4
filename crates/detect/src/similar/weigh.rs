//! What one shared entity weighs, after Fellegi and Sunter: log2(m / u), with u from the entity's own frequency.

use crate::Detection;
use crate::learning::level;
use crate::links::{AccountNumber, Entity, EntityNumber};
use crate::settings::LinkType;
use cordon_model::entity::EvidenceGroup;
use std::collections::BTreeMap;

/// Seeds' worth of belief that a type's prior `m` carries against what the seeds themselves show.
pub(crate) const PRIOR_SEEDS: f64 = 2.0;
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

/// A seed's weight, as it was given and as it counts for what people do (see `is_behaviour`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SeedWeight {
    pub(crate) account: AccountNumber,
    pub(crate) given: f64,
    pub(crate) fitted: f64,
}

impl SeedWeight {
    fn in_group(&self, group: EvidenceGroup) -> f64 {
        if is_behaviour(group) { self.fitted } else { self.given }
    }
}

/// Whether a group is about what accounts do in public, where many do the same, rather than about what belongs to
/// one holder.
pub(crate) fn is_behaviour(group: EvidenceGroup) -> bool {
    use EvidenceGroup::{CoAction, Content, Rhythm, Social, Url};
    matches!(group, Content | Url | CoAction | Social | Rhythm)
}

/// The entities of a set of seeds, each with the seeds' weight that has it.
#[derive(Clone, Debug, Default)]
pub struct SeedEntities {
    by_entity: BTreeMap<EntityNumber, f64>,
    /// Weight of all seeds: where it is given, where it is fitted.
    totals: [f64; 2],
    /// What each weighs, for looking up; never walked.
    weighed: hashbrown::HashMap<u32, SharedEntity, Spread>,
}

impl SeedEntities {
    /// Collects the entities of `seeds`, each seed with its weight (1 for one that is taken at its word).
    pub fn collect(detection: &Detection, seeds: &[(AccountNumber, f64)]) -> Self {
        let seeds = seeds.iter().map(|(account, given)| SeedWeight {
            account: *account,
            given: *given,
            fitted: *given,
        });
        Self::collect_fitted(detection, &seeds.collect::<Vec<_>>())
    }

    /// The same, where seeds count differently for what they do.
    pub(crate) fn collect_fitted(detection: &Detection, seeds: &[SeedWeight]) -> Self {
        let mut collected = Self::default();
        for seed in seeds {
            let [given, fitted] = &mut collected.totals;
            *given += seed.given;
            *fitted += seed.fitted;
            for entity in detection.links().links(seed.account).entities() {
                let kind = detection.settings().link(detection.links().kind(entity));
                let weight = kind.map_or(0.0, |kind| seed.in_group(kind.group));
                *collected.by_entity.entry(entity).or_default() += weight;
            }
        }
        for (entity, seeds) in &collected.by_entity {
            if let Some(shared) = weigh(detection, *entity, *seeds, collected.totals) {
                collected.weighed.insert(entity.0, shared);
            }
        }
        collected
    }

    /// The entities, with the seeds' weight that has each, in order of number.
    pub fn iter(&self) -> impl Iterator<Item = (EntityNumber, f64)> + '_ {
        self.by_entity.iter().map(|(entity, weight)| (*entity, *weight))
    }

    /// What sharing the entity weighs; `None` where it says nothing.
    pub(crate) fn shared(&self, entity: EntityNumber) -> Option<&SharedEntity> {
        self.weighed.get(&entity.0)
    }

    /// What one of the seeds shares with the others.
    pub(crate) fn shared_without(
        &self,
        detection: &Detection,
        seed: &SeedWeight,
    ) -> BTreeMap<EvidenceGroup, Vec<SharedEntity>> {
        let [given, fitted] = self.totals;
        let totals = [given - seed.given, fitted - seed.fitted];
        let of_others = |entity: EntityNumber| {
            let group = detection.settings().link(detection.links().kind(entity))?.group;
            let seeds = self.by_entity.get(&entity)? - seed.in_group(group);
            if seeds > 1e-9 { weigh(detection, entity, seeds, totals) } else { None }
        };
        gather(detection, seed.account, &of_others)
    }
}

/// The rows that `candidate` shares with the seeds, heaviest first within each group, coarser types left out where a
/// finer one of the same chain is shared.
pub fn shared_entities(
    detection: &Detection,
    seeds: &SeedEntities,
    candidate: AccountNumber,
) -> BTreeMap<EvidenceGroup, Vec<SharedEntity>> {
    gather(detection, candidate, &|entity| seeds.shared(entity).copied())
}

fn gather(
    detection: &Detection,
    candidate: AccountNumber,
    shared: &dyn Fn(EntityNumber) -> Option<SharedEntity>,
) -> BTreeMap<EvidenceGroup, Vec<SharedEntity>> {
    let mut groups: BTreeMap<EvidenceGroup, Vec<SharedEntity>> = BTreeMap::new();
    for entity in detection.links().links(candidate).entities() {
        let Some(row) = shared(entity) else { continue };
        let Some(kind) = detection.settings().link(row.kind) else { continue };
        groups.entry(kind.group).or_default().push(row);
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

fn weigh(detection: &Detection, entity: EntityNumber, seeds: f64, totals: [f64; 2]) -> Option<SharedEntity> {
    let facts = detection.links().entity(entity);
    let kind = detection.settings().link(facts.kind)?;
    let [given, fitted] = totals;
    let total = if is_behaviour(kind.group) { fitted } else { given };
    let bits = entity_bits(detection, &facts, kind, seeds, total);
    let says_something = seeds > 0.0 && bits.abs() >= ROW_BITS_MIN;
    says_something.then_some(SharedEntity { entity, kind: facts.kind, seeds, bits })
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

/// Spreads small whole numbers over a table.
#[derive(Clone, Copy, Debug, Default)]
struct Spread;

impl std::hash::BuildHasher for Spread {
    type Hasher = SpreadHasher;

    fn build_hasher(&self) -> SpreadHasher {
        SpreadHasher(0)
    }
}

#[derive(Clone, Copy, Debug)]
struct SpreadHasher(u64);

impl std::hash::Hasher for SpreadHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        // Odd constant from splitmix64; the high half, which the table reads, depends on every bit.
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 ^= self.0 >> 32;
    }
}
