//! What a process has promised, and whether it was kept.

use crate::workload::{
    HISTORY, IDS, LOG, SNAPSHOTS, STEPS, World, describe, history_options, id_hash, id_options,
    journal_options, scripted_state,
};
use cordon_journal::{
    Disk, History, IdMemory, Journal, JournalError, Known, OffsetRange, WholeJournal, snapshots,
};
use cordon_model::entry::Entry;
use cordon_model::ids::Offset;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// What must be found again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Promises {
    /// Acknowledged, in order, from offset 1 on.
    pub(crate) entries: Vec<Entry>,
    /// Batches tried since the last acknowledgement: any one of them may be found, in part.
    pub(crate) in_flight: Vec<Vec<Entry>>,
    /// Entries up to here may be gone from the log.
    pub(crate) removable: Offset,
    /// The state at this offset, or a newer one, is on disk.
    pub(crate) snapshot: Offset,
    /// The ids up to here are on disk.
    pub(crate) covered: Offset,
    /// Entries up to here are in history.
    pub(crate) sealed: Offset,
}

impl Promises {
    pub(crate) fn last_offset(&self) -> Offset {
        Offset(self.entries.len() as u64)
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.entries.last().is_some_and(|entry| entry.received_at.seconds() == STEPS as i64 - 1)
    }

    pub(crate) fn acknowledge(&mut self, batch: Vec<Entry>) {
        self.entries.extend(batch);
        self.in_flight.clear();
    }

    /// Readers of a living process see what was acknowledged and nothing else.
    pub(crate) fn check_readers(&self, world: &World) -> Result<(), String> {
        let Some(reader) = world.journal.as_ref().map(Journal::reader) else { return Ok(()) };
        let seen: Vec<Entry> = collect(reader.entries_from(reader.entries().first))?;
        self.check_entries(&seen, reader.entries().first)?;
        expect(reader.last_offset() == self.last_offset(), "a reader sees what was not acknowledged")
    }

    /// Opens everything as a new process would. What is found, as the promises that hold from now on.
    pub(crate) fn check(mut self, disk: &Arc<dyn Disk>) -> Result<Self, String> {
        let (journal, recovery) = stated(Journal::open(Arc::clone(disk), Path::new(LOG), journal_options()))?;
        let found: Vec<Entry> = collect(journal.reader().entries_from(recovery.entries.first))?;
        self.check_entries(&found, recovery.entries.first)?;
        let unacknowledged = found.iter().filter(|entry| entry.offset > self.last_offset());
        let unacknowledged: Vec<Entry> = unacknowledged.cloned().collect();
        self.acknowledge(unacknowledged);
        self.check_ids(disk, &found)?;
        self.check_snapshots(disk)?;
        self.check_whole(disk, &journal)?;
        Ok(self)
    }

    fn check_entries(&self, found: &[Entry], first: Offset) -> Result<(), String> {
        let last = Offset(first.0 + found.len() as u64 - 1);
        expect(first <= self.removable.next(), "entries are missing from the front")?;
        expect(last >= self.last_offset(), &format!("{} acknowledged, {last} found", self.last_offset()))?;
        let acknowledged = self.entries.iter().skip(first.0 as usize - 1);
        expect(
            found.iter().zip(acknowledged).all(|(found, promised)| found == promised),
            "an acknowledged entry has changed",
        )?;
        let beyond = found.iter().filter(|entry| entry.offset > self.last_offset());
        let beyond: Vec<Entry> = beyond.cloned().collect();
        let is_tried = beyond.is_empty() || self.in_flight.iter().any(|batch| batch.starts_with(&beyond));
        expect(is_tried, "an entry appeared that nobody appended")
    }

    fn check_ids(&self, disk: &Arc<dyn Disk>, found: &[Entry]) -> Result<(), String> {
        let mut ids = stated(IdMemory::open(Arc::clone(disk), Path::new(IDS), id_options()))?;
        expect(ids.covered_offset() >= self.covered, "a run is missing")?;
        for entry in found {
            ids.remember(entry.offset, id_hash(entry.id.as_str()), entry.content_hash);
        }
        for entry in &self.entries {
            let known = stated(ids.look_up(id_hash(entry.id.as_str()), entry.content_hash))?;
            expect(known == Known::Duplicate, &format!("the id of {} is forgotten", entry.offset))?;
        }
        Ok(())
    }

    /// History and log together hold every entry from the first on.
    fn check_whole(&self, disk: &Arc<dyn Disk>, journal: &Journal) -> Result<(), String> {
        let history = stated(History::open(Arc::clone(disk), Path::new(HISTORY), history_options()))?;
        expect(history.sealed_through() >= self.sealed, "a sealed file is missing")?;
        let whole = WholeJournal::new(history, journal.reader(), describe);
        let mut found = Vec::new();
        let all = OffsetRange { first: Offset(1), last: Offset(u64::MAX - 1) };
        stated(whole.scan::<JournalError>(all, |entry| {
            found.push(entry.to_entry());
            Ok(ControlFlow::Continue(()))
        }))?;
        expect(found == self.entries, "history and log do not hold what was acknowledged")
    }

    fn check_snapshots(&self, disk: &Arc<dyn Disk>) -> Result<(), String> {
        let newest = stated(snapshots::newest_sound(&**disk, Path::new(SNAPSHOTS), Offset(u64::MAX)))?;
        let (offset, bytes) = newest.unwrap_or_default();
        expect(offset >= self.snapshot, "a snapshot is missing")?;
        expect(offset.0 == 0 || bytes == scripted_state(offset), "a snapshot has changed")
    }
}

fn collect(entries: impl Iterator<Item = Result<Entry, JournalError>>) -> Result<Vec<Entry>, String> {
    stated(entries.collect())
}

fn stated<T>(result: Result<T, JournalError>) -> Result<T, String> {
    result.map_err(|error| format!("{error}: {:?}", std::error::Error::source(&error)))
}

fn expect(is_so: bool, otherwise: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(otherwise.to_owned()) }
}
