//! Pictures: 256-bit perceptual hashes, of which copies differ in a few bits.

use super::{Identity, trait_number};
use crate::identity::account_id::write_hex;
use crate::population::Population;
use crate::stream::{Purpose, Stream};

impl Identity {
    /// Whether the account shows a picture of its own.
    pub(crate) fn has_avatar(&self, population: &Population) -> bool {
        !trait_number(population, Purpose::Picture, self.key.holder, self.stem).is_multiple_of(3)
    }

    /// Appends the hash of its picture, in hexadecimal; who keeps the stem keeps the picture, slightly changed.
    pub(crate) fn write_avatar(&self, population: &Population, out: &mut Vec<u8>) {
        let picture = trait_number(population, Purpose::Picture, self.key.holder, self.stem);
        let mut copy = Stream::new(picture, Purpose::Picture, self.key.bits(), 0);
        write_picture(out, picture, &mut copy);
    }
}

/// Appends the hash of a copy of that picture: at most [`CHANGED_BITS_MAX`] bits differ from the original.
pub(crate) fn write_picture(out: &mut Vec<u8>, picture: u64, copy: &mut Stream) {
    let mut original = Stream::new(picture, Purpose::Picture, 1, 1);
    let mut words: [u64; 4] = std::array::from_fn(|_| original.bits());
    for _ in 0..copy.below(CHANGED_BITS_MAX + 1) {
        let bit = copy.below(256);
        if let Some(word) = words.get_mut(bit as usize / 64) {
            *word ^= 1 << (bit % 64);
        }
    }
    words.into_iter().for_each(|word| write_hex(out, word));
}

const CHANGED_BITS_MAX: u32 = 6;
