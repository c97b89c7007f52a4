//! Exact search for PDQ hashes within 31 bits, among a million and while new ones come in.
//!
//! A hash is cut into sixteen slots of 16 bits. Two hashes that differ in at most 31 bits differ in at most one bit
//! in some slot (sixteen slots of two would make 32), so that looking under the slot's value and its sixteen
//! neighbours by one bit, in sixteen tables, finds every one: 272 looks, and the few thousand hashes found there
//! are compared in full. Small sets are compared one by one, which is faster.
//! Source: Norouzi, Punjani & Fleet, multi-index hashing (CVPR 2012).
#![expect(
    clippy::indexing_slicing,
    reason = "a hash kernel: tables have 65,536 lists and are indexed by 16 bits; places lie below the length"
)]

use super::hash::Pdq;
use cordon_model::limits::PDQ_DISTANCE_MAX;

/// Slots of a hash, and a table for each.
const SLOTS: usize = 16;
/// Lists of a table.
const LISTS: usize = 1 << 16;
/// Hashes above which tables are kept.
const TABLES_FROM: usize = 20_000;
/// Values that a slot is looked up under: its own, and those one bit away.
const VALUES: usize = 17;

/// Hashes to be found again, each under a number of the caller's.
#[derive(Clone, Debug, Default)]
pub struct PdqIndex {
    /// First and second half of each hash: a stranger differs in more than 31 bits of the first alone.
    firsts: Vec<[u64; 2]>,
    seconds: Vec<[u64; 2]>,
    /// The caller's number of each.
    numbers: Vec<u32>,
    /// By slot and its value, the places of hashes that have it; empty while the index is small.
    tables: Vec<Vec<u32>>,
}

impl PdqIndex {
    /// Hashes held.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Takes a hash in; it is found from here on.
    pub fn insert(&mut self, hash: Pdq, number: u32) {
        let place = self.numbers.len() as u32;
        let [a, b, c, d] = hash.0;
        self.firsts.push([a, b]);
        self.seconds.push([c, d]);
        self.numbers.push(number);
        if !self.tables.is_empty() {
            self.enter(place);
        } else if self.numbers.len() > TABLES_FROM {
            self.build_tables();
        }
    }

    /// Takes out the hash of that number; whether it was there. Looks at the hash's own lists only.
    pub fn remove(&mut self, hash: Pdq, number: u32) -> bool {
        let Some(place) = self.place_of(hash, number) else { return false };
        let last = self.numbers.len() as u32 - 1;
        self.leave(place);
        if place != last {
            self.leave(last);
        }
        let at = place as usize;
        self.firsts.swap_remove(at);
        self.seconds.swap_remove(at);
        self.numbers.swap_remove(at);
        if place != last {
            self.enter(place);
        }
        true
    }

    /// Calls `found` with the number and distance of every hash within [`PDQ_DISTANCE_MAX`] bits, once each, in no
    /// order.
    pub fn search(&self, hash: Pdq, found: &mut dyn FnMut(u32, u32)) {
        if self.tables.is_empty() {
            self.scan(hash, found);
            return;
        }
        // Memory is asked for all lists, then for all places, before anything is compared: so it answers for many at
        // a time, which halves a look-up among a million.
        let mut lists: [&[u32]; SLOTS * VALUES] = [&[]; SLOTS * VALUES];
        for (at, list) in lists.iter_mut().enumerate() {
            *list = &self.tables[list_of(hash, at / VALUES, at % VALUES)];
        }
        let mut places: Vec<u32> = Vec::with_capacity(lists.iter().map(|list| list.len()).sum());
        lists.iter().for_each(|list| places.extend_from_slice(list));
        let mut near: Vec<(u32, u32)> = Vec::new();
        self.compare(hash, &places, &mut near);
        near.sort_unstable();
        near.dedup();
        near.iter().for_each(|(place, distance)| found(self.numbers[*place as usize], *distance));
    }

    /// Bytes in use, without allocator overhead.
    pub fn bytes(&self) -> usize {
        let lists: usize = self.tables.iter().map(|list| list.capacity() * size_of::<u32>()).sum();
        self.firsts.capacity() * 36 + self.tables.capacity() * size_of::<Vec<u32>>() + lists
    }

    /// The slow, obvious way.
    fn scan(&self, hash: Pdq, found: &mut dyn FnMut(u32, u32)) {
        for (place, first) in self.firsts.iter().enumerate() {
            if let Some(distance) = self.distance_within(hash, place, first) {
                found(self.numbers[place], distance);
            }
        }
    }

    fn compare(&self, hash: Pdq, places: &[u32], near: &mut Vec<(u32, u32)>) {
        for place in places {
            let first = &self.firsts[*place as usize];
            if let Some(distance) = self.distance_within(hash, *place as usize, first) {
                near.push((*place, distance));
            }
        }
    }

    #[inline]
    fn distance_within(&self, hash: Pdq, place: usize, first: &[u64; 2]) -> Option<u32> {
        let [a, b, c, d] = hash.0;
        let of_first = (a ^ first[0]).count_ones() + (b ^ first[1]).count_ones();
        if of_first > PDQ_DISTANCE_MAX {
            return None;
        }
        let second = &self.seconds[place];
        let distance = of_first + (c ^ second[0]).count_ones() + (d ^ second[1]).count_ones();
        (distance <= PDQ_DISTANCE_MAX).then_some(distance)
    }

