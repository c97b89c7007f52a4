//! Telling a report sent again from another one under the same key.

use crate::limits::REPEAT_ENTRIES_MAX;
use crate::problem::Problem;
use cordon_model::ids::Offset;
use cordon_pipeline::journal::{JournalError, OffsetRange, WholeJournal};
use serde_json::Value;
use std::ops::ControlFlow;

/// Whether one of the newest entries has this id and carries this report. On a thread that may block.
///
/// An entry's content includes its time, so the same report sent again is another content to the memory of ids;
/// what a sender means by a key is the report alone.
pub(super) fn is_repeat(journal: &WholeJournal, id: &str, report: &Value) -> Result<bool, Problem> {
    let last = journal.last_offset();
    let newest = OffsetRange { first: Offset(last.0.saturating_sub(REPEAT_ENTRIES_MAX).max(1)), last };
    let mut is_repeat = false;
    let found = journal.scan(newest, |entry| {
        if entry.id != id {
            return Ok::<_, JournalError>(ControlFlow::Continue(()));
        }
        let earlier: Option<Value> = serde_json::from_slice(entry.payload).ok();
        is_repeat = earlier.is_some_and(|event| event.get("report") == Some(report));
        Ok(ControlFlow::Break(()))
    });
    found.map_err(|error| Problem::internal(&error))?;
    Ok(is_repeat)
}
