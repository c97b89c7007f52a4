//! Audit records and checkpoints.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_column};
use cordon_enforce::audit::{Checkpoint, Frontier};
use cordon_enforce::ports::StoreError;
use cordon_model::audit::AuditRecord;

pub(crate) const TABLE: Table = Table {
    name: "audit",
    columns: &["sequence", "at", "actor", "verb", "subject", "details", "salt", "commitment", "top"],
    overwrite_on: None,
};
pub(crate) const CHECKPOINTS: Table =
    Table { name: "audit_checkpoints", columns: &["size", "note", "signed_at"], overwrite_on: None };
pub(crate) const AFTER: &str = "SELECT sequence, at, actor, verb, subject, details, salt, commitment, top
    FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2";
pub(crate) const OF_SUBJECTS: &str =
    "SELECT sequence, at, actor, verb, subject, details, salt, commitment, top
    FROM audit WHERE subject IN ($1, $2) ORDER BY sequence DESC LIMIT $3";
pub(crate) const HEAD: &str = "SELECT sequence, peaks FROM audit_head WHERE audit_head_id = 1";
pub(crate) const MOVE_HEAD: &str = "UPDATE audit_head SET sequence = ?, peaks = ? WHERE audit_head_id = 1";
pub(crate) const CHECKPOINTS_AFTER: &str =
    "SELECT size, note, signed_at FROM audit_checkpoints WHERE size > $1 ORDER BY size LIMIT $2";
pub(crate) const LAST_CHECKPOINT: &str =
    "SELECT size, note, signed_at FROM audit_checkpoints ORDER BY size DESC LIMIT 1";
/// What was said of an account goes, and with the salt the last means to guess it.
pub(crate) const SCRUB: &str = "UPDATE audit SET subject = '', details = '', salt = '' WHERE subject = ?";
/// Those of whom it was proposed that they are this account, come back.
pub(crate) const SCRUB_SUCCESSORS: &str = "UPDATE audit SET subject = '', details = '', salt = ''
    WHERE verb = 'incarnation.proposed'
    AND subject IN (SELECT account_id FROM incarnations WHERE predecessor_id = ?)";

pub(crate) fn bind(query: Query, record: &AuditRecord) -> Query {
    query
        .bind(to_column(record.sequence))
        .bind(record.at.0)
        .bind(record.actor.as_str())
        .bind(record.verb.as_str())
        .bind(record.subject.as_str())
        .bind(record.details.as_str())
        .bind(record.salt.as_str())
        .bind(record.commitment.as_str())
        .bind(record.top.as_str())
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
        salt: columns.text("salt")?,
        commitment: columns.text("commitment")?,
        top: columns.text("top")?,
    })
}

pub(crate) fn read_head(row: &DbRow) -> Result<Frontier, StoreError> {
    let columns = Columns::of(row, "peaks");
    let peaks = columns.text("peaks")?;
    Frontier::read(columns.unsigned("sequence")?, &peaks)
        .map_err(|error| StoreError::Unavailable(Box::new(error)))
}

pub(crate) fn bind_checkpoint(query: Query, checkpoint: &Checkpoint) -> Query {
    query.bind(to_column(checkpoint.size)).bind(checkpoint.note.as_str()).bind(checkpoint.signed_at.0)
}

pub(crate) fn read_checkpoint(row: &DbRow) -> Result<Checkpoint, StoreError> {
    let columns = Columns::of(row, "size");
    Ok(Checkpoint {
        size: columns.unsigned("size")?,
        note: columns.text("note")?,
        signed_at: columns.time("signed_at")?,
    })
}
