//! Encrypted connections to PostgreSQL, against one that has a certificate of an authority made for the test.

use crate::postgres_server::{Server, binaries, run};
use cordon_enforce::ports::CaseDesk;
use cordon_store::{Record, RecordOptions};
use sqlx::{Connection, PgConnection};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// Makes an authority and, signed by it, a certificate for the address 127.0.0.1 alone.
const CERTIFY: &str = "
    curve='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
    openssl req -x509 $curve -keyout authority.key -out authority.crt -days 2 -subj /CN=authority &&
    openssl req $curve -keyout server.key -out server.csr -subj /CN=server -addext subjectAltName=IP:127.0.0.1 &&
    openssl x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 2 \\
        -copy_extensions copy -out server.crt && chmod 600 server.key && chmod 755 . && chmod 644 authority.crt";

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn certify(folder: &Path, port: u16) -> Vec<String> {
    run(Command::new("sh").args(["-c", CERTIFY]).current_dir(folder));
    let of = |name: &str| folder.join(name).display().to_string();
    let (certificate, key) = (of("server.crt"), of("server.key"));
    let settings = [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".into(),
        "ssl=on".into(),
        format!("ssl_cert_file={certificate}"),
        format!("ssl_key_file={key}"),
    ];
    settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

#[tokio::test]
async fn a_connection_is_encrypted_and_a_server_that_cannot_show_who_it_is_is_refused() {
    // That there is none is said once, by the other server.
    let (Some(bin), Some(_)) = (binaries(), Server::get()) else { return };
    let port = free_port();
    let mut authority = String::new();
    let _server = Server::start_with(&bin, |folder| {
        authority = folder.join("authority.crt").display().to_string();
        certify(folder, port)
    });
    let at = |host: &str, more: &str| {
        format!("postgres://postgres@{host}:{port}/postgres?sslmode=verify-full{more}")
    };

    let url = at("127.0.0.1", &format!("&sslrootcert={authority}"));
    let record = Record::connect(&url, RecordOptions::default()).await.unwrap();
    record.list_queues().await.unwrap();
    let statement = "SELECT COUNT(*), BOOL_AND(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'cordon'";
    let mut beside = PgConnection::connect(&url).await.unwrap();
    let (connections, encrypted): (i64, bool) =
        sqlx::query_as(statement).fetch_one(&mut beside).await.unwrap();
    assert!(connections >= 2 && encrypted, "{connections} connections, encrypted: {encrypted}");

    let refused = async |url: String| {
        let Err(error) = Record::connect(&url, RecordOptions::default()).await else {
            panic!("it is taken: {url}")
        };
        error.to_string() + &format!("{error:?}")
    };
    let unknown = refused(at("127.0.0.1", "")).await;
    assert!(unknown.contains("sslrootcert"), "{unknown}");
    let misnamed = refused(at("localhost", &format!("&sslrootcert={authority}"))).await;
    assert!(misnamed.contains("sslrootcert") && misnamed.contains("localhost"), "{misnamed}");
}
