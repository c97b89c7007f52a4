//! The journal's one writer.

use super::format::{self, ID_BYTES_MAX, PAYLOAD_BYTES_MAX};
use super::open::{Opened, open_segments};
use super::reader::Shared;
use super::segment::Segment;
use super::{JournalOptions, JournalReader, NewEntry, OffsetRange, Recovery};
use crate::JournalError;
use crate::disk::{Disk, DiskFile, remove_if_there};
use cordon_model::clock::Timestamp;
use cordon_model::ids::Offset;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A write buffer that one huge batch has grown beyond this many bytes is given back.
const BUFFER_BYTES_KEPT: usize = 16 << 20;

/// The journal's one writer. Hand out [`Journal::reader`]s to everybody else.
#[derive(Debug)]
pub struct Journal {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    options: JournalOptions,
    shared: Arc<Shared>,
    last_received_at: Timestamp,
    buffer: Vec<u8>,
    record_bytes: Vec<u64>,
    debris: Option<Debris>,
    /// The next batch begins a segment although the last one has room.
    is_last_closed: bool,
}

/// What a failed write left behind and could not clear away at once.
#[derive(Debug)]
enum Debris {
    /// Bytes behind the durable end of the last segment.
    Tail,
    /// A segment that holds nothing acknowledged.
    Segment(PathBuf),
}

impl Journal {
    /// Opens the journal in `folder`, or begins one there. A torn end, which nobody was told is kept, is cut.
    ///
    /// Errors: [`JournalError::Corrupt`] where acknowledged entries are damaged, [`JournalError::Gap`],
    /// [`JournalError::UnknownVersion`], [`JournalError::Disk`].
    pub fn open(
        disk: Arc<dyn Disk>,
        folder: &Path,
        options: JournalOptions,
    ) -> Result<(Self, Recovery), JournalError> {
        let Opened { segments, last_received_at, recovery } = open_segments(&*disk, folder)?;
        let journal = Self {
            disk,
            folder: folder.to_owned(),
            options,
            shared: Arc::new(Shared::new(segments, options.first_offset)),
            last_received_at,
            buffer: Vec::new(),
            record_bytes: Vec::new(),
            debris: None,
            is_last_closed: false,
        };
        Ok((journal, recovery))
    }

    /// A reader of what is durable.
    pub fn reader(&self) -> JournalReader {
        JournalReader::new(Arc::clone(&self.shared))
    }

    /// The offset that the next entry will have.
    pub fn next_offset(&self) -> Offset {
        self.reader().last_offset().next()
    }

    /// The last entry's `received_at`; earlier arrivals are set up to it. The smallest instant where the
    /// journal is empty.
    pub fn last_received_at(&self) -> Timestamp {
        self.last_received_at
    }

