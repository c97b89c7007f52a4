//! A filter that says "not here" for nearly every id that is not: one cache line a question.

use super::table::Slot;

/// Words of a block: 64 bytes, one cache line.
const BLOCK_WORDS: usize = 8;
/// Bits an id: about one wrong "perhaps" in a hundred.
const BITS_PER_ENTRY: u64 = 10;

/// A blocked Bloom filter: an id sets one bit in each word of one block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    /// An empty filter for so many ids.
    pub(super) fn for_entries(entries: u64) -> Self {
        Self { words: vec![0; Self::words_for(entries)] }
    }

    /// How many words a filter for so many ids has.
    pub(super) fn words_for(entries: u64) -> usize {
        let blocks = (entries * BITS_PER_ENTRY).div_ceil(64 * BLOCK_WORDS as u64).max(1);
        blocks as usize * BLOCK_WORDS
    }

    /// The filter made of these words.
    pub(super) fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(super) fn insert(&mut self, slot: Slot) {
        let start = self.block_of(slot);
        let block = self.words.get_mut(start..start + BLOCK_WORDS).unwrap_or_default();
        block.iter_mut().zip(bits(slot)).for_each(|(word, bit)| *word |= bit);
    }

    /// `false` where the id was certainly not inserted.
    pub(super) fn may_hold(&self, slot: Slot) -> bool {
        let start = self.block_of(slot);
        let block = self.words.get(start..start + BLOCK_WORDS).unwrap_or_default();
        block.iter().zip(bits(slot)).all(|(word, bit)| word & bit != 0)
    }

    fn block_of(&self, slot: Slot) -> usize {
        let blocks = self.words.len() / BLOCK_WORDS;
        ((u128::from(slot.lower) * blocks as u128) >> 64) as usize * BLOCK_WORDS
    }
}

/// One bit for each word, from six bits each of the hash's other half.
fn bits(slot: Slot) -> impl Iterator<Item = u64> {
    (0..BLOCK_WORDS).map(move |word| 1 << ((slot.upper >> (word * 6)) & 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use siphash_free::spread;

    mod siphash_free {
        /// Even 128-bit values without a key.
        pub(super) fn spread(value: u64) -> u128 {
            u128::from(value).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).rotate_left(77)
                ^ u128::from(value).wrapping_mul(0xd1b5_4a32_d192_ed03_8cb9_2ba7_2f3d_8dd7)
        }
    }

    #[test]
    fn what_was_inserted_is_found_and_the_rest_is_seldom_taken_for_it() {
        let mut filter = Filter::for_entries(20_000);
        (0..20_000).for_each(|value| filter.insert(Slot::new(spread(value), 0)));
        assert!((0..20_000).all(|value| filter.may_hold(Slot::new(spread(value), 0))));
        let wrong = (20_000..120_000).filter(|value| filter.may_hold(Slot::new(spread(*value), 0))).count();
        assert!(wrong < 2_500, "{wrong} of 100,000");
    }
}
