//! `cordon bench`: what an event, a link and a query cost on this machine, and how it grows.

use crate::cli::Bench;
use crate::commands::Shared;
use crate::commands::ingest::Held;
use crate::data::{Data, Opening};
use crate::exit::Exit;
use crate::input;
use crate::print;
use anyhow::{Context, Result, ensure};
use cordon_detect::similar::RankOptions;
use cordon_journal::{JournalError, OffsetRange, WholeJournal};
use cordon_measure::Quantiles;
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::ids::{AccountId, Offset};
use cordon_pipeline::surface::surface;
use cordon_world::{SlowPlatform, WorldConfig, simulate};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::PoisonError;
use std::time::Instant;

/// The smallest simulated platform, where no size was named.
const ACCOUNTS_MIN: u32 = 10_000;
/// Queries timed at each size.
const QUERIES: usize = 20;
/// Timelines asked for at each size, and entries of each.
const TIMELINES: usize = 40;
const ENTRIES_SHOWN: usize = 100;
/// Entries read for every account there is, to learn the accounts' ids.
const ENTRIES_AN_ACCOUNT: u64 = 4;
/// Seeds of a query.
const SEEDS: usize = 10;

/// Events to be ingested and then asked about.
struct Input {
    label: String,
    events: PathBuf,
    /// How many they are; known beforehand of simulated ones alone.
    count: Option<u64>,
    /// Mean bytes of an event, before compression.
    event_bytes: f64,
}

/// What one platform costs.
#[derive(Serialize)]
struct Point {
    input: String,
    accounts: u64,
    events: u64,
    /// Mean, before compression.
    event_bytes: f64,
    /// Wall clock of `cordon ingest` as a process of its own: start, fsync, record and last snapshot included.
    events_per_second: f64,
    /// What the process that ingested counted just before it was killed.
    before_the_kill: Held,
    /// What was counted once the folder was opened again.
    after_the_restart: Held,
    /// What was counted once everything derived was made anew from the journal.
    after_a_replay: Held,
    links: u64,
    link_bytes: f64,
    resident_bytes_per_link: f64,
    reopen_seconds: f64,
    replay_seconds: f64,
    similar_milliseconds: Quantiles,
    timeline_milliseconds: Quantiles,
}

/// Measures at every size that was asked for.
pub fn run(shared: &Shared, options: &Bench) -> Result<Exit> {
    let root = std::env::temp_dir().join(format!("cordon-bench-{}", std::process::id()));
    let points = measure_all(&root, options);
    std::fs::remove_dir_all(&root).ok();
    let points = points?;
    if shared.is_json {
        print::json(&points)?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&[
        "input",
        "accounts",
        "events",
        "bytes an event",
        "events/s durable and linked",
        "links",
        "bytes a link",
        "resident a link",
        "reopen s",
        "replay s",
        "similar ms, median",
        "p95",
        "timeline ms, median",
    ]);
    for point in &points {
        let milliseconds = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
        table.add_row(vec![
            point.input.as_str().into(),
            print::right(print::count(point.accounts)),
            print::right(print::count(point.events)),
            print::right(format!("{:.0}", point.event_bytes)),
            print::right(print::count(point.events_per_second as u64)),
            print::right(print::count(point.links)),
            print::right(format!("{:.1}", point.link_bytes)),
            print::right(format!("{:.0}", point.resident_bytes_per_link)),
            print::right(format!("{:.2}", point.reopen_seconds)),
            print::right(format!("{:.2}", point.replay_seconds)),
            print::right(milliseconds(point.similar_milliseconds.median)),
            print::right(milliseconds(point.similar_milliseconds.p95)),
            print::right(milliseconds(point.timeline_milliseconds.median)),
        ]);
    }
    println!("{table}");
    println!(
        "similar: {SEEDS} seeds, links and profiles; of {QUERIES} queries half have seeds drawn evenly from all \
         accounts, half neighbours by id"
    );
    println!(
        "each ingest was killed after its last line: entries, links and applied offset are the same after the restart"
    );
    Ok(Exit::Clean)
}

