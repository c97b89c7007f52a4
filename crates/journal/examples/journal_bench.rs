//! What appending, replaying and looking up cost: `cargo run --release --example journal_bench -- <folder>`.
//!
//! Made-up entries of 500 bytes in batches of 2,000, as the pipeline writes them. Prints one line a figure.

use cordon_journal::{
    IdMemory, IdMemoryOptions, Journal, JournalError, JournalOptions, Known, NewEntry, RealDisk,
};
use cordon_model::clock::Timestamp;
use cordon_model::entry::EntryKind;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ENTRIES: u64 = 1_000_000;
const BATCH: u64 = 2_000;
const PAYLOAD_BYTES: usize = 500;
const LOOK_UPS: u64 = 100_000;
const IDS: u64 = 12_000_000;

fn main() -> Result<(), JournalError> {
    let folder =
        std::env::args().nth(1).map_or_else(|| std::env::temp_dir().join("journal_bench"), PathBuf::from);
    let _ = std::fs::remove_dir_all(&folder);
    let log = folder.join("log");
    append(&log)?;
    read(&log)?;
    remember(&folder.join("ids"))?;
    let _ = std::fs::remove_dir_all(&folder);
    Ok(())
}

fn append(log: &Path) -> Result<(), JournalError> {
    let (mut journal, _) = Journal::open(RealDisk::shared(), log, JournalOptions::default())?;
    let payload = vec![b'x'; PAYLOAD_BYTES];
    let start = (Instant::now(), processor_times());
    for batch in 0..ENTRIES / BATCH {
        let ids: Vec<String> = (0..BATCH).map(|index| format!("event-{}", batch * BATCH + index)).collect();
        let entries: Vec<NewEntry<'_>> = ids.iter().map(|id| new_entry(id, &payload)).collect();
        journal.append(&entries)?;
    }
    report("append", start.0.elapsed(), ENTRIES);
    let (own, kernel) = processor_times();
    report("append, processor, own code", own.saturating_sub(start.1.0), ENTRIES);
    report(
        "append, processor, kernel (copy to the cache of files, sync)",
        kernel.saturating_sub(start.1.1),
        ENTRIES,
    );
    Ok(())
}

fn read(log: &Path) -> Result<(), JournalError> {
    let start = Instant::now();
    let (journal, _) = Journal::open(RealDisk::shared(), log, JournalOptions::default())?;
    report("open (every record proved)", start.elapsed(), ENTRIES);
    let reader = journal.reader();
    let (start, mut bytes) = (Instant::now(), 0);
    reader.for_each_from::<JournalError>(Offset(1), |entry| {
        bytes += entry.payload.len();
        Ok(ControlFlow::Continue(()))
    })?;
    report("replay", start.elapsed(), ENTRIES);
    println!("replay: {:.2} GB/s of payload", bytes as f64 / start.elapsed().as_secs_f64() / 1e9);
    let start = Instant::now();
    for index in 0..LOOK_UPS {
        reader.entry_at(Offset(index.wrapping_mul(7_919_777) % ENTRIES + 1))?;
    }
    report("entry_at", start.elapsed(), LOOK_UPS);
    Ok(())
}

fn remember(folder: &Path) -> Result<(), JournalError> {
    let key = HashKey::from_bytes([7; 16]);
    let mut ids = IdMemory::open(RealDisk::shared(), folder, IdMemoryOptions::default())?;
    let mut work = Duration::ZERO;
    let start = Instant::now();
    for id in 0..IDS {
        let hash = key.hash128(&id.to_le_bytes());
        if ids.look_up(hash, id)? == Known::New {
            ids.remember(Offset(id + 1), hash, id);
        }
        if id % 1_000_000 == 0 {
            let start = Instant::now();
            while let Some(next) = ids.next_work() {
                let finished = next.perform()?;
                ids.install(finished)?;
            }
            work += start.elapsed();
        }
    }
    report("ids: look up and remember a new one", start.elapsed() - work, IDS);
    report("ids: write and merge runs", work, IDS);
    let start = Instant::now();
    for index in 0..LOOK_UPS {
        let id = index.wrapping_mul(7_919_777) % IDS;
        ids.look_up(key.hash128(&id.to_le_bytes()), id)?;
    }
    report("ids: look up a known one", start.elapsed(), LOOK_UPS);
    Ok(())
}

fn new_entry<'a>(id: &'a str, payload: &'a [u8]) -> NewEntry<'a> {
    NewEntry { received_at: Timestamp(0), kind: EntryKind::Event, id, content_hash: 7, payload }
}

/// Time that this process has spent on processors in its own code and in the kernel's, in steps of 10 ms.
fn processor_times() -> (Duration, Duration) {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let mut fields = text.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    let mut next = || fields.next().and_then(|ticks| ticks.parse::<u64>().ok()).unwrap_or_default();
    (Duration::from_millis(next() * 10), Duration::from_millis(next() * 10))
}

fn report(name: &str, elapsed: Duration, times: u64) {
    println!(
        "{name}: {:.3} µs each, {:.2} s",
        elapsed.as_secs_f64() * 1e6 / times as f64,
        elapsed.as_secs_f64()
    );
}
