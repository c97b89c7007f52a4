//! `cordon rules test`: unit tests of a rule set, in files beside it.

use super::{Files, read_files, rule_files, show};
use crate::commands::Shared;
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result, bail};
use cordon_model::clock::Timestamp;
use cordon_model::rule_set::{ManualLabel, RuleFile};
use cordon_pipeline::rules::{Trial, TrialAnswer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::path::Path;

/// When the first event of a test happens that names no time: 2026-01-01T00:00:00Z, in seconds.
const START_SECONDS: i64 = 1_767_225_600;

/// One test.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    labels: Vec<GivenLabel>,
    event: Option<Map<String, Value>>,
    #[serde(default)]
    events: Vec<Map<String, Value>>,
    expect: Expectation,
}

/// A label that a person set before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenLabel {
    /// `UserId/a1`.
    entity: String,
    label: String,
    #[serde(default = "yes")]
    is_added: bool,
}

fn yes() -> bool {
    true
}

/// What is expected of the last event; what is left out is not compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    #[serde(default)]
    features: Map<String, Value>,
    rules: Option<Vec<String>>,
    verdicts: Option<Vec<String>>,
    labels: Option<Vec<String>>,
    signals: Option<Vec<String>>,
    reviews: Option<Vec<String>>,
    holds: Option<Vec<String>>,
    errors: Option<usize>,
}

/// How a test went.
#[derive(Serialize)]
struct Outcome {
    file: String,
    name: String,
    is_passed: bool,
    differences: Vec<Difference>,
}

/// Something that is not as expected.
#[derive(Debug, PartialEq, Serialize)]
struct Difference {
    what: String,
    expected: Value,
    found: Value,
}

/// Runs the command.
pub(super) fn run(shared: &Shared, dir: &Path) -> Result<Exit> {
    let all = read_files(dir, is_wanted)?;
    let (tests, sources): (Files, Files) = all.into_iter().partition(|(path, _)| is_test(path));
    if tests.is_empty() {
        bail!("{} holds no tests: write them in files named *_test.yaml or *_test.json", dir.display());
    }
    let Some(files) = rule_files(sources) else { return Ok(Exit::CouldNotRun) };
    let mut outcomes = Vec::new();
    for (path, bytes) in &tests {
        for case in cases(path, bytes)? {
            let differences = match differences(&files, &case) {
                Ok(differences) => differences,
                Err(Stop::Mistakes(found)) => {
                    show(&found);
                    return Ok(Exit::CouldNotRun);
                }
                Err(Stop::Other(error)) => return Err(error.context(format!("{path}: {}", case.name))),
            };
            let is_passed = differences.is_empty();
            outcomes.push(Outcome { file: path.clone(), name: case.name, is_passed, differences });
        }
    }
    report(shared, &outcomes)
}

fn is_test(path: &str) -> bool {
    ["_test.yaml", "_test.yml", "_test.json"].iter().any(|end| path.ends_with(end))
}

fn is_wanted(path: &str) -> bool {
    is_test(path) || cordon_rules::Sources::wants(path)
}

fn cases(path: &str, bytes: &[u8]) -> Result<Vec<Case>> {
    let text = std::str::from_utf8(bytes).with_context(|| format!("{path} is not UTF-8"))?;
    serde_saphyr::from_str(text).with_context(|| format!("{path} is no list of tests"))
}

