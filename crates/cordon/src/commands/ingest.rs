//! `cordon ingest`: events in, from files and standard input.

mod check;

use super::Shared;
use crate::cli::{Ingest, IngestClock};
use crate::data::{Data, Opening};
use crate::exit::Exit;
use crate::input::{self, Input};
use crate::print;
use anyhow::{Context, Result};
use cordon_model::clock::{Clock, ManualClock, SystemClock, Timestamp};
use cordon_model::event::Reject;
use cordon_model::json::Json;
use cordon_pipeline::intake::IntakeSettings;
use cordon_pipeline::{Chunk, Durability, Pipeline, PreparedChunk, RunningUpkeep, Taken, prepare};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError};

/// Threads that read JSON, hash and cut texts; the writer is one more.
const PREPARERS: usize = 2;
/// Chunks that wait in front of and behind each preparer.
const CHUNKS_WAITING: usize = 2;

/// Bytes of a rejected line as it is listed, at most: a path and a reason.
const REJECT_LINE_BYTES_MAX: u64 = 16_384;

/// What a run took in.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Totals {
    /// New entries.
    pub accepted: u64,
    /// Lines that were there already.
    pub duplicates: u64,
    /// Lines refused.
    pub rejected: u64,
    #[serde(skip)]
    clamped: u64,
}

/// What stands at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Entries of the journal, control entries among them.
    pub entries: u64,
    /// Links of the index.
    pub links: u64,
    /// Up to which entry the record has taken effects in.
    pub applied_offset: u64,
}

impl Held {
    /// Counts what an open folder holds.
    pub fn of(data: &Data) -> Self {
        let state = data.pipeline.state();
        let links = state.read().unwrap_or_else(PoisonError::into_inner).detection().stats().links;
        let entries = data.pipeline.journal().last_offset().0;
        Self { entries, links, applied_offset: data.pipeline.applied().0 }
    }
}

/// Runs the command.
pub fn run(shared: &Shared, options: &Ingest) -> Result<Exit> {
    if options.check {
        return check::run(shared, options);
    }
    let settings_text = options.links.as_deref().map(std::fs::read_to_string).transpose()?;
    let clock = Arrival::of(options.clock);
    let mut data =
        Data::open(shared, Opening { settings_text, clock: Some(clock.as_clock()), throwaway: None })?;
    let rejects = options.rejects.clone().unwrap_or_else(|| shared.data.join("rejects.ndjson"));
    let rejects = Rejects::to(rejects);
    rejects.remove_earlier()?;
    let mut run = Run { totals: Totals::default(), rejects, is_strict: options.strict, clock };
    let upkeep = RunningUpkeep::start(data.pipeline.upkeep())?;
    let outcome = options.files.iter().try_for_each(|file| run.take_file(&mut data.pipeline, file));
    drop(upkeep);
    let held = Held::of(&data);
    data.close()?;
    run.rejects.close()?;
    if options.linger {
        print::json(&held)?;
    }
    run.report(shared)?;
    outcome?;
    if options.linger {
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    }
    Ok(if run.totals.rejected > 0 { Exit::SomeRejected } else { Exit::Clean })
}

/// Takes a whole file into an open pipeline: what `evaluate` and `bench` stand on.
///
/// Errors: as [`Pipeline::take`], and input that breaks off.
pub fn take_file(pipeline: &mut Pipeline, file: &Path) -> Result<Totals> {
    let mut run = Run {
        totals: Totals::default(),
        rejects: Rejects::to(PathBuf::new()),
        is_strict: false,
        clock: Arrival::of(IngestClock::Machine),
    };
    run.rejects.is_silent = true;
    run.take_file(pipeline, file)?;
    Ok(run.totals)
}

struct Run {
    totals: Totals,
    rejects: Rejects,
    is_strict: bool,
    clock: Arrival,
}

/// Whose clock says when a chunk arrives.
#[derive(Clone)]
enum Arrival {
    Machine,
    Events(Arc<ManualClock>),
}

