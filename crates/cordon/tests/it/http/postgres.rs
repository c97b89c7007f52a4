//! The record on PostgreSQL: what serves it, and what a folder remembers of it.

use super::client::Server;
use super::moving::{self, Tokens};
use crate::postgres_server::{self, Server as Database};
use crate::support::{Folder, code};
use std::path::Path;
use std::process::{Command, Output};

/// An empty database of its own; none where the machine has no PostgreSQL.
pub(super) fn database(name: &str) -> Option<String> {
    let url = Database::get()?.url(name);
    let bin = postgres_server::binaries()?;
    let maintenance = format!("--maintenance-db={}", url.replace(&format!("/{name}?"), "/postgres?"));
    let made = Command::new(bin.join("createdb")).arg(maintenance).arg(name).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // The server asks for none; whoever prints the address prints it.
    Some(format!("{url}&password=hunter2"))
}

pub(super) fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Serves on `folder`, has `account` reported, and suspends it.
fn suspend(folder: Folder, account: &str) -> Folder {
    let server = Server::start_on(folder, &[]);
    moving::suspend(&server, &Tokens::of(&server), account);
    moving::end(server)
}

fn has_no_password(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(7).any(|bytes| bytes == b"hunter2"), "{}", path.display());
        }
    }
}

#[test]
fn a_server_keeps_its_record_on_postgres_and_the_folder_remembers_where() {
    let Some(url) = database("served") else { return };
    let folder = suspend(Folder::new().with_record(Some(&url)), "mallory");
    assert!(!folder.data().join("record.sqlite").exists());
    has_no_password(&folder.data());
    assert_eq!(folder.json(["audit", "verify"])["is_sound"], true);

    let folder = folder.with_record(None);
    for arguments in [&["audit", "verify"][..], &["serve", "--no-auth"], &["admin", "token", "list"]] {
        let refused = folder.command().args(arguments).output().unwrap();
        let told = told(&refused);
        assert!(code(&refused) == 3 && told.contains("--record") && told.contains("/served"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
    assert!(!folder.data().join("record.sqlite").exists(), "none is made beside");
    let listed = folder.json(["--record", &url, "admin", "token", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    suspend(folder.with_record(Some(&url)), "trent");
}

#[test]
fn the_pipeline_of_another_folder_is_refused_the_record() {
    let Some(url) = database("shared") else { return };
    suspend(Folder::new().with_record(Some(&url)), "mallory");
    let other = Folder::new().with_record(Some(&url));
    let refused = other.run(["serve", "--no-auth", "--listen", "127.0.0.1:0"]);
    assert_eq!(code(&refused), 3, "{}", told(&refused));
    assert!(!told(&refused).contains("hunter2"));
}

#[test]
fn an_address_that_names_no_database_is_refused_without_repeating_it() {
    let folder = Folder::new();
    for url in
        ["mysql://ana:hunter2@db.example/x", "postgres://ana:hunter2@127.0.0.1:1/x", "postgres://[hunter2"]
    {
        let refused = folder.run(["--record", url, "admin", "token", "list"]);
        let told = told(&refused);
        assert!(code(&refused) == 3 && !told.contains("hunter2"), "{told}");
    }
    assert!(!folder.data().join("record.elsewhere").exists(), "what was never opened is not remembered");
}
