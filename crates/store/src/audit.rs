//! Sealing notes behind the chain, within the transaction of the changes that they tell of.

use crate::backend::{Connection, failed};
use crate::insert::insert_all;
use crate::rows;
use crate::text::to_column;
use cordon_enforce::audit::{AuditHead, chain};
use cordon_enforce::ports::StoreError;
use cordon_model::audit::AuditNote;
use cordon_model::clock::Timestamp;

/// Appends `notes` in their order and moves the head.
pub(crate) async fn append(
    connection: &mut Connection,
    notes: Vec<AuditNote>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if notes.is_empty() {
        return Ok(());
    }
    let mut head = fetch_head(connection).await?;
    let mut records = Vec::with_capacity(notes.len());
    for note in notes {
        let (record, next) = chain(&head, note, now);
        records.push(record);
        head = next;
    }
    insert_all(connection, &rows::audit::TABLE, &records, rows::audit::bind).await?;
    let query = sqlx::query(rows::audit::MOVE_HEAD).bind(to_column(head.sequence)).bind(head.hash);
    query.execute(connection).await.map_err(failed)?;
    Ok(())
}

/// The end of the chain.
pub(crate) async fn fetch_head(connection: &mut Connection) -> Result<AuditHead, StoreError> {
    let row = sqlx::query(rows::audit::HEAD).fetch_one(connection).await.map_err(failed)?;
    rows::audit::read_head(&row)
}
