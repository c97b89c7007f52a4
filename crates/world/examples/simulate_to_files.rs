//! Writes a world to `events.ndjson` and `truth.csv` in a folder:
//! `cargo run --release -p cordon-world --example simulate_to_files -- FOLDER ACCOUNTS DAYS`

use cordon_world::{SlowPlatform, WorldConfig, simulate};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let mut number = |default: u32| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let config = WorldConfig { accounts: number(20_000), days: number(30), ..WorldConfig::default() };
    let mut events = BufWriter::new(File::create(folder.join("events.ndjson"))?);
    let mut truth = BufWriter::new(File::create(folder.join("truth.csv"))?);
    let platform = SlowPlatform::usual(config.random_seed);
    let done = simulate(config, platform, &mut events, &mut truth, true)?;
    events.flush()?;
    truth.flush()?;
    let mut screen = std::io::stdout().lock();
    writeln!(screen, "{} events, {} bytes", done.events, done.bytes)?;
    done.difficulty.map_or(Ok(()), |difficulty| write!(screen, "{difficulty}"))
}
