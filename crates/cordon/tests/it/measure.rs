//! `cordon measure`: over what reviewers decided on a simulated platform.

use crate::support::{Folder, code, last_json, text};
use std::process::{Command, Output};

/// Where the simulated platform's days end.
const END: &str = "2016-02-13T00:00:00Z";

/// A platform on which scripted reviewers worked, as the demo leaves it.
fn worked() -> Folder {
    let folder = Folder::new();
    let mut command = folder.command();
    command.args(["--json", "demo", "--exit", "--accounts", "3000", "--days", "12", "--random-seeds", "5"]);
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn measure(folder: &Folder, arguments: &[&str]) -> Output {
    let data = folder.data().join("cordon-5");
    let mut command = Command::new(folder.command().get_program());
    command.arg("--data").arg(data).arg("measure").args(arguments).output().expect("the binary runs")
}

#[test]
fn what_was_claimed_is_held_against_what_reviewers_found() {
    let folder = worked();
    let found = last_json(&measure(&folder, &["reliability", "--json"]));
    let steps = found["steps"].as_array().expect("steps");
    let cases: u64 = steps.iter().map(|step| step["cases"].as_u64().unwrap()).sum();
    assert!(cases > 10 && found["cases"] == cases, "{found}");
    for step in steps {
        let [from, to, claimed, low, found, high] =
            ["from", "to", "claimed", "low", "found", "high"].map(|name| step[name].as_f64().unwrap());
        assert!(from <= claimed && claimed <= to && low <= high, "{step}");
        assert!((0.0..=1.0).contains(&found), "{step}");
    }
    let picture = folder.path("picture.svg");
    let table = measure(&folder, &["reliability", "--svg", text(&picture)]);
    assert!(String::from_utf8_lossy(&table.stdout).contains("Calibration error"));
    let svg = std::fs::read_to_string(&picture).unwrap();
    assert_eq!(svg.matches("<circle").count(), steps.len());

    how_soon_people_got_to_cases_is_told(&folder);
    let drawn = last_json(&measure(&folder, &["prevalence", "--json"]));
    assert!(drawn["decided"].as_u64().unwrap() > 0, "{drawn}");
    let share = &drawn["share"];
    assert!(share["low"].as_f64().unwrap() < 0.05 && share["high"].as_f64().unwrap() < 1.0, "{drawn}");
}

fn how_soon_people_got_to_cases_is_told(folder: &Folder) {
    let found = last_json(&measure(folder, &["queues", "--days", "12", "--until", END, "--json"]));
    let number = |value: &serde_json::Value| value.as_u64().unwrap();
    let queues = found["queues"].as_array().expect("queues");
    let [opened, closed] =
        ["opened", "closed"].map(|of| queues.iter().map(|queue| number(&queue[of])).sum::<u64>());
    assert!(opened > 10 && closed > 10, "{queues:?}");
    assert_eq!(number(&found["open"]), opened - closed);
    let days = found["days"].as_array().expect("days");
    assert_eq!(days.iter().map(|day| number(&day["opened"])).sum::<u64>(), opened);
    for queue in queues {
        let [look, decision] = ["first_look_hours", "decision_hours"].map(|of| queue[of]["median"].as_f64());
        assert!(look <= decision, "nobody decides before looking: {queue}");
        let share = &queue["decided_in_time"]["share"];
        assert!(share.is_null() || (0.0..=1.0).contains(&share.as_f64().unwrap()), "{queue}");
    }
    let table = measure(folder, &["queues", "--days", "12", "--until", END]);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(table.contains("first look") && table.contains("cases are open"), "{table}");
    let none = measure(folder, &["queues", "--days", "0"]);
    assert_eq!(code(&none), 1);
}

#[test]
fn before_anything_is_decided_it_says_so() {
    let folder = Folder::new();
    let line = r#"{"id":"1","type":"account.created","time":"2026-01-01T00:00:00Z","account":{"id":"a"}}"#;
    assert_eq!(code(&folder.run(["ingest", text(&folder.write("one.ndjson", line))])), 0);
    assert_eq!(folder.json(["measure", "reliability"])["cases"], 0);
    assert_eq!(folder.json(["measure", "prevalence"])["decided"], 0);
    assert_eq!(folder.json(["measure", "queues"])["queues"], serde_json::json!([]));
    let told = folder.run(["measure", "prevalence"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("audit_share"));
}
