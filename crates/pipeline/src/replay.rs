//! Opening a data folder: the newest sound snapshot, then the journal from there.

use crate::PipelineError;
use crate::evaluate::Evaluator;
use crate::pipeline::PipelineOptions;
use cordon_journal::ids::{IdMemory, IdMemoryOptions};
use cordon_journal::{Journal, JournalOptions, snapshots};
use cordon_model::effect::Effect;
use cordon_model::ids::{EffectId, Offset};
use std::sync::Arc;
use tracing::info;

/// An opened folder.
pub(crate) struct Opened {
    pub(crate) journal: Journal,
    pub(crate) ids: IdMemory,
    pub(crate) evaluator: Evaluator,
    /// What the record has applied.
    pub(crate) applied: Offset,
    /// Effects of entries that the record has not heard of.
    pub(crate) effects: Vec<(EffectId, Effect)>,
    pub(crate) snapshot_offset: Offset,
}

/// Opens the folder. Entries up to the record's offset are evaluated for their state alone; those after it ask for
/// their effects again, under the same names.
pub(crate) fn open(options: &PipelineOptions) -> Result<Opened, PipelineError> {
    let (journal, recovery) =
        Journal::open(Arc::clone(&options.disk), &options.folder.journal(), JournalOptions::default())?;
    let mut ids =
        IdMemory::open(Arc::clone(&options.disk), &options.folder.ids(), IdMemoryOptions::default())?;
    let applied = options.runtime.block_on(options.record.applied_offset())?;
    let reader = journal.reader();
    let last = reader.last_offset();
    if applied > last {
        return Err(PipelineError::RecordAhead { record: applied, journal: last });
    }
    let mut evaluator = start(options, &journal, applied)?;
    let snapshot_offset = evaluator.offset();
    let mut effects = Vec::new();
    let mut cursor = reader.cursor_from(snapshot_offset.min(ids.covered_offset()).next());
    while let Some(entry) = cursor.next_entry()? {
        ids.remember(entry.offset, options.key.hash128(entry.id.as_bytes()), entry.content_hash);
        if entry.offset <= snapshot_offset {
            continue;
        }
        let asked = evaluator.evaluate(entry)?;
        if entry.offset > applied {
            effects.extend(asked);
        }
    }
    info!(
        journal.entries = recovery.entries.len(),
        journal.torn_bytes = recovery.torn_bytes,
        snapshot.offset = snapshot_offset.0,
        replayed = last.0 - snapshot_offset.0,
        "data folder opened"
    );
    Ok(Opened { journal, ids, evaluator, applied, effects, snapshot_offset })
}

fn start(options: &PipelineOptions, journal: &Journal, applied: Offset) -> Result<Evaluator, PipelineError> {
    let folder = options.folder.snapshots();
    if let Some((offset, bytes)) = snapshots::newest_sound(&*options.disk, &folder, applied)?
        && let Some(restored) = Evaluator::restore(&bytes, offset, options.key, journal.reader())
    {
        return Ok(restored);
    }
    Evaluator::new(&options.settings_text, options.key, journal.reader())
}