fn measure_all(root: &Path, options: &Bench) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    for (number, events) in options.events.iter().enumerate() {
        let label = events.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let input = Input { label, events: events.clone(), count: None, event_bytes: event_bytes(events)? };
        points.push(measure(&root.join(format!("file-{number}")), &input)?);
    }
    for accounts in sizes(options) {
        let folder = root.join(accounts.to_string());
        let input = simulated(&folder, accounts, options.days)?;
        points.push(measure(&folder, &input)?);
    }
    Ok(points)
}

/// The sizes asked for: powers of ten where none was named.
fn sizes(options: &Bench) -> Vec<u32> {
    if !options.accounts.is_empty() {
        return options.accounts.clone();
    }
    let powers = std::iter::successors(Some(ACCOUNTS_MIN), |size| size.checked_mul(10));
    powers.take_while(|size| *size <= options.accounts_max).collect()
}

/// Mean bytes of a file's lines, without their ends, once it is decompressed.
fn event_bytes(file: &Path) -> Result<f64> {
    let mut input = input::open(file)?;
    let (mut bytes, mut lines) = (0, 0);
    while let Some(chunk) = input.lines.next_chunk()? {
        bytes += chunk.bytes.len();
        lines += chunk.ends.len();
    }
    Ok(bytes as f64 / lines.max(1) as f64)
}

fn measure(folder: &Path, input: &Input) -> Result<Point> {
    eprintln!("{} …", input.label);
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let data = folder.join("data");
    let Ingested { events, seconds, held } = ingest_and_kill(&data, &input.events)?;
    if let Some(count) = input.count {
        ensure!(events == count, "{count} events were written, {events} accepted");
    }
    let (reopened, reopen_seconds) = open(&data)?;
    let after_the_restart = check(&reopened, events, held)?;
    drop(reopened);
    let empty = folder.join("empty");
    open(&empty)?.0.close()?;
    let resident = resident_bytes(&data)?.saturating_sub(resident_bytes(&empty)?);
    std::fs::remove_dir_all(data.join("snapshots"))?;
    let (replayed, replay_seconds) = open(&data)?;
    let after_a_replay = check(&replayed, events, held)?;
    let links = held.links;

    let state = replayed.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let stats = state.detection().stats();
    let journal = replayed.pipeline.journal();
    journal.follow()?;
    let ids = names(&journal, stats.accounts)?;
    let options = RankOptions { top: 20, explained: 20, ..RankOptions::default() };
    let times = (0..QUERIES).map(|query| {
        let (first, step) = match query % 2 {
            0 => (query, ids.len() / SEEDS),
            _ => (query * (ids.len() / QUERIES), 1),
        };
        let seeds: Vec<AccountId> =
            ids.iter().skip(first).step_by(step.max(1)).take(SEEDS).cloned().collect();
        let begun = Instant::now();
        std::hint::black_box(surface(&state, &seeds, &options));
        begun.elapsed().as_secs_f64() * 1e3
    });
    let timelines = ids.iter().step_by((ids.len() / TIMELINES).max(1)).take(TIMELINES).map(|account_id| {
        let begun = Instant::now();
        journal.timeline(account_id, ENTRIES_SHOWN)?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    });
    Ok(Point {
        timeline_milliseconds: Quantiles::of(timelines.collect::<Result<_>>()?),
        input: input.label.clone(),
        accounts: stats.accounts,
        events,
        event_bytes: input.event_bytes,
        events_per_second: events as f64 / seconds,
        before_the_kill: held,
        after_the_restart,
        after_a_replay,
        links,
        link_bytes: stats.link_bytes as f64 / links as f64,
        resident_bytes_per_link: resident as f64 / links as f64,
        reopen_seconds,
        replay_seconds,
        similar_milliseconds: Quantiles::of(times.collect()),
    })
}

