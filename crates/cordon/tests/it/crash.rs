//! Killed at random moments under load, nothing is missing and nothing doubled.

use crate::support::{Folder, Opened, text};
use cordon_enforce::ports::Counts;
use cordon_model::clock::Timestamp;
use cordon_model::entry::Entry;
use cordon_world::{SlowPlatform, WorldConfig, simulate};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Kills in `make test`; `make crash` asks for 1,000 by `CORDON_CRASHES`.
const CRASHES: u32 = 50;

/// A small platform with reports, suspensions and returns.
fn simulated(folder: &Folder) -> std::path::PathBuf {
    let starts_at = Timestamp::from_seconds(1_454_630_400);
    let config = WorldConfig { accounts: 400, days: 6, random_seed: 5, starts_at, ..WorldConfig::default() };
    let (mut events, mut truth) = (Vec::new(), Vec::new());
    simulate(config, SlowPlatform::usual(5), &mut events, &mut truth, false).unwrap();
    folder.write("events.ndjson", events)
}

/// All that a data folder says, in an order of its own.
#[derive(PartialEq)]
struct Content {
    entries: Vec<Entry>,
    state: Vec<u8>,
    /// Reports, candidates and cases.
    rows: Vec<Vec<String>>,
}

fn content(data: &Path) -> Content {
    let opened = Opened::at(data);
    let entries = opened.entries();
    let state = opened.pipeline.state();
    let state = state.read().unwrap().detection().snapshot(0).unwrap();
    let record = &opened.record;
    let rows = opened.runtime.block_on(async {
        let mut rows: Vec<Vec<String>> = Vec::new();
        rows.push(record.reports_after("").await.unwrap().iter().map(|row| format!("{row:?}")).collect());
        rows.push(record.candidates_after("").await.unwrap().iter().map(|row| format!("{row:?}")).collect());
        rows.push(record.cases_after("").await.unwrap().iter().map(|row| format!("{row:?}")).collect());
        assert!(record.actions_after("").await.unwrap().is_empty(), "taking events in acts on nobody");
        rows
    });
    Content { entries, state, rows }
}

fn start(folder: &Folder, events: &Path) -> Child {
    let mut command = folder.command();
    command.args(["ingest", "--clock", "events", text(events)]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts")
}

/// Waits `patience`, then kills; says whether it was still running.
fn kill_after(mut child: Child, patience: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let was_running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    was_running
}

/// Compares entries, the detection's state, reports, candidates and cases. Actions are no part of it: they follow
/// from decisions of people, which no event taken in can make.
#[test]
fn killed_at_random_moments_nothing_is_missing_or_doubled() {
    let undisturbed = Folder::with_known_key();
    let events = simulated(&undisturbed);
    let begun = Instant::now();
    assert!(start(&undisturbed, &events).wait().unwrap().success());
    let whole_run = begun.elapsed().as_micros() as u64;
    let expected = content(&undisturbed.data());
    for (rows, kind) in expected.rows.iter().zip(["report", "candidate", "case"]) {
        assert!(!rows.is_empty(), "the simulation leads to no {kind}");
    }
    assert!(!expected.entries.is_empty() && !expected.state.is_empty());

    let crashes = std::env::var("CORDON_CRASHES").ok().and_then(|text| text.parse().ok()).unwrap_or(CRASHES);
    let (mut killed, mut random) = (0, 0x2545_F491_4F6C_DD1D_u64);
    let mut folder = Folder::with_known_key();
    while killed < crashes {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let patience = Duration::from_micros((random >> 33) % whole_run.max(1));
        if kill_after(start(&folder, &events), patience) {
            killed += 1;
        } else {
            assert!(content(&folder.data()) == expected, "differs after {killed} kills");
            folder = Folder::with_known_key();
        }
    }
    assert!(start(&folder, &events).wait().unwrap().success());
    let found = content(&folder.data());
    assert_eq!(found.entries.len(), expected.entries.len());
    assert!(found.entries == expected.entries, "entries differ after {killed} kills");
    assert!(found.rows == expected.rows, "reports, candidates or cases differ after {killed} kills");
    assert!(found.state == expected.state, "state differs after {killed} kills");

    std::fs::remove_dir_all(folder.data().join("snapshots")).unwrap();
    assert!(content(&folder.data()).state == expected.state, "a replay of its own journal differs");
    println!("killed {killed} times; {} entries, nothing missing, nothing doubled", found.entries.len());
}
