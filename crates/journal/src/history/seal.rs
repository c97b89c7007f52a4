//! Sealing: the oldest entries of the log become a file of history.

use super::rewrite::{Retention, treat_row};
use super::schema::{Facts, SealedEntry};
use super::{Files, History};
use crate::{JournalError, JournalReader, OffsetRange};
use cordon_model::entry::Entry;
use cordon_model::ids::Offset;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Reads an entry's account, type and time out of its payload.
pub(super) type Describe = Arc<dyn Fn(&Entry) -> Facts + Send + Sync>;

/// Seals a journal into a history.
pub struct Sealer {
    history: History,
    reader: JournalReader,
    describe: Describe,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sealer").field("history", &self.history).finish_non_exhaustive()
    }
}

impl Sealer {
    /// A sealer of what `reader` reads into `history`. `describe` must say the same of the same entry always.
    pub fn new(
        history: History,
        reader: JournalReader,
        describe: impl Fn(&Entry) -> Facts + Send + Sync + 'static,
    ) -> Self {
        Self { history, reader, describe: Arc::new(describe) }
    }

    /// How many entries are durable and not sealed.
    pub fn unsealed(&self) -> u64 {
        self.reader.last_offset().0.saturating_sub(self.history.sealed_through().0)
    }

    /// Seals the oldest unsealed entries, at most `rows_max` of them and no more than fit the memory bound;
    /// returns their offsets, `None` where there is none. Once it returns, the log may let go of them:
    /// [`crate::Journal::remove_segments_through`] [`History::sealed_through`].
    ///
    /// `treat` is asked for each entry, so that what was erased while it was unsealed is sealed erased.
    ///
    /// Errors: [`JournalError::Disk`], [`JournalError::Corrupt`], [`JournalError::BeforeLog`] where entries
    /// were removed from the log unsealed; nothing is sealed then.
    pub fn seal_once(
        &self,
        rows_max: u64,
        treat: &dyn Retention,
    ) -> Result<Option<OffsetRange>, JournalError> {
        self.history.exclusively(|files| {
            let rows = self.collect(self.first_unsealed(files), rows_max)?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
            let entries = OffsetRange { first: first.entry.offset, last: last.entry.offset };
            let mut replaced = 0;
            let treated = rows.into_iter().map(|row| {
                let (row, is_replaced) = treat_row(row, treat);
                replaced += u64::from(is_replaced);
                row
            });
            let mut rows: Vec<SealedEntry> = treated.collect();
            rows.sort_unstable_by(|one, two| one.sort_key().cmp(&two.sort_key()));
            let mut writer = self.history.new_file(entries)?;
            rows.into_iter().try_for_each(|row| writer.push(row))?;
            self.history.publish_file(files, writer, (replaced, treat.as_of()))?;
            Ok(Some(entries))
        })
    }

    /// A history that is still empty begins where the log does.
    fn first_unsealed(&self, files: &Files) -> Offset {
        match files.manifest.entries() {
            sealed if sealed.is_empty() => self.reader.entries().first,
            sealed => sealed.last.next(),
        }
    }

    fn collect(&self, first: Offset, rows_max: u64) -> Result<Vec<SealedEntry>, JournalError> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        let bytes_max = self.history.shared.options.memory_bytes;
        self.reader.for_each_from(first, |entry| {
            let entry = entry.to_entry();
            bytes += entry.payload.len() as u64;
            let facts = (self.describe)(&entry);
            rows.push(SealedEntry { entry, facts });
            let is_enough = rows.len() as u64 >= rows_max || bytes >= bytes_max;
            Ok::<_, JournalError>(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(rows)
    }
}
