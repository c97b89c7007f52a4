//! Outbox rows.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_column};
use cordon_enforce::outbox::{NewOutboxRow, OutboxKind, OutboxRow};
use cordon_enforce::ports::StoreError;
use cordon_model::clock::Timestamp;

/// A row about to be written, with its place.
pub(crate) struct Placed {
    pub(crate) sequence: u64,
    pub(crate) row: NewOutboxRow,
    pub(crate) now: Timestamp,
}

macro_rules! columns {
    () => {
        "sequence, kind, stream, outbox_key, payload, attempts, created_at, last_error"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "outbox",
    columns: &[
        "sequence",
        "outbox_key",
        "kind",
        "stream",
        "payload",
        "status",
        "attempts",
        "created_at",
        "due_at",
    ],
    overwrite_on: None,
};
pub(crate) const DUE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM outbox AS mine WHERE kind = $1 AND status = 'pending' AND due_at <= $2 AND NOT EXISTS (
        SELECT 1 FROM outbox AS older WHERE older.kind = mine.kind AND older.stream = mine.stream
        AND older.sequence < mine.sequence AND older.status = 'pending')
      ORDER BY sequence LIMIT $3"
);
pub(crate) const DEAD: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM outbox WHERE kind = $1 AND status = 'dead' AND sequence > $2 ORDER BY sequence LIMIT $3"
);
pub(crate) const KNOWN: &str = "SELECT outbox_key FROM outbox WHERE outbox_key = $1";
pub(crate) const UNDONE: &str = "SELECT outbox_key FROM outbox WHERE status <> 'done' AND outbox_key IN ";
pub(crate) const DONE: &str =
    "UPDATE outbox SET status = 'done', settled_at = ?, last_error = NULL WHERE outbox_key IN ";
pub(crate) const ATTEMPTS: &str = "SELECT attempts FROM outbox WHERE outbox_key = $1 AND status = 'pending'";
pub(crate) const RETRY: &str =
    "UPDATE outbox SET attempts = $2, due_at = $3, last_error = $4 WHERE outbox_key = $1";
pub(crate) const BURY: &str =
    "UPDATE outbox SET status = 'dead', attempts = $2, settled_at = $3, last_error = $4
    WHERE outbox_key = $1";
pub(crate) const DEAD_BY_KEY: &str =
    concat!("SELECT ", columns!(), " FROM outbox WHERE outbox_key = $1 AND status = 'dead'");
pub(crate) const OVERTAKEN_BY: &str = "SELECT outbox_key FROM outbox
    WHERE kind = $1 AND stream = $2 AND sequence > $3 AND status = 'done' ORDER BY sequence LIMIT 1";
pub(crate) const REVIVE: &str =
    "UPDATE outbox SET status = 'pending', attempts = 0, due_at = $2, settled_at = NULL
    WHERE outbox_key = $1";

pub(crate) fn bind(query: Query, placed: &Placed) -> Query {
    query
        .bind(to_column(placed.sequence))
        .bind(placed.row.key.as_str())
        .bind(placed.row.kind.name())
        .bind(placed.row.stream.as_str())
        .bind(placed.row.payload.as_str())
        .bind("pending")
        .bind(0_i64)
        .bind(placed.now.0)
        .bind(placed.now.0)
}

pub(crate) fn read_key(row: &DbRow) -> Result<String, StoreError> {
    Columns::of(row, "outbox_key").text("outbox_key")
}

pub(crate) fn read(row: &DbRow) -> Result<OutboxRow, StoreError> {
    let columns = Columns::of(row, "outbox_key");
    Ok(OutboxRow {
        sequence: columns.unsigned("sequence")?,
        kind: columns.named("kind", OutboxKind::from_name)?,
        stream: columns.text("stream")?,
        key: columns.text("outbox_key")?,
        payload: columns.text("payload")?,
        attempts: columns.count("attempts")?,
        created_at: columns.time("created_at")?,
        last_error: columns.text_or_null("last_error")?,
    })
}