enum Stop {
    Mistakes(Vec<cordon_rules::Diagnostic>),
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// Runs one test in a world of its own.
fn differences(files: &[RuleFile], case: &Case) -> Result<Vec<Difference>, Stop> {
    let mut trial = Trial::new(files.to_vec()).map_err(Stop::Mistakes)?;
    let events: Vec<&Map<String, Value>> = case.event.iter().chain(&case.events).collect();
    let mut answer = None;
    for (number, event) in (1..).zip(&events) {
        let (line, time) = complete(event, number)?;
        if number == 1 {
            for label in &case.labels {
                trial.set_label(&by_hand(label)?, time);
            }
        }
        let taken = trial.take(line.as_bytes(), time).with_context(|| format!("event {number}"))?;
        answer = Some(taken);
    }
    let answer = answer.context("no event: write one under `event`, or several under `events`")?;
    compare(&case.expect, &answer).map_err(Stop::Other)
}

/// The event as a line, with the id and time that it lacks.
fn complete(event: &Map<String, Value>, number: i64) -> Result<(String, Timestamp)> {
    let mut event = event.clone();
    event.entry("id").or_insert_with(|| json!(format!("test-{number}")));
    let usual = Timestamp::from_seconds(START_SECONDS + number);
    let time = event.entry("time").or_insert_with(|| json!(usual.to_string()));
    let time = time.as_str().and_then(Timestamp::parse);
    let time = time.with_context(|| format!("event {number}: `time` must be RFC 3339, in quotes"))?;
    Ok((Value::Object(event).to_string(), time))
}

fn by_hand(label: &GivenLabel) -> Result<ManualLabel> {
    let (kind, id) = label
        .entity
        .split_once('/')
        .with_context(|| format!("`{}` must be a type and an id, as in UserId/a1", label.entity))?;
    Ok(ManualLabel {
        entity_type: kind.to_owned(),
        entity_id: id.to_owned(),
        label: label.label.clone(),
        is_added: label.is_added,
        expires_at: None,
        by: "test".to_owned(),
    })
}

fn compare(expect: &Expectation, answer: &TrialAnswer) -> Result<Vec<Difference>> {
    let found: Map<String, Value> = serde_json::from_str(&answer.features)?;
    let mut differences = Vec::new();
    for (name, expected) in &expect.features {
        let found = found.get(name).cloned().unwrap_or_else(|| json!("there is no such feature"));
        if *expected != found {
            let what = format!("features.{name}");
            differences.push(Difference { what, expected: expected.clone(), found });
        }
    }
    let policies = |asked: &[(String, String)]| asked.iter().map(|(policy, _)| policy.clone()).collect();
    let (reviews, holds): (Vec<String>, Vec<String>) = (policies(&answer.reviews), policies(&answer.holds));
    let lists = [
        ("rules", &expect.rules, &answer.rules),
        ("verdicts", &expect.verdicts, &answer.verdicts),
        ("labels", &expect.labels, &answer.labels),
        ("signals", &expect.signals, &answer.signals),
        ("reviews", &expect.reviews, &reviews),
        ("holds", &expect.holds, &holds),
    ];
    for (what, expected, found) in lists {
        let Some(expected) = expected else { continue };
        // In any order: that of the files is no part of what a rule set promises.
        let (mut one, mut other) = (expected.clone(), found.clone());
        one.sort();
        other.sort();
        if one != other {
            differences.push(Difference {
                what: what.to_owned(),
                expected: json!(expected),
                found: json!(found),
            });
        }
    }
    if let Some(expected) = expect.errors.filter(|expected| *expected != answer.errors.len()) {
        let found = json!(answer.errors);
        differences.push(Difference { what: "errors".to_owned(), expected: json!(expected), found });
    }
    Ok(differences)
}

fn report(shared: &Shared, outcomes: &[Outcome]) -> Result<Exit> {
    let failed = outcomes.iter().filter(|outcome| !outcome.is_passed).count();
    if shared.is_json {
        print::json(&json!({"tests": outcomes.len(), "failed": failed, "cases": outcomes}))?;
    } else {
        for outcome in outcomes {
            let word = if outcome.is_passed { "ok    " } else { "FAILED" };
            println!("{word} {}: {}", outcome.file, outcome.name);
            for Difference { what, expected, found } in &outcome.differences {
                println!("       {what}\n         expected {expected}\n         found    {found}");
            }
        }
        println!("{} tests, {failed} failed", outcomes.len());
    }
    Ok(if failed == 0 { Exit::Clean } else { Exit::SomeRejected })
}
