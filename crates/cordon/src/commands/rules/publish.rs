//! `cordon rules publish`, `move`, `withdraw`, `list` and `stats`: rule sets in force, in the data folder or on the
//! server that has it.

use super::{backtest, read_files, rule_files, show};
use crate::cli::PublishRules;
use crate::commands::Shared;
use crate::commands::admin::say;
use crate::data::{Data, Opening};
use crate::exit::Exit;
use crate::print;
use crate::remote::{Server, items, member, shown, text};
use anyhow::{Context, Result, bail};
use cordon_model::clock::Timestamp;
use cordon_model::rule_set::{RuleFile, RuleMode, RuleSet};
use cordon_pipeline::rules::{self, ActiveSet, Publication, RuleSets};
use cordon_rules::{Program, Sources};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::PoisonError;

/// Who changes rules in a data folder.
const BY: &str = "command-line";

/// Puts a rule set in force.
pub(super) fn publish(shared: &Shared, options: PublishRules, server: Option<&Server>) -> Result<Exit> {
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
    // It is put in force all the same, and whoever does so should know.
    program.warnings().iter().for_each(|warning| eprintln!("{warning}\n"));
    if server.is_some() && options.limits_from_backtest.is_some() {
        bail!(
            "--limits-from-backtest reads the data folder, and the server has it: run it there, or name limits by --daily-limit"
        );
    }
    let done = match server {
        Some(server) => server.post("/v1/rules", &body(options, files))?,
        None => publish_here(shared, options, files, &program)?,
    };
    let [version, mode, files, rules] = ["version", "mode", "files", "rules"].map(|name| text(&done, name));
    let mut text = format!("version {version} stands, {mode}: {files} files, {rules} rules");
    for (rule, limit) in member(&done, "daily_limits").as_object().into_iter().flatten() {
        text.push_str(&format!("\n{rule} may take effect on {limit} events of a day"));
    }
    say(shared, done, &text)
}

/// What the server is sent.
fn body(options: PublishRules, files: Vec<RuleFile>) -> Value {
    let files: Map<String, Value> = files.into_iter().map(|file| (file.path, json!(file.text))).collect();
    let limits: Map<String, Value> =
        options.daily_limits.into_iter().map(|(rule, limit)| (rule, json!(limit))).collect();
    json!({
        "files": files, "mode": options.mode, "owner": options.owner,
        "expires_at": options.expires.map(|at| at.to_string()), "daily_limits": limits,
    })
}

fn publish_here(
    shared: &Shared,
    options: PublishRules,
    files: Vec<RuleFile>,
    program: &Program,
) -> Result<Value> {
    let mut data = Data::open(shared, Opening::default())?;
    if let Some(wrong) = data.runtime.block_on(rules::check_reviews(program, &*data.record))? {
        bail!(wrong);
    }
    let (mode, expires_at) = (options.mode, options.expires);
    let owner = options.owner.unwrap_or_else(|| BY.to_owned());
    let mut daily_limits: BTreeMap<String, u64> = options.daily_limits.into_iter().collect();
    if let Some(since) = options.limits_from_backtest {
        let since = backtest::instant(&data, since);
        let found = backtest::over_journal(&data, files.clone(), since)?;
        if found.events == 0 {
            bail!("no event came since {since}: there is nothing to take limits from");
        }
        for (rule, limit) in found.daily_limits() {
            daily_limits.entry(rule).or_insert(limit);
        }
    }
    let limits = daily_limits.clone();
    let set = RuleSet { mode, owner, expires_at, daily_limits, files };
    if let Some(wrong) = set.wrong_limit(&mut program.rule_names().map(|name| &**name)) {
        bail!(wrong);
    }
    let version = rules::publish(&mut data.pipeline, set, BY)?;
    data.close()?;
    let size = program.size();
    Ok(json!({
        "version": version, "mode": mode, "files": size.files, "rules": size.rules, "daily_limits": limits,
    }))
}

/// Puts a version into another mode.
pub(super) fn change(shared: &Shared, version: u32, mode: RuleMode, server: Option<&Server>) -> Result<Exit> {
    match server {
        Some(server) => drop(server.post(&format!("/v1/rules/{version}/move"), &json!({ "mode": mode }))?),
        None => {
            let mut data = Data::open_existing(shared)?;
            require_reviews(&data, version, mode)?;
            rules::change(&mut data.pipeline, version, Some(mode), BY)?;
            data.close()?;
        }
    }
    let text = format!("version {version} is {mode}");
    say(shared, json!({"version": version, "mode": mode}), &text)
}

/// A policy may have been retired since the set was published.
fn require_reviews(data: &Data, version: u32, mode: RuleMode) -> Result<()> {
    let state = data.pipeline.state();
    let set = state.read().unwrap_or_else(PoisonError::into_inner).rule_set(version)?;
    // What there is not, and what no longer checks, is said by the change itself.
    let Some(program) =
        set.filter(|_| mode != RuleMode::Draft).and_then(|set| rules::compile(&set.files).ok())
    else {
        return Ok(());
    };
    match data.runtime.block_on(rules::check_reviews(&program, &*data.record))? {
        Some(wrong) => bail!(wrong),
        None => Ok(()),
    }
}

