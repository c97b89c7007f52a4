//! Opening a journal: every record is read and proved, and a torn end is cut.

use super::cursor::BufferedRecords;
use super::format::{self, SEGMENT_HEADER_BYTES, SegmentHeader};
use super::segment::Segment;
use super::{OffsetRange, Recovery};
use crate::JournalError;
use crate::disk::{Disk, DiskFile};
use cordon_model::clock::Timestamp;
use cordon_model::ids::Offset;
use std::path::Path;
use std::sync::Arc;

/// The segments found, and what is known of them.
pub(super) struct Opened {
    pub(super) segments: Vec<Segment>,
    pub(super) last_received_at: Timestamp,
    pub(super) recovery: Recovery,
}

/// Reads the segments of `folder`, cuts what a power loss tore, and makes what stays durable: a process
/// that was killed may have left entries that only the machine's memory holds, and whoever reads them now
/// must find them again.
pub(super) fn open_segments(disk: &dyn Disk, folder: &Path) -> Result<Opened, JournalError> {
    disk.create_folder(folder).map_err(JournalError::disk("create folder", folder))?;
    let names = disk.list(folder).map_err(JournalError::disk("list", folder))?;
    let mut firsts: Vec<Offset> = names.iter().filter_map(|name| format::parse_segment_name(name)).collect();
    firsts.sort_unstable();
    let mut opening = Opening { disk, folder, last_received_at: Timestamp(i64::MIN), torn_bytes: 0 };
    let mut segments: Vec<Segment> = Vec::new();
    for (index, first) in firsts.iter().enumerate() {
        let expected = segments.last().map(|segment| segment.entries.last.next());
        let is_last = index + 1 == firsts.len();
        segments.extend(opening.open_segment(*first, expected, is_last)?);
    }
    if !firsts.is_empty() {
        disk.sync_folder(folder).map_err(JournalError::disk("sync", folder))?;
    }
    Ok(opening.finish(segments))
}

/// What is carried from segment to segment.
struct Opening<'a> {
    disk: &'a dyn Disk,
    folder: &'a Path,
    last_received_at: Timestamp,
    torn_bytes: u64,
}

impl Opening<'_> {
    /// Opens the segment that begins with `first`; `None` where it was begun but holds nothing whole.
    fn open_segment(
        &mut self,
        first: Offset,
        expected: Option<Offset>,
        is_last: bool,
    ) -> Result<Option<Segment>, JournalError> {
        let path = self.folder.join(format::segment_name(first));
        if let Some(expected) = expected.filter(|expected| *expected != first) {
            return Err(JournalError::Gap { path, expected });
        }
        let file = self.disk.open_append(&path).map_err(JournalError::disk("open", &path))?;
        let is_begun = self.check_header(&path, &*file, first)?;
        let mut segment = Segment::new(path, file, first, SEGMENT_HEADER_BYTES as u64);
        let broken_at = if is_begun { self.read_records(&mut segment)? } else { Some(0) };
        match broken_at {
            Some(byte) if !is_last => Err(JournalError::corrupt(&segment.path, byte)),
            Some(byte) => self.cut(segment, byte),
            None if segment.entries.is_empty() => self.cut(segment, 0),
            None => self.keep(segment, is_last).map(Some),
        }
    }

    /// Whether the header is whole and says `first`.
    fn check_header(&self, path: &Path, file: &dyn DiskFile, first: Offset) -> Result<bool, JournalError> {
        let mut header = [0; SEGMENT_HEADER_BYTES];
        let read = file.read_at(&mut header, 0).map_err(JournalError::disk("read", path))?;
        match format::read_segment_header(header.get(..read).unwrap_or_default()) {
            SegmentHeader::Sound(found) if found == first => Ok(true),
            SegmentHeader::Sound(_) => Err(JournalError::corrupt(path, 0)),
            SegmentHeader::Torn => Ok(false),
            SegmentHeader::OtherVersion(found) => {
                let expected = format::VERSION;
                Err(JournalError::UnknownVersion { path: path.to_owned(), found, expected })
            }
        }
    }

    /// Takes in every sound record; the byte where they end, if that is before the file's end.
    fn read_records(&mut self, segment: &mut Segment) -> Result<Option<u64>, JournalError> {
        let file_bytes = file_bytes(&segment.path, &segment.file)?;
        let mut records = BufferedRecords::new(Arc::clone(&segment.file), segment.bytes, file_bytes);
        loop {
            let found = records.next(&segment.path)?;
            let Some(record) = found.filter(|record| {
                record.entry.offset == segment.entries.last.next()
                    && record.entry.received_at >= self.last_received_at
            }) else {
                break;
            };
            self.last_received_at = record.entry.received_at;
            segment.push(record.bytes as u64);
        }
        Ok((segment.bytes < file_bytes).then_some(segment.bytes))
    }

    /// Cuts an unacknowledged end at `byte`. Errors: [`JournalError::Corrupt`] where a later batch shows
    /// that what is broken had been acknowledged.
    fn cut(&mut self, mut segment: Segment, byte: u64) -> Result<Option<Segment>, JournalError> {
        let path = segment.path.clone();
        let file_bytes = file_bytes(&path, &segment.file)?;
        if later_batch_follows(&segment, byte, file_bytes)? {
            return Err(JournalError::corrupt(&path, byte));
        }
        self.torn_bytes += file_bytes - byte.min(file_bytes);
        if segment.entries.is_empty() {
            self.disk.remove(&path).map_err(JournalError::disk("remove", &path))?;
            return Ok(None);
        }
        segment.file.truncate(byte).map_err(JournalError::disk("truncate", &path))?;
        segment.bytes = byte;
        self.keep(segment, true).map(Some)
    }

    /// Only the last segment can hold what was never synced: a new one is begun when the old is durable.
    fn keep(&self, segment: Segment, is_last: bool) -> Result<Segment, JournalError> {
        if is_last {
            segment.file.sync().map_err(JournalError::disk("sync", &segment.path))?;
        }
        Ok(segment)
    }

    fn finish(self, segments: Vec<Segment>) -> Opened {
        let entries = match (segments.first(), segments.last()) {
            (Some(first), Some(last)) => OffsetRange { first: first.entries.first, last: last.entries.last },
            _ => OffsetRange::default(),
        };
        let recovery = Recovery { segments: segments.len(), entries, torn_bytes: self.torn_bytes };
        Opened { segments, last_received_at: self.last_received_at, recovery }
    }
}

fn file_bytes(path: &Path, file: &Arc<dyn DiskFile>) -> Result<u64, JournalError> {
    file.bytes().map_err(JournalError::disk("measure", path))
}

/// Whether behind the broken record at `byte` a sound one begins a batch: then the broken one was durable.
fn later_batch_follows(segment: &Segment, byte: u64, file_bytes: u64) -> Result<bool, JournalError> {
    let mut rest = vec![0; (file_bytes - byte.min(file_bytes)) as usize];
    let read = segment.file.read_at(&mut rest, byte).map_err(JournalError::disk("read", &segment.path))?;
    rest.truncate(read);
    let broken = segment.entries.last.next();
    let is_plausible = |offset: Offset| offset > broken && offset.0 - broken.0 <= rest.len() as u64;
    Ok((1..rest.len()).filter_map(|start| rest.get(start..)).any(|candidate| {
        format::claimed_offset(candidate).is_some_and(is_plausible)
            && format::parse_record(candidate).is_some_and(|record| record.batch_begins)
    }))
}