    /// Appends a batch with one write and one sync, and returns the offsets given, once the batch is
    /// durable. An entry that arrived before the one in front of it takes that one's `received_at`: whoever
    /// evaluates without reading back must do the same, from [`Self::last_received_at`] before the call.
    ///
    /// After an error nothing of the batch is in the journal, and a later call may succeed; only if the
    /// process or the machine stops before that may some of the batch be found on opening.
    ///
    /// Errors: [`JournalError::EntryTooLarge`], [`JournalError::Disk`].
    pub fn append(&mut self, entries: &[NewEntry<'_>]) -> Result<OffsetRange, JournalError> {
        self.clear_debris()?;
        let first = self.next_offset();
        let given = OffsetRange { first, last: Offset(first.0 + entries.len() as u64 - 1) };
        check_sizes(entries)?;
        if entries.is_empty() {
            return Ok(given);
        }
        self.buffer.clear();
        let last_received_at = if self.must_roll() {
            format::write_segment_header(&mut self.buffer, first);
            let header_bytes = self.buffer.len() as u64;
            let last_received_at = self.encode(first, entries);
            self.write_new_segment(first, header_bytes)?;
            last_received_at
        } else {
            let last_received_at = self.encode(first, entries);
            self.write_last_segment()?;
            last_received_at
        };
        self.last_received_at = last_received_at;
        self.buffer.shrink_to(BUFFER_BYTES_KEPT);
        Ok(given)
    }

    /// Removes the segments all of whose entries are at or before `offset`, and returns how many. Call only
    /// once history holds these entries, durably. The last segment stays, so that the journal knows where it
    /// was; where it should go too it takes no further batch, and goes at a later call.
    pub fn remove_segments_through(&mut self, offset: Offset) -> Result<usize, JournalError> {
        let mut removed = 0;
        while let Some(path) = self.first_segment_through(offset) {
            remove_if_there(&*self.disk, &path).map_err(JournalError::disk("remove", &path))?;
            // One at a time, durably: of two names removed at once a power loss may bring back the older.
            self.disk.sync_folder(&self.folder).map_err(JournalError::disk("sync", &self.folder))?;
            self.shared.write().remove(0);
            removed += 1;
        }
        self.is_last_closed = self.reader().last_offset() <= offset;
        Ok(removed)
    }

    /// The offsets of the segment that is written to; empty where there is none.
    pub fn last_segment(&self) -> OffsetRange {
        self.shared.read().last().map(|segment| segment.entries).unwrap_or_default()
    }

    /// The next batch begins a new segment, so that this one can be removed when its time has come.
    pub fn close_last_segment(&mut self) {
        self.is_last_closed = !self.last_segment().is_empty();
    }

    fn first_segment_through(&self, offset: Offset) -> Option<PathBuf> {
        let segments = self.shared.read();
        let first = segments.first().filter(|_| segments.len() > 1)?;
        (first.entries.last <= offset).then(|| first.path.clone())
    }

    fn must_roll(&self) -> bool {
        let is_full = |segment: &Segment| segment.bytes >= self.options.segment_bytes;
        self.is_last_closed || self.shared.read().last().is_none_or(is_full)
    }

    /// Writes the batch into the buffer; the last entry's `received_at`.
    fn encode(&mut self, first: Offset, entries: &[NewEntry<'_>]) -> Timestamp {
        self.record_bytes.clear();
        let mut received_at = self.last_received_at;
        for (offset, entry) in (first.0..).map(Offset).zip(entries) {
            received_at = received_at.max(entry.received_at);
            format::write_record(&mut self.buffer, offset, received_at, offset == first, entry);
            self.record_bytes.push(format::record_bytes(entry) as u64);
        }
        received_at
    }

    fn write_last_segment(&mut self) -> Result<(), JournalError> {
        let Some((path, file)) = self.last_file() else { return Ok(()) };
        if let Err(error) = write_and_sync(&path, &*file, &self.buffer) {
            self.debris = Some(Debris::Tail);
            // The disk's first complaint is the one to report; clearing is tried again before the next batch.
            let _ = self.clear_debris();
            return Err(error);
        }
        if let Some(segment) = self.shared.write().last_mut() {
            self.record_bytes.iter().for_each(|bytes| segment.push(*bytes));
        }
        Ok(())
    }

    fn write_new_segment(&mut self, first: Offset, header_bytes: u64) -> Result<(), JournalError> {
        let path = self.folder.join(format::segment_name(first));
        match self.create_segment(&path) {
            Err(error) => {
                self.debris = Some(Debris::Segment(path));
                let _ = self.clear_debris();
                Err(error)
            }
            Ok(file) => {
                let mut segment = Segment::new(path, file, first, header_bytes);
                self.record_bytes.iter().for_each(|bytes| segment.push(*bytes));
                self.shared.write().push(segment);
                self.is_last_closed = false;
                Ok(())
            }
        }
    }

    fn create_segment(&self, path: &Path) -> Result<Arc<dyn DiskFile>, JournalError> {
        let file = self.disk.create(path).map_err(JournalError::disk("create", path))?;
        write_and_sync(path, &*file, &self.buffer)?;
        self.disk.sync_folder(&self.folder).map_err(JournalError::disk("sync", &self.folder))?;
        Ok(file)
    }

    fn last_file(&self) -> Option<(PathBuf, Arc<dyn DiskFile>)> {
        self.shared.read().last().map(|segment| (segment.path.clone(), Arc::clone(&segment.file)))
    }

    /// Brings the files back to what is durable. No sync is needed: the next batch's covers it, and until
    /// then the debris may come back, as an unacknowledged batch may.
    fn clear_debris(&mut self) -> Result<(), JournalError> {
        match &self.debris {
            None => return Ok(()),
            Some(Debris::Tail) => {
                let segments = self.shared.read();
                if let Some(last) = segments.last() {
                    last.file.truncate(last.bytes).map_err(JournalError::disk("truncate", &last.path))?;
                }
            }
            Some(Debris::Segment(path)) => {
                remove_if_there(&*self.disk, path).map_err(JournalError::disk("remove", path))?;
            }
        }
        self.debris = None;
        Ok(())
    }
}

fn check_sizes(entries: &[NewEntry<'_>]) -> Result<(), JournalError> {
    for (index, entry) in entries.iter().enumerate() {
        for (bytes, bytes_max) in [(entry.id.len(), ID_BYTES_MAX), (entry.payload.len(), PAYLOAD_BYTES_MAX)] {
            if bytes > bytes_max {
                return Err(JournalError::EntryTooLarge { index, bytes, bytes_max });
            }
        }
    }
    Ok(())
}

fn write_and_sync(path: &Path, file: &dyn DiskFile, bytes: &[u8]) -> Result<(), JournalError> {
    file.append(bytes).map_err(JournalError::disk("append to", path))?;
    file.sync().map_err(JournalError::disk("sync", path))
}
