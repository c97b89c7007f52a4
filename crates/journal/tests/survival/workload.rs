//! The scripted workload: a small server's writing, made dense.

use crate::promises::Promises;
use cordon_journal::{
    Disk, Facts, History, HistoryOptions, IdMemory, IdMemoryOptions, Journal, JournalError, JournalOptions,
    KeepAll, NewEntry, Sealer, snapshots,
};
use cordon_model::clock::Timestamp;
use cordon_model::entry::{Entry, EntryKind};
use cordon_model::ids::{AccountId, EntryId, Offset};
use std::path::Path;
use std::sync::Arc;

pub(crate) const STEPS: usize = 18;
pub(crate) const LOG: &str = "/data/log";
pub(crate) const IDS: &str = "/data/ids";
pub(crate) const SNAPSHOTS: &str = "/data/snapshots";
pub(crate) const HISTORY: &str = "/data/history";

/// Three or four batches a segment.
pub(crate) fn journal_options() -> JournalOptions {
    JournalOptions { segment_bytes: 400, ..JournalOptions::default() }
}

/// A run every four entries.
pub(crate) fn id_options() -> IdMemoryOptions {
    IdMemoryOptions { in_memory_max: 8, entries_max: 1_000 }
}

/// Two seals fill a file.
pub(crate) fn history_options() -> HistoryOptions {
    HistoryOptions { full_rows: 12, ..HistoryOptions::default() }
}

/// What the script's entries say: one of two accounts.
pub(crate) fn describe(entry: &Entry) -> Facts {
    let account_id = Some(AccountId(format!("account-{}", entry.offset.0 % 2)));
    Facts { account_id, event_type: "scripted".to_owned(), time: entry.received_at }
}

/// Even 128 bits without a key.
pub(crate) fn id_hash(id: &str) -> u128 {
    let upper = crc32fast::hash(id.as_bytes());
    u128::from(upper) << 96 | u128::from(crc32fast::hash(&upper.to_le_bytes()))
}

/// The entry that the script puts at `offset`, as part of step `step`.
pub(crate) fn scripted(offset: Offset, step: usize) -> Entry {
    let payload = format!("{{\"offset\":{offset},\"step\":{step}}}").repeat(1 + step % 3);
    Entry {
        offset,
        received_at: Timestamp::from_seconds(step as i64),
        kind: if step.is_multiple_of(5) { EntryKind::Control } else { EntryKind::Event },
        id: EntryId(format!("id-{offset}")),
        content_hash: offset.0 * 7,
        payload: payload.into_bytes(),
    }
}

/// The state that the script snapshots at `offset`.
pub(crate) fn scripted_state(offset: Offset) -> Vec<u8> {
    format!("state at {offset}; ").repeat(20).into_bytes()
}

/// A process at work, and what it has promised.
pub(crate) struct World {
    disk: Arc<dyn Disk>,
    pub(crate) journal: Option<Journal>,
    ids: Option<IdMemory>,
    history: Option<History>,
    pub(crate) promises: Promises,
}

impl World {
    pub(crate) fn new(disk: Arc<dyn Disk>) -> Self {
        Self { disk, journal: None, ids: None, history: None, promises: Promises::default() }
    }

    pub(crate) fn perform(&mut self, step: usize) -> Result<(), JournalError> {
        self.append(step)?;
        match step % 6 {
            2 => self.write_runs(),
            3 => self.save_snapshot(),
            4 => self.seal(),
            5 => self.remove_segments(),
            _ => Ok(()),
        }
    }

    fn append(&mut self, step: usize) -> Result<(), JournalError> {
        if self.journal.is_none() {
            let (journal, _) = Journal::open(Arc::clone(&self.disk), Path::new(LOG), journal_options())?;
            self.journal = Some(journal);
        }
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let next = journal.next_offset().0;
        let batch: Vec<Entry> =
            (next..=next + step as u64 % 3).map(|offset| scripted(Offset(offset), step)).collect();
        self.promises.in_flight.push(batch.clone());
        journal.append(&batch.iter().map(as_new).collect::<Vec<_>>())?;
        self.promises.acknowledge(batch);
        self.remember()
    }

    /// Remembers whatever was acknowledged and is not remembered yet.
    fn remember(&mut self) -> Result<(), JournalError> {
        if self.ids.is_none() {
            self.ids = Some(IdMemory::open(Arc::clone(&self.disk), Path::new(IDS), id_options())?);
        }
        for entry in &self.promises.entries {
            if let Some(ids) = &mut self.ids {
                ids.remember(entry.offset, id_hash(entry.id.as_str()), entry.content_hash);
            }
        }
        Ok(())
    }

    fn write_runs(&mut self) -> Result<(), JournalError> {
        let Some(ids) = &mut self.ids else { return Ok(()) };
        self.promises.covered = ids.snapshot()?;
        while let Some(work) = ids.next_work() {
            let finished = work.perform()?;
            ids.install(finished)?;
        }
        Ok(())
    }

    fn save_snapshot(&mut self) -> Result<(), JournalError> {
        let offset = self.promises.last_offset();
        snapshots::save(&*self.disk, Path::new(SNAPSHOTS), offset, &scripted_state(offset))?;
        self.promises.snapshot = offset;
        Ok(())
    }

    fn seal(&mut self) -> Result<(), JournalError> {
        if self.history.is_none() {
            let disk = Arc::clone(&self.disk);
            self.history = Some(History::open(disk, Path::new(HISTORY), history_options())?);
        }
        let (Some(history), Some(journal)) = (&self.history, &self.journal) else { return Ok(()) };
        let sealer = Sealer::new(history.clone(), journal.reader(), describe);
        sealer.seal_once(8, &KeepAll)?;
        self.promises.sealed = history.sealed_through();
        while history.merge_once(&KeepAll)?.is_some() {}
        Ok(())
    }

    /// Entries may go from the log once they are in history and their ids on disk.
    fn remove_segments(&mut self) -> Result<(), JournalError> {
        let removable = self.promises.covered.min(self.promises.sealed);
        self.promises.removable = removable;
        self.journal.as_mut().map_or(Ok(0), |journal| journal.remove_segments_through(removable)).map(|_| ())
    }
}

fn as_new(entry: &Entry) -> NewEntry<'_> {
    NewEntry {
        received_at: entry.received_at,
        kind: entry.kind,
        id: entry.id.as_str(),
        content_hash: entry.content_hash,
        payload: &entry.payload,
    }
}
