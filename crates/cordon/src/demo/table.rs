//! The demo's table: the mean of its runs, arm beside arm.

use super::{Arm, RunFigures};
use crate::cli::Demo;
use crate::print;
use cordon_measure::share;
use serde_json::{Map, Value, json};

/// A figure's name and how it is read from a run; `None` where the run has none.
type Figure = (&'static str, fn(&RunFigures) -> Option<f64>);

const FIGURES: [Figure; 27] = [
    ("events", |run| Some(run.events as f64)),
    ("events a second, all stages", |run| Some(run.events as f64 / run.seconds)),
    ("reports", |run| Some(run.story.reports as f64)),
    ("cases", |run| Some(run.story.cases as f64)),
    ("cases still open", |run| Some(run.story.cases_open as f64)),
    ("decisions", |run| Some(run.story.decisions as f64)),
    ("suspensions", |run| Some(run.story.suspensions as f64)),
    ("  found by reports", |run| Some(by(run, &["user", "partner", "authority"]))),
    ("  found by similarity", |run| Some(by(run, &["similar"]))),
    ("  found as returns", |run| Some(by(run, &["return"]))),
    ("hours from report to action, median", |run| run.story.report_to_action_hours.median),
    ("hours from report to action, p95", |run| run.story.report_to_action_hours.p95),
    ("violating accounts", |run| Some(run.against_truth.violators as f64)),
    ("precision of suspensions", |run| run.against_truth.precision),
    ("recall: violators suspended", |run| run.against_truth.recall),
    ("days at large, all violators", |run| Some(run.against_truth.violator_days)),
    ("returns", |run| Some(run.against_truth.returns as f64)),
    ("returns caught", |run| share(run.against_truth.returns_caught, run.against_truth.returns)),
    ("returns put up within 5 minutes", |run| {
        share(run.against_truth.returns_recognised_soon, run.against_truth.returns)
    }),
    ("wrong returns a hundred cases", |run| share(100 * run.against_truth.returns_wrong, run.story.cases)),
    ("hours a return lasted, median", |run| run.against_truth.return_hours.median),
    ("hours a return lasted, p95", |run| run.against_truth.return_hours.p95),
    ("candidates surfaced", |run| Some(run.against_truth.surfaced as f64)),
    ("precision of candidates", |run| run.against_truth.surfaced_precision),
    ("innocents suspended", |run| Some(run.against_truth.innocents_suspended as f64)),
    ("innocents who appealed", |run| Some(run.against_truth.innocents_appealed as f64)),
    ("innocents restored on appeal", |run| Some(run.against_truth.innocents_restored as f64)),
];

fn by(run: &RunFigures, sources: &[&str]) -> f64 {
    let of = |source: &&str| run.story.suspensions_by_source.get(*source).copied().unwrap_or(0);
    sources.iter().map(of).sum::<u64>() as f64
}

fn mean(runs: &[RunFigures], arm: Arm, read: fn(&RunFigures) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = runs.iter().filter(|run| run.arm == arm).filter_map(read).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The table's figures for machines: arm → figure → mean.
pub(super) fn summary(runs: &[RunFigures]) -> Value {
    let mut arms = Map::new();
    for arm in Arm::ALL {
        let of = |(name, read): &Figure| {
            let key = name.trim().replace([' ', ',', ':'], "_").replace("__", "_");
            (key, mean(runs, arm, *read).map_or(Value::Null, Value::from))
        };
        arms.insert(arm.name().to_owned(), Value::Object(FIGURES.iter().map(of).collect()));
    }
    json!({ "mean": arms, "runs": runs })
}

/// Prints the table for people.
pub(super) fn print(runs: &[RunFigures], options: &Demo, seconds: f64) {
    let random_seeds = runs.len() / Arm::ALL.len();
    println!(
        "A simulated platform: {} accounts, {} days, mean of {random_seeds} random seeds; {seconds:.0} s in all.",
        print::count(u64::from(options.accounts)),
        options.days
    );
    println!("Same arrivals, same reviewers' minutes, same chance in every column.\n");
    let mut table = print::table(&["", "cordon", "exact shared IP or device", "reports alone"]);
    for (name, read) in FIGURES {
        let cell = |arm| print::right(mean(runs, arm, read).map_or("–".to_owned(), figure));
        table.add_row(vec![name.into(), cell(Arm::Cordon), cell(Arm::ExactMatch), cell(Arm::ReportsAlone)]);
    }
    println!("{table}");
}

fn figure(value: f64) -> String {
    if value >= 100.0 || value == value.trunc() {
        print::count(value.round() as u64)
    } else if value >= 1.5 {
        format!("{value:.1}")
    } else {
        format!("{value:.3}")
    }
}
