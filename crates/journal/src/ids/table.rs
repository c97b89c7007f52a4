//! The newest ids in memory: open addressing, 24 bytes a slot.

/// An id and its content: the upper and lower half of the id's hash, and the content's hash.
///
/// Ordered by id alone, as a run is. The id 0 stands for an empty slot and is taken as 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) upper: u64,
    pub(super) lower: u64,
    pub(super) content: u64,
}

impl Slot {
    pub(super) fn new(id_hash: u128, content: u64) -> Self {
        let id_hash = id_hash.max(1);
        Self { upper: (id_hash >> 64) as u64, lower: id_hash as u64, content }
    }

    pub(super) fn id(self) -> (u64, u64) {
        (self.upper, self.lower)
    }

    fn is_empty(self) -> bool {
        self.id() == (0, 0)
    }
}

/// At most this share of the slots is taken, in fifths.
const LOAD_FIFTHS_MAX: usize = 4;
const SLOTS_MIN: usize = 1_024;

/// A set of ids with their contents. The first content of an id stays.
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: Vec<Slot>,
    len: usize,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The content with which the id was inserted.
    pub(super) fn find(&self, wanted: Slot) -> Option<u64> {
        let found = self.slots.get(self.place_of(wanted)?)?;
        (!found.is_empty()).then_some(found.content)
    }

    pub(super) fn insert(&mut self, slot: Slot) {
        if (self.len + 1) * 5 > self.slots.len() * LOAD_FIFTHS_MAX {
            self.grow_to((self.slots.len() * 3 / 2).max(SLOTS_MIN));
        }
        let place = self.place_of(slot).and_then(|place| self.slots.get_mut(place));
        if let Some(free) = place.filter(|found| found.is_empty()) {
            *free = slot;
            self.len += 1;
        }
    }

    /// The ids, ascending.
    pub(super) fn sorted(&self) -> Vec<Slot> {
        let mut sorted: Vec<Slot> = self.slots.iter().copied().filter(|slot| !slot.is_empty()).collect();
        sorted.sort_unstable_by_key(|slot| slot.id());
        sorted
    }

    /// Makes room for so many ids.
    pub(super) fn reserve(&mut self, entries: usize) {
        let slots = entries * 5 / LOAD_FIFTHS_MAX + 1;
        if slots > self.slots.len() {
            self.grow_to(slots);
        }
    }

    fn grow_to(&mut self, slots: usize) {
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); slots]);
        for slot in old.into_iter().filter(|slot| !slot.is_empty()) {
            let place = self.place_of(slot).and_then(|place| self.slots.get_mut(place));
            if let Some(free) = place {
                *free = slot;
            }
        }
    }

    /// Where the id stands, or the free slot where it would; `None` in a table without slots.
    fn place_of(&self, wanted: Slot) -> Option<usize> {
        let slots = self.slots.len();
        // The hash is even: its upper part scaled to the number of slots is as good as a remainder.
        let start = ((u128::from(wanted.lower) * slots as u128) >> 64) as usize;
        let (before, behind) = self.slots.split_at_checked(start)?;
        let mut places = behind.iter().chain(before);
        let steps = places.position(|slot| slot.is_empty() || slot.id() == wanted.id())?;
        Some(if start + steps < slots { start + steps } else { start + steps - slots })
    }
}
