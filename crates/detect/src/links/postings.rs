//! One entity's accounts as bytes: numbers in as many bytes as the largest of them needs, in order of arrival.
//!
//! In front of them stands how many there are and how wide each is. A width of none: there are only the count, the
//! accounts are no longer kept.
#![expect(
    clippy::indexing_slicing,
    reason = "a head's length follows from its first byte, which blocks always have"
)]

use std::ops::Range;

/// Counts from this on stand in four bytes after the head's first.
const SHORT_COUNT: u32 = 31;

/// The width of a list's numbers and their count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Bytes of a number: 1 to 4, or 0.
    pub(super) width: u8,
    pub(super) count: u32,
}

impl Head {
    #[inline]
    pub(super) fn read(bytes: &[u8]) -> (Self, usize) {
        let (width, short) = (bytes[0] >> 5, u32::from(bytes[0] & 31));
        let long = bytes.get(1..).and_then(<[u8]>::first_chunk::<4>);
        match long {
            Some(long) if short == SHORT_COUNT => (Self { width, count: u32::from_le_bytes(*long) }, 5),
            _ => (Self { width, count: short }, 1),
        }
    }

    /// Bytes of the head itself.
    pub(super) fn length(self) -> usize {
        if self.count < SHORT_COUNT { 1 } else { 5 }
    }

    /// Bytes of the whole list.
    pub(super) fn list_length(self) -> usize {
        self.length() + self.count as usize * usize::from(self.width)
    }

    pub(super) fn write(self, bytes: &mut [u8]) {
        bytes[0] = self.width << 5 | self.count.min(SHORT_COUNT) as u8;
        if self.count >= SHORT_COUNT {
            bytes[1..5].copy_from_slice(&self.count.to_le_bytes());
        }
    }

    /// Where the numbers stand.
    pub(super) fn numbers(self) -> Range<usize> {
        self.length()..self.list_length()
    }
}

/// Bytes that an account's number needs.
pub(super) fn width_of(account: u32) -> u8 {
    (4 - account.leading_zeros() / 8).max(1) as u8
}

/// Writes `accounts`, all of that width at most, one after the other.
pub(super) fn write_all(accounts: impl Iterator<Item = u32>, width: u8, bytes: &mut [u8]) {
    for (place, account) in bytes.chunks_exact_mut(usize::from(width)).zip(accounts) {
        place.copy_from_slice(&account.to_le_bytes()[..place.len()]);
    }
}

fn read(bytes: &[u8]) -> u32 {
    match *bytes {
        [a] => u32::from(a),
        [a, b] => u32::from_le_bytes([a, b, 0, 0]),
        [a, b, c] => u32::from_le_bytes([a, b, c, 0]),
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// The accounts of an entity, in order of arrival.
#[derive(Clone, Debug)]
pub struct Postings<'a>(Inner<'a>);

#[derive(Clone, Debug)]
enum Inner<'a> {
    Alone(Option<u32>),
    Many(&'a [u8], u8),
}

impl<'a> Postings<'a> {
    pub(super) fn none() -> Self {
        Self(Inner::Alone(None))
    }

    pub(super) fn alone(account: u32) -> Self {
        Self(Inner::Alone(Some(account)))
    }

    pub(super) fn many(block: &'a [u8]) -> Self {
        let (head, _) = Head::read(block);
        match head.width {
            0 => Self::none(),
            width => Self(Inner::Many(block.get(head.numbers()).unwrap_or_default(), width)),
        }
    }

    /// Whether there is none left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where `account` stands.
    pub(super) fn place_of(&self, account: u32) -> Option<usize> {
        self.clone().position(|other| other == account)
    }
}

impl Iterator for Postings<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        match &mut self.0 {
            Inner::Alone(account) => account.take(),
            Inner::Many(bytes, width) => {
                let (number, rest) = bytes.split_at_checked(usize::from(*width))?;
                *bytes = rest;
                Some(read(number))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match &self.0 {
            Inner::Alone(account) => usize::from(account.is_some()),
            Inner::Many(bytes, width) => bytes.len() / usize::from(*width).max(1),
        };
        (left, Some(left))
    }

    fn fold<B, F: FnMut(B, u32) -> B>(self, first: B, mut add: F) -> B {
        match self.0 {
            Inner::Alone(account) => account.into_iter().fold(first, add),
            // With a width that the compiler knows, a number is one load.
            Inner::Many(bytes, 3) => {
                let (threes, _) = bytes.as_chunks::<3>();
                threes.iter().fold(first, |sum, [a, b, c]| add(sum, u32::from_le_bytes([*a, *b, *c, 0])))
            }
            Inner::Many(bytes, width) => {
                bytes.chunks_exact(usize::from(width)).fold(first, |sum, number| add(sum, read(number)))
            }
        }
    }
}

impl ExactSizeIterator for Postings<'_> {}