impl Arrival {
    fn of(clock: IngestClock) -> Self {
        match clock {
            IngestClock::Machine => Self::Machine,
            IngestClock::Events => Self::Events(Arc::default()),
        }
    }

    fn as_clock(&self) -> Arc<dyn Clock> {
        match self {
            Self::Machine => Arc::new(SystemClock),
            Self::Events(clock) => clock.clone(),
        }
    }

    /// When a chunk that was just read arrives.
    fn of_chunk(&self, chunk: &Chunk) -> Timestamp {
        match self {
            Self::Machine => SystemClock.now(),
            Self::Events(_) => last_time(chunk).unwrap_or_default(),
        }
    }

    /// A chunk is about to be taken.
    fn reach(&self, received_at: Timestamp) {
        if let Self::Events(clock) = self {
            clock.set(received_at.max(clock.now()));
        }
    }
}

/// The time of the last line that has one.
fn last_time(chunk: &Chunk) -> Option<Timestamp> {
    chunk.lines().rev().find_map(|line| {
        let json = Json::parse(line).ok()?;
        json.get("time").and_then(Json::as_str).and_then(Timestamp::parse)
    })
}

impl Run {
    fn take_file(&mut self, pipeline: &mut Pipeline, file: &Path) -> Result<()> {
        if self.must_stop() {
            return Ok(());
        }
        let input = input::open(file)?;
        self.rejects.are_rows = input.lines.is_coordination();
        let bar = if self.rejects.is_silent { ProgressBar::hidden() } else { print::byte_bar(input.bytes) };
        let intake = pipeline.intake();
        let outcome = std::thread::scope(|scope| {
            let mut prepared = Vec::new();
            let mut waiting = Vec::new();
            for _ in 0..PREPARERS {
                let (to_prepare, chunks) = sync_channel(CHUNKS_WAITING);
                let (done, ready) = sync_channel(CHUNKS_WAITING);
                let intake = intake.clone();
                scope.spawn(move || prepare_all(&intake, &chunks, &done));
                waiting.push(to_prepare);
                prepared.push(ready);
            }
            let progress = input.progress.clone();
            let clock = self.clock.clone();
            let reader = scope.spawn(move || read_all(input, &clock, waiting));
            self.write_all(pipeline, file, prepared, |totals| {
                bar.set_position(progress.load(Ordering::Relaxed));
                let rate = totals.accepted as f64 / bar.elapsed().as_secs_f64().max(1e-3);
                bar.set_message(format!(
                    "{} events, {}/s",
                    print::count(totals.accepted),
                    print::count(rate as u64)
                ));
            })?;
            reader.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the reader stopped")))
        });
        bar.finish_and_clear();
        outcome
    }

    /// Takes prepared chunks in the order of the file.
    fn write_all(
        &mut self,
        pipeline: &mut Pipeline,
        file: &Path,
        prepared: Vec<Receiver<PreparedChunk>>,
        progress: impl Fn(&Totals),
    ) -> Result<()> {
        for ready in prepared.iter().cycle() {
            let Ok(mut chunk) = ready.recv() else { break };
            if self.is_strict {
                chunk.stop_at_reject();
            }
            self.clock.reach(chunk.received_at());
            let taken = pipeline.take(chunk, Durability::Journalled, |_| {})?;
            self.count(file, &taken)?;
            progress(&self.totals);
            if self.must_stop() {
                break;
            }
        }
        pipeline.settle(Durability::Committed)?;
        Ok(())
    }

    fn must_stop(&self) -> bool {
        self.is_strict && self.totals.rejected > 0
    }

    fn count(&mut self, file: &Path, taken: &Taken) -> Result<()> {
        self.totals.accepted += taken.accepted;
        self.totals.duplicates += taken.duplicates;
        self.totals.clamped += taken.clamped;
        self.totals.rejected += taken.rejected.len() as u64;
        taken.rejected.iter().try_for_each(|(line, reject)| self.rejects.write(file, *line, reject))
    }

