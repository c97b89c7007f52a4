//! The append-only log: segments of consecutive entries, each file named by its first offset.
//!
//! Invariants: offsets are consecutive from the first segment's first on; `received_at` never decreases;
//! a batch stands in one segment; readers see an entry only after the sync that makes it durable; there is
//! no segment without a durable entry but the one being begun.
//!
//! Read first: `format` (what a record looks like), then `append`.

mod append;
mod cursor;
mod format;
mod open;
mod reader;
mod segment;
#[cfg(test)]
mod tests;

pub use append::Journal;
pub use cursor::EntryCursor;
pub use reader::JournalReader;

use cordon_model::clock::Timestamp;
use cordon_model::entry::{Entry, EntryKind};
use cordon_model::ids::{EntryId, Offset};

/// How a journal is kept.
#[derive(Clone, Copy, Debug)]
pub struct JournalOptions {
    /// A segment that has reached this many bytes takes no further batch.
    pub segment_bytes: u64,
    /// The first entry's offset where the folder holds no segment: the one after history's last.
    pub first_offset: Offset,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, first_offset: Offset(1) }
    }
}

/// What opening a journal found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Segments on disk.
    pub segments: usize,
    /// The first and last entry still in the log; empty where there is none.
    pub entries: OffsetRange,
    /// Bytes of an unacknowledged batch that were cut from the end.
    pub torn_bytes: u64,
}

/// An entry on its way into the journal, which gives it its offset.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// When it arrived; set up to the last entry's where it is earlier.
    pub received_at: Timestamp,
    /// Event or control entry.
    pub kind: EntryKind,
    /// The sender's id; at most 65,535 bytes.
    pub id: &'a str,
    /// Keyed hash of the payload.
    pub content_hash: u64,
    /// The payload; at most 64 MiB.
    pub payload: &'a [u8],
}

/// Consecutive offsets, both ends included. Empty where `last` is the offset before `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct OffsetRange {
    /// The first offset.
    pub first: Offset,
    /// The last offset.
    pub last: Offset,
}

impl Default for OffsetRange {
    fn default() -> Self {
        Self { first: Offset(1), last: Offset(0) }
    }
}

impl OffsetRange {
    /// How many offsets it holds.
    pub const fn len(self) -> u64 {
        (self.last.0 + 1).saturating_sub(self.first.0)
    }

    /// Whether it holds none.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether it holds `offset`.
    pub const fn contains(self, offset: Offset) -> bool {
        self.first.0 <= offset.0 && offset.0 <= self.last.0
    }

    /// The offsets, ascending.
    pub fn offsets(self) -> impl Iterator<Item = Offset> {
        (self.first.0..=self.last.0).map(Offset)
    }
}

/// An entry that borrows from the buffer it was read into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRef<'a> {
    /// Its place.
    pub offset: Offset,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Event or control entry.
    pub kind: EntryKind,
    /// The sender's id.
    pub id: &'a str,
    /// Keyed hash of the payload.
    pub content_hash: u64,
    /// The payload.
    pub payload: &'a [u8],
}

impl EntryRef<'_> {
    /// A copy that owns its bytes.
    pub fn to_entry(&self) -> Entry {
        Entry {
            offset: self.offset,
            received_at: self.received_at,
            kind: self.kind,
            id: EntryId::from(self.id),
            content_hash: self.content_hash,
            payload: self.payload.to_vec(),
        }
    }
}

impl<'a> From<&'a Entry> for EntryRef<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self {
            offset: entry.offset,
            received_at: entry.received_at,
            kind: entry.kind,
            id: entry.id.as_str(),
            content_hash: entry.content_hash,
            payload: &entry.payload,
        }
    }
}
