//! From keyed hashes to numbers, five bytes a slot: the hashes themselves stand in the table that owns them.

use hashbrown::HashTable;

/// Numbers by keyed hash; the owner of the numbers says which hash a number has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    numbers: HashTable<u32>,
}

impl Dictionary {
    /// The number whose key `is_it` accepts.
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.numbers.find(spread(hash), |number| is_it(*number)).copied()
    }

    /// Adds a number that is not there yet.
    pub(crate) fn add(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        self.numbers.insert_unique(spread(hash), number, |other| spread(hash_of(*other)));
    }

    /// Takes a number out.
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        if let Ok(entry) = self.numbers.find_entry(spread(hash), |other| *other == number) {
            entry.remove();
        }
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        self.numbers.allocation_size()
    }
}

/// Keyed hashes are uniform; a multiplication keeps near ones (co-action) apart as well.
fn spread(hash: u64) -> u64 {
    hash.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
