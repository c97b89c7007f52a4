//! The memory of ids: what makes an entry that is sent twice count once.
//!
//! Ids come as keyed hashes. The newest stand in two tables in memory; when the younger is full the elder
//! becomes a sorted *run* on disk, with a filter in front that is kept in memory. Runs are merged, four of a
//! size at a time, so that a look-up asks few of them. Everything here is derived: a run says which offsets
//! it covers, and what is newer is taken from the journal again on opening.
//!
//! Invariants: runs, waiting tables, elder and younger table cover consecutive offsets in this order; the
//! same calls give the same files, byte for byte.

mod filter;
mod merge;
mod run;
mod table;
#[cfg(test)]
mod tests;
mod work;

pub use work::{FinishedRun, RunWork};

use crate::disk::{self, Disk};
use crate::{JournalError, OffsetRange};
use cordon_model::ids::Offset;
use cordon_model::limits;
use run::Run;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use table::{Slot, Table};

/// How much is remembered.
#[derive(Clone, Copy, Debug)]
pub struct IdMemoryOptions {
    /// Newest ids kept in memory, in two halves.
    pub in_memory_max: usize,
    /// Ids kept altogether; the oldest run goes when there are more.
    pub entries_max: u64,
}

impl Default for IdMemoryOptions {
    fn default() -> Self {
        Self { in_memory_max: limits::REMEMBERED_IN_MEMORY_MAX, entries_max: limits::REMEMBERED_ENTRIES_MAX }
    }
}

/// What is known of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Never seen, or forgotten.
    New,
    /// Seen with this content.
    Duplicate,
    /// Seen with other content; the first one stands.
    Conflict,
}

impl Known {
    fn compare(first: u64, now: u64) -> Self {
        if first == now { Self::Duplicate } else { Self::Conflict }
    }
}

/// A table and the offsets that it covers.
#[derive(Debug)]
pub(crate) struct Generation {
    table: Table,
    offsets: OffsetRange,
}

impl Generation {
    fn after(offset: Offset) -> Self {
        Self { table: Table::default(), offsets: OffsetRange { first: offset.next(), last: offset } }
    }
}

/// Remembers the ids of the newest entries, up to [`IdMemoryOptions::entries_max`].
#[derive(Debug)]
pub struct IdMemory {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    options: IdMemoryOptions,
    /// Oldest first.
    runs: Vec<Arc<Run>>,
    /// Full tables that wait to become runs, oldest first.
    waiting: Vec<Arc<Generation>>,
    elder: Generation,
    younger: Generation,
}

impl IdMemory {
    /// Opens the runs in `folder`. The caller then remembers every entry after [`Self::covered_offset`]
    /// from the journal again. A damaged run is removed with all newer ones, and so taken from the journal.
    ///
    /// Errors: [`JournalError::Disk`].
    pub fn open(disk: Arc<dyn Disk>, folder: &Path, options: IdMemoryOptions) -> Result<Self, JournalError> {
        disk.create_folder(folder).map_err(JournalError::disk("create folder", folder))?;
        let names = disk::remove_temporaries(&*disk, folder).map_err(JournalError::disk("clear", folder))?;
        let runs = open_runs(&*disk, folder, &names)?;
        let covered = covered_by(&runs);
        let (elder, younger) = (Generation::after(covered), Generation::after(covered));
        let folder = folder.to_owned();
        let mut memory = Self { disk, folder, options, runs, waiting: Vec::new(), elder, younger };
        memory.drop_oldest()?;
        Ok(memory)
    }

    /// Up to which entry the runs on disk remember; later ones are lost when the process ends.
    pub fn covered_offset(&self) -> Offset {
        covered_by(&self.runs)
    }

