//! Which sealed files count, and what was rewritten in them.

use crate::disk::{Disk, read_exact_at, replace_file};
use crate::{JournalError, OffsetRange};
use cordon_model::clock::{Day, Timestamp};
use cordon_model::ids::Offset;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::io;
use std::path::Path;

pub(super) const SEALED_SUFFIX: &str = ".parquet";
const MANIFEST_NAME: &str = "manifest.json";
const VERSION: u32 = 1;

/// Which sealed files count. The file `manifest.json` holds it beside its checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format of manifest and files.
    pub version: u32,
    /// Grows with each manifest written, and bounds the numbers in files' names, so that none is used twice.
    pub generation: u64,
    /// Sealed files, by offset, without gap or overlap.
    pub files: Vec<SealedFile>,
    /// Ranges in which payloads were replaced: invariants about replay hold for the rewritten journal.
    pub rewritten: Vec<RewrittenRange>,
    /// Every erasure up to this offset has been carried out in all files.
    pub erased_through: Offset,
}

/// A file of sealed entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedFile {
    /// Its name in the folder.
    pub name: String,
    /// The offsets it holds, all of them.
    pub entries: OffsetRange,
    /// Its size in bytes.
    pub bytes: u64,
    /// When its first and its last entry arrived.
    pub received: (Timestamp, Timestamp),
    /// The day as of which values whose time is over were taken out.
    pub treated_on: Day,
}

/// A range of offsets in which entries were rewritten. Says how many, never whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewrittenRange {
    /// The range.
    pub entries: OffsetRange,
    /// How many of its entries were replaced, over all rewrites.
    pub replaced: u64,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            version: VERSION,
            generation: 0,
            files: Vec::new(),
            rewritten: Vec::new(),
            erased_through: Offset(0),
        }
    }
}

impl Manifest {
    /// The offsets of all files.
    pub fn entries(&self) -> OffsetRange {
        match (self.files.first(), self.files.last()) {
            (Some(first), Some(last)) => OffsetRange { first: first.entries.first, last: last.entries.last },
            _ => OffsetRange::default(),
        }
    }

    /// The next manifest: `file` in place of all files whose entries it holds, or behind them all.
    pub(super) fn with(&self, file: SealedFile, replaced: u64, generation: u64) -> Self {
        let covers = file.entries;
        let is_inside = |range: OffsetRange| covers.contains(range.first) && covers.contains(range.last);
        let mut next = self.clone();
        next.generation = generation;
        next.files.retain(|old| !is_inside(old.entries));
        let place = next.files.partition_point(|old| old.entries.first < covers.first);
        next.files.insert(place, file);
        if replaced > 0 {
            let inside = next.rewritten.iter().filter(|old| is_inside(old.entries));
            let replaced = replaced + inside.map(|old| old.replaced).sum::<u64>();
            next.rewritten.retain(|old| !is_inside(old.entries));
            next.rewritten.push(RewrittenRange { entries: covers, replaced });
            next.rewritten.sort_unstable_by_key(|range| range.entries.first);
        }
        next
    }

    /// Whether the entry at `offset` may have been replaced.
    pub fn is_rewritten(&self, offset: Offset) -> bool {
        self.rewritten.iter().any(|range| range.entries.contains(offset))
    }

    fn is_gapless(&self) -> bool {
        self.files.windows(2).all(|pair| match pair {
            [one, two] => one.entries.last.next() == two.entries.first,
            _ => true,
        })
    }
}

/// The file: the manifest's text and its checksum.
#[derive(Serialize, Deserialize)]
struct Envelope {
    crc32: u32,
    manifest: Box<RawValue>,
}

/// A file's name: its offsets and a number of its own.
pub(super) fn file_name(entries: OffsetRange, number: u64) -> String {
    format!("{:020}-{:020}-{number:08}{SEALED_SUFFIX}", entries.first.0, entries.last.0)
}

/// The manifest in `folder`; an empty one where there is none.
///
/// Errors: [`JournalError::Corrupt`], [`JournalError::UnknownVersion`], [`JournalError::Disk`].
pub(super) fn load(disk: &dyn Disk, folder: &Path) -> Result<Manifest, JournalError> {
    let path = folder.join(MANIFEST_NAME);
    let text = match read(disk, &path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::default()),
        Err(error) => return Err(JournalError::disk("read", &path)(error)),
    };
    let manifest = parse(&text).ok_or_else(|| JournalError::corrupt(&path, 0))?;
    match manifest.version {
        VERSION => Ok(manifest),
        found => Err(JournalError::UnknownVersion { path, found, expected: VERSION }),
    }
}

/// Puts `manifest` in place of the one in `folder`, durably.
pub(super) fn save(disk: &dyn Disk, folder: &Path, manifest: &Manifest) -> Result<(), JournalError> {
    let failed = || JournalError::disk("save", &folder.join(MANIFEST_NAME));
    debug_assert!(manifest.is_gapless(), "sealed files follow each other");
    let text = print(manifest).map_err(|error| failed()(error.into()))?;
    replace_file(disk, folder, MANIFEST_NAME, &[&text]).map_err(failed())
}

fn read(disk: &dyn Disk, path: &Path) -> io::Result<Vec<u8>> {
    let file = disk.open_read(path)?;
    let mut text = vec![0; file.bytes()? as usize];
    read_exact_at(&*file, &mut text, 0)?;
    Ok(text)
}

fn print(manifest: &Manifest) -> serde_json::Result<Vec<u8>> {
    let text = serde_json::to_string(manifest)?;
    let crc32 = crc32fast::hash(text.as_bytes());
    serde_json::to_vec(&Envelope { crc32, manifest: RawValue::from_string(text)? })
}

fn parse(text: &[u8]) -> Option<Manifest> {
    let envelope: Envelope = serde_json::from_slice(text).ok()?;
    let text = envelope.manifest.get();
    let is_sound = crc32fast::hash(text.as_bytes()) == envelope.crc32;
    let manifest: Manifest = is_sound.then(|| serde_json::from_str(text).ok())??;
    manifest.is_gapless().then_some(manifest)
}
