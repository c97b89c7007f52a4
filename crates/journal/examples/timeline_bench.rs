//! What history costs: `cargo run --release --example timeline_bench -- <folder> [entries]`.
//!
//! Fills a journal with made-up entries (10 million unless told, about 500 bytes, a million accounts of which
//! a few write most), seals and merges it as a server would, and prints one line a figure. Cold means that
//! the machine's cache of files was emptied before each query, which takes the right to do so.

use cordon_journal::{
    Facts, History, HistoryOptions, Journal, JournalError, JournalOptions, KeepAll, NewEntry, OffsetRange,
    RealDisk, Sealer, WholeJournal,
};
use cordon_model::clock::Timestamp;
use cordon_model::entry::{Entry, EntryKind};
use cordon_model::ids::{AccountId, Offset};
use cordon_model::limits;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const BATCH: u64 = 2_000;
const ACCOUNTS: u64 = 1_000_000;
const NEWEST: usize = 50;

fn main() -> Result<(), JournalError> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("timeline_bench"), PathBuf::from);
    let entries = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10_000_000);
    let _ = std::fs::remove_dir_all(&folder);
    let (mut journal, _) = Journal::open(RealDisk::shared(), &folder.join("log"), JournalOptions::default())?;
    fill(&folder, &mut journal, entries)?;

    let start = Instant::now();
    let history = open_history(&folder)?;
    println!("files: {}", history.manifest().files.len());
    let bytes: u64 = history.manifest().files.iter().map(|file| file.bytes).sum();
    println!("history: {:.0} bytes an entry, opened in {:?}", bytes as f64 / entries as f64, start.elapsed());
    let whole = WholeJournal::new(history, journal.reader(), describe);
    let start = Instant::now();
    whole.follow()?;
    println!("tail: {:?} to follow from nothing", start.elapsed());
    timelines(&whole, "warm", 2_000, false)?;
    timelines(&whole, "cold", 40, true)?;
    lookups(&whole, entries)?;
    scan(&whole, entries)?;
    let _ = std::fs::remove_dir_all(&folder);
    Ok(())
}

fn open_history(folder: &Path) -> Result<History, JournalError> {
    History::open(RealDisk::shared(), &folder.join("history"), HistoryOptions::default())
}

fn fill(folder: &Path, journal: &mut Journal, entries: u64) -> Result<(), JournalError> {
    let history = open_history(folder)?;
    let sealer = Sealer::new(history.clone(), journal.reader(), describe);
    let (mut sealing, mut merging) = (Duration::ZERO, Duration::ZERO);
    for batch in 0..entries / BATCH {
        let lines: Vec<(String, String)> = (batch * BATCH..(batch + 1) * BATCH)
            .map(|number| (format!("event-{number}"), line(number)))
            .collect();
        let new: Vec<NewEntry<'_>> = lines.iter().map(|(id, line)| new_entry(id, line)).collect();
        journal.append(&new)?;
        if sealer.unsealed() >= limits::SEAL_ENTRIES_MIN {
            let start = Instant::now();
            sealer.seal_once(limits::SEAL_ENTRIES_MIN, &KeepAll)?;
            journal.remove_segments_through(history.sealed_through())?;
            sealing += start.elapsed();
            let start = Instant::now();
            while history.merge_once(&KeepAll)?.is_some() {}
            merging += start.elapsed();
        }
    }
    report("seal", sealing, entries);
    report("merge", merging, entries);
    Ok(())
}

/// Even numbers without a key.
fn spread(number: u64) -> u64 {
    let mixed = (number ^ number >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// The account of an entry: half of the entries come from a thousandth of the accounts.
fn account_of(number: u64) -> u64 {
    let chance = spread(number);
    let among = if chance.is_multiple_of(2) { ACCOUNTS } else { ACCOUNTS / 1_000 };
    (chance >> 8) % among
}

fn line(number: u64) -> String {
    let words: Vec<String> =
        (0..24).map(|word| format!("word{}", spread(number * 31 + word) % 20_000)).collect();
    format!(
        "{{\"id\":\"event-{number}\",\"type\":\"post\",\"account\":\"account-{:07}\",\"ip\":\"10.{}.{}.{}\",\
         \"text\":\"{}\",\"language\":\"en\",\"client\":\"web\",\"followers\":{}}}",
        account_of(number),
        number % 256,
        spread(number) % 256,
        spread(number) / 256 % 256,
        words.join(" "),
        spread(number) % 10_000
    )
}

fn describe(entry: &Entry) -> Facts {
    let text = std::str::from_utf8(&entry.payload).unwrap_or_default();
    let account = text.split("\"account\":\"").nth(1).and_then(|rest| rest.split('"').next());
    Facts { account_id: account.map(AccountId::from), event_type: "post".to_owned(), time: entry.received_at }
}

fn new_entry<'a>(id: &'a str, line: &'a str) -> NewEntry<'a> {
    let payload = line.as_bytes();
    let content_hash = u64::from(crc32fast::hash(payload)) << 32;
    NewEntry { received_at: Timestamp(0), kind: EntryKind::Event, id, content_hash, payload }
}

fn timelines(whole: &WholeJournal, name: &str, queries: u64, is_cold: bool) -> Result<(), JournalError> {
    for (kind, among) in [("heavy", ACCOUNTS / 1_000), ("any", ACCOUNTS)] {
        let (mut times, mut found) = (Vec::new(), 0);
        for query in 0..queries {
            if is_cold && std::fs::write("/proc/sys/vm/drop_caches", "3").is_err() {
                println!("timeline, {kind} account, {name}: not measured, no right to empty the cache");
                return Ok(());
            }
            let account = AccountId(format!("account-{:07}", spread(query + 7) % among));
            let start = Instant::now();
            found += whole.timeline(&account, NEWEST)?.len();
            times.push(start.elapsed());
        }
        times.sort_unstable();
        let at =
            |share: usize| times.get(times.len() * share / 100).or(times.last()).copied().unwrap_or_default();
        println!(
            "timeline, {kind} account, {name}: median {:?}, p99 {:?}, {} found a query",
            at(50),
            at(99),
            found as u64 / queries
        );
    }
    Ok(())
}

fn lookups(whole: &WholeJournal, entries: u64) -> Result<(), JournalError> {
    const LOOK_UPS: u64 = 2_000;
    let start = Instant::now();
    for number in 0..LOOK_UPS {
        whole.entry_at(Offset(spread(number) % entries + 1))?;
    }
    report("entry_at", start.elapsed(), LOOK_UPS);
    Ok(())
}

fn scan(whole: &WholeJournal, entries: u64) -> Result<(), JournalError> {
    let (start, mut count) = (Instant::now(), 0);
    let all = OffsetRange { first: Offset(1), last: Offset(entries) };
    whole.scan::<JournalError>(all, |_| {
        count += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    assert_eq!(count, entries, "a scan shows every entry");
    report("scan", start.elapsed(), count);
    println!("most memory: {} MB", resident_most());
    Ok(())
}

/// The most memory that this process has had, in megabytes.
fn resident_most() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

fn report(name: &str, elapsed: Duration, times: u64) {
    println!(
        "{name}: {:.2} µs each, {:.2} s",
        elapsed.as_secs_f64() * 1e6 / times as f64,
        elapsed.as_secs_f64()
    );
}
