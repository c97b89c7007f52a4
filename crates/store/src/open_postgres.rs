//! Opening the record on PostgreSQL.

use crate::Record;
use crate::backend::{Connection, Pool, Source, failed};
use crate::open::{RecordOptions, migration_failed};
use crate::relays::{Election, Relays};
use crate::writer::Writer;
use cordon_enforce::ports::StoreError;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgSslMode};
use std::net::IpAddr;

/// How PostgreSQL sees this program in `pg_stat_activity`.
const APPLICATION: &str = "cordon";
/// Statements kept prepared for each connection.
const STATEMENTS: usize = 256;
/// For the connection that writes, in milliseconds: how long it waits for the lock, after which the caller is told to
/// come back; and how long it may hold it and do nothing, after which PostgreSQL ends it, so that a process that hangs
/// does not stop the others.
const WRITER_BOUNDS: [(&str, &str); 2] =
    [("lock_timeout", "30000"), ("idle_in_transaction_session_timeout", "60000")];

impl Record {
    /// Opens the record in the database that `url` names (`postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or
    /// `postgres:///DATABASE?host=/folder/of/the/socket`), and brings its tables up to date. Several processes may have
    /// it open. Sessions must be whole: a pooler that hands out one transaction at a time does not do.
    ///
    /// Errors: [`StoreError::Unavailable`] where `url` is none, nobody answers, or a newer cordon wrote the record. No
    /// error repeats the password.
    pub async fn connect(url: &str, options: RecordOptions) -> Result<Self, StoreError> {
        let given = connect_options(url)?;
        // Where it matters, what the server is set to stays: it may wait for more than its own disk.
        let given = if options.is_synced { given } else { given.options([("synchronous_commit", "off")]) };
        let source = Source::Postgres(Box::new(given.clone().options(WRITER_BOUNDS)));
        connect_migrated(&given).await?;
        let readers = PgPoolOptions::new()
            .max_connections(options.readers.max(1))
            .connect_with(given.options([("default_transaction_read_only", "on")]))
            .await
            .map_err(failed)?;
        let connection: Connection<'static> = source.connect().await.map_err(failed)?;
        let election = Election { source: source.clone(), session: tokio::sync::Mutex::new(None) };
        let relays = Relays::Elected(Box::new(election));
        Ok(Self::on(Writer::new(connection, source), Pool::Postgres(readers), relays))
    }
}

/// The database that `url` names, without the user and the password: `postgres://HOST:PORT/DATABASE`, or
/// `postgres:///DATABASE?host=/folder/of/the/socket`. Two urls of one database are told the same.
///
/// Errors: [`StoreError::Unavailable`] where `url` names none.
pub fn database_named_by(url: &str) -> Result<String, StoreError> {
    let options = parse(url)?;
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    let port = options.get_port();
    Ok(match options.get_socket() {
        Some(folder) => format!("postgres:///{database}?host={}&port={port}", folder.display()),
        None => format!("postgres://{}:{port}/{database}", options.get_host()),
    })
}

/// One connection to the record that `url` names, its tables up to date.
pub(crate) async fn connect_alone(url: &str) -> Result<PgConnection, StoreError> {
    connect_migrated(&connect_options(url)?).await
}

fn connect_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let given = parse(url)?.application_name(APPLICATION).statement_cache_capacity(STATEMENTS);
    Ok(encrypted(given).disable_statement_logging())
}

/// Beyond this machine, a connection is encrypted and the server shows who it is, unless the url says `sslmode=disable`:
/// to prefer encryption, as the protocol's default is, is to go without whenever somebody in between wants it so.
fn encrypted(given: PgConnectOptions) -> PgConnectOptions {
    let is_lax = matches!(given.get_ssl_mode(), PgSslMode::Prefer | PgSslMode::Allow);
    if is_lax && !is_on_this_machine(&given) { given.ssl_mode(PgSslMode::VerifyFull) } else { given }
}

fn is_on_this_machine(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    options.get_socket().is_some()
        || host == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
}

async fn connect_migrated(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let mut connection = options.connect().await.map_err(not_connected)?;
    migrate(&mut connection).await?;
    Ok(connection)
}

/// Says how to mend what keeps a connection from being encrypted.
fn not_connected(error: sqlx::Error) -> StoreError {
    let is_untrusted = matches!(&error, sqlx::Error::Tls(_))
        || matches!(&error, sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData);
    if !is_untrusted {
        return failed(error);
    }
    StoreError::Unavailable(format!("{error}: {UNENCRYPTED}").into())
}

/// What to write instead.
const UNENCRYPTED: &str = "the connection to PostgreSQL is not safe; name the authority that signed its certificate by \
    `?sslrootcert=FILE` at the end of the url, or write `?sslmode=disable` where the network is your own";

fn parse(url: &str) -> Result<PgConnectOptions, StoreError> {
    // The parser's complaint is not passed on: it may quote what it was given.
    url.parse().map_err(|_| StoreError::Unavailable(BAD_URL.into()))
}

/// What to write instead.
const BAD_URL: &str = "this names no PostgreSQL database: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, \
    with `%40` for `@` and so on within the password";

async fn migrate(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::migrate!("./migrations/postgres").run(connection).await.map_err(migration_failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_without_who_opens_it() {
        let named = |url| database_named_by(url).unwrap();
        assert_eq!(named("postgres://ana:hunter2@db.example:5433/x"), "postgres://db.example:5433/x");
        assert_eq!(named("postgresql://db.example:5433/x?sslmode=disable"), "postgres://db.example:5433/x");
        assert_eq!(
            named("postgres:///x?host=/run/db&user=ana&port=5432"),
            "postgres:///x?host=/run/db&port=5432"
        );
    }

    #[test]
    fn beyond_this_machine_a_connection_is_encrypted_unless_the_url_says_otherwise() {
        let mode = |url| format!("{:?}", connect_options(url).unwrap().get_ssl_mode());
        for url in
            ["postgres://db.example/x", "postgres://192.0.2.7/x?sslmode=prefer", "postgres://[2001:db8::1]/x"]
        {
            assert_eq!(mode(url), "VerifyFull", "{url}");
        }
        assert_eq!(mode("postgres://db.example/x?sslmode=disable"), "Disable");
        assert_eq!(mode("postgres://db.example/x?sslmode=require"), "Require");
        for url in [
            "postgres://localhost/x",
            "postgres://127.0.0.1/x",
            "postgres://[::1]/x",
            "postgres:///x?host=/run/db",
        ] {
            assert_eq!(mode(url), "Prefer", "{url}");
        }
    }

    #[test]
    fn what_names_no_database_is_refused_without_repeating_it() {
        for url in ["", "record.db", "postgres://user:hunter2@host:port/x", "postgres://[hunter2"] {
            let refused = parse(url).unwrap_err();
            let told = format!("{refused} {refused:?}");
            assert!(told.contains("postgres://USER") && !told.contains("hunter2"), "{url}: {told}");
        }
    }
}
