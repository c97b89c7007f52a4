//! One account's links as bytes: about six a link.
//!
//! First a byte a link that tells how long its fields are, then the fields of one link after the other: how far its
//! entity's number lies above the one before, first day after the list's base day, days from first to last use, days
//! from last use to its arrival, uses. The last three are left out where they are 0, 0 and 1. All sums of days wrap,
//! so that every link comes back as it was.
#![expect(
    clippy::indexing_slicing,
    reason = "tables have an entry for every byte, or for the bits that index them"
)]

use super::{EntityNumber, Link};
use cordon_model::clock::Day;

/// Lengths of a link's fields, by its telling byte: entity, first day, days of use, days to arrival, uses.
const LENGTHS: [[u8; 5]; 256] = lengths();
/// Their sums.
const TOTALS: [u8; 256] = totals();
const MASKS: [u32; 5] = [0, 0xFF, 0xFFFF, 0xFF_FFFF, u32::MAX];

const fn lengths() -> [[u8; 5]; 256] {
    let mut table = [[0; 5]; 256];
    let mut told = 0;
    while told < 256 {
        let optional = (told >> 3) as u8;
        table[told] =
            [(told & 3) as u8 + 1, (told >> 2 & 1) as u8 + 1, optional % 3, optional / 3 % 3, optional / 9];
        told += 1;
    }
    table
}

const fn totals() -> [u8; 256] {
    let mut table = [0; 256];
    let mut told = 0;
    while told < 256 {
        let [a, b, c, d, e] = LENGTHS[told];
        table[told] = a + b + c + d + e;
        told += 1;
    }
    table
}

/// A link's fields as bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coded {
    pub(super) told: u8,
    /// At most twelve of them are in use.
    fields: [u8; 16],
}

impl Coded {
    /// The fields of `link` in a list with that base day, after a link to `before`.
    pub(super) fn new(link: &Link, before: u32, base: Day) -> Self {
        let values = [
            link.entity.0.wrapping_sub(before),
            u32::from(link.first.0.wrapping_sub(base.0)),
            u32::from(link.last.0.wrapping_sub(link.first.0)),
            u32::from(link.received.0.wrapping_sub(link.last.0)),
            if link.count == 1 { 0 } else { u32::from(link.count) },
        ];
        let [entity, first, used, arrived, uses] = values.map(length_of);
        let (entity, first) = (entity.max(1), first.max(1));
        let told = (entity - 1) | (first - 1) << 2 | (used + 3 * arrived + 9 * uses) << 3;
        let (mut fields, mut at) = (0u128, 0);
        for (value, length) in values.into_iter().zip(LENGTHS[told as usize]) {
            fields |= u128::from(value) << at;
            at += 8 * u32::from(length);
        }
        Self { told: told as u8, fields: fields.to_le_bytes() }
    }

    pub(super) fn fields(&self) -> &[u8] {
        &self.fields[..usize::from(TOTALS[usize::from(self.told)])]
    }
}

/// Bytes that a value needs; none for zero.
fn length_of(value: u32) -> u32 {
    4 - value.leading_zeros() / 8
}

/// A little-endian value of that many bytes, at most four; beyond the end are zeros.
#[inline]
fn load(bytes: &[u8], at: usize, length: u8) -> u32 {
    let four = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    let value = four.map_or_else(
        || (0..4).fold(0, |sum, place| sum | u32::from(*bytes.get(at + place).unwrap_or(&0)) << (8 * place)),
        |four| u32::from_le_bytes(*four),
    );
    value & MASKS[usize::from(length)]
}

/// Where a link stands in a list, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Its place.
    pub(super) place: usize,
    /// Where its fields begin.
    pub(super) at: usize,
    /// The entity before it; 0 where there is none.
    pub(super) before: u32,
}

/// A list's bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coding<'a> {
    /// What tells how long the fields are, a byte a link.
    pub(super) told: &'a [u8],
    /// The fields, and what is left of the block.
    pub(super) fields: &'a [u8],
    /// The day that first days are counted from.
    pub(super) base: Day,
}

impl<'a> Coding<'a> {
    #[inline]
    pub(super) fn of(bytes: &'a [u8], count: u16, base: Day) -> Self {
        let (told, fields) = bytes.split_at_checked(usize::from(count)).unwrap_or_default();
        Self { told, fields, base }
    }

    /// Where the first entity stands that is not below `entity`, and whether it is the one.
    pub(super) fn find(&self, entity: EntityNumber) -> (Spot, bool) {
        let mut spot = Spot { place: 0, at: 0, before: 0 };
        for told in self.told {
            let number = spot.before.wrapping_add(load(self.fields, spot.at, (told & 3) + 1));
            if number >= entity.0 {
                return (spot, number == entity.0);
            }
            let at = spot.at + usize::from(TOTALS[usize::from(*told)]);
            spot = Spot { place: spot.place + 1, at, before: number };
        }
        (spot, false)
    }

