//! The tables of a record, as its database knows them: none is forgotten that a migration adds.

use super::MoveError;
use crate::backend::{Connection, failed, query, query_scalar_made};
use cordon_enforce::ports::StoreError;
use std::collections::BTreeSet;

/// The tables that have their one row from the beginning, under the key 1 in the column `<table>_id`.
pub(super) const SEEDED: [&str; 4] = ["audit_head", "notice_settings", "pipeline", "quality_settings"];

/// A table, and all of its columns.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The place in the primary key, from 1 on; 0 for none.
    key_place: i64,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Truth,
}

impl Kind {
    fn of(declared: &str) -> Option<Self> {
        match declared {
            "TEXT" => Some(Self::Text),
            "BIGINT" | "INTEGER" => Some(Self::Integer),
            "DOUBLE PRECISION" => Some(Self::Number),
            "BOOLEAN" => Some(Self::Truth),
            _ => None,
        }
    }
}

impl Table {
    /// The places of the primary key's columns, in the key's order.
    pub(super) fn key(&self) -> Vec<usize> {
        let mut places: Vec<usize> =
            (0..self.columns.len()).filter(|place| self.key_place(*place) > 0).collect();
        places.sort_by_key(|place| self.key_place(*place));
        places
    }

    fn key_place(&self, place: usize) -> i64 {
        self.columns.get(place).map_or(0, |column| column.key_place)
    }

    pub(super) fn column_names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// How many rows it has.
    pub(super) async fn count(&self, connection: &mut Connection<'_>) -> Result<u64, StoreError> {
        let counted = query_scalar_made(format!("SELECT COUNT(*) FROM {}", self.name));
        let rows: i64 = counted.fetch_one(connection).await.map_err(failed)?;
        Ok(rows.unsigned_abs())
    }
}

/// In the order in which they were made, so that what a row refers to comes before it.
const ON_SQLITE: &str =
    "SELECT m.name AS table_name, c.name AS column_name, c.type AS data_type, c.pk AS key_place
    FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'
    ORDER BY m.rowid, c.cid";
const ON_POSTGRES: &str = "SELECT table_name::TEXT AS table_name, column_name::TEXT AS column_name
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'";

/// The tables that both sides have, one of which is SQLite.
pub(super) async fn of_both<'c>(
    one: &mut Connection<'c>,
    other: &mut Connection<'c>,
) -> Result<Vec<Table>, MoveError> {
    let (sqlite, postgres) = if one.is_postgres() { (other, one) } else { (one, other) };
    let tables = of_sqlite(sqlite).await?;
    let columns = tables
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| format!("{}.{}", table.name, column.name)));
    let columns: BTreeSet<String> = columns.collect();
    let theirs = of_postgres(postgres).await?;
    let unlike: Vec<&str> = columns.symmetric_difference(&theirs).map(String::as_str).collect();
    if unlike.is_empty() { Ok(tables) } else { Err(MoveError::Unlike { columns: unlike.join(", ") }) }
}

async fn of_sqlite(connection: &mut Connection<'_>) -> Result<Vec<Table>, StoreError> {
    let mut tables: Vec<Table> = Vec::new();
    for row in query(ON_SQLITE).fetch_all(connection).await.map_err(failed)? {
        let text = |column| row.try_get::<String>(column).map_err(failed);
        let (table_name, name, declared) = (text("table_name")?, text("column_name")?, text("data_type")?);
        let unknown = || StoreError::Corrupt { what: "column", id: format!("{table_name}.{name}") };
        let kind = Kind::of(&declared).ok_or_else(unknown)?;
        let column = Column { name, kind, key_place: row.try_get("key_place").map_err(failed)? };
        match tables.last_mut().filter(|last| last.name == table_name) {
            Some(table) => table.columns.push(column),
            None => tables.push(Table { name: table_name, columns: vec![column] }),
        }
    }
    Ok(tables)
}

async fn of_postgres(connection: &mut Connection<'_>) -> Result<BTreeSet<String>, StoreError> {
    let rows = query(ON_POSTGRES).fetch_all(connection).await.map_err(failed)?;
    let name = |row: &crate::backend::DbRow| {
        let text = |column| row.try_get::<String>(column).map_err(failed);
        Ok(format!("{}.{}", text("table_name")?, text("column_name")?))
    };
    rows.iter().map(name).collect()
}
