//! Prints how fast a world makes events and what an account costs:
//! `cargo run --release -p cordon-world --example throughput -- ACCOUNTS DAYS [measure]`

use cordon_world::{EventSink, SlowPlatform, World, WorldConfig, simulate};
use std::io::Write;
use std::time::Instant;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u32| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let config = WorldConfig { accounts: number(20_000), days: number(30), ..WorldConfig::default() };
    let is_measured = arguments.next().is_some();
    let mut out = std::io::stdout().lock();
    let (events, bytes, seconds, world) = time_events(config);
    writeln!(out, "{events} events, {} MB, {seconds:.2} s", bytes >> 20)?;
    writeln!(
        out,
        "{:.0} events/s, {:.0} bytes/event",
        events as f64 / seconds,
        bytes as f64 / events as f64
    )?;
    let per_account = world.memory_bytes() as f64 / f64::from(config.accounts);
    writeln!(out, "{per_account:.1} bytes/account held by the world; peak resident {} MB", peak_megabytes())?;
    if is_measured {
        let platform = SlowPlatform::usual(config.random_seed);
        let done = simulate(config, platform, &mut std::io::sink(), &mut std::io::sink(), true)?;
        if let Some(difficulty) = done.difficulty {
            writeln!(out, "{difficulty}")?;
        }
    }
    Ok(())
}

fn time_events(config: WorldConfig) -> (usize, usize, f64, World) {
    let start = Instant::now();
    let mut world = World::new(config);
    let mut sink = EventSink::new();
    let (mut events, mut bytes) = (0, 0);
    while let Some(hour) = world.next_hour(&mut sink) {
        events += hour.events;
        bytes += sink.bytes().len();
        sink.clear();
    }
    (events, bytes, start.elapsed().as_secs_f64(), world)
}

/// The most memory that this process has held; 0 where the system does not tell.
fn peak_megabytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|text| text.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kilobytes.unwrap_or(0) >> 10
}