/// Evaluates the set of a mode no more.
pub(super) fn withdraw(shared: &Shared, mode: RuleMode, server: Option<&Server>) -> Result<Exit> {
    let none = || format!("no rule set is {mode}: `cordon rules list` shows those that were");
    match server {
        Some(server) => {
            let stats = server.get("/v1/rules/stats")?;
            let version = member(member(&stats, mode.name()), "version").as_u64().with_context(none)?;
            server.post(&format!("/v1/rules/{version}/withdraw"), &Value::Null)?;
        }
        None => {
            let mut data = Data::open_existing(shared)?;
            let version = ask(&data, |rules| rules.active(mode).map(ActiveSet::version)).flatten();
            rules::change(&mut data.pipeline, version.with_context(none)?, None, BY)?;
            data.close()?;
        }
    }
    say(shared, json!({"withdrawn": mode}), &format!("no rule set is {mode} any more"))
}

fn ask<T>(data: &Data, question: impl FnOnce(&RuleSets) -> T) -> Option<T> {
    let state = data.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    state.rules().map(question)
}

/// Every set that was put in force.
pub(super) fn list(shared: &Shared, server: Option<&Server>) -> Result<Exit> {
    let all = match server {
        Some(server) => member(&server.get("/v1/rules")?, "rule_sets").clone(),
        None => {
            let data = Data::open_existing(shared)?;
            let now = data.pipeline.now();
            let all = ask(&data, |rules| rules.published().to_vec()).unwrap_or_default();
            all.iter().map(|one| publication(one, now)).collect()
        }
    };
    if shared.is_json {
        print::json(&all)?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["version", "mode", "state", "owner", "since", "until", "files", "rules"]);
    for one in all.as_array().into_iter().flatten() {
        let until = if member(one, "ended_at").is_null() {
            member(one, "expires_at")
        } else {
            member(one, "ended_at")
        };
        let [version, mode, owner, since, files, rules] =
            ["version", "mode", "owner", "activated_at", "files", "rules"].map(|name| text(one, name));
        let state = state_of(one).to_owned();
        table.add_row(vec![version, mode, state, owner, since, shown(until), files, rules]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

fn state_of(one: &Value) -> &'static str {
    match (member(one, "ended_at").is_null(), member(one, "is_in_force") == true) {
        (false, _) => "ended",
        (true, true) => "in force",
        (true, false) => "expired",
    }
}

fn publication(one: &Publication, now: Timestamp) -> Value {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "version": one.version, "mode": one.mode, "is_in_force": one.is_in_force(now),
        "owner": one.owner, "offset": one.offset, "activated_at": one.activated_at.to_string(),
        "expires_at": text(one.expires_at), "ended_at": text(one.ended_at),
        "files": one.files, "rules": one.rules,
    })
}

/// Hits of every rule in force.
pub(super) fn stats(shared: &Shared, server: Option<&Server>) -> Result<Exit> {
    let sets = match server {
        Some(server) => server.get("/v1/rules/stats")?,
        None => {
            let data = Data::open_existing(shared)?;
            let of = |mode: RuleMode| {
                let found = ask(&data, |rules| rules.active(mode).map(counts)).flatten()?;
                Some((mode.name().to_owned(), found))
            };
            Value::Object(RuleMode::ALL.into_iter().filter_map(of).collect())
        }
    };
    if shared.is_json {
        print::json(&sets)?;
        return Ok(Exit::Clean);
    }
    let found = RuleMode::ALL.into_iter().filter_map(|mode| Some((mode, sets.get(mode.name())?)));
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        println!("no rule set is in force: `cordon rules publish DIR --mode shadow` puts one there");
    }
    found.into_iter().for_each(|(mode, set)| show_counts(mode, set));
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
    let stopped: Vec<Value> = set
        .stopped()
        .iter()
        .map(|(rule, stopped)| {
            json!({"rule": rule, "at": stopped.at.to_string(), "limit": stopped.limit,
                "withheld": stopped.withheld})
        })
        .collect();
    json!({"version": set.version(), "since": set.activated_at().to_string(), "events": found.events,
        "errors": found.errors, "counters": set.counter_count(), "rules": rules, "stopped": stopped,
        "effects": found.effects})
}

fn show_counts(mode: RuleMode, set: &Value) {
    let [version, since, events, errors] =
        ["version", "since", "events", "errors"].map(|name| text(set, name));
    println!("{mode}, version {version}, since {since}: {events} events, {errors} errors");
    let mut table = print::table(&["rule", "hits", "first", "last"]);
    for one in items(set, "rules") {
        table.add_row(["rule", "hits", "first", "last"].map(|name| text(one, name)));
    }
    println!("{table}");
    for one in items(set, "stopped") {
        let [rule, at, limit, withheld] = ["rule", "at", "limit", "withheld"].map(|name| text(one, name));
        println!(
            "STOPPED {rule}, {at}: it took effect on more than {limit} events of a day; withheld since: {withheld}"
        );
    }
    let verb = if mode == RuleMode::Shadow { "would have asked for" } else { "asked for" };
    for (name, count) in member(set, "effects").as_object().into_iter().flatten() {
        println!("{verb} {name}: {count}");
    }
}
