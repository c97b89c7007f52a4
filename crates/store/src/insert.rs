//! Many rows in few statements.
//!
//! Statements take 64, 16, 4 or 1 rows, so that the database sees few different texts and keeps each prepared.

use crate::backend::{Connection, DbRow, failed, placeholder};
use cordon_enforce::ports::StoreError;
use sqlx::AssertSqlSafe;

/// Rows per statement, most first. 64 rows of 30 columns stay far below the bound on values of both databases.
const ROWS_PER_STATEMENT: [usize; 4] = [64, 16, 4, 1];

/// How a table takes rows.
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// The columns that are written, in the order in which they are bound.
    pub(crate) columns: &'static [&'static str],
    /// The key on which a row that is there already is overwritten; none: such a row is an error.
    pub(crate) overwrite_on: Option<&'static str>,
}

impl Table {
    pub(crate) fn insert_statement(&self, rows: usize) -> String {
        let width = self.columns.len();
        let tuples: Vec<String> = (0..rows).map(|row| placeholders(row * width + 1, width)).collect();
        let head =
            format!("INSERT INTO {} ({}) VALUES {}", self.name, self.columns.join(", "), tuples.join(", "));
        match self.overwrite_on {
            None => head,
            Some(key) => {
                let kept: Vec<&str> = key.split(", ").collect();
                let sets: Vec<String> = self
                    .columns
                    .iter()
                    .filter(|column| !kept.contains(column))
                    .map(|column| format!("{column} = excluded.{column}"))
                    .collect();
                format!("{head} ON CONFLICT ({key}) DO UPDATE SET {}", sets.join(", "))
            }
        }
    }
}

/// `(value, …)`, `count` of them, from the `first`th value of the statement on.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    let values: Vec<String> = (first..first + count).map(placeholder).collect();
    format!("({})", values.join(", "))
}

/// Cuts `items` into the pieces that one statement each takes.
pub(crate) fn pieces<T>(items: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let size = ROWS_PER_STATEMENT.into_iter().find(|size| *size <= rest.len())?;
        let (piece, after) = rest.split_at(size);
        rest = after;
        Some(piece)
    })
}

/// Runs `head` + `($1, …)` + `tail` over `keys`, a piece at a time; all rows together.
pub(crate) async fn fetch_by_keys(
    connection: &mut Connection,
    head: &'static str,
    keys: &[&str],
    tail: &'static str,
) -> Result<Vec<DbRow>, StoreError> {
    let mut rows = Vec::new();
    for piece in pieces(keys) {
        let query = sqlx::query(AssertSqlSafe(format!("{head}{}{tail}", placeholders(1, piece.len()))));
        let query = piece.iter().fold(query, |query, key| query.bind(*key));
        rows.extend(query.fetch_all(&mut *connection).await.map_err(failed)?);
    }
    Ok(rows)
}

/// Adds `keys` to the one column of `table`; those that were not there before.
pub(crate) async fn add_keys(
    connection: &mut Connection,
    table: &'static str,
    column: &'static str,
    keys: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut added = Vec::new();
    for piece in pieces(keys) {
        let tuples: Vec<String> = (1..=piece.len()).map(|number| placeholders(number, 1)).collect();
        let tuples = tuples.join(", ");
        let statement = format!(
            "INSERT INTO {table} ({column}) VALUES {tuples} ON CONFLICT ({column}) DO NOTHING RETURNING {column}"
        );
        let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(statement));
        let query = piece.iter().fold(query, |query, key| query.bind(key));
        added.extend(query.fetch_all(&mut *connection).await.map_err(failed)?);
    }
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_everything_in_order() {
        let items: Vec<usize> = (0..87).collect();
        let sizes: Vec<usize> = pieces(&items).map(<[usize]>::len).collect();
        assert_eq!(sizes, [64, 16, 4, 1, 1, 1]);
        assert_eq!(pieces(&items).flatten().copied().collect::<Vec<_>>(), items);
    }

    #[test]
    fn an_overwriting_table_keeps_its_key() {
        let table = Table { name: "t", columns: &["a", "b"], overwrite_on: Some("a") };
        assert_eq!(
            table.insert_statement(2),
            "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT (a) DO UPDATE SET b = excluded.b"
        );
    }
}
