//! Sealing notes behind the chain, within the transaction of the changes that they tell of.

use crate::backend::{Connection, failed, query};
use crate::rows;
use crate::script::Script;
use crate::text::to_column;
use cordon_enforce::audit::{AuditHead, chain};
use cordon_enforce::ports::StoreError;
use cordon_model::audit::AuditNote;
use cordon_model::clock::Timestamp;

/// Appends `notes` behind `head` in their order, and moves it.
pub(crate) fn append(script: &mut Script, mut head: AuditHead, notes: Vec<AuditNote>, now: Timestamp) {
    if notes.is_empty() {
        return;
    }
    let mut records = Vec::with_capacity(notes.len());
    for note in notes {
        let (record, next) = chain(&head, note, now);
        records.push(record);
        head = next;
    }
    script.add_rows(&rows::audit::TABLE, &records, rows::audit::bind);
    script.add(rows::audit::MOVE_HEAD, |values| values.bind(to_column(head.sequence)).bind(head.hash));
}

/// The end of the chain.
pub(crate) async fn fetch_head(connection: &mut Connection<'_>) -> Result<AuditHead, StoreError> {
    let row = query(rows::audit::HEAD).fetch_one(connection).await.map_err(failed)?;
    rows::audit::read_head(&row)
}
