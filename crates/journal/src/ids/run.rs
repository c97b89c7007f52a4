//! A sorted run on disk. Numbers are little-endian.
//!
//! ```text
//! header: magic[8] version u32, entries u64, first offset u64, last offset u64, crc32 u32, zeros to 64 bytes
//! blocks: of 4,096 bytes: up to 170 slots (upper, lower, content), zeros, crc32 of all before u32
//! tail:   the upper half of each block's first id, the filter's words, crc32 of both u32
//! ```
//! Header and tail are read on opening and the tail kept in memory; a look-up that passes the filter reads
//! one block.

use super::filter::Filter;
use super::table::Slot;
use crate::disk::{BufferedAppend, Disk, DiskFile, read_exact_at, temporary_path};
use crate::{JournalError, OffsetRange};
use cordon_model::ids::Offset;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MAGIC: [u8; 8] = *b"CORDIDRN";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 64;
const BLOCK_BYTES: usize = 4_096;
const SLOT_BYTES: usize = 24;
const BLOCK_SLOTS: usize = (BLOCK_BYTES - 4) / SLOT_BYTES;
/// Blocks read at a time while merging.
const BLOCKS_READ: usize = 64;

/// A run's file name.
pub(super) fn name(offsets: OffsetRange) -> String {
    format!("{:020}-{:020}.ids", offsets.first.0, offsets.last.0)
}

/// The offsets that a run's file name tells; `None` for other names.
pub(super) fn parse_name(name: &str) -> Option<OffsetRange> {
    let (first, last) = name.strip_suffix(".ids")?.split_once('-')?;
    Some(OffsetRange { first: Offset(first.parse().ok()?), last: Offset(last.parse().ok()?) })
}

/// An open run.
#[derive(Debug)]
pub(crate) struct Run {
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    entries: u64,
    offsets: OffsetRange,
    /// Upper half of each block's first id, ascending.
    fences: Vec<u64>,
    filter: Filter,
}

impl Run {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    pub(super) fn offsets(&self) -> OffsetRange {
        self.offsets
    }

    /// Opens the run whose name says `offsets`. Errors: [`JournalError::Corrupt`],
    /// [`JournalError::UnknownVersion`], [`JournalError::Disk`].
    pub(super) fn open(disk: &dyn Disk, path: &Path, offsets: OffsetRange) -> Result<Self, JournalError> {
        let file = disk.open_read(path).map_err(JournalError::disk("open", path))?;
        let mut header = [0; HEADER_BYTES];
        let read = file.read_at(&mut header, 0).map_err(JournalError::disk("read", path))?;
        let entries = check_header(path, header.get(..read).unwrap_or_default(), offsets)?;
        let (fences, filter) = read_tail(path, &*file, entries)?;
        Ok(Self { path: path.to_owned(), file, entries, offsets, fences, filter })
    }

    /// The content with which the id was first remembered.
    pub(super) fn find(&self, wanted: Slot) -> Result<Option<u64>, JournalError> {
        if !self.filter.may_hold(wanted) {
            return Ok(None);
        }
        let first = self.fences.partition_point(|fence| *fence < wanted.upper).saturating_sub(1);
        let end = self.fences.partition_point(|fence| *fence <= wanted.upper);
        for block in first..end {
            let slots = self.read_blocks(block, 1)?;
            if let Some(found) = slots.into_iter().find(|slot| slot.id() == wanted.id()) {
                return Ok(Some(found.content));
            }
        }
        Ok(None)
    }

