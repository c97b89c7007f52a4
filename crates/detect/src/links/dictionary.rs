//! From keyed hashes to numbers, five bytes a slot: the hashes themselves stand in the table that owns them.

#![expect(clippy::indexing_slicing, reason = "a table made when compiling")]

use hashbrown::HashTable;

/// Tables by which numbers are spread.
const SHARDS: usize = 16;
/// Where each shard begins, of 256 parts of all hashes: each is larger than the one before by the sixteenth root of
/// two. A table doubles when it is full; these double one after the other, so that the dictionary as a whole is never
/// half empty nor made anew at one stroke.
const STARTS: [u8; SHARDS] = [0, 11, 23, 36, 48, 62, 76, 91, 106, 122, 139, 156, 175, 194, 214, 234];

/// The shard of each of those parts.
const SHARD_OF: [u8; 256] = shards();

const fn shards() -> [u8; 256] {
    let mut table = [0; 256];
    let (mut part, mut shard) = (0, 0);
    while part < 256 {
        if shard + 1 < SHARDS && STARTS[shard + 1] as usize == part {
            shard += 1;
        }
        table[part] = shard as u8;
        part += 1;
    }
    table
}

/// Numbers by keyed hash; the owner of the numbers says which hash a number has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    shards: [HashTable<u32>; SHARDS],
}

impl Dictionary {
    /// The number whose key `is_it` accepts.
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let spread = spread(hash);
        self.shards.get(shard(spread))?.find(spread, |number| is_it(*number)).copied()
    }

    /// Adds a number that is not there yet.
    pub(crate) fn add(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        let key = spread(hash);
        if let Some(numbers) = self.shards.get_mut(shard(key)) {
            numbers.insert_unique(key, number, |other| spread(hash_of(*other)));
        }
    }

    /// Takes a number out.
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        let spread = spread(hash);
        let Some(numbers) = self.shards.get_mut(shard(spread)) else { return };
        if let Ok(entry) = numbers.find_entry(spread, |other| *other == number) {
            entry.remove();
        }
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        self.shards.iter().map(HashTable::allocation_size).sum()
    }
}

/// Keyed hashes are uniform; a multiplication keeps near ones (co-action) apart as well.
fn spread(hash: u64) -> u64 {
    hash.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// By bits that the table itself does not look at.
fn shard(spread: u64) -> usize {
    SHARD_OF.get(usize::from((spread >> 48) as u8)).map_or(0, |shard| usize::from(*shard))
}
