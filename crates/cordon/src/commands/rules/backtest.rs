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
use cordon_pipeline::PipelineError;
use cordon_pipeline::rules::{Backtest, backtest};
use cordon_rules::Sources;
use std::path::Path;
use std::sync::PoisonError;

/// Runs the command.
pub(super) fn run(shared: &Shared, dir: &Path, since: Since) -> Result<Exit> {
    let Some(files) = rule_files(read_files(dir, Sources::wants)?) else { return Ok(Exit::SomeRejected) };
    let data = Data::open_existing(&shared.data)?;
    let since = match since {
        Since::At(time) => time,
        Since::Ago(seconds) => data.pipeline.now().plus_seconds(-seconds),
    };
    let (journal, state) = (data.pipeline.journal(), data.pipeline.state());
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let bar = print::count_bar(state.offset().0);
    let found = backtest(&state, &journal, files, since, &mut |offset| bar.set_position(offset.0));
    bar.finish_and_clear();
    let found = match found {
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
    }
    Ok(Exit::Clean)
}

fn table(found: &Backtest, since: Timestamp) {
    println!(
        "{} events since {since}; {} before them filled counters, labels and links",
        found.events, found.warm_up
    );
    let head = ["rule", "hits", "accounts", "new", "violating", "cleared", "precision", "95 %", "examples"];
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
