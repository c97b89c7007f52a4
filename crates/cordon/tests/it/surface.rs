//! `cordon surface`: ranked and explained, on an invented look-alike set.

use crate::support::{Folder, code, last_json, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// An invented data set, taken in, and its accounts by group.
fn lookalikes() -> (Folder, BTreeMap<String, Vec<String>>) {
    let folder = Folder::new();
    let set = folder.path("lookalike");
    std::fs::create_dir(&set).unwrap();
    cordon_world::lookalike::write(&set).unwrap();
    let events = set.join(cordon_world::lookalike::EVENTS_FILE);
    folder.json(["ingest", text(&events)]);
    let labels = std::fs::read_to_string(set.join(cordon_world::lookalike::LABELS_FILE)).unwrap();
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in labels.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        groups.entry(fields[2].to_owned()).or_default().push(fields[0].to_owned());
    }
    groups.remove(cordon_world::lookalike::CROWD_GROUP);
    (folder, groups)
}

#[test]
fn ten_seeds_of_a_group_lead_to_others_of_it_with_evidence_in_words() {
    let (folder, groups) = lookalikes();
    for (group, members) in &groups {
        let seeds = members[..10].join(",");
        let found = folder.json(["surface", "--seeds", &seeds, "--top", "15"]);
        let found = found.as_array().unwrap();
        let hits = found.iter().filter(|one| members.iter().any(|id| one["account_id"] == **id)).count();
        assert!(hits >= 8, "{group}: {hits} of 15");
        for one in found {
            assert!(members[..10].iter().all(|seed| one["account_id"] != **seed), "a seed is no candidate");
            let rows = one["evidence"].as_array().unwrap();
            let sum: f64 = rows.iter().map(|row| row["weight"].as_f64().unwrap()).sum();
            assert!((sum - one["weight"].as_f64().unwrap()).abs() < 1e-6, "rows add up: {one}");
            assert!(rows.iter().all(|row| row["text"].as_str().unwrap().len() > 10));
        }
        let weights: Vec<f64> = found.iter().map(|one| one["weight"].as_f64().unwrap()).collect();
        assert!(weights.is_sorted_by(|one, two| one >= two), "best first");
        assert!(found.iter().all(|one| one["is_calibrated"] == Value::Bool(false)));
    }
}

