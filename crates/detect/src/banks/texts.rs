//! Texts of banks, to be found by near-duplicates: an exact way from every band of a sketch to all that have it.

use crate::extract::{near_sketch, text};
use crate::fingerprints::{SKETCH_BANDS, Sketch, Spread};
use cordon_model::hashing::HashKey;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Marks the number of a list among places: most values of a band belong to one text alone and need none.
const LIST: u32 = 1 << 31;

type Heads = HashMap<u32, u32, BuildHasherDefault<Spread>>;

/// Sketches, each under a number of the caller's.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextIndex {
    /// Under each value, band by band, the one place that has it, or the list of those.
    heads: [Heads; SKETCH_BANDS],
    /// Places with a value in common.
    lists: Vec<Vec<u32>>,
    /// Lists in use no more.
    free_lists: Vec<u32>,
    /// Bits of the sketch at a place; side by side, as a look-up compares many of them.
    bits: Vec<[u64; 2]>,
    /// What else stands at a place; `None` where it was taken out.
    texts: Vec<Option<([u32; SKETCH_BANDS], u32)>>,
    /// Places taken out, to be used again.
    free: Vec<u32>,
}

impl TextIndex {
    /// Texts held.
    pub(crate) fn len(&self) -> usize {
        self.texts.len() - self.free.len()
    }

    /// Takes a text in; gives its place, by which it is taken out again.
    pub(crate) fn insert(&mut self, sketch: Sketch, number: u32) -> u32 {
        let place = self.free.pop().unwrap_or(self.texts.len() as u32);
        if self.texts.len() == place as usize {
            self.texts.push(None);
            self.bits.push(sketch.bits);
        }
        if let Some(bits) = self.bits.get_mut(place as usize) {
            *bits = sketch.bits;
        }
        if let Some(text) = self.texts.get_mut(place as usize) {
            *text = Some((sketch.bands, number));
        }
        for (band, value) in sketch.bands.into_iter().enumerate() {
            self.enter(band, value, place);
        }
        place
    }

    fn enter(&mut self, band: usize, value: u32, place: u32) {
        let Some(heads) = self.heads.get_mut(band) else { return };
        let head = *heads.entry(value).or_insert(place);
        if head == place {
            return;
        }
        if let Some(list) = self.lists.get_mut((head ^ LIST) as usize).filter(|_| head & LIST != 0) {
            list.push(place);
            return;
        }
        let number = self.free_lists.pop().unwrap_or(self.lists.len() as u32);
        if self.lists.len() == number as usize {
            self.lists.push(Vec::new());
        }
        if let Some(list) = self.lists.get_mut(number as usize) {
            *list = vec![head, place];
        }
        heads.insert(value, number | LIST);
    }

    /// Takes out what stands at `place`.
    pub(crate) fn remove(&mut self, place: u32) {
        let Some((bands, _)) = self.texts.get_mut(place as usize).and_then(Option::take) else { return };
        for (band, value) in bands.into_iter().enumerate() {
            self.leave(band, value, place);
        }
        self.free.push(place);
    }

    fn leave(&mut self, band: usize, value: u32, place: u32) {
        let Some(heads) = self.heads.get_mut(band) else { return };
        let Some(head) = heads.get(&value).copied() else { return };
        if head & LIST == 0 {
            heads.remove(&value);
            return;
        }
        let Some(list) = self.lists.get_mut((head ^ LIST) as usize) else { return };
        list.retain(|other| *other != place);
        if list.is_empty() {
            *list = Vec::new();
            heads.remove(&value);
            self.free_lists.push(head ^ LIST);
        }
    }

    /// Calls `found` with the number and the agreement of every text near `sketch`; one that is met in several
    /// bands comes several times.
    pub(crate) fn search(&self, sketch: &Sketch, found: &mut dyn FnMut(u32, u32)) {
        for (heads, value) in self.heads.iter().zip(sketch.bands) {
            let Some(head) = heads.get(&value) else { continue };
            let list = match head & LIST {
                0 => std::slice::from_ref(head),
                _ => self.lists.get((head ^ LIST) as usize).map_or(&[][..], Vec::as_slice),
            };
            for place in list {
                let Some(bits) = self.bits.get(*place as usize).filter(|bits| sketch.is_near(**bits)) else {
                    continue;
                };
                if let Some(Some((_, number))) = self.texts.get(*place as usize) {
                    found(*number, sketch.agreement_percent(*bits));
                }
            }
        }
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        let place = size_of::<Option<([u32; SKETCH_BANDS], u32)>>() + size_of::<[u64; 2]>();
        let heads: usize = self.heads.iter().map(HashMap::capacity).sum();
        let listed: usize = self.lists.iter().map(Vec::capacity).sum();
        self.texts.capacity() * place
            + heads * (size_of::<(u32, u32)>() + 1)
            + self.lists.capacity() * size_of::<Vec<u32>>()
            + listed * size_of::<u32>()
    }
}

