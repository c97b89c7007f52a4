//! `cordon measure`: over what reviewers decided on a simulated platform.

use crate::support::{Folder, code, last_json, text};
use std::process::{Command, Output};

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

    let drawn = last_json(&measure(&folder, &["prevalence", "--json"]));
    assert!(drawn["decided"].as_u64().unwrap() > 0, "{drawn}");
    let share = &drawn["share"];
    assert!(share["low"].as_f64().unwrap() < 0.05 && share["high"].as_f64().unwrap() < 1.0, "{drawn}");
}

#[test]
fn before_anything_is_decided_it_says_so() {
    let folder = Folder::new();
    let line = r#"{"id":"1","type":"account.created","time":"2026-01-01T00:00:00Z","account":{"id":"a"}}"#;
    assert_eq!(code(&folder.run(["ingest", text(&folder.write("one.ndjson", line))])), 0);
    assert_eq!(folder.json(["measure", "reliability"])["cases"], 0);
    assert_eq!(folder.json(["measure", "prevalence"])["decided"], 0);
    let told = folder.run(["measure", "prevalence"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("audit_share"));
}