    /// How many ids are remembered.
    pub fn len(&self) -> u64 {
        let waiting = self.waiting.iter().map(|generation| &**generation);
        let tables = waiting.chain([&self.elder, &self.younger]);
        self.runs.iter().map(|run| run.entries()).sum::<u64>()
            + tables.map(|generation| generation.table.len() as u64).sum::<u64>()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is known of the id. `id_hash` must be a keyed hash: everything here relies on its evenness.
    ///
    /// Errors: [`JournalError::Disk`] and [`JournalError::Corrupt`], from a run.
    pub fn look_up(&self, id_hash: u128, content_hash: u64) -> Result<Known, JournalError> {
        let slot = Slot::new(id_hash, content_hash);
        let waiting = self.waiting.iter().rev().map(|generation| &**generation);
        for generation in [&self.younger, &self.elder].into_iter().chain(waiting) {
            if let Some(first) = generation.table.find(slot) {
                return Ok(Known::compare(first, content_hash));
            }
        }
        for run in self.runs.iter().rev() {
            if let Some(first) = run.find(slot)? {
                return Ok(Known::compare(first, content_hash));
            }
        }
        Ok(Known::New)
    }

    /// Remembers the id of the entry at `offset`: call it for each entry once it is durable, in order. An
    /// entry that is remembered already is passed over, so that a replay may begin too early.
    pub fn remember(&mut self, offset: Offset, id_hash: u128, content_hash: u64) {
        if offset <= self.younger.offsets.last {
            return;
        }
        if self.younger.table.len() >= self.generation_entries() {
            self.rotate();
        }
        self.younger.table.insert(Slot::new(id_hash, content_hash));
        self.younger.offsets.last = offset;
    }

    /// Writes what is full as runs, and returns [`Self::covered_offset`]. Merging is left to
    /// [`Self::next_work`]. Without either, memory grows by 24 bytes and more an entry.
    ///
    /// Errors: [`JournalError::Disk`]; nothing is forgotten.
    pub fn snapshot(&mut self) -> Result<Offset, JournalError> {
        while let Some(work) = self.next_write() {
            let finished = work.perform()?;
            self.install(finished)?;
        }
        Ok(self.covered_offset())
    }

    /// The next run to write or to merge, to be performed on any thread and then installed; `None` where
    /// there is nothing to do. One at a time.
    pub fn next_work(&self) -> Option<RunWork> {
        self.next_write().or_else(|| self.next_merge())
    }

    /// Takes the place of what it was made of, and forgets the oldest run where there are too many ids.
    ///
    /// Errors: [`JournalError::Disk`] where an old file cannot be removed; it will be on opening.
    pub fn install(&mut self, finished: FinishedRun) -> Result<(), JournalError> {
        let covers = finished.run.offsets();
        let is_replaced = |range: OffsetRange| covers.first <= range.first && range.last <= covers.last;
        self.waiting.retain(|generation| !is_replaced(generation.offsets));
        let (replaced, mut kept): (Vec<_>, Vec<_>) =
            self.runs.drain(..).partition(|run| is_replaced(run.offsets()));
        let place = kept.partition_point(|run| run.offsets().first < covers.first);
        kept.insert(place, Arc::new(finished.run));
        self.runs = kept;
        for run in replaced {
            self.remove_run(&run)?;
        }
        self.drop_oldest()
    }

    fn next_write(&self) -> Option<RunWork> {
        let generation = self.waiting.first()?;
        Some(RunWork::write(Arc::clone(&self.disk), self.folder.clone(), Arc::clone(generation)))
    }

    fn next_merge(&self) -> Option<RunWork> {
        let entries: Vec<u64> = self.runs.iter().map(|run| run.entries()).collect();
        let picked = merge::pick(&entries, self.generation_entries() as u64)?;
        let runs = self.runs.get(picked)?.to_vec();
        Some(RunWork::merge(Arc::clone(&self.disk), self.folder.clone(), runs))
    }

    fn generation_entries(&self) -> usize {
        (self.options.in_memory_max / 2).max(1)
    }

    fn rotate(&mut self) {
        let mut younger = Generation::after(self.younger.offsets.last);
        // It will be as large as this one: growing step by step again would move each id several times.
        younger.table.reserve(self.younger.table.len());
        let elder = std::mem::replace(&mut self.younger, younger);
        let full = std::mem::replace(&mut self.elder, elder);
        if full.table.len() > 0 {
            self.waiting.push(Arc::new(full));
        }
    }

    fn drop_oldest(&mut self) -> Result<(), JournalError> {
        while self.runs.iter().map(|run| run.entries()).sum::<u64>() > self.options.entries_max {
            let oldest = self.runs.remove(0);
            self.remove_run(&oldest)?;
        }
        Ok(())
    }

    fn remove_run(&self, run: &Run) -> Result<(), JournalError> {
        self.disk.remove(run.path()).map_err(JournalError::disk("remove", run.path()))
    }
}

fn covered_by(runs: &[Arc<Run>]) -> Offset {
    runs.last().map_or(Offset(0), |run| run.offsets().last)
}

/// Opens the runs that cover consecutive offsets up to the newest, and removes all others: parts of merged
/// runs, runs that were dropped as too old, and everything from the first damaged one on.
fn open_runs(disk: &dyn Disk, folder: &Path, names: &[String]) -> Result<Vec<Arc<Run>>, JournalError> {
    let mut ranges: Vec<OffsetRange> = names.iter().filter_map(|name| run::parse_name(name)).collect();
    // Of two runs that begin together the wider is the merged one.
    ranges.sort_unstable_by_key(|range| (range.first, std::cmp::Reverse(range.last)));
    let mut runs: Vec<Arc<Run>> = Vec::new();
    let mut superseded = Vec::new();
    let mut is_damaged = false;
    for range in ranges {
        let covered = covered_by(&runs);
        let path = folder.join(run::name(range));
        if is_damaged || range.last <= covered {
            superseded.push(path);
            continue;
        }
        match Run::open(disk, &path, range) {
            Ok(run) => {
                if range.first != covered.next() {
                    superseded.extend(runs.drain(..).map(|run| run.path().to_owned()));
                }
                runs.push(Arc::new(run));
            }
            Err(JournalError::Corrupt { .. } | JournalError::UnknownVersion { .. }) => {
                is_damaged = true;
                superseded.push(path);
            }
            Err(error) => return Err(error),
        }
    }
    for path in superseded {
        disk.remove(&path).map_err(JournalError::disk("remove", &path))?;
    }
    Ok(runs)
}