fn simulated(folder: &Path, accounts: u32, days: u32) -> Result<Input> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let events = folder.join("events.ndjson");
    // Under the machine's clock, under which events come in, the platform's last day is today.
    let starts_at = SystemClock.now().plus_seconds(-86_400 * i64::from(days) - 3_600);
    let config = WorldConfig { accounts, days, random_seed: 7, starts_at, is_null: false };
    let mut file = BufWriter::new(File::create(&events)?);
    let simulation = simulate(config, SlowPlatform::usual(7), &mut file, &mut std::io::sink(), false)?;
    file.flush()?;
    let label = format!("{} simulated, {days} days", print::count(u64::from(accounts)));
    let event_bytes = simulation.bytes as f64 / simulation.events as f64;
    Ok(Input { label, events, count: Some(simulation.events), event_bytes })
}

/// What the process that ingested said before it was killed.
struct Ingested {
    events: u64,
    /// From its start to its last line.
    seconds: f64,
    held: Held,
}

/// Takes the events in as `cordon ingest` does by default, in a process of its own, and kills that with SIGKILL once
/// it has said its last line.
fn ingest_and_kill(data: &Path, events: &Path) -> Result<Ingested> {
    let begun = Instant::now();
    let mut ingest = Command::new(std::env::current_exe()?)
        .arg("--data")
        .arg(data)
        .args(["--json", "ingest", "--linger"])
        .arg(events)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let output = ingest.stdout.take().context("no output")?;
    let mut lines = BufReader::new(output).lines();
    let mut line =
        || lines.next().context("the ingest that is measured failed")?.map_err(anyhow::Error::from);
    let held: Held = serde_json::from_str(&line()?)?;
    let totals: serde_json::Value = serde_json::from_str(&line()?)?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(ingest.try_wait()?.is_none(), "the process that was to be killed had ended");
    ingest.kill()?;
    ingest.wait()?;
    let events = totals.get("accepted").and_then(serde_json::Value::as_u64).context("no count")?;
    Ok(Ingested { events, seconds, held })
}

/// Memory that a process of its own holds once the folder is open, as the kernel counts it.
fn resident_bytes(data: &Path) -> Result<u64> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.arg("--data").arg(data).args(["--json", "index", "stats"]).output()?;
    ensure!(output.status.success(), "index stats: {}", String::from_utf8_lossy(&output.stderr));
    let stats: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    stats.get("resident_bytes").and_then(serde_json::Value::as_u64).context("no resident size")
}

fn open(data: &Path) -> Result<(Data, f64)> {
    let begun = Instant::now();
    let opened = Data::open(&data, Opening::default())?;
    Ok((opened, begun.elapsed().as_secs_f64()))
}

/// Counts again: every event is in the journal, and entries, links and the applied offset are what they were.
fn check(data: &Data, events: u64, before: Held) -> Result<Held> {
    let arrivals = cordon_measure::Arrivals::read(&data.pipeline.journal(), &Default::default())?;
    ensure!(arrivals.events == events, "{events} events were sent and {} are there", arrivals.events);
    let after = Held::of(data);
    ensure!(after == before, "{before:?} before the kill, {after:?} after it");
    Ok(after)
}

/// Account ids, out of the first entries: snapshots of the accounts that there are at the start.
fn names(journal: &WholeJournal, accounts: u64) -> Result<Vec<AccountId>> {
    let first = journal.entries().first;
    let range = OffsetRange { first, last: Offset(first.0 + accounts * ENTRIES_AN_ACCOUNT) };
    let mut ids = BTreeSet::new();
    journal.scan(range, |entry| {
        let event: Option<serde_json::Value> = serde_json::from_slice(entry.payload).ok();
        let id = event.as_ref().and_then(|event| event.pointer("/account/id")?.as_str());
        ids.extend(id.map(AccountId::from));
        Ok::<_, JournalError>(ControlFlow::Continue(()))
    })?;
    Ok(ids.into_iter().collect())
}
