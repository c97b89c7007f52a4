//! `cordon admin move`: the record from the folder to PostgreSQL and back, with everything that hangs on it.

use super::client::{Call, Server};
use super::postgres::{database, told};
use super::{created, decision, event, many, report_on};
use crate::support::{Folder, code, text};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) struct Tokens {
    platform: String,
    reviewer: String,
}

impl Tokens {
    pub(super) fn of(server: &Server) -> Self {
        let [platform, reviewer] = ["platform", "reviewer"].map(|role| server.token(role));
        Self { platform, reviewer }
    }
}

/// Has `account` reported and suspended; the decision's id.
pub(super) fn suspend(server: &Server, tokens: &Tokens, account: &str) -> String {
    server.send(Call::events(created(account)).by(&tokens.platform)).expect(200);
    server.post(&tokens.platform, "/v1/reports", &report_on(account)).expect(202);
    let case = server.case_on(&tokens.reviewer, account);
    let path = |verb| format!("/v1/cases/{}/{verb}", case["case_id"].as_str().unwrap());
    let claimed = server.post(&tokens.reviewer, &path("claim"), &Value::Null).expect(200);
    let body = decision(&claimed["claim"]["claim_id"]);
    let made = server.post(&tokens.reviewer, &path("decision"), &body).expect(201);
    made["decision"]["decision_id"].as_str().unwrap().to_owned()
}

pub(super) fn end(server: Server) -> Folder {
    server.signal("-TERM");
    let (folder, code) = server.ended();
    assert_eq!(code, Some(0));
    folder
}

/// A folder whose record, within, has a decision, an appeal against it, open cases and a batch on two of them.
fn filled() -> (Folder, String) {
    let server = Server::start();
    let tokens = Tokens::of(&server);
    let decision_id = suspend(&server, &tokens, "mallory");
    let appeal = json!({ "text": "it was not me" });
    server.post(&tokens.platform, &format!("/v1/decisions/{decision_id}/appeal"), &appeal).expect(201);
    server.send(Call::events(many("m", 200)).by(&tokens.platform)).expect(200);
    let report = |number| {
        let report = report_on(&format!("m{number}"));
        event(&format!("r{number}"), "report.created", json!({ "report": report }))
    };
    let reports: String = (0..200).map(report).collect();
    server.send(Call::events(reports).by(&tokens.platform)).expect(200);
    server.case_on(&tokens.reviewer, "m199");
    let batch = json!({
        "kind": "suspend", "policy_id": "violent-movements", "policy_version": 1,
        "rationale": "one campaign", "accounts": [{ "account_id": "m0" }, { "account_id": "m1" }],
    });
    server.post(&tokens.reviewer, "/v1/batches", &batch).expect(201);
    (end(server), decision_id)
}

fn side(folder: &Folder) -> String {
    format!("sqlite:{}", text(&folder.data()))
}

fn root(folder: &Folder) -> Value {
    let verified = folder.json(["audit", "verify"]);
    assert_eq!(verified["is_sound"], true);
    verified["root"].clone()
}

#[test]
fn a_record_moves_to_postgres_and_back_and_work_goes_on_there_and_here() {
    let Some(url) = database("moved") else { return };
    let (folder, decision_id) = filled();
    let before = root(&folder);
    let folder = folder.with_record(Some(&url));
    let moved = folder.json(["admin", "move", "--from", &side(&folder)]);
    assert_eq!(moved["audit"]["root"], before);
    let rows = |table: &str| {
        let tables = moved["tables"].as_array().unwrap();
        tables.iter().find(|one| one["table"] == table).unwrap()["rows"].as_u64().unwrap()
    };
    assert_eq!((rows("decisions"), rows("appeals"), rows("batches"), rows("batch_members")), (1, 1, 1, 2));
    assert_eq!(rows("cases"), 201);
    assert_eq!(moved["kept"], text(&folder.data().join("record.moved.sqlite")));
    assert!(!folder.data().join("record.sqlite").exists());
    assert!(!std::fs::read_to_string(folder.data().join("record.elsewhere")).unwrap().contains("hunter2"));
    assert_eq!(root(&folder), before);
    let again = folder.run(["admin", "move", "--from", &side(&folder)]);
    assert!(code(&again) == 3 && told(&again).contains("already"), "{}", told(&again));

    let server = Server::start_on(folder, &[]);
    let tokens = Tokens::of(&server);
    suspend(&server, &tokens, "trent");
    let found = server.get(&tokens.reviewer, &format!("/v1/decisions/{decision_id}")).expect(200);
    assert_eq!(found["decision"]["account_id"], "mallory");
    let batches = server.get(&tokens.reviewer, "/v1/batches").expect(200);
    assert_eq!(batches["batches"].as_array().unwrap().len(), 1);
    let folder = end(server);
    let grown = root(&folder);
    assert_ne!(grown, before);

    let back = folder.json(["admin", "move", "--to", &side(&folder)]);
    assert_eq!(back["audit"]["root"], grown);
    let folder = folder.with_record(None);
    assert!(!folder.data().join("record.elsewhere").exists());
    assert_eq!(root(&folder), grown);
    let server = Server::start_on(folder, &[]);
    let tokens = Tokens::of(&server);
    suspend(&server, &tokens, "victor");
    root(&end(server));
}

