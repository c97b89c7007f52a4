//! What one shared entity weighs, after Fellegi and Sunter: log2(m / u), with u from the entity's own frequency.

use super::table::Table;
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
    /// In order of number.
    by_entity: Vec<(EntityNumber, f64)>,
    /// Weight of all seeds: where it is given, where it is fitted.
    totals: [f64; 2],
    /// What each weighs, those of types that are no longer set up apart.
    weighed: Vec<(EntityNumber, Weighed)>,
    table: Table,
}

/// An entity of the seeds, made ready to be met with at a candidate.
#[derive(Clone, Copy, Debug)]
struct Weighed {
    seeds: f64,
    group: EvidenceGroup,
    /// The coarser type of the same group that it silences.
    refines: Option<u8>,
    /// `None` where sharing it says nothing.
    shared: Option<SharedEntity>,
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
        let mut used: Vec<(EntityNumber, f64)> = Vec::new();
        for seed in seeds {
            let [given, fitted] = &mut collected.totals;
            *given += seed.given;
            *fitted += seed.fitted;
            used.extend(detection.links().links(seed.account).entities().map(|entity| {
                let kind = detection.settings().link(detection.links().kind(entity));
                (entity, kind.map_or(0.0, |kind| seed.in_group(kind.group)))
            }));
        }
        // Stable: an entity's weights are added in the order of the seeds.
        used.sort_by_key(|(entity, _)| *entity);
        let by_entity = used.chunk_by(|one, two| one.0 == two.0);
        collected.by_entity = by_entity
            .filter_map(|same| {
                Some((same.first()?.0, same.iter().fold(0.0, |sum, (_, weight)| sum + weight)))
            })
            .collect();
        let weighed = collected.by_entity.iter().filter_map(|(entity, seeds)| {
            Some((*entity, Weighed::of(detection, *entity, *seeds, collected.totals)?))
        });
        collected.weighed = weighed.collect();
        collected.table = Table::with_room(collected.weighed.len());
        for (place, (entity, _)) in (0..).zip(&collected.weighed) {
            collected.table.place_or(entity.0, place);
        }
        collected
    }

    /// The entities, with the seeds' weight that has each, in order of number.
    pub fn iter(&self) -> impl Iterator<Item = (EntityNumber, f64)> + '_ {
        self.by_entity.iter().copied()
    }

    /// What sharing the entity weighs; `None` where it says nothing.
    pub(crate) fn shared(&self, entity: EntityNumber) -> Option<&SharedEntity> {
        self.weighed(entity)?.shared.as_ref()
    }

    #[inline]
    fn weighed(&self, entity: EntityNumber) -> Option<&Weighed> {
        // Nearly all that a candidate uses ends at the table's first cell.
        let place = self.table.place_of(entity.0)?;
        self.weighed.get(place as usize).map(|(_, weighed)| weighed)
    }
}

impl Weighed {
    fn of(detection: &Detection, entity: EntityNumber, seeds: f64, totals: [f64; 2]) -> Option<Self> {
        let settings = detection.settings();
        let facts = detection.links().entity(entity);
        let kind = settings.link(facts.kind)?;
        let same_group =
            |coarser: &u8| settings.link(*coarser).is_some_and(|other| other.group == kind.group);
        Some(Self {
            seeds,
            group: kind.group,
            refines: kind.refines.filter(same_group),
            shared: weigh(detection, entity, &facts, kind, seeds, totals),
        })
    }
}

/// The rows that a candidate shares with the seeds: group by group, heaviest first within each, coarser types left
/// out where a finer one of the same chain is shared. Made once and filled for one candidate after the other.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    rows: Vec<(EvidenceGroup, SharedEntity)>,
    /// Types that a finer one silences, a bit each.
    silenced: [u64; 4],
}

impl Shared {
    /// What `candidate` shares with the seeds.
    pub(crate) fn fill(&mut self, detection: &Detection, seeds: &SeedEntities, candidate: AccountNumber) {
        self.gather(detection, seeds, candidate, |_, weighed| weighed.shared);
    }

    /// What one of the seeds shares with the others.
    pub(crate) fn fill_without(&mut self, detection: &Detection, seeds: &SeedEntities, seed: &SeedWeight) {
        let [given, fitted] = seeds.totals;
        let totals = [given - seed.given, fitted - seed.fitted];
        self.gather(detection, seeds, seed.account, |entity, weighed| {
            let others = weighed.seeds - seed.in_group(weighed.group);
            let facts = detection.links().entity(entity);
            let kind = detection.settings().link(facts.kind)?;
            if others > 1e-9 { weigh(detection, entity, &facts, kind, others, totals) } else { None }
        });
    }

    fn gather(
        &mut self,
        detection: &Detection,
        seeds: &SeedEntities,
        candidate: AccountNumber,
        shared: impl Fn(EntityNumber, &Weighed) -> Option<SharedEntity>,
    ) {
        self.rows.clear();
        self.silenced = [0; 4];
        for entity in detection.links().links(candidate).entities() {
            let Some(weighed) = seeds.weighed(entity) else { continue };
            let Some(row) = shared(entity, weighed) else { continue };
            self.rows.push((weighed.group, row));
            if let Some(coarser) = weighed.refines {
                self.silence(coarser);
            }
        }
        // An address contains its network, a web address its domain: the finer says it all.
        let silenced = self.silenced;
        self.rows.retain(|(_, row)| {
            silenced.get(usize::from(row.kind) / 64).is_none_or(|bits| bits >> (row.kind % 64) & 1 == 0)
        });
        self.rows.sort_unstable_by(|(group, one), (other, two)| {
            let heaviest = two.bits.total_cmp(&one.bits).then(one.entity.cmp(&two.entity));
            group.cmp(other).then(heaviest)
        });
    }

    fn silence(&mut self, kind: u8) {
        if let Some(bits) = self.silenced.get_mut(usize::from(kind) / 64) {
            *bits |= 1 << (kind % 64);
        }
    }

    /// The rows by group, in order of group.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (EvidenceGroup, &[(EvidenceGroup, SharedEntity)])> {
        let groups = self.rows.chunk_by(|(one, _), (two, _)| one == two);
        groups.filter_map(|rows| Some((rows.first()?.0, rows)))
    }

    /// All rows, in order of group, heaviest first within each.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &SharedEntity> {
        self.rows.iter().map(|(_, row)| row)
    }
}

/// The rows that `candidate` shares with the seeds, heaviest first within each group, coarser types left out where a
/// finer one of the same chain is shared.
pub fn shared_entities(
    detection: &Detection,
    seeds: &SeedEntities,
    candidate: AccountNumber,
) -> BTreeMap<EvidenceGroup, Vec<SharedEntity>> {
    let mut shared = Shared::default();
    shared.fill(detection, seeds, candidate);
    let groups = shared.groups();
    groups.map(|(group, rows)| (group, rows.iter().map(|(_, row)| *row).collect())).collect()
}

/// Sum of one group's rows, within its cap either way.
pub fn capped(cap: f64, rows: &[SharedEntity]) -> f64 {
    rows.iter().map(|row| row.bits).sum::<f64>().clamp(-cap, cap)
}

fn weigh(
    detection: &Detection,
    entity: EntityNumber,
    facts: &Entity,
    kind: &LinkType,
    seeds: f64,
    [given, fitted]: [f64; 2],
) -> Option<SharedEntity> {
    let total = if is_behaviour(kind.group) { fitted } else { given };
    let bits = entity_bits(detection, facts, kind, seeds, total);
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
