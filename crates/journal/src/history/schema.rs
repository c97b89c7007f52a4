//! What a row of history is.

use arrow_array::builder::{BinaryBuilder, StringBuilder, TimestampMicrosecondBuilder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use cordon_model::clock::Timestamp;
use cordon_model::entry::{Entry, EntryKind};
use cordon_model::ids::{AccountId, EntryId, Offset};
use std::sync::{Arc, LazyLock};

/// What the journal's user reads out of an entry; the journal itself knows no payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whose entry it is; `None` for control entries and events without an actor.
    pub account_id: Option<AccountId>,
    /// The event's type; empty where it has none.
    pub event_type: String,
    /// The event's own time.
    pub time: Timestamp,
}

/// An entry with what was read out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEntry {
    /// The entry.
    pub entry: Entry,
    /// What was read out of it.
    pub facts: Facts,
}

impl SealedEntry {
    /// Order of rows in a file: by account, entries without one last, then by offset.
    pub(super) fn sort_key(&self) -> (bool, Option<&AccountId>, Offset) {
        (self.facts.account_id.is_none(), self.facts.account_id.as_ref(), self.entry.offset)
    }
}

/// Place of the column `offset`.
pub(super) const OFFSET_COLUMN: usize = 0;
/// Place of the column `account_id`.
pub(super) const ACCOUNT_COLUMN: usize = 6;
/// Name of the column by which files are sorted.
pub(super) const ACCOUNT_NAME: &str = "account_id";

/// The columns. Times are microseconds in UTC; `payload` is as received, `kind` is `event` or `control`.
pub(super) static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let instant = || DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("offset", DataType::UInt64, false),
        Field::new("received_at", instant(), false),
        Field::new("time", instant(), false),
        Field::new("kind", DataType::Utf8, false),
        Field::new("id", DataType::Utf8, false),
        Field::new("type", DataType::Utf8, false),
        Field::new(ACCOUNT_NAME, DataType::Utf8, true),
        Field::new("content_hash", DataType::UInt64, false),
        Field::new("payload", DataType::Binary, false),
    ]))
});

/// The rows as columns.
pub(super) fn to_batch<'a>(rows: impl Iterator<Item = &'a SealedEntry>) -> Result<RecordBatch, ArrowError> {
    let instants = || TimestampMicrosecondBuilder::new().with_timezone("UTC");
    let (mut offset, mut received_at, mut time) = (UInt64Builder::new(), instants(), instants());
    let (mut kind, mut id, mut event_type) =
        (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    let (mut account_id, mut content_hash, mut payload) =
        (StringBuilder::new(), UInt64Builder::new(), BinaryBuilder::new());
    for SealedEntry { entry, facts } in rows {
        offset.append_value(entry.offset.0);
        received_at.append_value(entry.received_at.0);
        time.append_value(facts.time.0);
        kind.append_value(kind_name(entry.kind));
        id.append_value(entry.id.as_str());
        event_type.append_value(&facts.event_type);
        account_id.append_option(facts.account_id.as_ref().map(AccountId::as_str));
        content_hash.append_value(entry.content_hash);
        payload.append_value(&entry.payload);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(offset.finish()),
        Arc::new(received_at.finish()),
        Arc::new(time.finish()),
        Arc::new(kind.finish()),
        Arc::new(id.finish()),
        Arc::new(event_type.finish()),
        Arc::new(account_id.finish()),
        Arc::new(content_hash.finish()),
        Arc::new(payload.finish()),
    ];
    RecordBatch::try_new(Arc::clone(&SCHEMA), columns)
}

/// The columns as rows; `None` where the batch has not this schema.
pub(super) fn to_rows(batch: &RecordBatch) -> Option<Vec<SealedEntry>> {
    if batch.num_columns() != SCHEMA.fields().len() {
        return None;
    }
    let column = |index: usize| batch.column(index);
    let offsets = column(OFFSET_COLUMN).as_primitive_opt::<UInt64Type>()?;
    let received_at = column(1).as_primitive_opt::<TimestampMicrosecondType>()?;
    let times = column(2).as_primitive_opt::<TimestampMicrosecondType>()?;
    let (kinds, ids) = (column(3).as_string_opt::<i32>()?, column(4).as_string_opt::<i32>()?);
    let types = column(5).as_string_opt::<i32>()?;
    let accounts = column(ACCOUNT_COLUMN).as_string_opt::<i32>()?;
    let hashes = column(7).as_primitive_opt::<UInt64Type>()?;
    let payloads = column(8).as_binary_opt::<i32>()?;
    let row = |index: usize| {
        let account_id = accounts.is_valid(index).then(|| AccountId::from(accounts.value(index)));
        Some(SealedEntry {
            entry: Entry {
                offset: Offset(offsets.value(index)),
                received_at: Timestamp(received_at.value(index)),
                kind: kind_of_name(kinds.value(index))?,
                id: EntryId::from(ids.value(index)),
                content_hash: hashes.value(index),
                payload: payloads.value(index).to_vec(),
            },
            facts: Facts {
                account_id,
                event_type: types.value(index).to_owned(),
                time: Timestamp(times.value(index)),
            },
        })
    };
    (0..batch.num_rows()).map(row).collect()
}

fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Event => "event",
        EntryKind::Control => "control",
    }
}

fn kind_of_name(name: &str) -> Option<EntryKind> {
    [EntryKind::Event, EntryKind::Control].into_iter().find(|kind| kind_name(*kind) == name)
}
