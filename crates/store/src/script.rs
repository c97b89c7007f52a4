//! Statements that travel together: a way to the database and back costs more than most of what is done there.

use crate::backend::{Connection, Query, failed};
use crate::insert::{Table, pieces, placeholders};
use cordon_enforce::ports::StoreError;
use sqlx::{AssertSqlSafe, Execute};

/// Statements that are sent in one go and run in their order. Each marks its values by `?`, one after the other.
pub(crate) struct Script {
    text: String,
    values: Query<'static>,
}

impl Default for Script {
    fn default() -> Self {
        Self { text: String::new(), values: sqlx::query("") }
    }
}

impl Script {
    /// Adds a statement; `bind` binds its values.
    pub(crate) fn add(&mut self, statement: &str, bind: impl FnOnce(Query<'static>) -> Query<'static>) {
        self.text.push_str(statement);
        self.text.push_str(";\n");
        self.values = bind(std::mem::replace(&mut self.values, sqlx::query("")));
    }

    /// Adds what writes `rows`; `bind` binds one row's columns in the table's order.
    pub(crate) fn add_rows<T>(
        &mut self,
        table: &Table,
        rows: &[T],
        bind: impl Fn(Query<'static>, &T) -> Query<'static>,
    ) {
        for piece in pieces(rows) {
            self.add(&table.insert_statement(piece.len()), |values| piece.iter().fold(values, &bind));
        }
    }

    /// Adds `head` + `(?, …)` over `keys`, a piece at a time; `bind` binds the values that `head` marks.
    pub(crate) fn add_by_keys(
        &mut self,
        head: &str,
        keys: &[&str],
        bind: impl Fn(Query<'static>) -> Query<'static>,
    ) {
        for piece in pieces(keys) {
            let statement = format!("{head}{}", placeholders(1, piece.len()));
            self.add(&statement, |values| piece.iter().fold(bind(values), |values, key| values.bind(*key)));
        }
    }

    /// Runs the statements. Where one fails, the rest is not run: this belongs in a transaction.
    pub(crate) async fn run(mut self, connection: &mut Connection) -> Result<(), StoreError> {
        if self.text.is_empty() {
            return Ok(());
        }
        let values = self.values.take_arguments().map_err(|error| failed(sqlx::Error::Encode(error)))?;
        let query = sqlx::query_with(AssertSqlSafe(self.text), values.unwrap_or_default());
        query.execute(connection).await.map_err(failed).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection as _;

    async fn numbers() -> Connection {
        let mut connection = Connection::connect("sqlite::memory:").await.unwrap();
        let table = "CREATE TABLE numbers (name TEXT PRIMARY KEY, number BIGINT)";
        sqlx::query(table).execute(&mut connection).await.unwrap();
        connection
    }

    async fn all(connection: &mut Connection) -> Vec<(String, i64)> {
        sqlx::query_as("SELECT name, number FROM numbers ORDER BY name").fetch_all(connection).await.unwrap()
    }

    const TABLE: Table = Table { name: "numbers", columns: &["name", "number"], overwrite_on: None };

    #[tokio::test]
    async fn every_statement_gets_its_own_values() {
        let mut connection = numbers().await;
        for round in 0..2 {
            let mut script = Script::default();
            let names: Vec<String> = (0..5).map(|name| format!("{round}{name}")).collect();
            script.add_rows(&TABLE, &names, |values, name| values.bind(name.as_str()).bind(1_i64));
            let keys: Vec<&str> = names.iter().map(String::as_str).skip(3).collect();
            script.add_by_keys("UPDATE numbers SET number = ? WHERE name IN ", &keys, |values| {
                values.bind(7_i64)
            });
            script.add("DELETE FROM numbers WHERE name = ?", |values| values.bind(format!("{round}0")));
            script.run(&mut connection).await.unwrap();
        }
        let found = all(&mut connection).await;
        let expected: Vec<(String, i64)> = ["01 1", "02 1", "03 7", "04 7", "11 1", "12 1", "13 7", "14 7"]
            .iter()
            .filter_map(|row| row.split_once(' '))
            .map(|(name, number)| (name.to_owned(), number.parse().unwrap()))
            .collect();
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn a_failing_statement_ends_the_script() {
        let mut connection = numbers().await;
        let mut script = Script::default();
        script.add_rows(&TABLE, &["a", "a"], |values, name| values.bind(*name).bind(1_i64));
        script.add_rows(&TABLE, &["b"], |values, name| values.bind(*name).bind(1_i64));
        assert!(script.run(&mut connection).await.is_err());
        assert_eq!(all(&mut connection).await, [("a".to_owned(), 1)]);
        Script::default().run(&mut connection).await.unwrap();
    }
}
