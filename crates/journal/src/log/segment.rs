//! One segment in memory: its file, its durable size, and a sparse index of where entries stand.

use super::OffsetRange;
use crate::disk::DiskFile;
use cordon_model::ids::Offset;
use std::path::PathBuf;
use std::sync::Arc;

/// An index point at least every so many entries …
const INDEX_ENTRIES: u64 = 16;
/// … or every so many bytes, so that one read between two points stays small. It is larger only around a
/// single long entry.
const INDEX_BYTES: u64 = 16 << 10;

/// Where an entry stands in its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IndexPoint {
    pub(super) offset: Offset,
    pub(super) byte: u64,
}

/// A segment's readable part.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) file: Arc<dyn DiskFile>,
    /// The entries that are durable.
    pub(super) entries: OffsetRange,
    /// The bytes that are durable.
    pub(super) bytes: u64,
    /// Ascending; the first point is the first entry.
    pub(super) index: Vec<IndexPoint>,
}

impl Segment {
    /// A segment without entries yet.
    pub(super) fn new(path: PathBuf, file: Arc<dyn DiskFile>, first: Offset, bytes: u64) -> Self {
        let entries = OffsetRange { first, last: Offset(first.0 - 1) };
        Self { path, file, entries, bytes, index: Vec::new() }
    }

    /// Takes the next entry, of `bytes` bytes, as durable.
    pub(super) fn push(&mut self, bytes: u64) {
        let point = IndexPoint { offset: self.entries.last.next(), byte: self.bytes };
        if self.index.last().is_none_or(|last| is_far(*last, point)) {
            self.index.push(point);
        }
        self.entries.last = point.offset;
        self.bytes += bytes;
    }

    /// Where to read for `offset`: from the point at or before it to the one after.
    pub(super) fn span(&self, offset: Offset) -> (IndexPoint, u64) {
        let after = self.index.partition_point(|point| point.offset <= offset);
        let from = after.checked_sub(1).and_then(|before| self.index.get(before)).copied();
        let from = from.unwrap_or(IndexPoint { offset: self.entries.first, byte: self.bytes });
        (from, self.index.get(after).map_or(self.bytes, |point| point.byte))
    }
}

fn is_far(last: IndexPoint, point: IndexPoint) -> bool {
    point.offset.0 - last.offset.0 >= INDEX_ENTRIES || point.byte - last.byte >= INDEX_BYTES
}
