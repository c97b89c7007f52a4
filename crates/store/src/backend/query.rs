//! Statements with their values.

use super::connection::{Connection, Pool, Raw};
use super::row::{Cell, DbRow};
use super::value::Value;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, SqlSafeStr, SqlStr};

/// A statement, with its values in order. They are marked by `$1`, `$2` and so on, or all by `?`.
pub(crate) struct Query {
    text: SqlStr,
    values: Vec<Value>,
}

/// A statement whose answer is one column.
pub(crate) struct Scalar(Query);

/// What a statement did.
pub(crate) struct Done {
    rows: u64,
}

impl Done {
    /// How many rows it wrote.
    pub(crate) fn rows_affected(&self) -> u64 {
        self.rows
    }
}

/// A statement.
pub(crate) fn query(text: &'static str) -> Query {
    Query { text: text.into_sql_str(), values: Vec::new() }
}

/// A statement that was put together; nothing from outside may be in its text.
pub(crate) fn query_made(text: String) -> Query {
    Query { text: AssertSqlSafe(text).into_sql_str(), values: Vec::new() }
}

/// A statement whose answer is one column.
pub(crate) fn query_scalar(text: &'static str) -> Scalar {
    Scalar(query(text))
}

/// The same for one that was put together.
pub(crate) fn query_scalar_made(text: String) -> Scalar {
    Scalar(query_made(text))
}

/// Where a statement runs.
pub(crate) enum Target<'c> {
    Connection(Raw<'c>),
    Pool(&'c Pool),
}

impl<'c> From<&'c mut Connection<'_>> for Target<'c> {
    fn from(connection: &'c mut Connection<'_>) -> Self {
        Self::Connection(connection.raw())
    }
}

impl<'c> From<&'c Pool> for Target<'c> {
    fn from(pool: &'c Pool) -> Self {
        Self::Pool(pool)
    }
}

impl Query {
    /// Adds the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Adds values.
    pub(crate) fn bind_all(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.values.extend(values);
        self
    }

    /// The statement alone.
    pub(crate) fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The values alone.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// Every row of the answer.
    pub(crate) async fn fetch_all<'c>(
        self,
        target: impl Into<Target<'c>>,
    ) -> Result<Vec<DbRow>, sqlx::Error> {
        match target.into() {
            Target::Connection(connection) => self.all(connection).await,
            Target::Pool(pool) => self.all(pool.acquire().await?.raw()).await,
        }
    }

    /// The first row, if any.
    pub(crate) async fn fetch_optional<'c>(
        self,
        target: impl Into<Target<'c>>,
    ) -> Result<Option<DbRow>, sqlx::Error> {
        match target.into() {
            Target::Connection(connection) => self.first(connection).await,
            Target::Pool(pool) => self.first(pool.acquire().await?.raw()).await,
        }
    }

    /// The first row; none is an error.
    pub(crate) async fn fetch_one<'c>(self, target: impl Into<Target<'c>>) -> Result<DbRow, sqlx::Error> {
        self.fetch_optional(target).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Runs a statement that has no answer.
    pub(crate) async fn execute(self, connection: &mut Connection<'_>) -> Result<Done, sqlx::Error> {
        match connection.raw() {
            Raw::Sqlite(connection) => {
                let (text, values) = self.for_sqlite()?;
                let done = sqlx::query_with(text, values).execute(connection).await?;
                Ok(Done { rows: done.rows_affected() })
            }
            #[cfg(feature = "postgres")]
            Raw::Postgres(connection) => {
                let (text, values) = self.for_postgres()?;
                let done = sqlx::query_with(text, values).execute(connection).await?;
                Ok(Done { rows: done.rows_affected() })
            }
        }
    }

    async fn all(self, connection: Raw<'_>) -> Result<Vec<DbRow>, sqlx::Error> {
        match connection {
            Raw::Sqlite(connection) => {
                let (text, values) = self.for_sqlite()?;
                let rows = sqlx::query_with(text, values).fetch_all(connection).await?;
                Ok(rows.into_iter().map(DbRow::Sqlite).collect())
            }
            #[cfg(feature = "postgres")]
            Raw::Postgres(connection) => {
                let (text, values) = self.for_postgres()?;
                let rows = sqlx::query_with(text, values).fetch_all(connection).await?;
                Ok(rows.into_iter().map(DbRow::Postgres).collect())
            }
        }
    }

    async fn first(self, connection: Raw<'_>) -> Result<Option<DbRow>, sqlx::Error> {
        match connection {
            Raw::Sqlite(connection) => {
                let (text, values) = self.for_sqlite()?;
                let row = sqlx::query_with(text, values).fetch_optional(connection).await?;
                Ok(row.map(DbRow::Sqlite))
            }
            #[cfg(feature = "postgres")]
            Raw::Postgres(connection) => {
                let (text, values) = self.for_postgres()?;
                let row = sqlx::query_with(text, values).fetch_optional(connection).await?;
                Ok(row.map(DbRow::Postgres))
            }
        }
    }

    fn for_sqlite(self) -> Result<(SqlStr, SqliteArguments), sqlx::Error> {
        let mut arguments = SqliteArguments::default();
        arguments.reserve(self.values.len(), 0);
        for value in self.values {
            let added = match value {
                Value::Text(text) => arguments.add(text),
                Value::Integer(number) => arguments.add(number),
                Value::Number(number) => arguments.add(number),
                Value::Truth(truth) => arguments.add(truth),
                #[cfg(feature = "postgres")]
                Value::Texts(_) => Err("SQLite has no arrays".into()),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        Ok((self.text, arguments))
    }

    #[cfg(feature = "postgres")]
    fn for_postgres(self) -> Result<(SqlStr, sqlx::postgres::PgArguments), sqlx::Error> {
        let text = match super::postgres::numbered(self.text.as_str()) {
            Some(text) => AssertSqlSafe(text).into_sql_str(),
            None => self.text,
        };
        let mut arguments = sqlx::postgres::PgArguments::default();
        for value in self.values {
            let added = match value {
                Value::Text(text) => arguments.add(text.map(super::postgres::to_column)),
                Value::Integer(number) => arguments.add(number),
                Value::Number(number) => arguments.add(number),
                Value::Truth(truth) => arguments.add(truth),
                Value::Texts(texts) => {
                    arguments.add(texts.into_iter().map(super::postgres::to_column).collect::<Vec<_>>())
                }
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        Ok((text, arguments))
    }
}

impl Scalar {
    /// Adds the next value.
    pub(crate) fn bind(self, value: impl Into<Value>) -> Self {
        Self(self.0.bind(value))
    }

    /// The column in every row.
    pub(crate) async fn fetch_all<'c, T: for<'r> Cell<'r>>(
        self,
        target: impl Into<Target<'c>>,
    ) -> Result<Vec<T>, sqlx::Error> {
        self.0.fetch_all(target).await?.iter().map(|row| row.try_get(0_usize)).collect()
    }

    /// The column in the first row, if any.
    pub(crate) async fn fetch_optional<'c, T: for<'r> Cell<'r>>(
        self,
        target: impl Into<Target<'c>>,
    ) -> Result<Option<T>, sqlx::Error> {
        self.0.fetch_optional(target).await?.map(|row| row.try_get(0_usize)).transpose()
    }

    /// The column in the first row; none is an error.
    pub(crate) async fn fetch_one<'c, T: for<'r> Cell<'r>>(
        self,
        target: impl Into<Target<'c>>,
    ) -> Result<T, sqlx::Error> {
        self.0.fetch_one(target).await?.try_get(0_usize)
    }
}
