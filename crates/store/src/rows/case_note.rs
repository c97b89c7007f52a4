//! Notes on cases, and whom they mention.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::case_note::{CaseNote, NoteKind};
use cordon_model::ids::OperatorId;

macro_rules! columns {
    () => {
        "n.case_id, n.number, n.account_id, n.kind, n.author, n.mentions, n.text, n.written_at"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "case_notes",
    columns: &["case_id", "number", "account_id", "kind", "author", "mentions", "text", "written_at"],
    overwrite_on: None,
};
/// One row for each operator whom a note mentions, so that everybody finds their own.
pub(crate) const MENTIONS: Table = Table {
    name: "case_mentions",
    columns: &["operator_id", "case_id", "number", "written_at"],
    overwrite_on: None,
};
pub(crate) const OF_CASE: &str =
    concat!("SELECT ", columns!(), " FROM case_notes AS n WHERE n.case_id = $1 ORDER BY n.number");
pub(crate) const COUNT: &str = "SELECT COUNT(*) FROM case_notes WHERE case_id = $1";
/// Notes on open cases that mention an operator, newest first.
pub(crate) const MENTIONING: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM case_mentions AS m
      JOIN case_notes AS n ON n.case_id = m.case_id AND n.number = m.number
      JOIN cases AS c ON c.case_id = m.case_id AND c.closed_at IS NULL
      WHERE m.operator_id = $1 ORDER BY m.written_at DESC, m.case_id, m.number LIMIT $2"
);
pub(crate) const SCRUB: &str = "UPDATE case_notes SET text = '' WHERE account_id = ?";

pub(crate) fn bind(query: Query, note: &CaseNote) -> Query {
    query
        .bind(note.case_id.as_str())
        .bind(i64::from(note.number))
        .bind(note.account_id.as_str())
        .bind(note.kind.name())
        .bind(note.author.as_str())
        .bind(to_json(&note.mentions))
        .bind(note.text.as_str())
        .bind(note.written_at.0)
}

/// A note with one of those whom it mentions.
pub(crate) fn bind_mention(query: Query, mention: &(&CaseNote, &OperatorId)) -> Query {
    let (note, operator_id) = mention;
    query
        .bind(operator_id.as_str())
        .bind(note.case_id.as_str())
        .bind(i64::from(note.number))
        .bind(note.written_at.0)
}

pub(crate) fn read(row: &DbRow) -> Result<CaseNote, StoreError> {
    let columns = Columns::of(row, "case_id");
    Ok(CaseNote {
        case_id: columns.text("case_id")?.into(),
        number: columns.count("number")?,
        account_id: columns.text("account_id")?.into(),
        kind: columns.named("kind", NoteKind::from_name)?,
        author: columns.text("author")?.into(),
        mentions: columns.json("mentions")?,
        text: columns.text("text")?,
        written_at: columns.time("written_at")?,
    })
}