    /// All slots, ascending.
    pub(super) fn slots(&self) -> impl Iterator<Item = Result<Slot, JournalError>> {
        (0..self.fences.len()).step_by(BLOCKS_READ).flat_map(|first| {
            let count = BLOCKS_READ.min(self.fences.len() - first);
            let (slots, error) = match self.read_blocks(first, count) {
                Ok(slots) => (slots, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            slots.into_iter().map(Ok).chain(error)
        })
    }

    fn read_blocks(&self, first: usize, count: usize) -> Result<Vec<Slot>, JournalError> {
        let at = (HEADER_BYTES + first * BLOCK_BYTES) as u64;
        let mut bytes = vec![0; count * BLOCK_BYTES];
        read_exact_at(&*self.file, &mut bytes, at).map_err(JournalError::disk("read", &self.path))?;
        let mut slots = Vec::with_capacity(count * BLOCK_SLOTS);
        for (index, block) in bytes.chunks_exact(BLOCK_BYTES).enumerate() {
            let before = (first + index) as u64 * BLOCK_SLOTS as u64;
            let held = (self.entries - before).min(BLOCK_SLOTS as u64) as usize;
            let sound = checked(block).and_then(|body| body.get(..held * SLOT_BYTES));
            let body =
                sound.ok_or_else(|| JournalError::corrupt(&self.path, at + (index * BLOCK_BYTES) as u64))?;
            slots.extend(body.chunks_exact(SLOT_BYTES).map(read_slot));
        }
        Ok(slots)
    }
}

/// Writes ids, ascending and `entries` of them, as a run that covers `offsets`, durably.
pub(super) fn write(
    disk: &dyn Disk,
    folder: &Path,
    offsets: OffsetRange,
    entries: u64,
    slots: impl Iterator<Item = Result<Slot, JournalError>>,
) -> Result<Run, JournalError> {
    let path = folder.join(name(offsets));
    let temporary = temporary_path(folder, &name(offsets));
    let failed = || JournalError::disk("write", &path);
    let file = disk.create(&temporary).map_err(failed())?;
    let mut out = BufferedAppend::new(Arc::clone(&file));
    out.write_all(&header(offsets, entries)).map_err(failed())?;
    let (fences, filter) = write_blocks(&mut out, entries, slots, &path)?;
    write_tail(&mut out, &fences, &filter).map_err(failed())?;
    out.flush().map_err(failed())?;
    file.sync().map_err(failed())?;
    disk.rename(&temporary, &path).map_err(failed())?;
    disk.sync_folder(folder).map_err(failed())?;
    Ok(Run { path, file, entries, offsets, fences, filter })
}

fn write_blocks(
    out: &mut BufferedAppend,
    entries: u64,
    slots: impl Iterator<Item = Result<Slot, JournalError>>,
    path: &Path,
) -> Result<(Vec<u64>, Filter), JournalError> {
    let (mut fences, mut filter) = (Vec::new(), Filter::for_entries(entries));
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    for slot in slots {
        let slot = slot?;
        if block.is_empty() {
            fences.push(slot.upper);
        }
        filter.insert(slot);
        for number in [slot.upper, slot.lower, slot.content] {
            block.extend_from_slice(&number.to_le_bytes());
        }
        if block.len() == BLOCK_SLOTS * SLOT_BYTES {
            write_block(out, &mut block).map_err(JournalError::disk("write", path))?;
        }
    }
    if !block.is_empty() {
        write_block(out, &mut block).map_err(JournalError::disk("write", path))?;
    }
    Ok((fences, filter))
}

fn write_block(out: &mut BufferedAppend, block: &mut Vec<u8>) -> io::Result<()> {
    block.resize(BLOCK_BYTES - 4, 0);
    let checksum = crc32fast::hash(block);
    block.extend_from_slice(&checksum.to_le_bytes());
    out.write_all(block)?;
    block.clear();
    Ok(())
}

fn write_tail(out: &mut BufferedAppend, fences: &[u64], filter: &Filter) -> io::Result<()> {
    let mut checksum = crc32fast::Hasher::new();
    for number in fences.iter().chain(filter.words()) {
        checksum.update(&number.to_le_bytes());
        out.write_all(&number.to_le_bytes())?;
    }
    out.write_all(&checksum.finalize().to_le_bytes())
}

fn read_tail(path: &Path, file: &dyn DiskFile, entries: u64) -> Result<(Vec<u64>, Filter), JournalError> {
    let blocks = entries.div_ceil(BLOCK_SLOTS as u64) as usize;
    let at = (HEADER_BYTES + blocks * BLOCK_BYTES) as u64;
    let mut bytes = vec![0; (blocks + Filter::words_for(entries)) * 8 + 4];
    let read = file.read_at(&mut bytes, at).map_err(JournalError::disk("read", path))?;
    let body = bytes.get(..read).filter(|_| read == bytes.len()).and_then(checked);
    let body = body.ok_or_else(|| JournalError::corrupt(path, at))?;
    let mut numbers = body.chunks_exact(8).map(read_number);
    let fences = numbers.by_ref().take(blocks).collect();
    Ok((fences, Filter::from_words(numbers.collect())))
}

fn header(offsets: OffsetRange, entries: u64) -> [u8; HEADER_BYTES] {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    for number in [entries, offsets.first.0, offsets.last.0] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
    header.resize(HEADER_BYTES, 0);
    header.try_into().unwrap_or([0; HEADER_BYTES])
}

/// How many entries the header says. It must be the one that is written for these offsets.
fn check_header(path: &Path, found: &[u8], offsets: OffsetRange) -> Result<u64, JournalError> {
    let number = |at: usize| found.get(at..at + 8).map(read_number);
    let entries = number(12).ok_or_else(|| JournalError::corrupt(path, 0))?;
    if *found == header(offsets, entries) {
        return Ok(entries);
    }
    let version = found.get(8..12).map_or(VERSION, |bytes| read_number(bytes) as u32);
    if found.starts_with(&MAGIC) && version != VERSION {
        let (path, expected) = (path.to_owned(), VERSION);
        return Err(JournalError::UnknownVersion { path, found: version, expected });
    }
    Err(JournalError::corrupt(path, 0))
}

/// What stands before a checksum that fits.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (body, checksum) = bytes.split_last_chunk::<4>()?;
    (crc32fast::hash(body) == u32::from_le_bytes(*checksum)).then_some(body)
}

fn read_slot(bytes: &[u8]) -> Slot {
    let number = |at: usize| bytes.get(at..at + 8).map_or(0, read_number);
    Slot { upper: number(0), lower: number(8), content: number(16) }
}

/// A number of up to eight bytes.
fn read_number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
