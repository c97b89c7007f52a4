//! Statements that travel together: a way to the database and back costs more than most of what is done there.

use crate::backend::{Connection, Query, Value, failed, query, query_made};
use crate::insert::{Table, by_keys, pieces};
use cordon_enforce::ports::StoreError;

/// Statements that run in their order, each with its values marked by `?`. SQLite gets them in one go; PostgreSQL
/// takes one at a time, and each with all its rows.
#[derive(Default)]
pub(crate) struct Script {
    steps: Vec<Step>,
}

enum Step {
    Statement { text: &'static str, values: Vec<Value> },
    Rows { table: &'static Table<'static>, values: Vec<Value> },
    Keys { head: &'static str, values: Vec<Value>, keys: Vec<String> },
}

impl Script {
    /// Adds a statement; `bind` binds its values.
    pub(crate) fn add(&mut self, text: &'static str, bind: impl FnOnce(Query) -> Query) {
        self.steps.push(Step::Statement { text, values: bind(query("")).into_values() });
    }

    /// Adds what writes `rows`; `bind` binds one row's columns in the table's order.
    pub(crate) fn add_rows<T>(
        &mut self,
        table: &'static Table<'static>,
        rows: &[T],
        bind: impl Fn(Query, &T) -> Query,
    ) {
        if !rows.is_empty() {
            let values = rows.iter().fold(query(""), bind).into_values();
            self.steps.push(Step::Rows { table, values });
        }
    }

    /// Adds `head` + `(?, …)` over `keys`; `bind` binds the values that `head` marks.
    pub(crate) fn add_by_keys(&mut self, head: &'static str, keys: &[&str], bind: impl Fn(Query) -> Query) {
        if !keys.is_empty() {
            let keys = keys.iter().map(|key| (*key).to_owned()).collect();
            self.steps.push(Step::Keys { head, values: bind(query("")).into_values(), keys });
        }
    }

    /// Runs the statements. Where one fails, the rest is not run: this belongs in a transaction.
    pub(crate) async fn run(self, connection: &mut Connection<'_>) -> Result<(), StoreError> {
        if self.steps.is_empty() {
            return Ok(());
        }
        #[cfg(feature = "postgres")]
        if connection.is_postgres() {
            return run_one_by_one(self.steps, connection).await;
        }
        self.in_one_go(connection).execute(connection).await.map_err(failed).map(drop)
    }

    /// All of it as one text.
    fn in_one_go(self, connection: &Connection<'_>) -> Query {
        let (mut texts, mut all) = (String::new(), Vec::new());
        let mut add = |text: &str, values: &mut dyn Iterator<Item = Value>| {
            texts.push_str(text);
            texts.push_str(";\n");
            all.extend(values);
        };
        for step in self.steps {
            match step {
                Step::Statement { text, values } => add(text, &mut values.into_iter()),
                Step::Rows { table, values } => {
                    let width = table.columns.len().max(1);
                    let rows: Vec<()> = vec![(); values.len() / width];
                    let mut values = values.into_iter();
                    for piece in pieces(&rows) {
                        let text = table.insert_statement(piece.len());
                        add(&text, &mut values.by_ref().take(piece.len() * width));
                    }
                }
                Step::Keys { head, values, keys } => {
                    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                    let bind = |query: Query| query.bind_all(values.iter().cloned());
                    for query in by_keys(connection, head, &keys, "", bind) {
                        let text = query.text().to_owned();
                        add(&text, &mut query.into_values().into_iter());
                    }
                }
            }
        }
        query_made(texts).bind_all(all)
    }
}

#[cfg(feature = "postgres")]
async fn run_one_by_one(steps: Vec<Step>, connection: &mut Connection<'_>) -> Result<(), StoreError> {
    for step in steps {
        match step {
            Step::Statement { text, values } => {
                query(text).bind_all(values).execute(connection).await.map_err(failed)?;
            }
            Step::Rows { table, values } => {
                let statement = |rows: &str| table.insert_from(rows);
                crate::backend::insert_arrays(connection, statement, values, table.columns.len())
                    .await
                    .map_err(failed)?;
            }
            Step::Keys { head, values, keys } => {
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                let bind = |query: Query| query.bind_all(values.iter().cloned());
                for query in by_keys(connection, head, &keys, "", bind) {
                    query.execute(connection).await.map_err(failed)?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Source;

    async fn numbers() -> Connection<'static> {
        let mut connection =
            Source::Sqlite(Box::new("sqlite::memory:".parse().unwrap())).connect().await.unwrap();
        let table = "CREATE TABLE numbers (name TEXT PRIMARY KEY, number BIGINT)";
        query(table).execute(&mut connection).await.unwrap();
        connection
    }

    async fn all(connection: &mut Connection<'_>) -> Vec<(String, i64)> {
        let rows =
            query("SELECT name, number FROM numbers ORDER BY name").fetch_all(connection).await.unwrap();
        rows.iter().map(|row| (row.try_get("name").unwrap(), row.try_get("number").unwrap())).collect()
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
