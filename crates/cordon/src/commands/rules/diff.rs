//! `cordon rules diff`: two rule sets side by side.

use super::{read, sources_of};
use crate::commands::Shared;
use crate::data::Data;
use crate::exit::Exit;
use crate::print;
use anyhow::{Result, bail};
use cordon_model::rule_set::RuleMode;
use cordon_rules::{Change, Changed, Difference, Sources, compare};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::PoisonError;

/// Holds two folders side by side, or a folder and what is live.
pub(super) fn run(shared: &Shared, one: &Path, other: Option<&Path>) -> Result<Exit> {
    let found = match other {
        Some(other) => compare(&read(one)?, &read(other)?),
        None => compare(&live(shared)?, &read(one)?),
    };
    if shared.is_json {
        print::json(&as_json(&found))?;
    } else {
        print_all(&found);
    }
    Ok(if found.is_empty() { Exit::Clean } else { Exit::SomeRejected })
}

fn live(shared: &Shared) -> Result<Sources> {
    let data = Data::open_existing(shared)?;
    let state = data.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    match state.rules().and_then(|rules| rules.active(RuleMode::Live)) {
        Some(set) => Ok(sources_of(set)),
        None => bail!(
            "no rule set is live: name two folders, or publish one with `cordon rules publish DIR --mode live`"
        ),
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
        Change::ChangedThrough => "changed through what it reads",
    }
}

fn as_json(found: &Difference) -> Value {
    let one = |changed: &Changed| {
        json!({"name": changed.name, "path": changed.path, "change": word(changed.change),
            "before": changed.before, "after": changed.after, "effects_added": changed.effects_added,
            "effects_removed": changed.effects_removed, "through": changed.through})
    };
    let all = |changed: &[Changed]| changed.iter().map(one).collect::<Vec<_>>();
    let file = |(path, change): &(String, Change)| json!({"path": path, "change": word(*change)});
    json!({"rules": all(&found.rules), "features": all(&found.features),
        "files": found.files.iter().map(file).collect::<Vec<_>>()})
}

fn print_all(found: &Difference) {
    for (what, all) in [("rule", &found.rules), ("feature", &found.features)] {
        for one in all {
            print_one(what, one);
        }
    }
    for (path, change) in &found.files {
        println!("file {path}: {}", word(*change));
    }
    if found.is_empty() {
        println!("no difference");
    }
}

fn print_one(what: &str, one: &Changed) {
    println!("{what} {} ({}): {}", one.name, one.path, word(one.change));
    if one.before != one.after {
        let line = |sign: char, text: &Option<String>| {
            if let Some(text) = text {
                println!("  {sign} {text}");
            }
        };
        line('-', &one.before);
        line('+', &one.after);
    }
    if !one.through.is_empty() {
        println!("  reads {}", one.through.join(", "));
    }
    one.effects_removed.iter().for_each(|effect| println!("  - effect {effect}"));
    one.effects_added.iter().for_each(|effect| println!("  + effect {effect}"));
}
