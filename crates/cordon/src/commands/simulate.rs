//! `cordon simulate`: a platform's events and its truth, as files.

use super::Shared;
use crate::cli::Simulate;
use crate::demo::STARTS_AT;
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result};
use cordon_world::{SlowPlatform, WorldConfig, simulate};
use indicatif::ProgressBar;
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
    let (events, mut truth) = (create("events.ndjson")?, create("truth.csv")?);
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
    let mut paced = Paced { inner: events, bar: &bar };
    let simulation = simulate(config, platform, &mut paced, &mut truth, is_measured)?;
    let mut events = paced.inner;
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
        print::json(&json!({
            "events": simulation.events, "bytes": simulation.bytes, "difficulty": difficulty,
            "is_difficulty_measured": is_measured,
        }))?;
        return Ok(Exit::Clean);
    }
    println!(
        "{} events, {}, in {}",
        print::count(simulation.events),
        print::bytes(simulation.bytes),
        options.out.display()
    );
    match simulation.difficulty {
        Some(difficulty) => println!("\nDifficulty, measured from the output:\n{difficulty}"),
        None => println!("\n{}", not_measured()),
    }
    Ok(Exit::Clean)
}

fn not_measured() -> String {
    let most = print::count(u64::from(MEASURED_ACCOUNTS_MAX));
    format!("Difficulty: not measured; it is up to {most} accounts, since measuring needs memory for each.")
}

/// Moves the bar by one for each hour written: [`simulate()`] writes an hour at a time.
struct Paced<'b, W> {
    inner: W,
    bar: &'b ProgressBar,
}

impl<W: Write> Write for Paced<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.inner.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.inner.write_all(bytes)?;
        self.bar.inc(1);
        Ok(())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_reaches_its_end_with_the_last_hour() {
        let bar = ProgressBar::hidden();
        bar.set_length(48);
        let config =
            WorldConfig { accounts: 100, days: 2, random_seed: 1, starts_at: STARTS_AT, is_null: false };
        let mut paced = Paced { inner: std::io::sink(), bar: &bar };
        simulate(config, SlowPlatform::usual(1), &mut paced, &mut std::io::sink(), false).unwrap();
        assert_eq!(bar.position(), 48);
    }

    #[test]
    fn a_difficulty_that_is_not_measured_is_said_to_be_so() {
        assert!(not_measured().contains("not measured") && not_measured().contains("200,000"));
    }
}
