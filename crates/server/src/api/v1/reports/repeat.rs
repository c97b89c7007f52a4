//! Telling a report sent again from another one under the same key.

use crate::limits::REPEAT_ENTRIES_MAX;
use crate::problem::Problem;
use cordon_model::ids::Offset;
use cordon_pipeline::journal::JournalReader;
use serde_json::Value;

/// Whether one of the newest entries has this id and carries this report. On a thread that may block.
///
/// An entry's content includes its time, so the same report sent again is another content to the memory of ids;
/// what a sender means by a key is the report alone.
pub(super) fn is_repeat(reader: &JournalReader, id: &str, report: &Value) -> Result<bool, Problem> {
    let first = reader.entries().first.0.max(reader.last_offset().0.saturating_sub(REPEAT_ENTRIES_MAX));
    for entry in reader.entries_from(Offset(first.max(1))) {
        let entry = entry.map_err(|error| Problem::internal(&error))?;
        if entry.id.as_str() == id {
            let earlier: Option<Value> = serde_json::from_slice(&entry.payload).ok();
            return Ok(earlier.is_some_and(|event| event.get("report") == Some(report)));
        }
    }
    Ok(false)
}
