//! The rows of a score, in numbers: what a waterfall is drawn from.

use super::profile::scale::Bounds;
use super::weigh::{SharedEntity, capped};
use crate::Detection;
use crate::links::EntityNumber;
use crate::profiles::TermNumber;
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
}

/// Rows out of shared entities: one per type, scaled where the group's cap cuts.
pub fn link_rows(detection: &Detection, groups: &BTreeMap<EvidenceGroup, Vec<SharedEntity>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (group, shared) in groups {
        let sum: f64 = shared.iter().map(|entity| entity.bits).sum();
        let scale = if sum == 0.0 { 1.0 } else { capped(detection, *group, shared) / sum };
        let kinds = by_kind(shared).into_iter();
        rows.extend(kinds.map(|(kind, entities)| link_row(*group, kind, &entities, scale)));
    }
    sort(&mut rows);
    rows
}

/// One group's rows where each type counts `bits_max(type, sum)` at most and the group's bits bend towards `room`,
/// so that a cap makes no ties. Types that are left with nothing have no row.
pub(crate) fn bent_rows(
    group: EvidenceGroup,
    shared: &[SharedEntity],
    room: f64,
    bits_max: &dyn Fn(u8, f64) -> f64,
) -> Vec<Row> {
    let kinds = by_kind(shared);
    let sums = kinds.iter().map(|(kind, entities)| {
        let sum: f64 = entities.iter().map(|(_, bits)| bits).sum();
        (sum, sum.min(bits_max(*kind, sum)))
    });
    let sums: Vec<(f64, f64)> = sums.collect();
    let total: f64 = sums.iter().map(|(_, counted)| counted).sum();
    let bounds = Bounds { knee: room / 2.0, cap: room, floor_knee: -room / 2.0, floor: -room };
    let scale = if total == 0.0 { 0.0 } else { bounds.bend(total) / total };
    let rows = kinds.iter().zip(&sums).filter(|(_, (_, counted))| *counted != 0.0);
    rows.map(|((kind, entities), (sum, counted))| link_row(group, *kind, entities, scale * counted / sum))
        .collect()
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

/// Heaviest first; of equal weight in the order of groups.
pub(crate) fn sort(rows: &mut [Row]) {
    rows.sort_by(|one, two| two.bits.total_cmp(&one.bits).then(one.group.cmp(&two.group)));
}
