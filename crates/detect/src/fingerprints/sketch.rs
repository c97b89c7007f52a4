//! MinHash over character shingles, by one-permutation hashing.
//!
//! Thirty-two bins in ten bands of four: two texts whose shingles overlap by 0.8 meet in some band with probability
//! 0.99, by 0.7 with 0.93, by 0.3 with 0.08; what meets is then held against four bits of every bin. Of 60 words,
//! six that changed leave an overlap of about 0.75. Bands of three lost hardly any of those, but met so many
//! strangers among a million texts that a look-up took ten times as long; two bits a bin confirmed too many.
//! Source: Broder 1997; one-permutation hashing with rotation, Shrivastava & Li 2014.

use crate::extract::text::is_unspaced;
use cordon_model::hashing::HashKey;
use serde::{Deserialize, Serialize};

const BINS: usize = 32;
const BAND: usize = 4;
/// Bands of a sketch.
pub(crate) const BANDS: usize = 10;
/// Of these, bands of bins that lie side by side; each of the others takes one bin out of four of these.
const SIDE_BY_SIDE: usize = BINS / BAND;
/// Characters of a shingle.
const SHINGLE_CHARS: usize = 5;
/// Most shingles of a text that are looked at.
const SHINGLES_MAX: usize = 2_000;
/// Added to a borrowed bin for each place that it was borrowed over: an odd constant (splitmix64).
const FARTHER: u64 = 0x9E37_79B9_7F4A_7C15;
/// Bins of thirty-two that near-duplicates must agree in: an overlap of about 0.53. One in sixteen of the others
/// agrees by chance.
const AGREEING_BINS_MIN: u32 = 18;
/// One bit of each bin's four.
const ONE_A_BIN: u64 = 0x1111_1111_1111_1111;

/// The fingerprint of one text: bands to meet in, and four bits of every bin to confirm with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    /// One keyed hash per band.
    pub(crate) bands: [u32; BANDS],
    /// Four bits of each bin.
    pub(crate) bits: [u64; 2],
}

impl Sketch {
    /// The sketch of a folded text; `None` where it has fewer than `shingles_min` shingles.
    pub fn of_text(folded: &str, shingles_min: usize, key: &HashKey) -> Option<Sketch> {
        let mut bins = [u64::MAX; BINS];
        let mut shingles = 0;
        let mut window = [0_u32; SHINGLE_CHARS];
        for (index, c) in folded.chars().enumerate().take(SHINGLES_MAX) {
            window.rotate_left(1);
            if let Some(last) = window.last_mut() {
                *last = u32::from(c);
            }
            if index + 1 < SHINGLE_CHARS {
                continue;
            }
            shingles += 1;
            // One sign of a script without spaces says as much as two letters: three make a shingle.
            let [_, _, signs @ ..] = &window;
            let hash = if is_unspaced(c) { mix(signs) } else { mix(&window) };
            if let Some(bin) = bins.get_mut((hash >> 59) as usize) {
                *bin = (*bin).min(hash);
            }
        }
        (shingles >= shingles_min).then(|| Self::of_bins(fill(bins), key))
    }

    fn of_bins(bins: [u64; BINS], key: &HashKey) -> Sketch {
        let mut bands = [0; BANDS];
        for (number, band) in bands.iter_mut().enumerate() {
            let mut bytes = [0; 8 * BAND];
            for (slot, bin) in bytes.chunks_exact_mut(8).zip(bins_of(number)) {
                let value = bins.get(bin).copied().unwrap_or_default();
                slot.copy_from_slice(&value.to_le_bytes());
            }
            *band = (key.hash64(240 + number as u8, &bytes) >> 32) as u32;
        }
        let (first, second) = bins.split_at(BINS / 2);
        let four_each = |bins: &[u64]| bins.iter().fold(0, |bits, value| bits << 4 | (value >> 7 & 15));
        Sketch { bands, bits: [four_each(first), four_each(second)] }
    }

    /// Whether the two sketches are of near-duplicates: enough bins agree.
    pub(crate) fn is_near(&self, other_bits: [u64; 2]) -> bool {
        self.agreeing(other_bits) >= AGREEING_BINS_MIN
    }

    /// The share of bins that agree, in percent: what two texts have in common.
    pub(crate) fn agreement_percent(&self, other_bits: [u64; 2]) -> u32 {
        self.agreeing(other_bits) * 100 / BINS as u32
    }

