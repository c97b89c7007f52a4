//! `cordon rules publish`, `withdraw`, `list` and `stats`: rule sets in force.

use super::{read_files, rule_files, show};
use crate::cli::PublishRules;
use crate::commands::Shared;
use crate::commands::admin::say;
use crate::data::{Data, Opening};
use crate::exit::Exit;
use crate::print;
use anyhow::{Result, bail};
use cordon_model::clock::Timestamp;
use cordon_model::rule_set::{RuleMode, RuleSet};
use cordon_pipeline::rules::{self, ActiveSet, Publication, RuleSets};
use cordon_rules::Sources;
use serde_json::{Value, json};
use std::sync::PoisonError;

/// Who changes rules here.
const BY: &str = "command-line";

/// Puts a rule set in force.
pub(super) fn publish(shared: &Shared, options: PublishRules) -> Result<Exit> {
    let Some(files) = rule_files(read_files(&options.dir, Sources::wants)?) else {
        return Ok(Exit::SomeRejected);
    };
    let program = match rules::compile(&files) {
        Ok(program) => program,
        Err(found) => {
            show(&found);
            eprintln!("refused; what is in force stays");
            return Ok(Exit::SomeRejected);
        }
    };
    let mut data = Data::open(&shared.data, Opening::default())?;
    if let Some(wrong) = data.runtime.block_on(rules::check_reviews(&program, &*data.record))? {
        bail!(wrong);
    }
    let (mode, daily_limits) = (options.mode, options.daily_limits.into_iter().collect());
    let set = RuleSet { mode, owner: options.owner, expires_at: options.expires, daily_limits, files };
    if let Some(wrong) = set.wrong_limit(&mut program.rule_names().map(|name| &**name)) {
        bail!(wrong);
    }
    let version = rules::publish(&mut data.pipeline, set, BY)?;
    data.close()?;
    let size = program.size();
    let text = format!("version {version} stands, {mode}: {} files, {} rules", size.files, size.rules);
    say(shared, json!({"version": version, "mode": mode, "files": size.files, "rules": size.rules}), &text)
}

/// Evaluates the set of a mode no more.
pub(super) fn withdraw(shared: &Shared, mode: RuleMode) -> Result<Exit> {
    let mut data = Data::open_existing(&shared.data)?;
    let Some(version) = ask(&data, |rules| rules.active(mode).map(ActiveSet::version)).flatten() else {
        bail!("no rule set is {mode}: `cordon rules list` shows those that were");
    };
    rules::change(&mut data.pipeline, version, None, BY)?;
    data.close()?;
    say(shared, json!({"withdrawn": mode}), &format!("no rule set is {mode} any more"))
}

fn ask<T>(data: &Data, question: impl FnOnce(&RuleSets) -> T) -> Option<T> {
    let state = data.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    state.rules().map(question)
}

/// Every set that was put in force.
pub(super) fn list(shared: &Shared) -> Result<Exit> {
    let data = Data::open_existing(&shared.data)?;
    let now = data.pipeline.now();
    let all = ask(&data, |rules| rules.published().to_vec()).unwrap_or_default();
    if shared.is_json {
        let rows: Vec<Value> = all.iter().map(|one| publication(one, now)).collect();
        print::json(&rows)?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["version", "mode", "state", "owner", "since", "until", "files", "rules"]);
    for one in &all {
        let until = one.ended_at.or(one.expires_at).map(|at| at.to_string()).unwrap_or_default();
        table.add_row(vec![
            one.version.to_string(),
            one.mode.to_string(),
            state_of(one, now).to_owned(),
            one.owner.clone(),
            one.activated_at.to_string(),
            until,
            one.files.to_string(),
            one.rules.to_string(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

fn state_of(one: &Publication, now: Timestamp) -> &'static str {
    match (one.ended_at, one.expires_at) {
        (Some(_), _) => "ended",
        (None, Some(at)) if at <= now => "expired",
        _ => "in force",
    }
}

fn publication(one: &Publication, now: Timestamp) -> Value {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "version": one.version, "mode": one.mode, "is_in_force": state_of(one, now) == "in force",
        "owner": one.owner, "offset": one.offset, "activated_at": one.activated_at.to_string(),
        "expires_at": text(one.expires_at), "ended_at": text(one.ended_at),
        "files": one.files, "rules": one.rules,
    })
}

/// Hits of every rule in force.
pub(super) fn stats(shared: &Shared) -> Result<Exit> {
    let data = Data::open_existing(&shared.data)?;
    let active = |mode| ask(&data, |rules| rules.active(mode).cloned()).flatten();
    let sets: Vec<(RuleMode, ActiveSet)> =
        RuleMode::ALL.into_iter().filter_map(|mode| Some((mode, active(mode)?))).collect();
    if shared.is_json {
        let shown = sets.iter().map(|(mode, set)| (mode.name().to_owned(), counts(set)));
        print::json(&Value::Object(shown.collect()))?;
        return Ok(Exit::Clean);
    }
    if sets.is_empty() {
        println!("no rule set is in force: `cordon rules publish DIR --mode shadow` puts one there");
        return Ok(Exit::Clean);
    }
    for (mode, set) in &sets {
        show_counts(*mode, set);
    }
    Ok(Exit::Clean)
}

fn counts(set: &ActiveSet) -> Value {
    let found = set.counts();
    let day = |count: u64, at: Timestamp| (count > 0).then(|| at.to_string());
    let rules: Vec<Value> = found
        .hits
        .iter()
        .map(|(name, hits)| {
            json!({"rule": name, "hits": hits.count, "first": day(hits.count, hits.first),
                "last": day(hits.count, hits.last)})
        })
        .collect();
    json!({"version": set.version(), "since": set.activated_at().to_string(), "events": found.events,
        "errors": found.errors, "counters": set.counter_count(), "rules": rules, "effects": found.effects})
}

fn show_counts(mode: RuleMode, set: &ActiveSet) {
    let found = set.counts();
    println!(
        "{mode}, version {}, since {}: {} events, {} errors",
        set.version(),
        set.activated_at(),
        found.events,
        found.errors
    );
    let mut table = print::table(&["rule", "hits", "first", "last"]);
    for (name, hits) in &found.hits {
        let time = |at: Timestamp| if hits.count > 0 { at.to_string() } else { String::new() };
        table.add_row(vec![name.clone(), hits.count.to_string(), time(hits.first), time(hits.last)]);
    }
    println!("{table}");
    let verb = if mode == RuleMode::Shadow { "would have asked for" } else { "asked for" };
    for (name, count) in &found.effects {
        println!("{verb} {name}: {count}");
    }
}