#[test]
fn what_is_evaluated_is_what_the_surface_command_ranks_line_by_line() {
    let folder = Folder::with_known_key();
    let set = folder.path("lookalike");
    std::fs::create_dir(&set).unwrap();
    cordon_world::lookalike::write(&set).unwrap();
    folder.json(["ingest", text(&set.join(cordon_world::lookalike::EVENTS_FILE))]);
    let rankings = folder.path("rankings.ndjson");
    let set = text(&set);
    folder.json([
        "evaluate",
        "accounts",
        set,
        "--draws",
        "1",
        "--cordon-only",
        "--rankings",
        text(&rankings),
    ]);
    let draws = std::fs::read_to_string(&rankings).unwrap();
    assert!(draws.lines().count() >= 3, "three ways of drawing seeds for each group");
    for draw in draws.lines() {
        let draw: Value = serde_json::from_str(draw).unwrap();
        let seeds: Vec<&str> =
            draw["seeds"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        let groups = "--groups=url,content,co-action,social";
        let found =
            folder.json(["surface", "--seeds", &seeds.join(","), "--exhaustive", "--top", "10000", groups]);
        let line = |id: &Value, bits: &Value| format!("{} {}", id.as_str().unwrap(), bits.as_f64().unwrap());
        let found = found.as_array().unwrap().iter().map(|one| line(&one["account_id"], &one["weight"]));
        let ranked = draw["ranking"].as_array().unwrap().iter().map(|one| line(&one[0], &one[1]));
        assert_eq!(
            found.collect::<Vec<_>>(),
            ranked.collect::<Vec<_>>(),
            "{} {}",
            draw["task"],
            draw["setup"]
        );
    }
}

#[test]
fn one_candidate_is_explained_row_by_row_and_groups_can_be_chosen() {
    let (folder, groups) = lookalikes();
    let members = groups.values().next().unwrap();
    let seeds = members[..10].join(",");
    let candidate = members[10].as_str();
    let one = folder.json(["surface", "--seeds", &seeds, "--explain", candidate]);
    assert_eq!(one["account_id"], candidate);
    let table = folder.run(["surface", "--seeds", &seeds, "--explain", candidate]);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(table.contains("prior") && table.contains("bits of evidence"), "{table}");
    let content = folder.json(["surface", "--seeds", &seeds, "--groups", "content", "--top", "5"]);
    let rows = content.as_array().unwrap().iter().flat_map(|one| one["evidence"].as_array().unwrap());
    assert!(rows.into_iter().all(|row| row["group"] == "content"));
}

#[test]
fn seeds_come_from_a_file_or_from_open_reports_as_well() {
    let (folder, groups) = lookalikes();
    let seeds = &groups.values().next().unwrap()[..10];
    let named = folder.json(["surface", "--seeds", &seeds.join(","), "--top", "15"]);
    let file = folder.write("seeds.txt", format!("  {} \n\n", seeds.join("\r\n")));
    assert_eq!(folder.json(["surface", "--seeds-file", text(&file), "--top", "15"]), named);
    let absent = folder.run(["surface", "--seeds-file", text(&folder.path("absent.txt"))]);
    assert_eq!(code(&absent), 3);
    assert!(String::from_utf8_lossy(&absent.stderr).contains("absent.txt"));

    let none = folder.run(["surface", "--reported"]);
    assert_eq!(code(&none), 3, "nobody is reported yet");
    let time = cordon_model::clock::Clock::now(&cordon_model::clock::SystemClock);
    let report = |account: &String| {
        let report = serde_json::json!({
            "id": format!("report-{account}"), "type": "report.created", "time": time.to_string(),
            "report": { "account_id": account, "reporter": { "kind": "user" } },
        });
        report.to_string() + "\n"
    };
    let reports = folder.write("reports.ndjson", seeds.iter().map(report).collect::<String>());
    assert_eq!(folder.json(["ingest", text(&reports)])["accepted"], 10);
    let ids = |found: &Value| {
        let found = found.as_array().unwrap().iter();
        found.map(|one| one["account_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let reported = folder.json(["surface", "--reported", "--top", "15"]);
    assert_eq!(ids(&reported), ids(&named));
}

#[test]
fn the_ranking_comes_as_csv_with_the_same_accounts_in_the_same_order() {
    let (folder, groups) = lookalikes();
    let seeds = groups.values().next().unwrap()[..10].join(",");
    let found = folder.json(["surface", "--seeds", &seeds, "--top", "5"]);
    let output = folder.run(["surface", "--seeds", &seeds, "--top", "5", "--csv"]);
    assert_eq!(code(&output), 0);
    let csv = String::from_utf8(output.stdout).unwrap();
    let mut rows = csv.lines();
    assert_eq!(rows.next(), Some("rank,account_id,weight,probability,is_calibrated,evidence"));
    let found = found.as_array().unwrap();
    assert_eq!(rows.clone().count(), found.len(), "{csv}");
    for ((place, row), one) in (1..).zip(rows).zip(found) {
        let weight = one["weight"].as_f64().unwrap();
        let start = format!("{place},{},{weight:.3},", one["account_id"].as_str().unwrap());
        assert!(row.starts_with(&start), "{start}: {row}");
        assert!(row.contains(",false,"), "{row}");
    }
    let both = folder.run(["surface", "--seeds", &seeds, "--csv", "--json"]);
    assert_eq!(code(&both), 1, "CSV or JSON, not both");
    assert!(both.stdout.is_empty());
}

#[test]
fn mistakes_are_named() {
    let (folder, _) = lookalikes();
    for (arguments, part) in [
        (["surface", "--seeds", "nobody-at-all", "--json"], "no event ever named them"),
        (["surface", "--top", "5", "--json"], "no seeds"),
        (["surface", "--seeds=a", "--groups=words", "--json"], "no evidence group"),
    ] {
        let output = folder.run(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), 3);
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn after_the_key_was_rotated_everything_is_known_as_before() {
    let (folder, groups) = lookalikes();
    let events = folder.path("lookalike").join(cordon_world::lookalike::EVENTS_FILE);
    let seeds = groups.values().next().unwrap()[..10].join(",");
    let ranking = || {
        let found = folder.json(["surface", "--seeds", &seeds, "--exhaustive", "--top", "10000"]);
        let weights = found.as_array().unwrap().iter();
        let weight =
            |one: &Value| (one["account_id"].as_str().unwrap().to_owned(), one["weight"].as_f64().unwrap());
        weights.map(weight).collect::<BTreeMap<String, f64>>()
    };
    let (before, old_key) = (ranking(), std::fs::read(folder.data().join("key")).unwrap());
    let stats = folder.json(["index", "stats"]);

    assert_eq!(folder.json(["admin", "rotate-key"])["rotated"], Value::Bool(true));

    let new_key = std::fs::read(folder.data().join("key")).unwrap();
    assert_ne!(old_key[..], new_key[..16]);
    for (one, other) in before.iter().zip(&ranking()) {
        assert_eq!(one.0, other.0);
        // The yardsticks' accounts are those of lowest keyed hash, so weights move a little.
        assert!((one.1 - other.1).abs() < 0.2, "{one:?} {other:?}");
    }
    assert_eq!(folder.json(["index", "stats"])["links"], stats["links"]);
    let again = folder.json(["ingest", text(&events)]);
    assert_eq!((&again["accepted"], &again["rejected"]), (&Value::from(0), &Value::from(0)));
    let first = std::fs::read_to_string(&events).unwrap().lines().next().unwrap().to_owned();
    let other =
        folder.write("other.ndjson", first.replacen("\"account\":{", "\"account\":{\"bio\":\"other\",", 1));
    let refused = last_json(&folder.run(["--json", "ingest", text(&other)]));
    assert_eq!(refused["rejected"], Value::from(1), "an id keeps its content under every key");
}
