//! Both databases have the same tables.

use crate::Backend;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use sqlx::Row;
use std::collections::BTreeSet;

/// Table, column, type, and whether it may be absent.
type Column = (String, String, String, bool);

const ON_SQLITE: &str = "SELECT m.name AS table_name, c.name AS column_name, c.type AS data_type,
    c.\"notnull\" = 0 AND c.pk = 0 AS is_nullable
    FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'";
const ON_POSTGRES: &str = "SELECT table_name::TEXT, column_name::TEXT, UPPER(data_type) AS data_type,
    is_nullable = 'YES' AS is_nullable FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";

#[tokio::test]
async fn the_migrations_of_both_databases_give_the_same_tables_and_columns() {
    if !Postgres::is_there() {
        return;
    }
    let (sqlite, postgres) = (Sqlite::create().await, Postgres::create().await);
    sqlite.open().await;
    postgres.open().await;
    let rows = sqlx::query(ON_SQLITE).fetch_all(&mut sqlite.connect().await).await.unwrap();
    let on_sqlite: BTreeSet<Column> = rows
        .iter()
        // SQLite numbers rows by INTEGER alone; it is as wide as BIGINT.
        .map(|row| (row.get(0), row.get(1), row.get::<String, _>(2).replace("INTEGER", "BIGINT"), row.get(3)))
        .collect();
    let rows = sqlx::query(ON_POSTGRES).fetch_all(&mut postgres.connect().await).await.unwrap();
    let on_postgres: BTreeSet<Column> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    assert!(on_sqlite.len() > 80, "{}", on_sqlite.len());
    let only_sqlite: Vec<_> = on_sqlite.difference(&on_postgres).collect();
    let only_postgres: Vec<_> = on_postgres.difference(&on_sqlite).collect();
    assert!(
        only_sqlite.is_empty() && only_postgres.is_empty(),
        "every migration needs its twin in the other folder; on SQLite alone: {only_sqlite:?}; on PostgreSQL alone: {only_postgres:?}"
    );
}

/// An index that is missing is not noticed by anything but the clock.
#[tokio::test]
async fn the_migrations_of_both_databases_give_the_same_indexes() {
    if !Postgres::is_there() {
        return;
    }
    let (sqlite, postgres) = (Sqlite::create().await, Postgres::create().await);
    sqlite.open().await;
    postgres.open().await;
    let on_sqlite = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
    let on_postgres = "SELECT indexname::TEXT FROM pg_indexes WHERE schemaname = 'public'
        AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key' ORDER BY indexname COLLATE \"C\"";
    let names: Vec<String> =
        sqlx::query_scalar(on_sqlite).fetch_all(&mut sqlite.connect().await).await.unwrap();
    let theirs: Vec<String> =
        sqlx::query_scalar(on_postgres).fetch_all(&mut postgres.connect().await).await.unwrap();
    assert_eq!(names, theirs);
}
