//! The relay: what people decided leaves the record's outbox and enters the journal, once.

use crate::{Pipeline, PipelineError};
use cordon_enforce::outbox::{OutboxKind, OutboxRow};
use cordon_enforce::ports::Outbox;
use cordon_model::entry::Control;

/// Rows taken in one go.
const ROWS_MAX: usize = 500;

/// Rows of the outbox that belong into the journal, and are due.
///
/// Errors: those of the outbox.
pub async fn due(
    outbox: &dyn Outbox,
    now: cordon_model::clock::Timestamp,
) -> Result<Vec<OutboxRow>, PipelineError> {
    Ok(outbox.due(OutboxKind::Journal, now, ROWS_MAX).await?)
}

/// Appends the rows as control entries; gives the keys of those that are in the journal now. The same row twice is
/// one entry, by its id.
///
/// Errors: as [`Pipeline::append_control`], and for a row that is no control entry.
pub fn append(pipeline: &mut Pipeline, rows: &[OutboxRow]) -> Result<Vec<String>, PipelineError> {
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        let control: Control = serde_json::from_str(&row.payload).map_err(|error| PipelineError::Entry {
            offset: cordon_model::ids::Offset(0),
            reason: error.to_string(),
        })?;
        pipeline.append_control(&row.key, &control)?;
        keys.push(row.key.clone());
    }
    Ok(keys)
}
