//! Texts of banks, to be found by near-duplicates: an exact way from every band of a sketch to all that have it.

use crate::fingerprints::{SKETCH_BANDS, Sketch, Spread};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Stands for the end of a list.
const END: u32 = u32::MAX;

/// Sketches, each under a number of the caller's.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextIndex {
    /// The newest place under each value, band by band.
    heads: [HashMap<u32, u32, BuildHasherDefault<Spread>>; SKETCH_BANDS],
    /// The next older place under each of a place's bands.
    nexts: Vec<[u32; SKETCH_BANDS]>,
    /// What stands at a place; `None` where it was taken out.
    texts: Vec<Option<(Sketch, u32)>>,
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
            self.nexts.push([END; SKETCH_BANDS]);
        }
        let mut nexts = [END; SKETCH_BANDS];
        for ((heads, band), next) in self.heads.iter_mut().zip(sketch.bands).zip(&mut nexts) {
            *next = heads.insert(band, place).unwrap_or(END);
        }
        if let (Some(text), Some(slot)) =
            (self.texts.get_mut(place as usize), self.nexts.get_mut(place as usize))
        {
            (*text, *slot) = (Some((sketch, number)), nexts);
        }
        place
    }

    /// Takes out what stands at `place`.
    pub(crate) fn remove(&mut self, place: u32) {
        let Some((sketch, _)) = self.texts.get_mut(place as usize).and_then(Option::take) else { return };
        let nexts = self.nexts.get(place as usize).copied().unwrap_or([END; SKETCH_BANDS]);
        for (number, (band, next)) in sketch.bands.iter().zip(nexts).enumerate() {
            self.unlink(number, *band, place, next);
        }
        self.free.push(place);
    }

    fn unlink(&mut self, number: usize, band: u32, place: u32, next: u32) {
        let Some(heads) = self.heads.get_mut(number) else { return };
        let Some(head) = heads.get(&band).copied() else { return };
        if head == place {
            if next == END {
                heads.remove(&band)
            } else {
                heads.insert(band, next)
            };
            return;
        }
        let mut at = head;
        while let Some(slot) = self.nexts.get_mut(at as usize).and_then(|nexts| nexts.get_mut(number)) {
            if *slot == place {
                *slot = next;
                return;
            }
            at = *slot;
        }
    }

    /// Calls `found` with the number and the agreement of every text near `sketch`; one that is met in several
    /// bands comes several times.
    pub(crate) fn search(&self, sketch: &Sketch, found: &mut dyn FnMut(u32, u32)) {
        for (number, (heads, band)) in self.heads.iter().zip(sketch.bands).enumerate() {
            let mut at = heads.get(&band).copied().unwrap_or(END);
            while let Some(Some((other, caller))) = self.texts.get(at as usize) {
                if sketch.is_near(other.bits) {
                    found(*caller, sketch.agreement_percent(other.bits));
                }
                at = self.nexts.get(at as usize).and_then(|nexts| nexts.get(number)).copied().unwrap_or(END);
            }
        }
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        let place = size_of::<Option<(Sketch, u32)>>() + size_of::<[u32; SKETCH_BANDS]>();
        let heads: usize = self.heads.iter().map(HashMap::capacity).sum();
        self.texts.capacity() * place + heads * (size_of::<(u32, u32)>() + 1)
    }
}
