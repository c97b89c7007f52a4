//! `cordon returns`: a holder who comes back again and again, on invented log-ins.

use crate::support::{Folder, code, text};
use cordon_model::clock::{Clock, SystemClock, Timestamp};
use serde_json::{Value, json};
use std::fmt::Write;

/// Events of the last hours, one a second, each account's own.
struct Story {
    lines: String,
    now: Timestamp,
    number: u32,
}

impl Story {
    fn begin() -> Self {
        Self { lines: String::new(), now: SystemClock.now().plus_seconds(-4 * 3_600), number: 0 }
    }

    fn send(&mut self, kind: &str, rest: &Value) {
        self.number += 1;
        self.now = self.now.plus_seconds(1);
        let mut event =
            json!({ "id": format!("e{}", self.number), "type": kind, "time": self.now.to_string() });
        event.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        writeln!(self.lines, "{event}").unwrap();
    }

    fn log_in(&mut self, account: &str, ip: &str, device: &str) {
        let session = json!({ "ip": ip, "device": device });
        self.send("account.logged_in", &json!({ "account": { "id": account }, "session": session }));
    }

    fn suspend(&mut self, account: &str) {
        let decision = json!({ "account_id": account, "outcome": "suspended" });
        self.send("decision.imported", &json!({ "decision": decision }));
    }
}

/// Four accounts of one holder, three suspended, and one account that shares a device with the last of them only.
fn ingested() -> Folder {
    let mut story = Story::begin();
    for number in 0..1_500 {
        let ip = format!("10.{}.{}.7", number / 200, number % 200);
        story.log_in(&format!("ordinary{number}"), &ip, &format!("own-{number}"));
    }
    for number in 1..=4 {
        let account = format!("heron{number}");
        story.log_in(&account, &format!("192.0.{}.9", number), &format!("device-{number}"));
        story.log_in(&account, &format!("192.0.{}.9", number + 1), &format!("device-{}", number + 1));
        if number < 4 {
            story.suspend(&account);
            story.now = story.now.plus_seconds(600);
        }
    }
    story.log_in("sibling", "198.51.100.4", "device-3");
    let folder = Folder::new();
    let settings = cordon_pipeline::detect::settings::BUNDLED
        .replace("return_possible_weight_min: 10", "return_possible_weight_min: 6");
    let file = folder.write("links.yaml", settings);
    let events = folder.write("events.ndjson", &story.lines);
    folder.json(["ingest", "--links", text(&file), text(&events)]);
    folder
}

#[test]
fn returns_are_listed_by_tier_with_their_chain_and_explained() {
    let folder = ingested();
    let found = folder.json(["returns"]);
    let all: Vec<(&str, &str)> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["account_id"].as_str().unwrap(), one["tier"].as_str().unwrap()))
        .collect();
    assert_eq!(all.last(), Some(&("sibling", "possible")), "{all:?}");
    assert_eq!(all.iter().filter(|(_, tier)| *tier == "likely").count(), 3, "{all:?}");

    let fourth = &folder.json(["returns", "--account", "heron4", "--tier", "likely"])[0];
    assert_eq!(fourth["earlier"][0]["account_id"], "heron3");
    assert_eq!(fourth["chain"]["ordinal"], 4);
    let told = fourth["chain"]["text"].as_str().unwrap();
    assert_eq!(told, "the 4th account of the same holder, 10 min after the last suspension");
    let chain: Vec<&Value> =
        fourth["chain"]["accounts"].as_array().unwrap().iter().map(|one| &one["account_id"]).collect();
    assert_eq!(chain, ["heron1", "heron2", "heron3"]);

    let possible = folder.json(["returns", "--tier", "possible"]);
    assert_eq!(possible.as_array().unwrap().len(), 1);
    assert!(possible[0]["chain"]["text"].as_str().unwrap().starts_with("possibly the "), "{possible}");
    let later = SystemClock.now().plus_seconds(3_600).to_string();
    assert_eq!(folder.json(["returns", "--since", &later]), json!([]));

    let output = folder.run(["returns", "--explain", "heron4"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("the 4th account") && shown.contains("device-4"), "{shown}");
    let output = folder.run(["returns", "--csv"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.lines().any(|line| line.starts_with("heron4,likely,")), "{shown}");
}

#[test]
fn an_account_without_a_return_and_an_unknown_one_are_told_apart() {
    let folder = ingested();
    assert_eq!(folder.json(["returns", "--account", "ordinary7"]), json!([]));
    let output = folder.run(["returns", "--explain", "ordinary7"]);
    assert_eq!(code(&output), 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("no return is kept on ordinary7"));
    let output = folder.run(["returns", "--account", "nobody"]);
    assert_eq!(code(&output), 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown"));
    assert_eq!(code(&folder.run(["returns", "--tier", "certain"])), 1);
}
