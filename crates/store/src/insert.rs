//! Many rows in few statements.
//!
//! On SQLite statements take 64, 16, 4 or 1 rows, so that the database sees few different texts and keeps each
//! prepared. On PostgreSQL a statement takes any number, as an array for each column: a way there and back costs more.

use crate::backend::{Connection, DbRow, Query, Value, failed, query_made, query_scalar_made};
use cordon_enforce::ports::StoreError;

/// Rows per statement of SQLite, most first. 64 rows of 30 columns stay far below its bound on values.
const ROWS_PER_STATEMENT: [usize; 4] = [64, 16, 4, 1];

/// How a table takes rows.
pub(crate) struct Table<'t> {
    /// Its name.
    pub(crate) name: &'t str,
    /// The columns that are written, in the order in which they are bound.
    pub(crate) columns: &'t [&'t str],
    /// The key on which a row that is there already is overwritten; none: such a row is an error.
    pub(crate) overwrite_on: Option<&'t str>,
}

impl Table<'_> {
    /// What writes `rows` rows, one value after the other.
    pub(crate) fn insert_statement(&self, rows: usize) -> String {
        let tuples = vec![placeholders(self.columns.len()); rows];
        self.insert_from(&format!("VALUES {}", tuples.join(", ")))
    }

    /// What writes the rows that come from `rows`.
    pub(crate) fn insert_from(&self, rows: &str) -> String {
        let head = format!("INSERT INTO {} ({}) {rows}", self.name, self.columns.join(", "));
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

/// `(?, …)`, `count` of them. SQLite takes `$1` as a name and looks names up one by one, which costs the square of
/// their number where a statement has hundreds; `?` has none.
pub(crate) fn placeholders(count: usize) -> String {
    format!("({})", vec!["?"; count].join(", "))
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

/// What comes instead of `(?, …)` where keys go in as one array.
#[cfg(feature = "postgres")]
pub(crate) const KEYS_OF_ARRAY: &str = "(SELECT UNNEST(?::TEXT[]))";

/// `head` + the keys + `tail`, in as many statements as it takes; `bind` binds the values that `head` marks.
pub(crate) fn by_keys(
    connection: &Connection<'_>,
    head: &str,
    keys: &[&str],
    tail: &str,
    bind: impl Fn(Query) -> Query,
) -> Vec<Query> {
    #[cfg(feature = "postgres")]
    if connection.is_postgres() {
        let keys = Value::Texts(keys.iter().map(|key| (*key).to_owned()).collect());
        return vec![bind(query_made(format!("{head}{KEYS_OF_ARRAY}{tail}"))).bind(keys)];
    }
    let _ = connection;
    let statement = |piece: &[&str]| query_made(format!("{head}{}{tail}", placeholders(piece.len())));
    pieces(keys)
        .map(|piece| bind(statement(piece)).bind_all(piece.iter().map(|key| Value::from(*key))))
        .collect()
}

/// Runs `head` + `(?, …)` + `tail` over `keys`; all rows together.
pub(crate) async fn fetch_by_keys(
    connection: &mut Connection<'_>,
    head: &'static str,
    keys: &[&str],
    tail: &'static str,
) -> Result<Vec<DbRow>, StoreError> {
    let mut rows = Vec::new();
    if keys.is_empty() {
        return Ok(rows);
    }
    for query in by_keys(connection, head, keys, tail, |query| query) {
        rows.extend(query.fetch_all(&mut *connection).await.map_err(failed)?);
    }
    Ok(rows)
}

/// Adds `keys` to the one column of `table`; those that were not there before.
pub(crate) async fn add_keys(
    connection: &mut Connection<'_>,
    table: &'static str,
    column: &'static str,
    keys: &[String],
) -> Result<Vec<String>, StoreError> {
    let statement = |rows: &str| {
        query_scalar_made(format!(
            "INSERT INTO {table} ({column}) {rows} ON CONFLICT ({column}) DO NOTHING RETURNING {column}"
        ))
    };
    #[cfg(feature = "postgres")]
    if connection.is_postgres() {
        let query = statement("SELECT UNNEST(?::TEXT[])").bind(Value::Texts(keys.to_vec()));
        return query.fetch_all(connection).await.map_err(failed);
    }
    let mut added = Vec::new();
    for piece in pieces(keys) {
        let tuples = vec![placeholders(1); piece.len()].join(", ");
        let query = statement(&format!("VALUES {tuples}"));
        let query = piece.iter().fold(query, |query, key| query.bind(key));
        added.extend(query.fetch_all::<String>(&mut *connection).await.map_err(failed)?);
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