    fn report(&self, shared: &Shared) -> Result<()> {
        if shared.is_json {
            return print::json(&self.totals);
        }
        let Totals { accepted, duplicates, rejected, clamped } = self.totals;
        println!(
            "accepted {}, duplicates {}, rejected {}",
            print::count(accepted),
            print::count(duplicates),
            print::count(rejected)
        );
        if clamped > 0 {
            println!("{} lay in the future and were set to their arrival", print::count(clamped));
        }
        if rejected > 0 {
            println!("rejected lines are named in {}", self.rejects.path.display());
        }
        Ok(())
    }
}

/// Reads chunks and hands them to the preparers in turn.
fn read_all(mut input: Input, clock: &Arrival, waiting: Vec<SyncSender<(Chunk, Timestamp)>>) -> Result<()> {
    for to_prepare in waiting.iter().cycle() {
        let Some(chunk) = input.lines.next_chunk()? else { break };
        // A writer that stopped has hung up: there is nothing more to read for.
        let received_at = clock.of_chunk(&chunk);
        if to_prepare.send((chunk, received_at)).is_err() {
            break;
        }
    }
    Ok(())
}

fn prepare_all(
    intake: &IntakeSettings,
    chunks: &Receiver<(Chunk, Timestamp)>,
    done: &SyncSender<PreparedChunk>,
) {
    for (chunk, received_at) in chunks {
        if done.send(prepare(intake, chunk, received_at)).is_err() {
            return;
        }
    }
}

/// The file that names rejected lines; made with the first of them.
struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    is_silent: bool,
    /// Whether the input's lines are rows of coordination CSV.
    are_rows: Arc<AtomicBool>,
}

#[derive(Serialize)]
struct RejectedLine<'r> {
    file: String,
    line: u64,
    code: &'static str,
    reason: &'r str,
}

/// Whether a line is one that [`Rejects`] writes: its four members and no others.
fn is_rejected_line(line: &str) -> bool {
    let members: Map<String, Value> = serde_json::from_str(line).unwrap_or_default();
    members.len() == 4 && ["file", "line", "code", "reason"].iter().all(|name| members.contains_key(*name))
}

impl Rejects {
    fn to(path: PathBuf) -> Self {
        Self { path, file: None, is_silent: false, are_rows: Arc::default() }
    }

    /// Removes the list that an earlier run left at this path; any other file there stays.
    fn remove_earlier(&self) -> Result<()> {
        if !self.path.is_file() {
            return Ok(());
        }
        let Ok(file) = File::open(&self.path) else { return Ok(()) };
        let mut first = String::new();
        // A file that is no text is no list.
        let read = BufReader::new(file).take(REJECT_LINE_BYTES_MAX).read_line(&mut first);
        if read.is_err() || !is_rejected_line(&first) {
            return Ok(());
        }
        std::fs::remove_file(&self.path)
            .with_context(|| format!("cannot remove {}, the list of an earlier run", self.path.display()))
    }

    fn write(&mut self, input: &Path, line: u64, reject: &Reject) -> Result<()> {
        if self.is_silent {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let made = File::create(&self.path)
                    .with_context(|| format!("cannot write {}", self.path.display()))?;
                self.file.insert(BufWriter::new(made))
            }
        };
        let file_name = input.display().to_string();
        let are_rows = self.are_rows.load(Ordering::Relaxed);
        let reason = if are_rows { input::row_reason(reject) } else { reject.reason.clone() };
        let named = RejectedLine { file: file_name, line, code: reject.code.name(), reason: &reason };
        serde_json::to_writer(&mut *file, &named)?;
        Ok(file.write_all(b"\n")?)
    }

    fn close(&mut self) -> Result<()> {
        Ok(self.file.take().map_or(Ok(()), |mut file| file.flush())?)
    }
}
