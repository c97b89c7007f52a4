//! `cordon evaluate`: how well similar accounts are found, on labelled data, beside what else there is.
//!
//! The events go through the pipeline into a fresh data folder, and what is asked is the very function behind
//! `surface --exhaustive`: no second implementation is measured. Seeds are drawn as numpy draws them, so that the
//! figures stand beside those of a script in Python.

mod baselines;
mod compare;
pub(crate) mod coordination;
mod cpu;
mod dataset;
mod draws;
mod metrics;
mod rankings;
pub(crate) mod returns;
mod scratch;
mod sparse;
mod tasks;

use crate::cli::EvaluateAccounts;
use crate::commands::Shared;
use crate::exit::Exit;
use crate::print;
use anyhow::{Result, bail};
use baselines::Baselines;
use dataset::Dataset;
use rankings::Rankings;
use scratch::Scratch;
use serde::Serialize;
use tasks::Setup;

/// Runs `cordon evaluate accounts`.
pub fn run(shared: &Shared, options: &EvaluateAccounts) -> Result<Exit> {
    let dataset = Dataset::read(&options.dir)?;
    let tasks = tasks::of(&dataset);
    if tasks.is_empty() {
        bail!("{}: no group of 20 accounts with 5 posts each", options.dir.display());
    }
    let scratch = Scratch::fill(&dataset)?;
    let baselines = (!options.cordon_only).then(|| Baselines::new(&dataset));
    let methods = 1 + if baselines.is_some() { baselines::NAMES.len() } else { 0 };
    let bar = print::count_bar((tasks.len() * Setup::ALL.len() * methods) as u64);
    let mut rankings = options.rankings.as_deref().map(Rankings::create).transpose()?;
    let mut written = Ok(());
    let mut lines = Vec::new();
    for task in &tasks {
        for setup in Setup::ALL {
            bar.set_message(format!("{}, {}", task.name, setup.name()));
            lines.push(tasks::measure(&dataset, task, setup, compare::OURS, options.draws, &mut |seeds| {
                let ranking = scratch.rank(&dataset, seeds, &scratch::GROUPS);
                if let Some(rankings) = &mut rankings {
                    let ids =
                        seeds.iter().filter_map(|place| Some(dataset.accounts.get(*place)?.id.as_str()));
                    let draw = (task.name.as_str(), setup.name());
                    let outcome = rankings.write(draw, ids.collect(), (&scratch, &ranking));
                    written = std::mem::replace(&mut written, Ok(())).and(outcome);
                }
                scratch.scores(&dataset, &ranking)
            }));
            bar.inc(1);
            for (number, name) in baselines::NAMES.iter().enumerate() {
                let Some(baselines) = &baselines else { break };
                let draws =
                    if baselines::is_slow(number) { (options.draws / 4).max(2) } else { options.draws };
                lines.push(tasks::measure(&dataset, task, setup, name, draws, &mut |seeds| {
                    baselines.scores(number, seeds)
                }));
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    written?;
    let reports = compare::by_task(&tasks, lines);
    if shared.is_json {
        reports.iter().try_for_each(print::json)?;
    } else {
        compare::print_tables(&dataset, &reports);
    }
    Ok(Exit::Clean)
}

/// The figures of one method on one task.
#[derive(Clone, Debug, Serialize)]
struct Line {
    #[serde(skip)]
    task: String,
    setup: &'static str,
    method: &'static str,
    draws: usize,
    /// Name, mean and standard deviation over the draws.
    figures: Vec<Figure>,
    /// The crowd swept up at the threshold of `fpr@R90`, by the language of its posts; none where posts name none.
    languages: Vec<LanguageRate>,
    /// Of processor time, for one ranking.
    seconds: f64,
}

#[derive(Clone, Debug, Serialize)]
struct Figure {
    name: &'static str,
    mean: f64,
    deviation: f64,
}

#[derive(Clone, Debug, Serialize)]
struct LanguageRate {
    language: String,
    /// Of the crowd, seeds left out: mean over the draws.
    accounts: f64,
    false_positive_rate: f64,
}
