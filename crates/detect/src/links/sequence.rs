//! Sequences as a snapshot holds them, written without being gathered first.

use serde::de::{Error, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::Cell;
use std::fmt;

/// `count` items, written once.
pub(crate) fn sequence<I: Iterator<Item: Serialize>>(count: usize, items: I) -> Sequence<I> {
    Sequence { count, items: Cell::new(Some(items)) }
}

/// Items that are written as a sequence.
pub(crate) struct Sequence<I> {
    count: usize,
    items: Cell<Option<I>>,
}

impl<I: Iterator<Item: Serialize>> Serialize for Sequence<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.count))?;
        for item in self.items.take().into_iter().flatten() {
            sequence.serialize_element(&item)?;
        }
        sequence.end()
    }
}

/// Bytes, written and read as one piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Bytes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Borrowed)
    }
}

struct Borrowed;

impl<'de> Visitor<'de> for Borrowed {
    type Value = Bytes<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Bytes<'de>, E> {
        Ok(Bytes(bytes))
    }
}
