//! Reading records one after the other through a buffer.

use super::format::{self, Record};
use super::reader::Shared;
use super::{EntryRef, segment::Segment};
use crate::JournalError;
use crate::disk::DiskFile;
use cordon_model::ids::Offset;
use std::path::Path;
use std::sync::Arc;

/// Bytes read at a time: large enough that the call costs nothing, small enough to stay in the cache.
const BUFFER_BYTES: usize = 256 << 10;

/// The records of one file, in order.
#[derive(Debug)]
pub(super) struct BufferedRecords {
    file: Arc<dyn DiskFile>,
    buffer: Vec<u8>,
    /// The next record's place in the buffer.
    start: usize,
    /// The next byte to read from the file.
    at: u64,
    end: u64,
}

impl BufferedRecords {
    /// The records between the bytes `at` and `end`.
    pub(super) fn new(file: Arc<dyn DiskFile>, at: u64, end: u64) -> Self {
        Self { file, buffer: Vec::new(), start: 0, at, end }
    }

    /// More of the file has become readable.
    fn extend_to(&mut self, end: u64) {
        self.end = end;
    }

    /// The byte at which the next record stands.
    fn position(&self) -> u64 {
        self.at - (self.buffer.len() - self.start) as u64
    }

    /// The next record; `None` at the end, and at a record that is not sound.
    pub(super) fn next(&mut self, path: &Path) -> Result<Option<Record<'_>>, JournalError> {
        let mut wanted = format::RECORD_HEADER_BYTES;
        loop {
            if !self.fill(wanted).map_err(JournalError::disk("read", path))? {
                return Ok(None);
            }
            match framed(self.buffer.get(self.start..).unwrap_or_default()) {
                Frame::Whole(bytes) => return Ok(self.take(bytes)),
                Frame::Longer(bytes) => wanted = bytes,
                Frame::Broken => return Ok(None),
            }
        }
    }

    fn take(&mut self, bytes: usize) -> Option<Record<'_>> {
        let record = format::parse_record(self.buffer.get(self.start..self.start + bytes)?)?;
        self.start += bytes;
        Some(record)
    }

    /// Has at least `wanted` bytes in the buffer; `false` where the file ends before.
    fn fill(&mut self, wanted: usize) -> std::io::Result<bool> {
        let held = self.buffer.len() - self.start;
        if held >= wanted {
            return Ok(true);
        }
        if ((self.end - self.at) as usize) < wanted - held {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let more = (self.end - self.at).min((wanted - held).max(BUFFER_BYTES) as u64) as usize;
        self.buffer.resize(held + more, 0);
        let read = self.file.read_at(self.buffer.get_mut(held..).unwrap_or_default(), self.at)?;
        self.buffer.truncate(held + read);
        self.at += read as u64;
        Ok(self.buffer.len() >= wanted)
    }
}

enum Frame {
    Whole(usize),
    Longer(usize),
    Broken,
}

fn framed(buffer: &[u8]) -> Frame {
    match format::framed_bytes(buffer) {
        None => Frame::Broken,
        Some(bytes) if bytes <= buffer.len() => Frame::Whole(bytes),
        Some(bytes) => Frame::Longer(bytes),
    }
}

/// Walks through a journal's durable entries in order, and goes on when more become durable.
#[derive(Debug)]
pub struct EntryCursor {
    shared: Arc<Shared>,
    next: Offset,
    place: Option<(Segment, BufferedRecords)>,
}

impl EntryCursor {
    pub(super) fn new(shared: Arc<Shared>, next: Offset) -> Self {
        Self { shared, next: next.max(Offset(1)), place: None }
    }

    /// The next entry; `None` where no further one is durable yet (asking again later may give one).
    ///
    /// Errors: [`JournalError::BeforeLog`] where it has left the log, [`JournalError::Corrupt`],
    /// [`JournalError::Disk`].
    pub fn next_entry(&mut self) -> Result<Option<EntryRef<'_>>, JournalError> {
        if !self.find_place()? {
            return Ok(None);
        }
        let Some((segment, records)) = &mut self.place else { return Ok(None) };
        let (expected, byte) = (self.next, records.position());
        let Some(record) = records.next(&segment.path)?.filter(|record| record.entry.offset == expected)
        else {
            return Err(JournalError::corrupt(&segment.path, byte));
        };
        self.next = expected.next();
        Ok(Some(record.entry))
    }

    /// Stands at the next entry; `false` where it is not durable yet.
    fn find_place(&mut self) -> Result<bool, JournalError> {
        if self.place.as_ref().is_some_and(|(segment, _)| segment.entries.contains(self.next)) {
            return Ok(true);
        }
        let Some((segment, from)) = self.shared.segment_of(self.next)? else { return Ok(false) };
        match &mut self.place {
            Some((old, records)) if old.path == segment.path => {
                records.extend_to(segment.bytes);
                *old = segment;
            }
            _ => {
                let file = Arc::clone(&segment.file);
                let mut records = BufferedRecords::new(file, from.byte, segment.bytes);
                for _ in from.offset.0..self.next.0 {
                    let byte = records.position();
                    if records.next(&segment.path)?.is_none() {
                        return Err(JournalError::corrupt(&segment.path, byte));
                    }
                }
                self.place = Some((segment, records));
            }
        }
        Ok(true)
    }
}