    fn agreeing(&self, other_bits: [u64; 2]) -> u32 {
        let differing = |mine: u64, other: u64| {
            let differing = mine ^ other;
            let differing = differing | differing >> 1;
            ((differing | differing >> 2) & ONE_A_BIN).count_ones()
        };
        let [mine, others] = [self.bits, other_bits];
        BINS as u32 - differing(mine[0], others[0]) - differing(mine[1], others[1])
    }
}

/// The bins of a band. No two bands have more than one in common.
fn bins_of(band: usize) -> impl Iterator<Item = usize> {
    let (first, step) = match band.checked_sub(SIDE_BY_SIDE) {
        None => (band * BAND, 1),
        Some(across) => (across * 3 % SIDE_BY_SIDE, SIDE_BY_SIDE),
    };
    (0..BAND).map(move |place| first + place * step)
}

/// Empty bins borrow from the next full one to the right, around the end, marked by how far they went.
fn fill(bins: [u64; BINS]) -> [u64; BINS] {
    let mut filled = bins;
    let mut next: Option<u64> = None;
    let mut borrow = |slot: u64| {
        next = if slot == u64::MAX { next.map(|value| value.wrapping_add(FARTHER)) } else { Some(slot) };
        next.unwrap_or(u64::MAX)
    };
    // Twice from right to left: the first round finds what lies around the end.
    for slot in bins.into_iter().rev() {
        borrow(slot);
    }
    filled.iter_mut().rev().for_each(|slot| *slot = borrow(*slot));
    filled
}

/// Spreads a shingle over 64 bits (splitmix64 finaliser per character).
fn mix(window: &[u32]) -> u64 {
    let mut hash = 0x243F_6A88_85A3_08D3_u64;
    for c in window {
        hash = (hash ^ u64::from(*c)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        hash ^= hash >> 29;
    }
    hash = hash.wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_bin_borrows_from_the_next_full_one_around_the_end() {
        let mut bins = [u64::MAX; BINS];
        (bins[3], bins[30]) = (100, 200);
        let filled = fill(bins);
        let farther = |times: u64| FARTHER.wrapping_mul(times);
        assert_eq!((filled[3], filled[30]), (100, 200));
        assert_eq!(filled[29], farther(1).wrapping_add(200));
        assert_eq!(filled[4], farther(26).wrapping_add(200));
        assert_eq!((filled[2], filled[31]), (farther(1).wrapping_add(100), farther(4).wrapping_add(100)));
        assert_eq!(fill([u64::MAX; BINS]), [u64::MAX; BINS]);
    }

    #[test]
    fn no_two_bands_share_more_than_a_bin_and_every_bin_is_in_one() {
        let bands: Vec<Vec<usize>> = (0..BANDS).map(|band| bins_of(band).collect()).collect();
        for (number, one) in bands.iter().enumerate() {
            for two in &bands[number + 1..] {
                assert!(one.iter().filter(|bin| two.contains(bin)).count() <= 1);
            }
        }
        assert!((0..BINS).all(|bin| bands.iter().any(|band| band.contains(&bin))));
    }

    const KEY: HashKey = HashKey::from_bytes([3; 16]);
    const TEXT: &str =
        "the grey herons gather at the old mill by the river tomorrow at dawn bring lanterns and friends";

    fn sketch(text: &str) -> Sketch {
        Sketch::of_text(text, 16, &KEY).unwrap()
    }

    fn meets(one: &Sketch, two: &Sketch) -> bool {
        one.bands.iter().zip(&two.bands).any(|(left, right)| left == right)
    }

    #[test]
    fn a_text_with_a_word_changed_is_near() {
        let changed = TEXT.replace("lanterns", "torches");
        assert!(sketch(TEXT).is_near(sketch(&changed).bits));
        assert!(meets(&sketch(TEXT), &sketch(&changed)));
    }

    #[test]
    fn another_text_is_not_near() {
        let other =
            "our bakery opens at seven with fresh rolls and the best coffee in the whole northern quarter";
        assert!(!sketch(TEXT).is_near(sketch(other).bits));
        assert!(!meets(&sketch(TEXT), &sketch(other)));
    }

    #[test]
    fn a_short_text_without_spaces_is_near_when_four_of_its_signs_change() {
        let text = "灰鷺們明天清晨在河邊的老磨坊集合請帶燈籠和朋友一起來看日出然後去北岸吃早餐";
        let changed = text.replace("明天清晨", "星期六早");
        assert!(sketch(text).is_near(sketch(&changed).bits));
        assert!(meets(&sketch(text), &sketch(&changed)));
    }

    #[test]
    fn short_texts_have_no_sketch() {
        assert_eq!(Sketch::of_text("good morning", 16, &KEY), None);
    }
}