    fn hash_at(&self, place: u32) -> Pdq {
        let ([a, b], [c, d]) = (self.firsts[place as usize], self.seconds[place as usize]);
        Pdq([a, b, c, d])
    }

    fn place_of(&self, hash: Pdq, number: u32) -> Option<u32> {
        let is_it = |place: &u32| self.numbers[*place as usize] == number && self.hash_at(*place) == hash;
        match self.tables.get(slot_of(hash, 0)) {
            Some(places) => places.iter().copied().find(is_it),
            None => (0..self.numbers.len() as u32).find(is_it),
        }
    }

    fn build_tables(&mut self) {
        self.tables = vec![Vec::new(); SLOTS * LISTS];
        (0..self.numbers.len() as u32).for_each(|place| self.enter(place));
    }

    /// Notes a place in its sixteen lists.
    fn enter(&mut self, place: u32) {
        if self.tables.is_empty() {
            return;
        }
        let hash = self.hash_at(place);
        for slot in 0..SLOTS {
            self.tables[slot * LISTS + slot_of(hash, slot)].push(place);
        }
    }

    fn leave(&mut self, place: u32) {
        if self.tables.is_empty() {
            return;
        }
        let hash = self.hash_at(place);
        for slot in 0..SLOTS {
            let list = &mut self.tables[slot * LISTS + slot_of(hash, slot)];
            if let Some(at) = list.iter().position(|other| *other == place) {
                list.swap_remove(at);
            }
        }
    }
}

/// Where the list of a slot's own value is, and for `change` below 16 that of the value with this bit changed.
fn list_of(hash: Pdq, slot: usize, change: usize) -> usize {
    let changed = (1 << change) & 0xffff;
    slot * LISTS + (slot_of(hash, slot) ^ changed)
}

fn slot_of(hash: Pdq, slot: usize) -> usize {
    (hash.0[slot / 4] >> (slot % 4 * 16) & 0xffff) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(index: &PdqIndex, hash: Pdq) -> Vec<(u32, u32)> {
        let mut list = Vec::new();
        index.search(hash, &mut |number, distance| list.push((number, distance)));
        list.sort_unstable();
        list
    }

    /// The slow, obvious twin.
    fn brute_force(hashes: &[Pdq], gone: &[usize], hash: Pdq) -> Vec<(u32, u32)> {
        let all = hashes.iter().enumerate().filter(|(number, _)| !gone.contains(number));
        all.map(|(number, other)| (number as u32, hash.distance(*other)))
            .filter(|(_, distance)| *distance <= PDQ_DISTANCE_MAX)
            .collect()
    }

    fn flipped(hash: Pdq, bits: &[u8]) -> Pdq {
        bits.iter().fold(hash, |mut hash, bit| {
            hash.0[usize::from(*bit) / 64] ^= 1 << (bit % 64);
            hash
        })
    }

    #[test]
    fn one_entry_is_found_at_thirty_one_bits_and_not_at_thirty_two() {
        let hash = Pdq([7, u64::MAX, 0x0f0f, 1 << 63]);
        for has_tables in [false, true] {
            let mut index = PdqIndex::default();
            if has_tables {
                index.build_tables();
            }
            index.insert(hash, 9);
            // Two bits in fifteen slots and one in the last: nothing is nearer to being overlooked.
            let bits: Vec<u8> = (0..31).map(|bit| bit / 2 * 16 + bit % 2 * 5).collect();
            assert_eq!(found(&index, flipped(hash, &bits)), [(9, 31)]);
            assert_eq!(found(&index, flipped(hash, &[&bits[..], &[255]].concat())), []);
            assert!(index.remove(hash, 9) && !index.remove(hash, 9) && index.is_empty());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn the_search_gives_what_brute_force_gives(
            seeds in proptest::collection::vec(any::<[u64; 4]>(), 1..8),
            edits in proptest::collection::vec((0usize..8, proptest::collection::vec(any::<u8>(), 0..40)), 1..60),
            removed in proptest::collection::vec(0usize..60, 0..20),
            asked in (0usize..8, proptest::collection::vec(any::<u8>(), 0..12)),
        ) {
            let edited = |(seed, bits): &(usize, Vec<u8>)| flipped(Pdq(seeds[seed % seeds.len()]), bits);
            let hashes: Vec<Pdq> = edits.iter().map(edited).collect();
            let asked = edited(&asked);
            for has_tables in [false, true] {
                let mut index = PdqIndex::default();
                if has_tables {
                    index.build_tables();
                }
                for (number, hash) in hashes.iter().enumerate() {
                    index.insert(*hash, number as u32);
                }
                prop_assert_eq!(found(&index, asked), brute_force(&hashes, &[], asked));
                for number in removed.iter().filter(|number| **number < hashes.len()) {
                    index.remove(hashes[*number], *number as u32);
                }
                prop_assert_eq!(found(&index, asked), brute_force(&hashes, &removed, asked));
            }
        }
    }
}
