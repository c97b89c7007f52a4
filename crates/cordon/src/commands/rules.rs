//! `cordon rules …`: check a rule set, test it, run it over events, put it in force, measure it, and list the functions
//! of the language.

mod backtest;
mod bench;
mod diff;
mod lsp;
mod publish;
mod test;

use super::Shared;
use crate::cli::{Rules, RulesCommand};
use crate::exit::Exit;
use crate::print;
use crate::remote::Server;
use anyhow::{Context, Result, bail};
use cordon_model::clock::Timestamp;
use cordon_model::limits::{LINE_BYTES_MAX, RULE_FILE_BYTES_MAX, RULE_FILES_MAX};
use cordon_model::rule_set::RuleFile;
use cordon_pipeline::rules::ActiveSet;
use cordon_rules::{Action, Clock, Diagnostic, Document, Evaluation, Program, Severity, Sources};
use serde_json::{Value, json, value::RawValue};
use std::collections::BTreeMap;
use std::io::{BufRead, BufWriter, Read, Write};
use std::path::Path;

/// Deepest nesting of folders in a rule set.
const FOLDERS_DEEP_MAX: usize = 32;

/// Runs the command.
pub fn run(shared: &Shared, RulesCommand { remote, command }: RulesCommand) -> Result<Exit> {
    let is_named = remote.server.is_some();
    match command {
        Rules::Publish(options) => publish::publish(shared, options, Server::named(remote)?.as_ref()),
        Rules::Move { number, mode } => {
            publish::change(shared, number, mode, Server::named(remote)?.as_ref())
        }
        Rules::Withdraw { mode } => publish::withdraw(shared, mode, Server::named(remote)?.as_ref()),
        Rules::List => publish::list(shared, Server::named(remote)?.as_ref()),
        Rules::Stats => publish::stats(shared, Server::named(remote)?.as_ref()),
        _ if is_named => bail!(
            "--server goes with publish, move, withdraw, list and stats; the others work on files and the data folder"
        ),
        Rules::Check { dir, sarif } => check(shared.is_json || sarif, &dir),
        Rules::Diff { before, after } => diff::run(shared, &before, after.as_deref()),
        Rules::Lsp { dir } => lsp::run(dir.as_deref()),
        Rules::Run { dir } => evaluate(&dir),
        Rules::Bench { dir, events, curve } => bench::run(shared, &dir, &events, curve),
        Rules::Docs => docs(shared),
        Rules::Test { dir } => test::run(shared, &dir),
        Rules::Backtest { dir, since } => backtest::run(shared, &dir, since),
    }
}

/// Files by their path below the folder, with `/`.
type Files = Vec<(String, Vec<u8>)>;

/// Reads a rule set from a folder.
pub(super) fn read(root: &Path) -> Result<Sources> {
    let mut sources = Sources::new();
    for (path, bytes) in read_files(root, Sources::wants)? {
        sources.add(&path, bytes);
    }
    Ok(sources)
}

/// A rule set in force as its files.
pub(super) fn sources_of(set: &ActiveSet) -> Sources {
    let files = set.set().files.iter();
    files.fold(Sources::new(), |sources, file| sources.with(&file.path, &file.text))
}

/// The files as they go into the journal; `None`, and what is wrong with them on standard error, where one is no text.
fn rule_files(files: Files) -> Option<Vec<RuleFile>> {
    let mut texts = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        match String::from_utf8(bytes) {
            Ok(text) => texts.push(RuleFile { path, text }),
            Err(error) => {
                eprintln!("{path} is not UTF-8 after byte {}", error.utf8_error().valid_up_to());
                return None;
            }
        }
    }
    Some(texts)
}

/// Reads the files below a folder that `wants` names, sorted by path.
fn read_files(root: &Path, wants: fn(&str) -> bool) -> Result<Files> {
    if !root.is_dir() {
        bail!("{} is not a folder: name the one that holds main.sml", root.display());
    }
    let mut files = Files::new();
    let mut open = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("{} cannot be read", folder.display()))?;
            let path = entry.path();
            if path.is_dir() {
                if depth >= FOLDERS_DEEP_MAX {
                    bail!("{} lies deeper than {FOLDERS_DEEP_MAX} folders", path.display());
                }
                open.push((path, depth + 1));
                continue;
            }
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if wants(&name) {
                if files.len() >= RULE_FILES_MAX {
                    bail!("{} holds more than {RULE_FILES_MAX} files of rules", root.display());
                }
                // One byte beyond the bound is enough to say that a file is too large.
                let mut bytes = Vec::new();
                let file = std::fs::File::open(&path)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                file.take(RULE_FILE_BYTES_MAX as u64 + 1)
                    .read_to_end(&mut bytes)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                files.push((name, bytes));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn check(is_sarif: bool, dir: &Path) -> Result<Exit> {
    match Program::load(&read(dir)?) {
        Ok(program) => {
            let size = program.size();
            if is_sarif {
                print::json(&sarif(program.warnings()))?;
            } else {
                for warning in program.warnings() {
                    eprintln!("{warning}\n");
                }
                println!(
                    "sound: {} files, {} rules, {} features, {} nodes",
                    size.files, size.rules, size.features, size.nodes
                );
            }
            Ok(Exit::Clean)
        }
        Err(found) => {
            if is_sarif {
                print::json(&sarif(&found))?;
            } else {
                show(&found);
            }
            Ok(Exit::SomeRejected)
        }
    }
}

pub(super) fn show(found: &[Diagnostic]) {
    for diagnostic in found {
        eprintln!("{diagnostic}\n");
    }
    eprintln!("{} mistake{}", found.len(), if found.len() == 1 { "" } else { "s" });
}

/// The form that code hosts and editors read: SARIF 2.1.0.
fn sarif(found: &[Diagnostic]) -> Value {
    let result = |one: &Diagnostic| {
        let level = match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let file = json!({"uri": one.path});
        let place = if one.line > 0 {
            let region =
                json!({"startLine": one.line, "startColumn": one.column, "endColumn": one.column_end});
            json!({"artifactLocation": file, "region": region})
        } else {
            json!({"artifactLocation": file})
        };
        let text =
            if one.hint.is_empty() { one.message.clone() } else { format!("{}; {}", one.message, one.hint) };
        json!({"ruleId": one.code, "level": level, "message": {"text": text},
            "locations": [{"physicalLocation": place}]})
    };
    let results: Vec<Value> = found.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "cordon rules check", "version": env!("CARGO_PKG_VERSION")}},
            "columnKind": "unicodeCodePoints", "results": results}],
    })
}

