//! What PostgreSQL wants otherwise.

use super::connection::{Connection, Raw};
use super::value::Value;
use sqlx::postgres::{PgArguments, PgConnection, PgPool};
use sqlx::{Arguments as _, AssertSqlSafe, Postgres, Transaction};
use std::borrow::Cow;

/// Each statement sees what was committed before it: all that this one was waiting for, once it has the lock.
pub(super) const BEGIN_TO_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const BEGIN_TO_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Whoever writes holds this row. Every command extends the audit, whose chain has one end, so that writers meet there
/// anyway; met first, it also keeps what they load from changing under them.
const LOCK_TO_WRITE: &str = "SELECT sequence FROM audit_head WHERE audit_head_id = 1 FOR UPDATE";

pub(super) async fn lock_to_write(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(LOCK_TO_WRITE).execute(connection).await.map(drop)
}

/// Begins a transaction that reads. It begins on a task of its own: given up before the answer, it would stay open on a
/// connection that the driver takes for a free one, and later readers would see the record as it was then.
pub(super) async fn begin_to_read(pool: PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let begun = tokio::spawn(async move { pool.begin_with(BEGIN_TO_READ).await });
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// Writes rows that were bound one after the other, `width` values each; `statement` is told where they come from.
pub(crate) async fn insert_arrays(
    connection: &mut Connection<'_>,
    statement: impl FnOnce(&str) -> String,
    values: Vec<Value>,
    width: usize,
) -> Result<(), sqlx::Error> {
    let Raw::Postgres(connection) = connection.raw() else {
        return Err(sqlx::Error::Encode("SQLite has no arrays".into()));
    };
    let (types, arguments) = columns_of_values(values, width)?;
    let arrays: Vec<String> = (1..).zip(types).map(|(number, name)| format!("${number}::{name}")).collect();
    let text = statement(&format!("SELECT * FROM UNNEST({})", arrays.join(", ")));
    sqlx::query_with(AssertSqlSafe(text), arguments).execute(connection).await.map(drop)
}

/// `text` with its `?` numbered; none where there is no `?`. No statement has one in a literal.
pub(super) fn numbered(text: &str) -> Option<String> {
    if !text.contains('?') {
        return None;
    }
    let mut pieces = text.split('?');
    let mut made = String::with_capacity(text.len() + 16);
    made.push_str(pieces.next().unwrap_or_default());
    for (number, piece) in (1..).zip(pieces) {
        made.push('$');
        made.push_str(&format!("{number}"));
        made.push_str(piece);
    }
    Some(made)
}

/// Begins what stands for a character that PostgreSQL's texts cannot hold. No character of anybody's: Unicode keeps
/// it for uses like this one.
const ESCAPE: char = '\u{10FFFF}';

/// A text as columns keep it: PostgreSQL refuses U+0000, of which what platforms send is not free.
pub(super) fn to_column(text: String) -> String {
    if !text.contains(['\0', ESCAPE]) {
        return text;
    }
    let mut made = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => made.extend([ESCAPE, '0']),
            ESCAPE => made.extend([ESCAPE, '1']),
            other => made.push(other),
        }
    }
    made
}

/// The text that [`to_column`] was given.
pub(super) fn from_column(text: &str) -> Cow<'_, str> {
    if !text.contains(ESCAPE) {
        return Cow::Borrowed(text);
    }
    let mut made = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, character == ESCAPE) {
            (_, true) => made.push(if characters.next() == Some('0') { '\0' } else { ESCAPE }),
            (other, false) => made.push(other),
        }
    }
    Cow::Owned(made)
}

/// The columns of rows that were bound one after the other, `width` values each: an array for each column, with its
/// type. One statement takes any number of rows so, and is prepared once.
fn columns_of_values(
    values: Vec<Value>,
    width: usize,
) -> Result<(Vec<&'static str>, PgArguments), sqlx::Error> {
    let mut columns: Vec<Column> = values.iter().take(width).map(Column::like).collect();
    for (place, value) in values.into_iter().enumerate() {
        let fits = columns.get_mut(place % width.max(1)).is_some_and(|column| column.push(value));
        if !fits {
            return Err(sqlx::Error::Encode("a column has values of two types".into()));
        }
    }
    let types = columns.iter().map(Column::type_name).collect();
    let mut arguments = PgArguments::default();
    for column in columns {
        let added = match column {
            Column::Text(texts) => arguments.add(texts),
            Column::Integer(numbers) => arguments.add(numbers),
            Column::Number(numbers) => arguments.add(numbers),
            Column::Truth(truths) => arguments.add(truths),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok((types, arguments))
}

enum Column {
    Text(Vec<Option<String>>),
    Integer(Vec<Option<i64>>),
    Number(Vec<Option<f64>>),
    Truth(Vec<Option<bool>>),
}

impl Column {
    fn like(value: &Value) -> Self {
        match value {
            Value::Text(_) | Value::Texts(_) => Self::Text(Vec::new()),
            Value::Integer(_) => Self::Integer(Vec::new()),
            Value::Number(_) => Self::Number(Vec::new()),
            Value::Truth(_) => Self::Truth(Vec::new()),
        }
    }

    /// Whether the value is of the column's type, and then it is in.
    fn push(&mut self, value: Value) -> bool {
        match (self, value) {
            (Self::Text(texts), Value::Text(text)) => texts.push(text.map(to_column)),
            (Self::Integer(numbers), Value::Integer(number)) => numbers.push(number),
            (Self::Number(numbers), Value::Number(number)) => numbers.push(number),
            (Self::Truth(truths), Value::Truth(truth)) => truths.push(truth),
            _ => return false,
        }
        true
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "TEXT[]",
            Self::Integer(_) => "BIGINT[]",
            Self::Number(_) => "DOUBLE PRECISION[]",
            Self::Truth(_) => "BOOLEAN[]",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_gets_its_number() {
        assert_eq!(numbered("a = ? AND b IN (?, ?)").as_deref(), Some("a = $1 AND b IN ($2, $3)"));
        assert_eq!(numbered("a = $1"), None);
    }

    #[test]
    fn every_text_comes_back() {
        for text in ["", "plain", "a\0b", "\u{10FFFF}", "\u{10FFFF}0\0\u{10FFFF}1", "\0\0"] {
            let kept = to_column(text.to_owned());
            assert!(!kept.contains('\0'));
            assert_eq!(from_column(&kept), text);
        }
    }
}
