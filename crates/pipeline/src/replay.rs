//! Opening a data folder: the newest sound snapshot, then the journal from there.

use crate::PipelineError;
use crate::archive::Archive;
use crate::evaluate::Evaluator;
use crate::intake::content_hash;
use crate::pipeline::PipelineOptions;
use cordon_journal::ids::{IdMemory, IdMemoryOptions};
use cordon_journal::{Journal, OffsetRange, snapshots};
use cordon_model::effect::Effect;
use cordon_model::ids::{EffectId, Offset};
use std::ops::ControlFlow;
use std::sync::Arc;
use tracing::info;

/// An opened folder.
pub(crate) struct Opened {
    pub(crate) journal: Journal,
    pub(crate) archive: Archive,
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
        Journal::open(Arc::clone(&options.disk), &options.folder.journal(), options.upkeep.log)?;
    let mut ids =
        IdMemory::open(Arc::clone(&options.disk), &options.folder.ids(), IdMemoryOptions::default())?;
    let applied = options.runtime.block_on(options.record.applied_offset())?;
    let archive = Archive::open(&options.disk, &options.folder, options.upkeep.history, journal.reader())?;
    let last = journal.reader().last_offset();
    if applied > last {
        return Err(PipelineError::RecordAhead { record: applied, journal: last });
    }
    let mut evaluator = start(options, &archive, applied)?;
    let snapshot_offset = evaluator.offset();
    let mut effects = Vec::new();
    let rest = OffsetRange { first: snapshot_offset.min(ids.covered_offset()).next(), last };
    archive.journal.scan(rest, |entry| {
        let content = match entry.offset <= options.key_since {
            true => content_hash(&options.key, entry.payload),
            false => entry.content_hash,
        };
        ids.remember(entry.offset, options.key.hash128(entry.id.as_bytes()), content);
        if entry.offset > snapshot_offset {
            let asked = evaluator.evaluate(entry)?;
            if entry.offset > applied {
                effects.extend(asked);
            }
        }
        Ok::<_, PipelineError>(ControlFlow::Continue(()))
    })?;
    archive.activate(evaluator.settings());
    info!(
        journal.entries = recovery.entries.len(),
        journal.torn_bytes = recovery.torn_bytes,
        snapshot.offset = snapshot_offset.0,
        replayed = last.0 - snapshot_offset.0,
        "data folder opened"
    );
    Ok(Opened { journal, archive, ids, evaluator, applied, effects, snapshot_offset })
}

fn start(options: &PipelineOptions, archive: &Archive, applied: Offset) -> Result<Evaluator, PipelineError> {
    let folder = options.folder.snapshots();
    if let Some((offset, bytes)) = snapshots::newest_sound(&*options.disk, &folder, applied)?
        && let Some(restored) = Evaluator::restore(&bytes, offset, options.key, archive)
    {
        return Ok(restored);
    }
    Evaluator::new(&options.settings_text, options.key, archive)
}
