//! `cordon simulate`: a platform's events and its truth, as files.

use super::Shared;
use crate::cli::Simulate;
use crate::demo::STARTS_AT;
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result};
use cordon_world::{SlowPlatform, WorldConfig, simulate};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};

/// Accounts up to which the difficulty is measured from the output: measuring needs memory that grows with them.
const MEASURED_ACCOUNTS_MAX: u32 = 200_000;

/// Runs the command.
pub fn run(shared: &Shared, options: &Simulate) -> Result<Exit> {
    std::fs::create_dir_all(&options.out)
        .with_context(|| format!("cannot make {}", options.out.display()))?;
    let create = |name: &str| File::create(options.out.join(name)).map(BufWriter::new);
    let (mut events, mut truth) = (create("events.ndjson")?, create("truth.csv")?);
    let config = WorldConfig {
        accounts: options.accounts,
        days: options.days,
        random_seed: options.random_seed,
        starts_at: STARTS_AT,
        is_null: options.null,
    };
    let is_measured = options.accounts <= MEASURED_ACCOUNTS_MAX;
    let bar = print::count_bar(u64::from(options.days) * 24);
    bar.set_message("simulating");
    let platform = SlowPlatform::usual(options.random_seed);
    let simulation = simulate(config, platform, &mut events, &mut truth, is_measured)?;
    bar.finish_and_clear();
    events.flush()?;
    truth.flush()?;
    let rows = simulation.difficulty.as_ref().map(|difficulty| difficulty.rows());
    if shared.is_json {
        let of = |(name, measured, promised): (&str, f64, Option<f64>)| {
            (name.to_owned(), json!({ "measured": measured, "promised": promised }))
        };
        let difficulty: Map<String, Value> = rows
            .into_iter()
            .flatten()
            .map(|(name, measured, promised)| of((name, measured, promised)))
            .collect();
        print::json(
            &json!({ "events": simulation.events, "bytes": simulation.bytes, "difficulty": difficulty }),
        )?;
        return Ok(Exit::Clean);
    }
    println!(
        "{} events, {}, in {}",
        print::count(simulation.events),
        print::bytes(simulation.bytes),
        options.out.display()
    );
    if let Some(difficulty) = simulation.difficulty {
        println!("\nDifficulty, measured from the output:\n{difficulty}");
    }
    Ok(Exit::Clean)
}
