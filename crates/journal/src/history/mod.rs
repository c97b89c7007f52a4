//! History: the sealed journal, as Parquet that any engine can read.
//!
//! Each file holds a contiguous range of offsets, its rows sorted by account and then offset, so that an
//! account's past stands together; a manifest says which files count. The one design decision: event time is
//! a column and not a partition, so that a late event changes no file.
//!
//! Invariants: the manifest's files cover the offsets from the first to [`History::sealed_through`] without
//! gap or overlap; a file is whole and durable before a manifest names it, and removed only when the durable
//! manifest no longer does.
//!
//! Read first: `schema` (what a row is), `manifest`, then `seal`.

mod file;
mod manifest;
mod merge;
mod rewrite;
mod scan;
mod schema;
mod seal;
#[cfg(test)]
mod tests;
mod whole;
mod write;

pub use manifest::{Manifest, RewrittenRange, SealedFile};
pub use rewrite::{KeepAll, Retention, RewriteReport, TOMBSTONE, Treatment};
pub use schema::{Facts, SealedEntry};
pub use seal::Sealer;
pub use whole::WholeJournal;

use crate::disk::{self, Disk};
use crate::{JournalError, OffsetRange};
use cordon_model::clock::Day;
use cordon_model::entry::Entry;
use cordon_model::ids::{AccountId, Offset};
use file::OpenFile;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use write::SealedWriter;

/// How large sealed files become.
#[derive(Clone, Copy, Debug)]
pub struct HistoryOptions {
    /// A merged file of this many rows is large enough to be left alone.
    pub full_rows: u64,
    /// Rows of a row group: what a reader has to hold in memory while one is written.
    pub row_group_rows: usize,
    /// Rows of a page: what a look-up has to decompress.
    pub page_rows: usize,
    /// Payload bytes held at a time by a scan and by sealing.
    pub memory_bytes: u64,
}

impl Default for HistoryOptions {
    fn default() -> Self {
        // Measured with examples/timeline_bench.rs; 2M rows a file are at most 62 files for 100M rows.
        Self { full_rows: 2_000_000, row_group_rows: 65_536, page_rows: 512, memory_bytes: 256 << 20 }
    }
}

/// The sealed journal. Clones are cheap and share it; one of them at a time writes.
#[derive(Clone, Debug)]
pub struct History {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    options: HistoryOptions,
    current: RwLock<Arc<Files>>,
    /// Held by whoever seals, merges or rewrites.
    writing: Mutex<()>,
    /// The highest number in a file's name so far. A failed attempt uses one up: a manifest that may or may
    /// not be on disk may name its file.
    last_number: AtomicU64,
}

/// What the manifest names, opened.
#[derive(Debug)]
struct Files {
    manifest: Manifest,
    /// In the manifest's order.
    open: Vec<Arc<OpenFile>>,
}

impl History {
    /// Opens the history in `folder`, or begins one there; files that no manifest names are removed.
    ///
    /// Errors: [`JournalError::Corrupt`] where the manifest or a named file is damaged,
    /// [`JournalError::Disk`].
    pub fn open(disk: Arc<dyn Disk>, folder: &Path, options: HistoryOptions) -> Result<Self, JournalError> {
        disk.create_folder(folder).map_err(JournalError::disk("create folder", folder))?;
        let manifest = manifest::load(&*disk, folder)?;
        remove_unnamed(&*disk, folder, &manifest)?;
        let open = manifest.files.iter().map(|named| OpenFile::open(&*disk, folder, named).map(Arc::new));
        let files = Files { open: open.collect::<Result<_, _>>()?, manifest };
        let last_number = AtomicU64::new(files.manifest.generation);
        let (current, writing) = (RwLock::new(Arc::new(files)), Mutex::new(()));
        let folder = folder.to_owned();
        Ok(Self { shared: Arc::new(Shared { disk, folder, options, current, writing, last_number }) })
    }

    /// What the manifest says now.
    pub fn manifest(&self) -> Manifest {
        self.files().manifest.clone()
    }

    /// Paths of the files that count, oldest first: for engines that read Parquet themselves.
    pub fn paths(&self) -> Vec<PathBuf> {
        let files = self.files();
        files.manifest.files.iter().map(|file| self.shared.folder.join(&file.name)).collect()
    }

    /// The offsets that are sealed.
    pub fn entries(&self) -> OffsetRange {
        self.files().manifest.entries()
    }

    /// The last sealed offset; 0 where there is none.
    pub fn sealed_through(&self) -> Offset {
        self.entries().last
    }

    /// The sealed entry at `offset`; `None` where that is not sealed. One to two milliseconds.
    ///
    /// Errors: [`JournalError::Corrupt`], [`JournalError::Disk`].
    pub fn entry_at(&self, offset: Offset) -> Result<Option<Entry>, JournalError> {
        match self.files().file_of(offset) {
            Some(file) => file.row_at(offset).map(|row| Some(row.entry)),
            None => Ok(None),
        }
    }

    /// The newest `count` sealed entries of an account, newest first.
    ///
    /// Errors: [`JournalError::Corrupt`], [`JournalError::Disk`].
    pub fn timeline(&self, account_id: &AccountId, count: usize) -> Result<Vec<SealedEntry>, JournalError> {
        self.files().timeline(account_id, count)
    }

