//! Audit records.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_column};
use cordon_enforce::audit::AuditHead;
use cordon_enforce::ports::StoreError;
use cordon_model::audit::AuditRecord;

pub(crate) const TABLE: Table = Table {
    name: "audit",
    columns: &["sequence", "at", "actor", "verb", "subject", "details", "previous_hash", "hash"],
    overwrite_on: None,
};
pub(crate) const AFTER: &str = "SELECT sequence, at, actor, verb, subject, details, previous_hash, hash
    FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2";
pub(crate) const OF_SUBJECTS: &str = "SELECT sequence, at, actor, verb, subject, details, previous_hash, hash
    FROM audit WHERE subject IN ($1, $2) ORDER BY sequence DESC LIMIT $3";
pub(crate) const HEAD: &str = "SELECT sequence, hash FROM audit_head WHERE audit_head_id = 1";
pub(crate) const MOVE_HEAD: &str = "UPDATE audit_head SET sequence = ?, hash = ? WHERE audit_head_id = 1";

pub(crate) fn bind(query: Query, record: &AuditRecord) -> Query {
    query
        .bind(to_column(record.sequence))
        .bind(record.at.0)
        .bind(record.actor.as_str())
        .bind(record.verb.as_str())
        .bind(record.subject.as_str())
        .bind(record.details.as_str())
        .bind(record.previous_hash.as_str())
        .bind(record.hash.as_str())
}

pub(crate) fn read(row: &DbRow) -> Result<AuditRecord, StoreError> {
    let columns = Columns::of(row, "subject");
    Ok(AuditRecord {
        sequence: columns.unsigned("sequence")?,
        at: columns.time("at")?,
        actor: columns.text("actor")?,
        verb: columns.text("verb")?,
        subject: columns.text("subject")?,
        details: columns.text("details")?,
        previous_hash: columns.text("previous_hash")?,
        hash: columns.text("hash")?,
    })
}

pub(crate) fn read_head(row: &DbRow) -> Result<AuditHead, StoreError> {
    let columns = Columns::of(row, "hash");
    Ok(AuditHead { sequence: columns.unsigned("sequence")?, hash: columns.text("hash")? })
}
