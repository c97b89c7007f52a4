//! Reading what is durable, from any thread, while the writer appends.

use super::cursor::EntryCursor;
use super::format;
use super::segment::{IndexPoint, Segment};
use super::{EntryRef, OffsetRange};
use crate::JournalError;
use crate::disk::read_exact_at;
use cordon_model::entry::Entry;
use cordon_model::ids::Offset;
use std::ops::ControlFlow;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What writer and readers share: the durable part of every segment, ascending, without gaps.
#[derive(Debug)]
pub(super) struct Shared {
    segments: RwLock<Vec<Segment>>,
    /// The first offset of a journal without segments.
    begin: Offset,
}

impl Shared {
    pub(super) fn new(segments: Vec<Segment>, begin: Offset) -> Self {
        Self { segments: RwLock::new(segments), begin }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Vec<Segment>> {
        self.segments.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Vec<Segment>> {
        self.segments.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries(&self) -> OffsetRange {
        let segments = self.read();
        match (segments.first(), segments.last()) {
            (Some(first), Some(last)) => OffsetRange { first: first.entries.first, last: last.entries.last },
            _ => OffsetRange { first: self.begin, last: Offset(self.begin.0.saturating_sub(1)) },
        }
    }

    /// The segment that holds `offset`, without its index, and where in it to begin; `None` where the
    /// offset is not durable yet. Errors: [`JournalError::BeforeLog`].
    pub(super) fn segment_of(&self, offset: Offset) -> Result<Option<(Segment, IndexPoint)>, JournalError> {
        let segments = self.read();
        let Some(first) = segments.first().map(|segment| segment.entries.first) else { return Ok(None) };
        if offset < first {
            return Err(JournalError::BeforeLog { offset, first });
        }
        let after = segments.partition_point(|segment| segment.entries.first <= offset);
        let segment = after.checked_sub(1).and_then(|index| segments.get(index));
        Ok(segment.filter(|segment| segment.entries.contains(offset)).map(|segment| {
            let (from, _) = segment.span(offset);
            let Segment { path, file, entries, bytes, .. } = segment;
            let (path, file) = (path.clone(), Arc::clone(file));
            (Segment { path, file, entries: *entries, bytes: *bytes, index: Vec::new() }, from)
        }))
    }
}

/// Reads a journal's durable entries; clones are cheap and share what is known of the files.
#[derive(Clone, Debug)]
pub struct JournalReader(Arc<Shared>);

impl JournalReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// The last durable entry's offset; the one before the first to come where there is none.
    pub fn last_offset(&self) -> Offset {
        self.0.entries().last
    }

    /// The entries that the log still holds.
    pub fn entries(&self) -> OffsetRange {
        self.0.entries()
    }

    /// The entry at `offset`; `None` where the log does not hold it, or not any more.
    ///
    /// Errors: [`JournalError::Corrupt`], [`JournalError::Disk`].
    pub fn entry_at(&self, offset: Offset) -> Result<Option<Entry>, JournalError> {
        let segments = self.0.read();
        let after = segments.partition_point(|segment| segment.entries.first <= offset);
        let found = after.checked_sub(1).and_then(|index| segments.get(index));
        let Some(segment) = found.filter(|segment| segment.entries.contains(offset)) else {
            return Ok(None);
        };
        let (from, to) = segment.span(offset);
        let (path, file) = (segment.path.clone(), Arc::clone(&segment.file));
        drop(segments);
        let mut buffer = vec![0; (to - from.byte) as usize];
        read_exact_at(&*file, &mut buffer, from.byte).map_err(JournalError::disk("read", &path))?;
        let found = nth_record(&buffer, (offset.0 - from.offset.0) as usize);
        match found.filter(|entry| entry.offset == offset) {
            Some(entry) => Ok(Some(entry.to_entry())),
            None => Err(JournalError::corrupt(&path, from.byte)),
        }
    }

    /// A cursor whose first entry is the one at `offset`.
    pub fn cursor_from(&self, offset: Offset) -> EntryCursor {
        EntryCursor::new(Arc::clone(&self.0), offset)
    }

    /// The entries from `offset` on, in order, as owned copies; ends with the last durable one.
    pub fn entries_from(&self, offset: Offset) -> impl Iterator<Item = Result<Entry, JournalError>> + use<> {
        let mut cursor = self.cursor_from(offset);
        let mut has_failed = false;
        std::iter::from_fn(move || {
            if has_failed {
                return None;
            }
            let found = cursor.next_entry().map(|entry| entry.map(|entry| entry.to_entry()));
            has_failed = found.is_err();
            found.transpose()
        })
    }

    /// Shows the entries from `offset` on to `visit`, in order, without copying them, until the last
    /// durable one or until `visit` breaks. Returns the offset after the last one shown.
    ///
    /// Errors: `visit`'s own, and those of [`EntryCursor::next_entry`].
    pub fn for_each_from<E: From<JournalError>>(
        &self,
        offset: Offset,
        mut visit: impl FnMut(EntryRef<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<Offset, E> {
        let mut cursor = self.cursor_from(offset);
        let mut next = offset.max(Offset(1));
        while let Some(entry) = cursor.next_entry()? {
            next = entry.offset.next();
            if visit(entry)?.is_break() {
                break;
            }
        }
        Ok(next)
    }
}

/// The record after `skipped` others.
fn nth_record(mut buffer: &[u8], skipped: usize) -> Option<EntryRef<'_>> {
    for _ in 0..skipped {
        buffer = buffer.get(format::framed_bytes(buffer)?..)?;
    }
    format::parse_record(buffer).map(|record| record.entry)
}
