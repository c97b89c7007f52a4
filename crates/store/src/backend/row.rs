//! Rows of an answer.

use sqlx::Row;
use std::borrow::Cow;

/// One row.
pub(crate) enum DbRow {
    Sqlite(sqlx::sqlite::SqliteRow),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgRow),
}

/// Which column, by its place or by its name.
pub(crate) trait Place:
    sqlx::ColumnIndex<sqlx::sqlite::SqliteRow> + PostgresPlace + std::fmt::Display + Copy
{
}
impl<T: sqlx::ColumnIndex<sqlx::sqlite::SqliteRow> + PostgresPlace + std::fmt::Display + Copy> Place for T {}

#[cfg(feature = "postgres")]
pub(crate) trait PostgresPlace: sqlx::ColumnIndex<sqlx::postgres::PgRow> {}
#[cfg(feature = "postgres")]
impl<T: sqlx::ColumnIndex<sqlx::postgres::PgRow>> PostgresPlace for T {}
#[cfg(not(feature = "postgres"))]
pub(crate) trait PostgresPlace {}
#[cfg(not(feature = "postgres"))]
impl<T> PostgresPlace for T {}

/// What a column can be read as.
pub(crate) trait Cell<'r>: Sized {
    /// The column at `place`.
    fn read<P: Place>(row: &'r DbRow, place: P) -> Result<Self, sqlx::Error>;
}

macro_rules! plain_cells {
    ($($type:ty),+) => {
        $(impl<'r> Cell<'r> for $type {
            fn read<P: Place>(row: &'r DbRow, place: P) -> Result<Self, sqlx::Error> {
                match row {
                    DbRow::Sqlite(row) => row.try_get(place),
                    #[cfg(feature = "postgres")]
                    DbRow::Postgres(row) => row.try_get(place),
                }
            }
        })+
    };
}

plain_cells!(i64, Option<i64>, f64, Option<f64>, bool, Option<bool>);

impl<'r> Cell<'r> for Option<Cow<'r, str>> {
    fn read<P: Place>(row: &'r DbRow, place: P) -> Result<Self, sqlx::Error> {
        match row {
            DbRow::Sqlite(row) => Ok(row.try_get::<Option<&str>, _>(place)?.map(Cow::Borrowed)),
            #[cfg(feature = "postgres")]
            DbRow::Postgres(row) => {
                Ok(row.try_get::<Option<&str>, _>(place)?.map(super::postgres::from_column))
            }
        }
    }
}

impl<'r> Cell<'r> for Cow<'r, str> {
    fn read<P: Place>(row: &'r DbRow, place: P) -> Result<Self, sqlx::Error> {
        match row {
            DbRow::Sqlite(row) => Ok(Cow::Borrowed(row.try_get(place)?)),
            #[cfg(feature = "postgres")]
            DbRow::Postgres(row) => Ok(super::postgres::from_column(row.try_get(place)?)),
        }
    }
}

impl<'r> Cell<'r> for String {
    fn read<P: Place>(row: &'r DbRow, place: P) -> Result<Self, sqlx::Error> {
        Cow::read(row, place).map(Cow::into_owned)
    }
}

impl<'r> Cell<'r> for Option<String> {
    fn read<P: Place>(row: &'r DbRow, place: P) -> Result<Self, sqlx::Error> {
        Ok(Option::<Cow<'r, str>>::read(row, place)?.map(Cow::into_owned))
    }
}

impl DbRow {
    /// Reads the column at `place`.
    pub(crate) fn try_get<'r, T: Cell<'r>>(&'r self, place: impl Place) -> Result<T, sqlx::Error> {
        T::read(self, place)
    }
}