fn load(dir: &Path) -> Result<Option<Program>> {
    match Program::load(&read(dir)?) {
        Ok(program) => Ok(Some(program)),
        Err(found) => {
            show(&found);
            Ok(None)
        }
    }
}

fn evaluate(dir: &Path) -> Result<Exit> {
    let Some(program) = load(dir)? else { return Ok(Exit::CouldNotRun) };
    let mut input = std::io::stdin().lock();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut exit = Exit::Clean;
    let mut line = Vec::new();
    let mut number = 0;
    while next_line(&mut input, &mut line)? {
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match Document::parse(&line) {
            Ok(document) => {
                let evaluation = program.evaluate(action(&document, number), &mut Clock(now(&document)));
                serde_json::to_writer(&mut out, &answer(&evaluation)?)?;
                out.write_all(b"\n")?;
            }
            Err(error) => {
                exit = Exit::SomeRejected;
                eprintln!("line {number}: {error}");
            }
        }
    }
    out.flush()?;
    Ok(exit)
}

/// Reads one line, of which no more is kept than a little beyond what an event may have.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool> {
    line.clear();
    let taken = input.by_ref().take(LINE_BYTES_MAX as u64 + 2).read_until(b'\n', line)?;
    if taken > LINE_BYTES_MAX && line.last() != Some(&b'\n') {
        loop {
            let (skip, ends) = {
                let rest = input.fill_buf()?;
                match rest.iter().position(|byte| *byte == b'\n') {
                    Some(at) => (at + 1, true),
                    None => (rest.len(), rest.is_empty()),
                }
            };
            input.consume(skip);
            if ends {
                break;
            }
        }
    }
    Ok(taken > 0)
}

/// The event as an action: its own type and time where it has them, numbered by its line.
fn action<'e>(document: &'e Document<'e>, number: i64) -> Action<'e> {
    let name = ["type", "event_type"].iter().find_map(|name| document.text(name)).unwrap_or("");
    Action { id: number, name, time: now(document), data: document, secret_data: None }
}

/// The event's own time, or 1970: the clock of rules is what was recorded, never the machine's.
fn now(document: &Document<'_>) -> i64 {
    document.text("time").and_then(Timestamp::parse).map_or(0, |time| time.0)
}

/// What `rules run` prints for one event.
#[derive(serde::Serialize)]
struct Answer {
    /// As they are: whole numbers of any size stay what they are.
    features: Box<RawValue>,
    label_mutations: Vec<String>,
    verdicts: Vec<String>,
    /// What is asked of the platform beside verdicts: each signal's name, and what it says each time.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    signals: BTreeMap<String, Vec<String>>,
    errors: Vec<Value>,
}

fn answer(evaluation: &Evaluation<'_, '_>) -> Result<Answer> {
    let mut features = String::new();
    evaluation.write_features(&mut features);
    let features = RawValue::from_string(features)?;
    let errors: Vec<Value> = evaluation
        .errors()
        .into_iter()
        .map(|error| json!({"path": error.path, "line": error.line, "column": error.column, "message": error.message}))
        .collect();
    let verdicts = evaluation.verdicts().into_iter().map(str::to_owned).collect();
    let mut signals = BTreeMap::<_, Vec<_>>::new();
    for signal in evaluation.signals().into_iter().filter(|signal| !signal.is_verdict) {
        signals.entry(signal.name).or_default().push(signal.detail.unwrap_or_default());
    }
    Ok(Answer { features, label_mutations: evaluation.label_mutations(), verdicts, signals, errors })
}

fn docs(shared: &Shared) -> Result<Exit> {
    let functions = cordon_rules::functions();
    if shared.is_json {
        let list: Vec<Value> = functions
            .iter()
            .map(|one| json!({"name": one.name, "signature": one.signature, "about": one.about, "example": one.example}))
            .collect();
        let left_out: Vec<Value> = cordon_rules::left_out_functions()
            .iter()
            .map(|one| json!({"name": one.name, "left_out": one.instead}))
            .collect();
        print::json(&[list, left_out].concat())?;
        return Ok(Exit::Clean);
    }
    for function in functions {
        println!("{}\n    {}\n    {}\n", function.signature, function.about, function.example);
    }
    println!("Knowingly left out:\n");
    for function in cordon_rules::left_out_functions() {
        println!("{}\n    {}\n", function.name, function.instead);
    }
    Ok(Exit::Clean)
}
