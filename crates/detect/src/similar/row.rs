//! The rows of a score, in numbers: what a waterfall is drawn from.

use super::profile::scale::Bounds;
use super::weigh::{SharedEntity, capped};
use crate::links::EntityNumber;
use crate::profiles::TermNumber;
use crate::settings::Caps;
use cordon_model::entity::EvidenceGroup;
use std::collections::BTreeMap;

/// One row: bits from the entities of one type, or from the terms of the profile stores of one group.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The group that it counts in.
    pub group: EvidenceGroup,
    /// Bits, after the group's cap: a score is the sum of its rows.
    pub bits: f64,
    /// What it rests on.
    pub basis: Basis,
}

/// What a row rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Basis {
    /// Shared entities of one type, heaviest first, with their share of the row's bits.
    Entities {
        /// The type's number.
        kind: u8,
        /// (entity, bits), heaviest first; at least one.
        entities: Vec<(EntityNumber, f64)>,
    },
    /// Terms that tell the seeds from everybody else, heaviest first by absolute weight; the rest is summed.
    Terms {
        /// ((store, term), bits), at most a few dozen.
        terms: Vec<((u8, TermNumber), f64)>,
        /// Bits of all other terms together, and of having none: with `terms` they make the row's bits.
        rest: f64,
    },
    /// A young account came so many seconds after the suspension of the account that it is held against.
    Since(i64),
}

/// Rows out of shared entities: one per type, scaled where the group's cap cuts.
pub fn link_rows(caps: &Caps, groups: &BTreeMap<EvidenceGroup, Vec<SharedEntity>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (group, shared) in groups {
        let sum: f64 = shared.iter().map(|entity| entity.bits).sum();
        let scale = if sum == 0.0 { 1.0 } else { capped(caps.of(*group), shared) / sum };
        let kinds = by_kind(shared).into_iter();
        rows.extend(kinds.map(|(kind, entities)| link_row(*group, kind, &entities, scale)));
    }
    sort(&mut rows);
    rows
}

/// A row's sum, before the row is written out: all that a score needs of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowSum {
    pub(crate) group: EvidenceGroup,
    pub(crate) bits: f64,
    /// The link type, and what its entities' bits are multiplied by; `None` for a row that rests on terms.
    pub(crate) of_links: Option<(u8, f64)>,
}

/// Entities shared in one group, heaviest first.
pub(crate) type InGroup<'s> = &'s [(EvidenceGroup, SharedEntity)];

/// One link type's share of a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KindSum {
    kind: u8,
    bits: f64,
    /// How many of the bits count.
    counted: f64,
}

/// Adds one group's rows where each type counts `bits_max(type, sum)` at most and the group's bits bend towards
/// `room`, so that a cap makes no ties. Types that are left with nothing have no row. `kinds` is memory to work in.
pub(crate) fn add_bent(
    (sums, kinds): (&mut Vec<RowSum>, &mut Vec<KindSum>),
    group: EvidenceGroup,
    shared: InGroup<'_>,
    room: f64,
    bits_max: impl Fn(u8, f64) -> f64,
) {
    kinds.clear();
    for (_, entity) in shared {
        match kinds.iter_mut().find(|sum| sum.kind == entity.kind) {
            Some(sum) => sum.bits += entity.bits,
            None => kinds.push(KindSum { kind: entity.kind, bits: entity.bits, counted: 0.0 }),
        }
    }
    kinds.sort_unstable_by_key(|sum| sum.kind);
    kinds.iter_mut().for_each(|sum| sum.counted = sum.bits.min(bits_max(sum.kind, sum.bits)));
    let total: f64 = kinds.iter().map(|sum| sum.counted).sum();
    let scale = if total == 0.0 { 0.0 } else { bounds(room).bend(total) / total };
    for sum in kinds.iter().filter(|sum| sum.counted != 0.0) {
        let (kind, scale) = (sum.kind, scale * sum.counted / sum.bits);
        let bits = scaled(shared, kind, scale).map(|(_, bits)| bits).sum();
        sums.push(RowSum { group, bits, of_links: Some((kind, scale)) });
    }
}

/// How a group's links bend towards `room` bits.
pub(crate) fn bounds(room: f64) -> Bounds {
    Bounds { knee: room / 2.0, cap: room, floor_knee: -room / 2.0, floor: -room }
}

fn scaled(shared: InGroup<'_>, kind: u8, scale: f64) -> impl Iterator<Item = (EntityNumber, f64)> {
    let of_kind = shared.iter().filter(move |(_, entity)| entity.kind == kind);
    of_kind.map(move |(_, entity)| (entity.entity, entity.bits * scale))
}

/// Writes a row of links out; `shared` is what [`add_bent`] was given.
pub(crate) fn bent_row(sum: &RowSum, kind: u8, scale: f64, shared: InGroup<'_>) -> Row {
    let entities = scaled(shared, kind, scale).collect();
    Row { group: sum.group, bits: sum.bits, basis: Basis::Entities { kind, entities } }
}

fn by_kind(shared: &[SharedEntity]) -> BTreeMap<u8, Vec<(EntityNumber, f64)>> {
    let mut kinds: BTreeMap<u8, Vec<(EntityNumber, f64)>> = BTreeMap::new();
    for entity in shared {
        kinds.entry(entity.kind).or_default().push((entity.entity, entity.bits));
    }
    kinds
}

fn link_row(group: EvidenceGroup, kind: u8, entities: &[(EntityNumber, f64)], scale: f64) -> Row {
    let entities: Vec<(EntityNumber, f64)> =
        entities.iter().map(|(entity, bits)| (*entity, bits * scale)).collect();
    let bits = entities.iter().map(|(_, bits)| bits).sum();
    Row { group, bits, basis: Basis::Entities { kind, entities } }
}

/// The same order for sums.
pub(crate) fn sort_sums(sums: &mut [RowSum]) {
    sums.sort_by(|one, two| two.bits.total_cmp(&one.bits).then(one.group.cmp(&two.group)));
}

/// Heaviest first; of equal weight in the order of groups.
fn sort(rows: &mut [Row]) {
    rows.sort_by(|one, two| two.bits.total_cmp(&one.bits).then(one.group.cmp(&two.group)));
}