    /// The link at a spot.
    pub(super) fn link(&self, spot: Spot) -> Option<Link> {
        let told = *self.told.get(spot.place)?;
        let [entity, first, used, arrived, uses] = LENGTHS[usize::from(told)];
        let mut at = spot.at;
        let mut next = |length: u8| {
            let value = load(self.fields, at, length);
            at += usize::from(length);
            value
        };
        let entity = EntityNumber(spot.before.wrapping_add(next(entity)));
        let first = self.base.0.wrapping_add(next(first) as u16);
        let last = first.wrapping_add(next(used) as u16);
        let received = last.wrapping_add(next(arrived) as u16);
        let count = if uses == 0 { 1 } else { next(uses) as u16 };
        Some(Link { entity, first: Day(first), last: Day(last), received: Day(received), count })
    }

    /// The spot after the one of `link`.
    pub(super) fn after(&self, spot: Spot, link: &Link) -> Spot {
        let told = self.told.get(spot.place).copied().unwrap_or(0);
        let at = spot.at + usize::from(TOTALS[usize::from(told)]);
        Spot { place: spot.place + 1, at, before: link.entity.0 }
    }

    /// Bytes of the list; `None` where the block has fewer.
    pub(super) fn length(&self) -> Option<usize> {
        let fields = self.told.iter().map(|told| usize::from(TOTALS[usize::from(*told)])).sum::<usize>();
        (fields <= self.fields.len()).then_some(self.told.len() + fields)
    }

    /// The list with the links from `spot` to `end` replaced.
    pub(super) fn splice(&self, spot: Spot, end: Spot, links: &[Link], used: usize, out: &mut Vec<u8>) {
        out.clear();
        let mut coded = [None; 2];
        let mut before = spot.before;
        for (link, coded) in links.iter().zip(&mut coded) {
            *coded = Some(Coded::new(link, before, self.base));
            before = link.entity.0;
        }
        let coded = || coded.iter().flatten();
        out.extend_from_slice(&self.told[..spot.place]);
        out.extend(coded().map(|coded| coded.told));
        out.extend_from_slice(&self.told[end.place..]);
        out.extend_from_slice(&self.fields[..spot.at]);
        coded().for_each(|coded| out.extend_from_slice(coded.fields()));
        out.extend_from_slice(&self.fields[end.at..used - self.told.len()]);
    }
}

/// An account's links, in order of entity.
#[derive(Clone, Debug, Default)]
pub struct Links<'a> {
    coding: Coding<'a>,
    spot: Option<Spot>,
}

impl<'a> Links<'a> {
    #[inline]
    pub(super) fn new(coding: Coding<'a>) -> Self {
        Self { coding, spot: Some(Spot { place: 0, at: 0, before: 0 }) }
    }

    /// Whether there is none left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the links left lead to, in order: cheaper than the links.
    #[inline]
    pub fn entities(&self) -> impl Iterator<Item = EntityNumber> + use<'a> {
        let mut spot = self.spot.unwrap_or(Spot { place: 0, at: 0, before: 0 });
        let coding = self.coding;
        coding.told.iter().skip(spot.place).map(move |told| {
            spot.before = spot.before.wrapping_add(load(coding.fields, spot.at, (told & 3) + 1));
            spot.at += usize::from(TOTALS[usize::from(*told)]);
            EntityNumber(spot.before)
        })
    }
}

impl Iterator for Links<'_> {
    type Item = Link;

    fn next(&mut self) -> Option<Link> {
        let spot = self.spot?;
        let link = self.coding.link(spot)?;
        self.spot = Some(self.coding.after(spot, &link));
        Some(link)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.spot.map_or(0, |spot| self.coding.told.len() - spot.place);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Links<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn links_come_back_as_they_were(
            entities in prop::collection::btree_set(any::<u32>(), 0..40),
            rest in prop::collection::vec((any::<u16>(), 0u16..700, 0u16..700, any::<u16>()), 40),
            base in any::<u16>(),
        ) {
            let links: Vec<Link> = entities.into_iter().zip(rest).map(|(entity, (first, used, arrived, count))| {
                let last = first.wrapping_add(used);
                let received = last.wrapping_sub(3).wrapping_add(arrived);
                Link { entity: EntityNumber(entity), first: Day(first), last: Day(last), received: Day(received), count: count.max(1) }
            }).collect();
            let (mut bytes, mut out) = (Vec::new(), Vec::new());
            for (count, link) in (0u16..).zip(&links) {
                let coding = Coding::of(&bytes, count, Day(base));
                let (spot, is_there) = coding.find(link.entity);
                prop_assert!(!is_there);
                coding.splice(spot, spot, &[*link], bytes.len(), &mut out);
                std::mem::swap(&mut bytes, &mut out);
            }
            let coding = Coding::of(&bytes, links.len() as u16, Day(base));
            prop_assert_eq!(coding.length(), Some(bytes.len()));
            prop_assert!(Links::new(coding).entities().eq(links.iter().map(|link| link.entity)));
            prop_assert_eq!(Links::new(coding).collect::<Vec<_>>(), links);
        }
    }
}
