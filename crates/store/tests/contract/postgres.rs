//! PostgreSQL, a database for each test.

use crate::Backend;
use crate::postgres_server::Server;
use cordon_store::{Record, RecordOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) struct Postgres {
    url: String,
}

impl Postgres {
    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }
}

impl Backend for Postgres {
    type Record = Record;

    fn is_there() -> bool {
        Server::get().is_some()
    }

    async fn create() -> Self {
        static DATABASES: AtomicU32 = AtomicU32::new(0);
        let server = Server::get().unwrap();
        let name = format!("record{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        // A collation that sorts otherwise than by bytes, as many a server has.
        let statement = AssertSqlSafe(format!(
            "CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'"
        ));
        let mut connection = PgConnection::connect(&server.url("postgres")).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        Self { url: server.url(&name) }
    }

    async fn open(&self) -> Record {
        Record::connect(&self.url, RecordOptions::default()).await.unwrap()
    }

    async fn tamper(&self, statement: &'static str) -> Result<(), String> {
        // Triggers belong to their table here.
        let table = if statement.starts_with("DROP TRIGGER") { " ON audit" } else { "" };
        let statement = AssertSqlSafe(format!("{statement}{table}"));
        let done = sqlx::query(statement).execute(&mut self.connect().await).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    async fn count(&self, table: &str) -> i64 {
        let statement = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        sqlx::query_scalar(statement).fetch_one(&mut self.connect().await).await.unwrap()
    }
}
