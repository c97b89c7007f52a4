//! Account ids that say nothing, and can be read back without a table.

use super::Key;
use crate::population::HolderId;
use crate::stream::{Purpose, Stream, mix};
use cordon_model::ids::AccountId;

/// Turns keys into ids and back: a Feistel network over 64 bits, written as `u` and 16 hexadecimal digits.
#[derive(Clone, Debug)]
pub(crate) struct AccountIds {
    round_keys: [u64; 4],
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl AccountIds {
    /// The ids of the world with that random seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::AccountId, 0, 0);
        Self { round_keys: [stream.bits(), stream.bits(), stream.bits(), stream.bits()] }
    }

    /// The number behind an account's id.
    pub(crate) fn number(&self, key: Key) -> u64 {
        let start = (key.holder.0, key.incarnation);
        let (left, right) =
            self.round_keys.iter().fold(start, |(left, right), round| (right, left ^ half(right, *round)));
        u64::from(left) << 32 | u64::from(right)
    }

    /// The key behind that number.
    pub(crate) fn key(&self, number: u64) -> Key {
        let end = ((number >> 32) as u32, number as u32);
        let (holder, incarnation) =
            self.round_keys.iter().rev().fold(end, |(left, right), round| (right ^ half(left, *round), left));
        Key { holder: HolderId(holder), incarnation }
    }

    /// The id as text.
    pub(crate) fn id(&self, key: Key) -> AccountId {
        let mut text = Vec::with_capacity(17);
        self.write(&mut text, key);
        AccountId(String::from_utf8(text).unwrap_or_default())
    }

    /// Appends the id.
    pub(crate) fn write(&self, out: &mut Vec<u8>, key: Key) {
        out.push(b'u');
        write_hex(out, self.number(key));
    }

    /// The key of an id that some world of this seed could have given.
    pub(crate) fn parse(&self, id: &AccountId) -> Option<Key> {
        let digits = id.as_str().strip_prefix('u').filter(|digits| digits.len() == 16)?;
        u64::from_str_radix(digits, 16).ok().map(|number| self.key(number))
    }
}

fn half(value: u32, round_key: u64) -> u32 {
    mix(u64::from(value) ^ round_key) as u32
}

/// Appends 16 lower-case hexadecimal digits.
pub(crate) fn write_hex(out: &mut Vec<u8>, value: u64) {
    let digit =
        |position: u32| DIGITS.get((value >> (60 - 4 * position)) as usize & 15).copied().unwrap_or(b'0');
    let digits: [u8; 16] = std::array::from_fn(|position| digit(position as u32));
    out.extend_from_slice(&digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_account() {
        let ids = AccountIds::new(9);
        for key in [Key::first(HolderId(0)), Key { holder: HolderId(77), incarnation: 3 }] {
            assert_eq!(ids.parse(&ids.id(key)), Some(key));
        }
        assert_eq!(ids.parse(&AccountId::from("somebody")), None);
    }
}
