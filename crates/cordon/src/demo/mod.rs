//! `cordon demo`: the whole job on a simulated platform, three ways, on the same arrivals.

mod arm;
mod platform;
mod reviewers;
mod table;
mod unsynced;

pub use arm::Arm;
use arm::Left;

use crate::cli::{Demo, Serve, Token};
use crate::commands::{Shared, serve, token};
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result, ensure};
use cordon_measure::{AgainstTruth, Story};
use cordon_model::clock::{MovedClock, Timestamp};
use cordon_model::limits;
use cordon_model::operator::Role;
use cordon_world::WorldConfig;
use indicatif::ProgressBar;
use serde::Serialize;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Who looks around in what the demo leaves.
const OPERATOR: &str = "demo";
/// When the simulated platform begins.
pub(crate) const STARTS_AT: Timestamp = Timestamp::from_seconds(1_454_284_800);

/// One run's figures.
#[derive(Clone, Debug, Serialize)]
pub struct RunFigures {
    /// The arm.
    pub arm: Arm,
    /// The random seed.
    pub random_seed: u64,
    /// Events taken in.
    pub events: u64,
    /// Seconds that the run took.
    pub seconds: f64,
    /// What was done.
    pub story: Story,
    /// What was true.
    pub against_truth: AgainstTruth,
}

/// Runs all arms and prints the table; then serves, unless told to end.
pub fn run(shared: &Shared, options: &Demo) -> Result<Exit> {
    let begun = Instant::now();
    let root = if shared.data == Path::new("cordon-data") {
        PathBuf::from("demo-data")
    } else {
        shared.data.clone()
    };
    let distinct: BTreeSet<u64> = options.random_seeds.iter().copied().collect();
    ensure!(
        distinct.len() == options.random_seeds.len(),
        "--random-seeds names a seed twice: name each once"
    );
    // Large beside small, as memory is what two large ones would wait for.
    let jobs = jobs(options);
    let hours = u64::from(options.days) * 24 * jobs.len() as u64;
    let bar = print::count_bar(hours);
    bar.set_message("hours of a simulated platform");
    let mut runs = run_all(&root, options, &jobs, &bar)?;
    if !options.exit {
        // Made to be looked at, and measured elsewhere.
        runs.pop();
    }
    bar.finish_and_clear();
    if shared.is_json {
        print::json(&table::summary(&runs))?;
    } else {
        table::print(&runs, options, begun.elapsed().as_secs_f64());
    }
    if options.exit {
        return Ok(Exit::Clean);
    }
    let ended_at = STARTS_AT.plus_seconds(i64::from(options.days) * 86_400);
    let (arm, random_seed, left) = served(options);
    stay_up(&arm::folder(&root, arm, random_seed, left), ended_at)
}

type Job = (Arm, u64, Left);

/// Everything to run: what the table shows, and last what is served, unless the demo ends with the table; then the
/// first run's data folder stays.
fn jobs(options: &Demo) -> Vec<Job> {
    let (first_arm, first_seed, _) = served(options);
    let of = |arm, random_seed| {
        let stays = options.exit && (arm, random_seed) == (first_arm, first_seed);
        (arm, random_seed, if stays { Left::Measured } else { Left::Nothing })
    };
    let measured =
        options.random_seeds.iter().flat_map(|random_seed| Arm::ALL.map(|arm| of(arm, *random_seed)));
    measured.chain((!options.exit).then(|| served(options))).collect()
}

/// The run whose data folder is served, to be looked at.
fn served(options: &Demo) -> Job {
    (Arm::Cordon, options.random_seeds.first().copied().unwrap_or_default(), Left::Waiting)
}

/// Serves that data folder, with a token to look around by. Time goes on from where the simulation ended:
/// by the machine's clock everything in it would be years old, and its links long over.
fn stay_up(folder: &Path, ended_at: Timestamp) -> Result<Exit> {
    let shared = Shared { data: folder.to_owned(), record: None, is_json: false };
    println!("\nThe platform's cases, served until Ctrl-C. A token to send as `Authorization: Bearer`:");
    token::run(&shared, Token::Create { operator: OPERATOR.to_owned(), role: Role::Admin, days: Some(1) })?;
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let limits = limits::INTAKE_BATCHES_MAX;
    let options = Serve {
        listen,
        webhook_url: None,
        webhook_secret_file: None,
        no_auth: false,
        require_second_factor: false,
        login: Some(OPERATOR.to_owned()),
        queue_chunks: limits,
        queue_targets: None,
        decision_templates: None,
        quality: None,
        query_seconds: 30,
    };
    serve::run_by(Arc::new(MovedClock::starting_at(ended_at)), &shared, &options)
}

/// Runs the jobs on as many threads as there are cores; results in the order of the jobs.
fn run_all(root: &Path, options: &Demo, jobs: &[Job], bar: &ProgressBar) -> Result<Vec<RunFigures>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<RunFigures>)>> = Mutex::default();
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(jobs.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((arm, random_seed, left)) = jobs.get(index) else { return };
                    let config = world(options, *random_seed);
                    let figures = arm::run(root, (*arm, *left), config, options.return_weight, bar);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, figures));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, figures)| figures.context("a run of the demo")).collect()
}

fn world(options: &Demo, random_seed: u64) -> WorldConfig {
    WorldConfig {
        accounts: options.accounts,
        days: options.days,
        random_seed,
        starts_at: STARTS_AT,
        is_null: options.null,
    }
}
