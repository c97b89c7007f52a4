//! `cordon rules backtest`: a draft over the journal, held against what people decided.

use super::{read_files, rule_files, show};
use crate::cli::Since;
use crate::commands::Shared;
use crate::data::Data;
use crate::exit::Exit;
use crate::print;
use anyhow::Result;
use cordon_model::binomial::Share;
use cordon_model::clock::Timestamp;
use cordon_model::rule_set::RuleFile;
use cordon_pipeline::PipelineError;
use cordon_pipeline::rules::{Backtest, backtest};
use cordon_rules::Sources;
use std::path::Path;
use std::sync::PoisonError;

/// Pairs of rules that the table shows.
const OVERLAPS_SHOWN: usize = 50;

/// Runs the command.
pub(super) fn run(shared: &Shared, dir: &Path, since: Since) -> Result<Exit> {
    let Some(files) = rule_files(read_files(dir, Sources::wants)?) else { return Ok(Exit::SomeRejected) };
    let data = Data::open_existing(shared)?;
    let since = instant(&data, since);
    let found = match over_journal(&data, files, since) {
        Err(PipelineError::RuleSet { found }) => {
            show(&found);
            return Ok(Exit::SomeRejected);
        }
        found => found?,
    };
    if shared.is_json {
        print::json(&found)?;
    } else {
        table(&found, since);
        overlaps(&found);
    }
    Ok(Exit::Clean)
}

/// From when on hits count.
pub(super) fn instant(data: &Data, since: Since) -> Timestamp {
    match since {
        Since::At(time) => time,
        Since::Ago(seconds) => data.pipeline.now().plus_seconds(-seconds),
    }
}

/// Runs a draft over the journal, and shows how far it is.
pub(super) fn over_journal(
    data: &Data,
    files: Vec<RuleFile>,
    since: Timestamp,
) -> Result<Backtest, PipelineError> {
    let (journal, state) = (data.pipeline.journal(), data.pipeline.state());
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let bar = print::count_bar(state.offset().0);
    let found = backtest(&state, &journal, files, since, &mut |offset| bar.set_position(offset.0));
    bar.finish_and_clear();
    found
}

/// Which rules say the same.
fn overlaps(found: &Backtest) {
    if found.overlaps.is_empty() {
        println!("no two rules held for one event");
        return;
    }
    let mut table =
        print::table(&["rule", "and", "events of both", "accounts of both", "of the rule's events"]);
    let hits_of = |name: &str| found.rules.iter().find(|rule| rule.rule == name).map_or(0, |rule| rule.hits);
    for one in found.overlaps.iter().take(OVERLAPS_SHOWN) {
        let other = if one.is_other_live { format!("live: {}", one.other) } else { one.other.clone() };
        let share = format!("{:.0} %", 100.0 * one.hits as f64 / hits_of(&one.rule).max(1) as f64);
        table.add_row(vec![one.rule.clone(), other, one.hits.to_string(), one.accounts.to_string(), share]);
    }
    println!("{table}");
    let rest = found.overlaps.len().saturating_sub(OVERLAPS_SHOWN);
    if rest > 0 {
        println!("and {rest} more pairs: --json has them");
    }
}

fn table(found: &Backtest, since: Timestamp) {
    println!(
        "{} events since {since}; {} before them filled counters, labels and links",
        found.events, found.warm_up
    );
    let head = [
        "rule",
        "hits",
        "busiest day",
        "limit",
        "accounts",
        "new",
        "violating",
        "cleared",
        "precision",
        "95 %",
        "examples",
    ];
    let mut table = print::table(&head);
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    for rule in &found.rules {
        let (precision, interval) = match rule.precision {
            Some(Share { share, low, high }) => {
                (percent(share), format!("{}–{}", percent(low), percent(high)))
            }
            None => (String::new(), String::new()),
        };
        table.add_row(vec![
            rule.rule.clone(),
            rule.hits.to_string(),
            rule.busiest_day.to_string(),
            rule.daily_limit.to_string(),
            rule.accounts.to_string(),
            rule.new_accounts.to_string(),
            rule.violating.to_string(),
            rule.cleared.to_string(),
            precision,
            interval,
            rule.examples.join(", "),
        ]);
    }
    println!("{table}");
}
