//! Keyed hashes: how an identifier is known where identifiers must not be.
//!
//! The key lives in the data folder (mode 0600). Without it a hash says nothing about what was hashed, even
//! to somebody who can guess the value (addresses, handles).

use siphasher::sip::SipHasher24;
use siphasher::sip128::{Hasher128, SipHasher24 as SipHasher24Wide};
use std::fmt;
use std::hash::Hasher;

/// The secret of one data folder: 128 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashKey([u8; 16]);

impl fmt::Debug for HashKey {
    /// Never prints the key.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("HashKey(secret)")
    }
}

impl HashKey {
    /// The key made of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the key file alone.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// 64-bit hash of `value` in the name space `space`; equal values in different spaces differ.
    /// Among 10⁸ values the chance that any two collide is below 0.1 %.
    pub fn hash64(&self, space: u8, value: &[u8]) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write_u8(space);
        hasher.write(value);
        hasher.finish()
    }

    /// 128-bit hash of `value`: for the memory of ids, where a collision would lose an entry.
    pub fn hash128(&self, value: &[u8]) -> u128 {
        let mut hasher = SipHasher24Wide::new_with_key(&self.0);
        hasher.write(value);
        hasher.finish128().as_u128()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_and_the_space_both_matter() {
        let (one, two) = (HashKey::from_bytes([1; 16]), HashKey::from_bytes([2; 16]));
        assert_ne!(one.hash64(0, b"10.0.0.1"), two.hash64(0, b"10.0.0.1"));
        assert_ne!(one.hash64(0, b"10.0.0.1"), one.hash64(1, b"10.0.0.1"));
        assert_eq!(one.hash128(b"a"), one.hash128(b"a"));
    }

    #[test]
    fn debug_output_hides_the_key() {
        assert_eq!(format!("{:?}", HashKey::from_bytes([7; 16])), "HashKey(secret)");
    }
}
