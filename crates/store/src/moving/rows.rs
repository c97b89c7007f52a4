//! Reading a table from end to end, and writing it to another database meanwhile.

use super::tables::{Kind, SEEDED, Table};
use super::{MovedTable, Progress};
use crate::backend::{Connection, DbRow, Value, failed, insert_arrays, query_made};
use crate::insert::{self, pieces, placeholders};
use cordon_enforce::audit::Node;
use cordon_enforce::ports::StoreError;

/// Rows in memory at a time.
const CHUNK_ROWS: usize = 1_000;

/// Reads all of `table` and, where asked to, writes it `into` another database.
pub(super) async fn read(
    table: &Table,
    from: &mut Connection<'_>,
    mut into: Option<&mut Connection<'_>>,
    progress: &mut Progress<'_>,
) -> Result<MovedTable, StoreError> {
    let mut digest = Digest::default();
    let mut after: Option<Vec<Value>> = None;
    loop {
        let rows = fetch_after(table, from, after.take()).await?;
        for row in &rows {
            digest.add(row);
        }
        progress.step(rows.len() as u64);
        after = rows.last().map(|row| key_of(table, row));
        let is_last = rows.len() < CHUNK_ROWS;
        if let Some(into) = into.as_deref_mut() {
            write(table, into, rows).await?;
        }
        if is_last {
            return Ok(MovedTable { name: table.name.clone(), rows: digest.rows, digest: Node(digest.sum) });
        }
    }
}

/// The next rows in the primary key's order.
async fn fetch_after(
    table: &Table,
    connection: &mut Connection<'_>,
    after: Option<Vec<Value>>,
) -> Result<Vec<Vec<Value>>, StoreError> {
    let names = table.column_names();
    let key: Vec<&str> = table.key().into_iter().filter_map(|place| names.get(place).copied()).collect();
    let key = key.join(", ");
    let bound = match &after {
        Some(values) => format!("WHERE ({key}) > {}", placeholders(values.len())),
        None => String::new(),
    };
    let text =
        format!("SELECT {} FROM {} {bound} ORDER BY {key} LIMIT {CHUNK_ROWS}", names.join(", "), table.name);
    let query = query_made(text).bind_all(after.unwrap_or_default());
    let rows = query.fetch_all(connection).await.map_err(failed)?;
    rows.iter().map(|row| values_of(table, row).map_err(failed)).collect()
}

fn values_of(table: &Table, row: &DbRow) -> Result<Vec<Value>, sqlx::Error> {
    let value = |(place, kind)| {
        Ok(match kind {
            Kind::Text => Value::Text(row.try_get::<Option<String>>(place)?),
            Kind::Integer => Value::Integer(row.try_get(place)?),
            Kind::Number => Value::Number(row.try_get(place)?),
            Kind::Truth => Value::Truth(row.try_get(place)?),
        })
    };
    table.columns.iter().map(|column| column.kind).enumerate().map(value).collect()
}

fn key_of(table: &Table, row: &[Value]) -> Vec<Value> {
    table.key().into_iter().filter_map(|place| row.get(place).cloned()).collect()
}

async fn write(
    table: &Table,
    connection: &mut Connection<'_>,
    rows: Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = table.column_names();
    // Whoever waits to write there waits for a row of one of these: it is overwritten, and never gone.
    let seed_key = SEEDED.contains(&table.name.as_str()).then(|| format!("{}_id", table.name));
    let target = insert::Table { name: &table.name, columns: &columns, overwrite_on: seed_key.as_deref() };
    if connection.is_postgres() {
        let values = rows.into_iter().flatten().collect();
        let written = insert_arrays(connection, |rows| target.insert_from(rows), values, columns.len()).await;
        return written.map_err(failed);
    }
    for piece in pieces(&rows) {
        let values = piece.iter().flatten().cloned();
        let statement = query_made(target.insert_statement(piece.len())).bind_all(values);
        statement.execute(&mut *connection).await.map_err(failed)?;
    }
    Ok(())
}

/// A digest of rows in whatever order they come, as the two databases need not agree on one: the sum of the rows' SHA-256
/// without carry. No two rows of a table are the same, so that none takes another out.
#[derive(Default)]
struct Digest {
    sum: [u8; 32],
    rows: u64,
}

impl Digest {
    fn add(&mut self, row: &[Value]) {
        let mut bytes = Vec::new();
        for value in row {
            add_value(&mut bytes, value);
        }
        for (sum, byte) in self.sum.iter_mut().zip(Node::leaf(&bytes).0) {
            *sum ^= byte;
        }
        self.rows += 1;
    }
}

/// Appends a value so that no other one reads the same: what it is, how long, and its bytes.
fn add_value(bytes: &mut Vec<u8>, value: &Value) {
    let (kind, content) = match value {
        Value::Text(text) => (b't', text.as_ref().map(|text| text.as_bytes().to_vec())),
        Value::Texts(texts) => (b'a', Some(texts.join("\0").into_bytes())),
        Value::Integer(number) => (b'i', number.map(|number| number.to_be_bytes().to_vec())),
        // The one number that is another one's equal: SQLite does not keep the sign of zero.
        Value::Number(number) => (b'n', number.map(|number| (number + 0.0).to_bits().to_be_bytes().to_vec())),
        Value::Truth(truth) => (b'b', truth.map(|truth| vec![u8::from(truth)])),
    };
    bytes.push(kind);
    match content {
        None => bytes.push(0),
        Some(content) => {
            bytes.push(1);
            bytes.extend((content.len() as u64).to_be_bytes());
            bytes.extend(content);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(rows: &[&[Value]]) -> ([u8; 32], u64) {
        let mut digest = Digest::default();
        rows.iter().for_each(|row| digest.add(row));
        (digest.sum, digest.rows)
    }

    #[test]
    fn a_digest_knows_values_and_not_the_order_of_rows() {
        let (a, b) = ([Value::from("ab"), Value::from("c")], [Value::from("a"), Value::from("bc")]);
        assert_eq!(digest_of(&[&a, &b]), digest_of(&[&b, &a]));
        assert_ne!(digest_of(&[&a]), digest_of(&[&b]));
        let (nothing, empty) = ([Value::Text(None)], [Value::from("")]);
        assert_ne!(digest_of(&[&nothing]), digest_of(&[&empty]));
        assert_eq!(digest_of(&[&[Value::from(-0.0)]]), digest_of(&[&[Value::from(0.0)]]));
    }
}
