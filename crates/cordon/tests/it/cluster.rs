//! `cordon cluster`: accounts that act together, on invented shares.

use crate::support::{Folder, code, text};
use serde_json::Value;
use std::fmt::Write;

const DAY: u64 = 86_400;
const START: u64 = 1_456_000_000;
const RING: [&str; 5] = ["ring1", "ring2", "ring3", "ring4", "ring5"];

/// A crowd that shares what it likes when it likes, and five accounts that share the same within a minute, day by day.
fn shares() -> String {
    let mut lines = String::from("object_id,account_id,content_id,timestamp_share\n");
    let mut content = 0;
    let mut share = |object: String, account: &str, time: u64| {
        content += 1;
        writeln!(lines, "{object},{account},c{content},{time}").unwrap();
    };
    for account in 0..200_u64 {
        for share_of in 0..12_u64 {
            let object = (account * 31 + share_of * 17) % 90;
            let time = START + ((account * 7_919 + share_of * 104_729) % (20 * DAY));
            share(format!("page{object}"), &format!("person{account}"), time);
        }
    }
    for day in 0..12_u64 {
        for (place, account) in (0_u64..).zip(RING) {
            share(format!("offer{day}"), account, START + day * DAY + 3_600 + place * 9);
        }
    }
    lines
}

fn ingested() -> Folder {
    let folder = Folder::new();
    let file = folder.write("shares.csv", shares());
    folder.json(["ingest", text(&file)]);
    folder
}

