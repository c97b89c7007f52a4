//! Reading sealed files in the order of offsets, though they are sorted by account.
//!
//! A file is read in windows of consecutive offsets that fit the memory bound: each window decompresses the
//! whole file and keeps its own rows, which costs less than keeping, or spilling, them all.

use super::file::OpenFile;
use super::schema::SealedEntry;
use crate::{JournalError, OffsetRange};
use cordon_model::ids::Offset;
use std::ops::Range;

impl OpenFile {
    /// The windows in which to read `entries` so that about `bytes_max` are held at a time, in order.
    pub(super) fn windows(&self, entries: OffsetRange, bytes_max: u64) -> Vec<OffsetRange> {
        let row_bytes = (self.uncompressed_bytes() / self.entries().len().max(1)).max(1);
        let window = (bytes_max / row_bytes).max(1);
        let firsts = (entries.first.0..=entries.last.0).step_by(window as usize);
        firsts
            .map(|first| OffsetRange {
                first: Offset(first),
                last: Offset(entries.last.0.min(first + window - 1)),
            })
            .collect()
    }

    /// The rows of consecutive offsets of this file, in their order.
    pub(super) fn read_window(&self, entries: OffsetRange) -> Result<Vec<SealedEntry>, JournalError> {
        let mut rows = self.rows_at(entries)?;
        rows.sort_unstable();
        let mut found = self.read_rows(&ranges(&rows))?;
        found.sort_unstable_by_key(|row| row.entry.offset);
        let is_whole = found.iter().map(|row| row.entry.offset).eq(entries.offsets());
        if is_whole { Ok(found) } else { Err(self.damaged_index()) }
    }
}

/// Ascending row numbers as ranges.
fn ranges(rows: &[usize]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for row in rows {
        match ranges.last_mut().filter(|range| range.end == *row) {
            Some(range) => range.end += 1,
            None => ranges.push(*row..*row + 1),
        }
    }
    ranges
}