#[test]
fn a_move_killed_at_any_moment_is_not_begun_or_done_and_ends_when_given_again() {
    let Some(url) = database("killed") else { return };
    let (folder, _) = filled();
    let before = root(&folder);
    let folder = folder.with_record(Some(&url));
    let from = side(&folder);
    let mut killed = 0;
    for wait in (0..60).map(|step| Duration::from_millis(10 * step)) {
        let mut moving = folder.command();
        moving.args(["admin", "move", "--from", &from]).stdout(std::process::Stdio::null());
        let mut moving = moving.stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(wait);
        if moving.try_wait().unwrap().is_some() {
            break;
        }
        moving.kill().unwrap();
        moving.wait().unwrap();
        killed += 1;
        let is_elsewhere = folder.data().join("record.elsewhere").exists();
        let in_force =
            folder.command().args(["audit", "verify"]).env_remove("CORDON_RECORD").output().unwrap();
        assert_eq!(code(&in_force), if is_elsewhere { 3 } else { 0 }, "{}", told(&in_force));
        if is_elsewhere {
            assert_eq!(root(&folder), before);
            break;
        }
    }
    assert!(killed > 2, "the move was too quick to be killed: {killed}");
    let ended = folder.run(["admin", "move", "--from", &from]);
    assert!(code(&ended) == 0 || told(&ended).contains("already"), "{}", told(&ended));
    assert!(folder.data().join("record.moved.sqlite").exists());
    assert_eq!(root(&folder), before);
}

#[test]
fn what_cannot_be_moved_is_refused_and_stays_in_force() {
    let Some(url) = database("taken") else { return };
    let other = Server::start_on(Folder::new().with_record(Some(&url)), &[]);
    let tokens = Tokens::of(&other);
    suspend(&other, &tokens, "mallory");
    end(other);

    let server = Server::start();
    suspend(&server, &Tokens::of(&server), "mallory");
    let from = side(&server.folder);
    let moving = |folder: &Folder, to: &str| folder.run(["admin", "move", "--from", &from, "--to", to]);
    let refused = moving(&server.folder, &url);
    assert!(code(&refused) == 3 && told(&refused).contains("in use by process"), "{}", told(&refused));
    let folder = end(server);
    let before = root(&folder);
    let from_nowhere = format!("sqlite:{}", text(&folder.path("nowhere")));
    for (from, to, hint) in [
        (from.as_str(), url.as_str(), "name an empty database"),
        (&from, &from, "one of --from and --to"),
        (&from, "mysql://ana:hunter2@db.example/x", "--to names no record"),
        (&from, "postgres://ana:hunter2@127.0.0.1:1/x", "the record in force is"),
        (&from_nowhere, &url, "no data folder"),
        (&url, &from, "in the folder already"),
    ] {
        let refused = folder.run(["admin", "move", "--from", from, "--to", to]);
        let told = told(&refused);
        assert!(code(&refused) == 3 && told.contains(hint) && !told.contains("hunter2"), "{hint}: {told}");
        assert_eq!(root(&folder), before);
    }
    let alone = folder.run(["admin", "move", "--from", &from]);
    assert!(code(&alone) == 3 && told(&alone).contains("CORDON_RECORD"), "{}", told(&alone));
    assert!(!folder.data().join("record.elsewhere").exists() && !folder.path("nowhere").exists());
}