fn members(cluster: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> = cluster["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["account_id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_ring_is_found_without_a_seed_and_explained() {
    let folder = ingested();
    let found = folder.json(["cluster", "--window", "60s"]);
    let clusters = found["clusters"].as_array().unwrap();
    assert_eq!(clusters.len(), 1, "{found}");
    assert_eq!(members(&clusters[0]), RING);
    let told = clusters[0]["evidence"][0]["text"].as_str().unwrap();
    assert!(told.contains("12 ") && told.contains("days"), "{told}");
    let name = clusters[0]["cluster_id"].as_str().unwrap();
    let output = folder.run(["cluster", "--window", "60s", "--explain", name]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(RING.iter().all(|account| shown.contains(account)), "{shown}");
    let unknown = folder.run(["cluster", "--explain", "nosuch"]);
    assert_eq!(code(&unknown), 3);
}

#[test]
fn a_case_is_opened_for_the_cluster_that_is_named() {
    let folder = ingested();
    let found = folder.json(["cluster", "--window", "60s"]);
    let name = found["clusters"][0]["cluster_id"].as_str().unwrap();
    let unnamed = folder.run(["cluster", "--window", "60s", "--open-case"]);
    let told = String::from_utf8_lossy(&unnamed.stderr);
    assert!(code(&unnamed) == 3 && told.contains(&format!("--explain {name}")), "{told}");
    let opened = folder.json(["cluster", "--window", "60s", "--explain", name, "--open-case"]);
    assert_eq!((&opened["is_new"], members(&opened["cluster"])), (&Value::Bool(true), RING.to_vec()));
    let id = opened["cluster_case_id"].as_str().unwrap();
    let again = folder.run(["cluster", "--window", "60s", "--explain", name, "--open-case"]);
    let told = String::from_utf8_lossy(&again.stdout);
    assert!(told.contains(id) && told.contains("open already"), "{told}");
}

/// A crowd on devices of its own, and a ring that shares a device and posts the same addresses.
fn events() -> String {
    let mut lines = String::new();
    let mut number = 0;
    let mut send = |kind: &str, account: &str, body: &str| {
        number += 1;
        let time = format!("2026-02-05T{:02}:{:02}:{:02}Z", number / 3_600, number / 60 % 60, number % 60);
        let head = format!(r#""id":"e{number}","type":"{kind}","time":"{time}""#);
        writeln!(lines, r#"{{{head},"account":{{"id":"{account}"}},{body}}}"#).unwrap();
    };
    for person in 0..3_000 {
        let session =
            format!(r#""session":{{"ip":"10.1.{}.{}","device":"own{person}"}}"#, person / 200, person % 200);
        send("account.logged_in", &format!("person{person}"), &session);
        let url = format!(
            r#""post":{{"text":"day out {person}","urls":["https://pages.example/{}"]}}"#,
            person % 40
        );
        send("post.created", &format!("person{person}"), &url);
    }
    for account in RING {
        send("account.logged_in", account, r#""session":{"ip":"192.0.2.7","device":"one-phone"}"#);
        for offer in 0..6 {
            let url = format!(
                r#""post":{{"text":"offer {offer} for you","urls":["https://offers.example/{offer}"]}}"#
            );
            send("post.created", account, &url);
        }
    }
    lines
}

#[test]
fn one_of_the_ring_leads_to_the_others_and_one_of_the_crowd_to_nobody() {
    let folder = Folder::new();
    let file = folder.write("events.ndjson", events());
    folder.json(["ingest", text(&file)]);
    let found = folder.json(["cluster", "--seed", "ring3"]);
    assert_eq!(members(&found["clusters"][0]), RING);
    let found = folder.json(["cluster", "--seed", "person5"]);
    assert_eq!(found["clusters"].as_array().unwrap().len(), 0, "{found}");
    assert_eq!(code(&folder.run(["cluster", "--seed", "stranger"])), 3);
    let found = folder.json(["cluster", "--communities"]);
    assert!(found["clusters"].as_array().unwrap().iter().any(|one| members(one) == RING), "{found}");
}

#[test]
fn clusters_are_written_as_csv_and_as_graphs() {
    let folder = ingested();
    let output = folder.run(["cluster", "--window", "60s", "--csv"]);
    let csv = String::from_utf8(output.stdout).unwrap();
    assert_eq!(csv.lines().count(), 1 + RING.len(), "{csv}");
    let (dot, graphml) = (folder.path("ring.dot"), folder.path("ring.graphml"));
    folder.json(["cluster", "--window", "60s", "--dot", text(&dot), "--graphml", text(&graphml)]);
    let dot = std::fs::read_to_string(dot).unwrap();
    assert!(dot.starts_with("graph") && RING.iter().all(|account| dot.contains(account)), "{dot}");
    let graphml = std::fs::read_to_string(graphml).unwrap();
    assert!(graphml.contains("<graphml") && graphml.matches("<edge").count() >= 12 * RING.len(), "{graphml}");
}

#[test]
fn a_window_that_is_none_is_refused_with_an_example() {
    let output = Folder::new().run(["cluster", "--window", "soon"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(code(&output) == 1 && told.contains("such as 10s"), "{told}");
}

/// The crowd's pages, of which twenty pairs of accounts each share two within seconds.
fn pairs_of_accounts() -> String {
    let mut lines = shares();
    for pair in 0..20_u64 {
        for page in [pair, pair + 40] {
            let at = START + pair * 3_001 + page * 20_011;
            for side in 0..2 {
                writeln!(
                    lines,
                    "page{page},pair{pair}side{side},p{pair}at{page}side{side},{}",
                    at + side * 2
                )
                .unwrap();
            }
        }
    }
    lines
}

#[test]
fn weaker_evidence_names_pairs_and_how_many_chance_makes() {
    let folder = Folder::new();
    let file = folder.write("shares.csv", pairs_of_accounts());
    folder.json(["ingest", text(&file)]);
    let [window, objects, days, accounts] =
        ["--window=10s", "--min-objects=2", "--min-days=1", "--min-accounts=2"];
    let found = folder.json(["cluster", "--weaker", "--top", "100", window, objects, days, accounts]);
    let clusters = found["clusters"].as_array().unwrap();
    let of_pairs = |cluster: &&Value| members(cluster).iter().all(|account| account.starts_with("pair"));
    let rightly = clusters.iter().filter(of_pairs).count();
    assert!(rightly >= 15 && clusters.len() <= rightly * 2, "{found}");
    let (pairs, by_chance) = (&found["weaker"]["pairs"], &found["weaker"]["pairs_by_chance"]);
    assert!(by_chance.as_f64().unwrap() <= pairs.as_f64().unwrap() / 2.0, "{found}");
    let output = folder.run(["cluster", "--weaker", window, objects, days, accounts]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("where times are dealt anew, so weaker evidence"), "{shown}");
}