    fn files(&self) -> Arc<Files> {
        Arc::clone(&self.shared.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `write` while nobody else writes.
    fn exclusively<T>(
        &self,
        write: impl FnOnce(&Files) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let _writing = self.shared.writing.lock().unwrap_or_else(PoisonError::into_inner);
        write(&self.files())
    }

    /// Begins a file for `entries`, under a name that was never used.
    fn new_file(&self, entries: OffsetRange) -> Result<SealedWriter, JournalError> {
        let number = self.shared.last_number.fetch_add(1, Ordering::Relaxed) + 1;
        let name = manifest::file_name(entries, number);
        SealedWriter::create(&self.shared.disk, &self.shared.folder, name, entries, &self.shared.options)
    }

    /// Ends the file and makes it count, in place of what it holds anew; removes what no longer counts.
    fn publish_file(
        &self,
        before: &Files,
        writer: SealedWriter,
        (replaced, treated_on): (u64, Day),
    ) -> Result<(), JournalError> {
        let Shared { disk, folder, last_number, .. } = &*self.shared;
        let named = writer.finish(treated_on)?;
        let added = Arc::new(OpenFile::open(&**disk, folder, &named)?);
        let generation = last_number.load(Ordering::Relaxed);
        let manifest = before.manifest.with(named, replaced, generation);
        let known = before.open.iter().chain([&added]);
        let of_name = |name: &str| known.clone().find(|file| file.name() == name).map(Arc::clone);
        let open = manifest.files.iter().filter_map(|file| of_name(&file.name)).collect();
        let files = self.install(Files { manifest, open })?;
        // What cannot be removed now is on opening: the manifest already counts.
        let _ = remove_unnamed(&**disk, folder, &files.manifest);
        Ok(())
    }

    /// Notes, durably, that every erasure up to `through` has been carried out in all files.
    ///
    /// Errors: [`JournalError::Disk`]; nothing is noted then.
    pub fn note_erased(&self, through: Offset) -> Result<(), JournalError> {
        self.exclusively(|files| {
            let generation = self.shared.last_number.fetch_add(1, Ordering::Relaxed) + 1;
            let manifest = Manifest { erased_through: through, generation, ..files.manifest.clone() };
            self.install(Files { manifest, open: files.open.clone() }).map(drop)
        })
    }

    /// Makes these files the ones that count: durably, then for readers.
    fn install(&self, files: Files) -> Result<Arc<Files>, JournalError> {
        manifest::save(&*self.shared.disk, &self.shared.folder, &files.manifest)?;
        let files = Arc::new(files);
        *self.shared.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&files);
        Ok(files)
    }
}

impl Files {
    /// The file that holds `offset`.
    fn file_of(&self, offset: Offset) -> Option<&Arc<OpenFile>> {
        let after = self.open.partition_point(|file| file.entries().first <= offset);
        let found = after.checked_sub(1).and_then(|index| self.open.get(index));
        found.filter(|file| file.entries().contains(offset))
    }

    /// The newest `count` entries of an account, newest first. Files are asked several at a time, so that
    /// a slow disk fetches what they need side by side.
    fn timeline(&self, account_id: &AccountId, count: usize) -> Result<Vec<SealedEntry>, JournalError> {
        let mut found = Vec::new();
        let newest_first: Vec<&OpenFile> = self.open.iter().rev().map(|file| &**file).collect();
        for files in newest_first.chunks(FILES_ASKED_AT_ONCE) {
            let mut wanted = count - found.len();
            if wanted == 0 {
                break;
            }
            for (file, rows) in newest_rows(files, account_id, &mut wanted)? {
                found.extend(file.read_rows(&[rows])?.into_iter().rev());
            }
        }
        Ok(found)
    }
}

/// How many files a timeline asks before it looks whether it has enough.
const FILES_ASKED_AT_ONCE: usize = 8;

/// Where the account's newest rows stand, file by file, no more than `wanted`, which is lowered; the disk is
/// told that they will be read.
fn newest_rows<'a>(
    files: &[&'a OpenFile],
    account_id: &AccountId,
    wanted: &mut usize,
) -> Result<Vec<(&'a OpenFile, Range<usize>)>, JournalError> {
    let candidates: Vec<_> = files.iter().map(|file| (*file, file.candidate_pages(account_id))).collect();
    candidates.iter().for_each(|(file, pages)| file.prefetch_accounts(pages));
    let mut found = Vec::new();
    for (file, pages) in candidates {
        let rows = file.rows_among(&pages, account_id)?;
        let newest = rows.end.saturating_sub(*wanted).max(rows.start)..rows.end;
        *wanted -= newest.len();
        file.prefetch_rows(std::slice::from_ref(&newest));
        found.push((file, newest));
    }
    Ok(found)
}

/// Removes every sealed or temporary file that the manifest does not name.
fn remove_unnamed(disk: &dyn Disk, folder: &Path, manifest: &Manifest) -> Result<(), JournalError> {
    let failed = || JournalError::disk("clear", folder);
    let named: BTreeSet<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    for name in disk::remove_temporaries(disk, folder).map_err(failed())? {
        if name.ends_with(manifest::SEALED_SUFFIX) && !named.contains(name.as_str()) {
            disk::remove_if_there(disk, &folder.join(name)).map_err(failed())?;
        }
    }
    Ok(())
}