/// The near-duplicate search of banks alone, for measuring it.
#[derive(Debug, Default)]
pub struct TextBank(TextIndex);

impl TextBank {
    /// Takes a text in under a number; whether it is long enough to have near-duplicates.
    pub fn insert(&mut self, key: &HashKey, text: &str, number: u32) -> bool {
        let sketch = near_sketch(&text::fold(text), key);
        sketch.map(|sketch| self.0.insert(sketch, number)).is_some()
    }

    /// The numbers of the texts near `text`, each once.
    pub fn search(&self, key: &HashKey, text: &str) -> Vec<u32> {
        let mut numbers = Vec::new();
        if let Some(sketch) = near_sketch(&text::fold(text), key) {
            self.0.search(&sketch, &mut |number, _| numbers.push(number));
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Texts held.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in use, without allocator overhead.
    pub fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: HashKey = HashKey::from_bytes([3; 16]);
    /// Words by which the texts below differ.
    const SAID: [&str; 40] = [
        "heron", "mill", "river", "bakery", "lantern", "orchard", "harbour", "library", "bridge", "garden",
        "winter", "copper", "ladder", "violin", "pepper", "candle", "meadow", "bottle", "saddle", "thunder",
        "pocket", "window", "basket", "feather", "island", "market", "needle", "oyster", "pillow", "quarry",
        "ribbon", "shovel", "tunnel", "village", "walnut", "yellow", "anchor", "butter", "cellar", "donkey",
    ];

    /// Sixty words, of which `changed` were exchanged.
    fn said(text: u64, changed: u64) -> String {
        let word = |place: u64, turn: u64| {
            let seed = (text * 64 + place) * 2 + turn + 1;
            let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mixed = (mixed ^ mixed >> 31).wrapping_mul(0x94D0_49BB_1331_11EB);
            let (one, two) = ((mixed >> 40) as usize, (mixed >> 52) as usize);
            format!("{}{}", SAID[one % SAID.len()], &SAID[two % SAID.len()][..2])
        };
        // Every changed place is 60 / changed after the last one.
        let is_changed = |place: u64| changed > 0 && place.is_multiple_of(60 / changed);
        (0..60).map(|place| word(place, u64::from(is_changed(place)))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn of_sixty_words_one_three_or_six_may_change_and_strangers_do_not_meet() {
        let mut bank = TextBank::default();
        (0..500).for_each(|number| assert!(bank.insert(&KEY, &said(u64::from(number), 0), number)));
        for (changed, recall_min) in [(0, 1.0), (1, 0.95), (3, 0.9), (6, 0.8)] {
            let found = |number: &u32| bank.search(&KEY, &said(u64::from(*number), changed)).contains(number);
            let recall = (0..500).filter(found).count() as f64 / 500.0;
            println!("{changed} of 60 words changed: recall {recall}");
            assert!(recall >= recall_min, "{changed} changed: {recall}");
        }
        let strangers = (500..1_500).filter(|text| !bank.search(&KEY, &said(*text, 0)).is_empty()).count();
        assert!(strangers <= 5, "{strangers}");
    }

    #[test]
    fn what_was_taken_out_is_found_no_more_and_what_shares_its_bands_still_is() {
        let sketch = near_sketch(&said(1, 0), &KEY).unwrap();
        let mut index = TextIndex::default();
        let places: Vec<u32> = (0..3).map(|number| index.insert(sketch, number)).collect();
        let found = |index: &TextIndex| {
            let mut numbers = Vec::new();
            index.search(&sketch, &mut |number, agreement| numbers.push((number, agreement)));
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        index.remove(places[0]);
        assert_eq!(found(&index), [(1, 100), (2, 100)]);
        index.remove(places[2]);
        index.remove(places[1]);
        assert_eq!((found(&index), index.len()), (Vec::new(), 0));
        index.insert(sketch, 7);
        assert_eq!(found(&index), [(7, 100)]);
    }
}
