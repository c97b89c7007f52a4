//! Looking after history, off the writer's way: sealing what the log holds, merging small files, taking out what
//! must not be kept any longer.
//!
//! Nothing here is needed for an answer to be right: every reader goes through [`cordon_journal::WholeJournal`], which finds an
//! entry wherever it stands. What is put off is done at the next step, or after a restart.

mod retention;
mod running;

pub use running::RunningUpkeep;

use crate::archive::Archive;
use crate::{Evaluator, PipelineError};
use cordon_journal::history::SealedFile;
use cordon_journal::{HistoryOptions, JournalOptions, OffsetRange, Sealer};
use cordon_model::clock::{Clock, Day, Timestamp};
use cordon_model::entry::Control;
use cordon_model::ids::Offset;
use cordon_model::limits;
use retention::{KeepRules, Keeps};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// How history is kept.
#[derive(Clone, Copy, Debug)]
pub struct UpkeepOptions {
    /// So many unsealed entries are sealed.
    pub seal_entries: u64,
    /// Fewer are sealed once the oldest has waited so long, in seconds.
    pub seal_seconds: i64,
    /// How large the log's segments become.
    pub log: JournalOptions,
    /// So many of the newest entries stay in the log as well, where a single one is found a hundred times sooner.
    pub log_entries_kept: u64,
    /// Sealed entries leave the log after so many seconds all the same: what is taken out of history must not
    /// stand there much longer.
    pub log_seconds_kept: i64,
    /// How large sealed files become.
    pub history: HistoryOptions,
}

impl Default for UpkeepOptions {
    fn default() -> Self {
        Self {
            seal_entries: limits::SEAL_ENTRIES_MIN,
            seal_seconds: limits::SEAL_SECONDS_MAX,
            log: JournalOptions::default(),
            log_entries_kept: 2_000_000,
            log_seconds_kept: 7 * 86_400,
            history: HistoryOptions::default(),
        }
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing was due.
    Rested,
    /// These entries are sealed now.
    Sealed(OffsetRange),
    /// These entries stand in one file now.
    Merged(OffsetRange),
    /// An erasure was carried out in all sealed files; so many entries became tombstones.
    Erased(u64),
    /// Values whose time is over were taken out of so many entries.
    Redacted(u64),
}

/// Who looks after a data folder's history. One at a time works; others wait.
pub struct Upkeep {
    options: UpkeepOptions,
    archive: Archive,
    sealer: Sealer,
    state: Arc<RwLock<Evaluator>>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Upkeep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Upkeep").field("archive", &self.archive).finish_non_exhaustive()
    }
}

impl Upkeep {
    pub(crate) fn new(
        archive: &Archive,
        state: Arc<RwLock<Evaluator>>,
        clock: Arc<dyn Clock>,
        options: UpkeepOptions,
    ) -> Self {
        let (archive, sealer) = (archive.clone(), archive.sealer());
        Self { options, archive, sealer, state, clock }
    }

    /// Does the most urgent thing that is due.
    ///
    /// Errors: [`PipelineError::Journal`]; history is then as before, and the next step tries again.
    pub fn step(&self) -> Result<Step, PipelineError> {
        let now = self.clock.now();
        let manifest = self.archive.history.manifest();
        let erasure = self.erasure_after(manifest.erased_through);
        let must_seal = erasure.is_some_and(|offset| offset > manifest.entries().last);
        if (must_seal || self.is_seal_due(now)?)
            && let Some(sealed) = self.sealer.seal_once(self.options.seal_entries, &self.rules(now.day()))?
        {
            return Ok(Step::Sealed(sealed));
        }
        if let Some(offset) = erasure {
            return self.erase(offset);
        }
        if self.archive.history.is_merge_due()
            && let Some(merged) = self.archive.history.merge_once(&self.rules(now.day()))?
        {
            return Ok(Step::Merged(merged));
        }
        self.redact(now.day())
    }

    /// The last entry of the log.
    fn last_offset(&self) -> Offset {
        self.archive.log.last_offset()
    }

    /// Entries that are durable and not sealed.
    fn unsealed(&self) -> u64 {
        self.sealer.unsealed()
    }

    /// Looks through the newest entries, so that the next question for a timeline has less to do.
    ///
    /// Errors: as [`Upkeep::step`].
    pub fn follow(&self) -> Result<(), PipelineError> {
        Ok(self.archive.journal.follow()?)
    }

    fn is_seal_due(&self, now: Timestamp) -> Result<bool, PipelineError> {
        let unsealed = self.sealer.unsealed();
        if unsealed == 0 || unsealed >= self.options.seal_entries {
            return Ok(unsealed > 0);
        }
        let first = self.archive.history.sealed_through().next().max(self.archive.log.entries().first);
        let oldest = self.archive.log.entry_at(first)?;
        let has_waited = |at: Timestamp| now.0 - at.0 >= self.options.seal_seconds * 1_000_000;
        Ok(oldest.is_some_and(|entry| has_waited(entry.received_at)))
    }

    /// The first erasure that is not carried out in history yet.
    fn erasure_after(&self, through: Offset) -> Option<Offset> {
        let state = self.read();
        state.detection().erased().values().copied().filter(|offset| *offset > through).min()
    }

    /// Carries out the erasure that the entry at `offset` asked for.
    fn erase(&self, offset: Offset) -> Result<Step, PipelineError> {
        let entry = self.archive.journal.entry_at(offset)?;
        let control = entry.and_then(|entry| serde_json::from_slice(&entry.payload).ok());
        let replaced = match control {
            Some(Control::AccountErased { account_id }) => {
                self.archive.history.erase(&account_id, offset)?.entries
            }
            _ => 0,
        };
        self.archive.history.note_erased(offset)?;
        Ok(Step::Erased(replaced))
    }

    /// Rewrites the first file that holds values whose time is over.
    fn redact(&self, today: Day) -> Result<Step, PipelineError> {
        let keeps = Keeps::of(self.read().settings());
        let is_due = |file: &SealedFile| {
            keeps.is_due((file.received.0.day(), file.received.1.day()), file.treated_on, today)
        };
        match self.archive.history.manifest().files.into_iter().find(is_due) {
            None => Ok(Step::Rested),
            Some(file) => {
                let report = self.archive.history.rewrite_range(file.entries, &self.rules(today))?;
                Ok(Step::Redacted(report.entries))
            }
        }
    }

    fn rules(&self, today: Day) -> KeepRules {
        KeepRules::of(&self.read(), today)
    }

    fn read(&self) -> RwLockReadGuard<'_, Evaluator> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}
