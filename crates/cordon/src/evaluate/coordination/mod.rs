//! `cordon evaluate coordination`: clusters beside the plain rule, against chance, against the truth, and their cost.

mod compare;
mod plain;
mod scale;
mod shares;
mod world;

use crate::cli::EvaluateCoordination;
use crate::commands::Shared;
use crate::exit::Exit;
use crate::print;
use anyhow::Result;
use compare::{Comparison, Found, compare};
use cordon_detect::clusters::coordination::CoordinationOptions;
use cordon_pipeline::clusters::span;
use plain::PlainOptions;
use serde_json::json;
use shares::Shares;
use world::{Judged, Simulated};

/// Window of the measurement of cost, in seconds.
const COST_WINDOW_SECONDS: u32 = 60;

/// Runs the command.
pub(crate) fn run(shared: &Shared, options: &EvaluateCoordination) -> Result<Exit> {
    if let Some(file) = &options.file {
        let shares = Shares::read(file)?;
        let lines: Vec<Found> = options
            .windows
            .iter()
            .flat_map(|window| compare(&shares, &comparison(options, *window)))
            .collect();
        show(shared, &lines, &[])?;
    }
    if let Some(accounts) = options.world {
        let platform = Simulated::run(accounts)?;
        let lines: Vec<Found> = options
            .windows
            .iter()
            .flat_map(|window| compare(&platform.shares, &comparison(options, *window)))
            .collect();
        let judged: Vec<Judged> = lines.iter().map(|line| platform.judge(&line.members)).collect();
        show(shared, &lines, &judged)?;
    }
    if !options.acts.is_empty() {
        cost(shared, &options.acts)?;
    }
    Ok(Exit::Clean)
}

fn comparison(options: &EvaluateCoordination, window_seconds: u32) -> Comparison {
    let (objects_min, edge_quantile) = (options.min_objects, options.edge_quantile);
    Comparison {
        coordination: CoordinationOptions { window_seconds, objects_min, days_min: 1, accounts_min: 2 },
        plain: PlainOptions { window_seconds, participation_min: objects_min, edge_quantile },
        shuffles: options.shuffles,
    }
}

fn show(shared: &Shared, lines: &[Found], judged: &[Judged]) -> Result<()> {
    if shared.is_json {
        for (place, line) in lines.iter().enumerate() {
            print::json(&json!({ "found": line, "truth": judged.get(place) }))?;
        }
        return Ok(());
    }
    let mut head = vec![
        "window",
        "method",
        "accounts",
        "pairs",
        "components",
        "largest",
        "seconds",
        "accounts by chance",
        "pairs by chance",
        "overlap",
    ];
    if !judged.is_empty() {
        head.extend(["violators among found", "ring found", "movement found"]);
    }
    let mut table = print::table(&head);
    for (place, line) in lines.iter().enumerate() {
        let mut row = vec![
            span(line.window_seconds).into(),
            line.method.into(),
            print::right(print::count(line.accounts as u64)),
            print::right(print::count(line.pairs as u64)),
            print::right(print::count(line.components as u64)),
            print::right(print::count(line.largest as u64)),
            print::right(format!("{:.3}", line.seconds)),
            print::right(format!("{:.1}", line.accounts_by_chance)),
            print::right(format!("{:.1}", line.pairs_by_chance)),
            print::right(format!("{:.2}", line.overlap)),
        ];
        if let Some(judged) = judged.get(place) {
            let shares = [judged.precision, judged.ring_recall, judged.movement_recall];
            row.extend(shares.map(|share| print::right(format!("{share:.3}"))));
        }
        table.add_row(row);
    }
    println!("{table}");
    Ok(())
}

fn cost(shared: &Shared, sizes: &[usize]) -> Result<()> {
    let costs =
        sizes.iter().map(|count| scale::measure(*count, COST_WINDOW_SECONDS)).collect::<Result<Vec<_>>>()?;
    if shared.is_json {
        return costs.iter().try_for_each(print::json);
    }
    let mut table =
        print::table(&["acts", "sort s", "find s", "peak memory", "pairs", "clusters", "of the ring's 40"]);
    for cost in &costs {
        table.add_row(vec![
            print::right(print::count(cost.acts as u64)),
            print::right(format!("{:.2}", cost.sort_seconds)),
            print::right(format!("{:.2}", cost.find_seconds)),
            print::right(print::bytes(cost.peak_bytes)),
            print::right(print::count(cost.pairs as u64)),
            print::right(print::count(cost.clusters as u64)),
            print::right(print::count(cost.ring_found as u64)),
        ]);
    }
    println!("{table}");
    Ok(())
}
