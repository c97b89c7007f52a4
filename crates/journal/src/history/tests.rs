use super::*;
use crate::simulated::PowerLoss;
use crate::{Journal, JournalOptions, JournalReader, NewEntry, SimulatedDisk};
use cordon_model::clock::Timestamp;
use cordon_model::entry::EntryKind;
use cordon_model::ids::EntryId;
use proptest::prelude::*;
use std::ops::ControlFlow;

const HISTORY: &str = "/data/history";
const LOG: &str = "/data/log";

/// Row groups, pages and windows so small that a few dozen entries cross all their bounds.
fn small_options() -> HistoryOptions {
    HistoryOptions { full_rows: 60, row_group_rows: 16, page_rows: 4, memory_bytes: 2_000 }
}

fn keep(_: &SealedEntry) -> Treatment {
    Treatment::Keep
}

/// Payloads look like `account:text`; an empty account is none.
fn describe(entry: &Entry) -> Facts {
    let text = String::from_utf8_lossy(&entry.payload);
    let account = text.split(':').next().filter(|account| !account.is_empty() && text.contains(':'));
    Facts {
        account_id: account.map(AccountId::from),
        event_type: "post".to_owned(),
        time: Timestamp(entry.received_at.0 - 5),
    }
}

struct Fixture {
    disk: SimulatedDisk,
    journal: Journal,
    history: History,
    twin: Vec<Entry>,
}

impl Fixture {
    fn new() -> Self {
        let disk = SimulatedDisk::new(0);
        let options = JournalOptions { segment_bytes: 500, ..JournalOptions::default() };
        let (journal, _) = Journal::open(Arc::new(disk.clone()), Path::new(LOG), options).unwrap();
        let history = Self::open_history(&disk);
        Self { disk, journal, history, twin: Vec::new() }
    }

    fn open_history(disk: &SimulatedDisk) -> History {
        History::open(Arc::new(disk.clone()), Path::new(HISTORY), small_options()).unwrap()
    }

    fn reader(&self) -> JournalReader {
        self.journal.reader()
    }

    fn append(&mut self, account: &str) {
        let offset = Offset(self.twin.len() as u64 + 1);
        let payload = format!("{account}:entry {offset}").into_bytes();
        let entry = Entry {
            offset,
            received_at: Timestamp(offset.0 as i64),
            kind: if offset.0.is_multiple_of(7) { EntryKind::Control } else { EntryKind::Event },
            id: EntryId(format!("id-{offset}")),
            content_hash: u64::MAX - offset.0,
            payload,
        };
        let new = NewEntry {
            received_at: entry.received_at,
            kind: entry.kind,
            id: entry.id.as_str(),
            content_hash: entry.content_hash,
            payload: &entry.payload,
        };
        self.journal.append(&[new]).unwrap();
        self.twin.push(entry);
    }

    /// Seals up to `rows` entries and lets the log go of them.
    fn seal(&mut self, rows: u64) {
        let sealer = Sealer::new(self.history.clone(), self.reader(), describe);
        sealer.seal_once(rows, &keep).unwrap();
        self.journal.remove_segments_through(self.history.sealed_through()).unwrap();
    }

    fn whole(&self) -> WholeJournal {
        WholeJournal::new(self.history.clone(), self.reader(), describe)
    }

    fn check(&self) {
        let whole = self.whole();
        let mut scanned = Vec::new();
        let all = OffsetRange { first: Offset(1), last: Offset(u64::MAX - 1) };
        let next = whole.scan::<JournalError>(all, |entry| {
            scanned.push(entry.to_entry());
            Ok(ControlFlow::Continue(()))
        });
        assert_eq!(next.unwrap(), Offset(self.twin.len() as u64 + 1));
        assert_eq!(scanned, self.twin);
        for entry in &self.twin {
            assert_eq!(whole.entry_at(entry.offset).unwrap().as_ref(), Some(entry));
        }
        assert_eq!(whole.entry_at(Offset(self.twin.len() as u64 + 1)).unwrap(), None);
        for account in
            ["a", "b", "c", "a very long account that pages cannot name in full in sixty-four bytes", "none"]
        {
            for count in [1, 3, 1_000] {
                let found = whole.timeline(&AccountId::from(account), count).unwrap();
                let is_theirs = |entry: &&Entry| describe(entry).account_id == Some(AccountId::from(account));
                let expected: Vec<Entry> =
                    self.twin.iter().rev().filter(is_theirs).take(count).cloned().collect();
                let found: Vec<Entry> = found.into_iter().map(|row| row.entry).collect();
                assert_eq!(found, expected, "{count} of {account}");
            }
        }
    }
}

fn filled(entries: usize, seal_every: usize) -> Fixture {
    let mut fixture = Fixture::new();
    for index in 0..entries {
        fixture.append(["a", "b", "", "c", "a"][index % 5]);
        if index % seal_every == seal_every - 1 {
            fixture.seal(u64::MAX);
        }
    }
    fixture
}

#[test]
fn what_is_sealed_leaves_the_log_and_is_still_read() {
    let fixture = filled(50, 20);
    assert_eq!(fixture.history.entries(), OffsetRange { first: Offset(1), last: Offset(40) });
    assert!(fixture.reader().entries().first > Offset(30));
    fixture.check();
}

#[test]
fn sealing_is_bounded_by_rows_and_by_memory() {
    let mut fixture = filled(30, 1_000);
    fixture.seal(7);
    assert_eq!(fixture.history.sealed_through(), Offset(7));
    (0..300).for_each(|_| fixture.append("a"));
    fixture.seal(u64::MAX);
    let sealed = fixture.history.sealed_through();
    assert!(sealed > Offset(100) && sealed < Offset(300), "{sealed}");
    fixture.check();
}

#[test]
fn nothing_new_seals_nothing() {
    let fixture = filled(20, 20);
    let sealer = Sealer::new(fixture.history.clone(), fixture.reader(), describe);
    assert_eq!(sealer.unsealed(), 0);
    assert_eq!(sealer.seal_once(9, &keep).unwrap(), None);
}

#[test]
fn merging_changes_files_and_nothing_that_is_read() {
    let fixture = filled(200, 10);
    while let Some(entries) = fixture.history.merge_once(&keep).unwrap() {
        assert!(entries.len() >= 60);
        fixture.check();
    }
    assert_eq!(fixture.history.manifest().files.len(), 3 + 2);
    assert_eq!(fixture.disk.list(Path::new(HISTORY)).unwrap().len(), 5 + 1, "and the manifest");
}

#[test]
fn an_erased_account_is_nowhere_in_the_files_and_leaves_no_gap() {
    let mut fixture = filled(100, 25);
    let report = fixture.history.erase(&AccountId::from("b"), Offset(u64::MAX)).unwrap();
    assert_eq!((report.files, report.entries), (4, 20));
    for path in fixture.history.paths() {
        assert!(OpenFileText::of(&fixture, &path).iter().all(|row| !row.starts_with("b:")));
    }
    for entry in fixture.twin.iter_mut().filter(|entry| entry.payload.starts_with(b"b:")) {
        entry.payload = TOMBSTONE.to_vec();
    }
    fixture.check();
    let rewritten: u64 = fixture.history.manifest().rewritten.iter().map(|range| range.replaced).sum();
    assert_eq!(rewritten, 20);
    assert_eq!(
        fixture.history.erase(&AccountId::from("b"), Offset(u64::MAX)).unwrap(),
        RewriteReport::default()
    );
    while fixture.history.merge_once(&keep).unwrap().is_some() {}
    fixture.check();
}

#[test]
fn an_erasure_cut_at_any_operation_is_finished_by_the_next_one() {
    let operations = {
        let fixture = filled(40, 20);
        let before = fixture.disk.operations();
        fixture.history.erase(&AccountId::from("b"), Offset(u64::MAX)).unwrap();
        fixture.disk.operations() - before
    };
    for operation in 0..operations {
        for loss in [PowerLoss::Drop, PowerLoss::Tear] {
            let mut fixture = filled(40, 20);
            fixture.disk.stop_at(fixture.disk.operations() + operation);
            let _ = fixture.history.erase(&AccountId::from("b"), Offset(u64::MAX));
            fixture.disk.lose_power(loss);
            fixture.history = Fixture::open_history(&fixture.disk);
            fixture.history.erase(&AccountId::from("b"), Offset(u64::MAX)).unwrap();
            for entry in fixture.twin.iter_mut().filter(|entry| entry.payload.starts_with(b"b:")) {
                entry.payload = TOMBSTONE.to_vec();
            }
            fixture.check();
            let rewritten = fixture.history.manifest().rewritten;
            assert_eq!(rewritten.iter().map(|range| range.replaced).sum::<u64>(), 8);
        }
    }
}

#[test]
fn a_scan_stops_where_it_is_told() {
    let fixture = filled(100, 30);
    for (first, last, stop) in [(1, 100, 17), (35, 62, 62), (95, 100, 96), (40, 45, 99)] {
        let mut seen = Vec::new();
        let range = OffsetRange { first: Offset(first), last: Offset(last) };
        let next = fixture.whole().scan::<JournalError>(range, |entry| {
            seen.push(entry.offset.0);
            let is_enough = entry.offset.0 == stop;
            Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        assert_eq!(seen, Vec::from_iter(first..=last.min(stop)));
        assert_eq!(next.unwrap(), Offset(last.min(stop) + 1));
    }
}

struct OpenFileText;

impl OpenFileText {
    /// The payloads that stand in a file.
    fn of(fixture: &Fixture, path: &Path) -> Vec<String> {
        let manifest = fixture.history.manifest();
        let named = manifest.files.iter().find(|file| path.ends_with(&file.name)).unwrap();
        let file = OpenFile::open(&fixture.disk, Path::new(HISTORY), named).unwrap();
        file.rows().map(|row| String::from_utf8(row.unwrap().entry.payload).unwrap()).collect()
    }
}

#[test]
fn merging_erases_and_replaces_as_it_is_told() {
    let mut fixture = filled(100, 10);
    let treat = |row: &SealedEntry| match row.facts.account_id.as_ref().map(AccountId::as_str) {
        Some("a") => Treatment::Tombstone,
        Some("c") => Treatment::Replace(b"c:replaced".to_vec()),
        _ => Treatment::Keep,
    };
    let merged = fixture.history.merge_once(&treat).unwrap().unwrap();
    for entry in fixture.twin.iter_mut().filter(|entry| merged.contains(entry.offset)) {
        match entry.payload.first() {
            Some(b'a') => entry.payload = TOMBSTONE.to_vec(),
            Some(b'c') => entry.payload = b"c:replaced".to_vec(),
            _ => {}
        }
    }
    fixture.check();
    let rewritten = fixture.history.manifest().rewritten;
    assert_eq!(rewritten, [RewrittenRange { entries: merged, replaced: merged.len() * 3 / 5 }]);
}

#[test]
fn a_history_reopens_as_it_was_and_forgets_files_without_a_name() {
    let fixture = filled(100, 10);
    while fixture.history.merge_once(&keep).unwrap().is_some() {}
    let orphan = Path::new(HISTORY).join(manifest::file_name(OffsetRange::default(), 99));
    fixture.disk.create(&orphan).unwrap();
    let reopened = Fixture { history: Fixture::open_history(&fixture.disk), ..fixture };
    assert_eq!(reopened.disk.contents(&orphan), None);
    reopened.check();
}

#[test]
fn a_damaged_manifest_is_named() {
    let fixture = filled(20, 10);
    let path = Path::new(HISTORY).join("manifest.json");
    let text = fixture.disk.contents(&path).unwrap();
    let digit = text.iter().rposition(u8::is_ascii_digit).unwrap();
    fixture.disk.damage(&path, digit, b'9' - (text[digit] - b'0') % 2);
    let opened = History::open(Arc::new(fixture.disk.clone()), Path::new(HISTORY), small_options());
    assert!(matches!(opened, Err(JournalError::Corrupt { segment, .. }) if segment == path));
}

#[test]
fn a_log_that_was_begun_late_is_sealed_from_its_beginning() {
    let disk = SimulatedDisk::new(0);
    let options = JournalOptions { first_offset: Offset(1_000), ..JournalOptions::default() };
    let (mut journal, _) = Journal::open(Arc::new(disk.clone()), Path::new(LOG), options).unwrap();
    let new = NewEntry {
        received_at: Timestamp(0),
        kind: EntryKind::Event,
        id: "x",
        content_hash: 0,
        payload: b"a:text",
    };
    journal.append(&[new, new]).unwrap();
    let history = Fixture::open_history(&disk);
    let sealer = Sealer::new(history.clone(), journal.reader(), describe);
    sealer.seal_once(1, &keep).unwrap();
    let whole = WholeJournal::new(history, journal.reader(), describe);
    assert_eq!(whole.entries(), OffsetRange { first: Offset(1_000), last: Offset(1_001) });
    assert_eq!(whole.timeline(&AccountId::from("a"), 5).unwrap().len(), 2);
}

#[derive(Clone, Debug)]
enum Step {
    Append(u8),
    Seal(u64),
    Merge,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        30 => (0u8..5).prop_map(Step::Append),
        3 => (1u64..40).prop_map(Step::Seal),
        1 => Just(Step::Merge),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..250)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The slow, obvious twin of history and log is a list.
    #[test]
    fn the_whole_journal_reads_as_the_list_that_was_appended(steps in steps()) {
        let accounts = ["a", "b", "c", "", "a very long account that pages cannot name in full in sixty-four bytes"];
        let mut fixture = Fixture::new();
        for step in steps {
            match step {
                Step::Append(account) => fixture.append(accounts[usize::from(account)]),
                Step::Seal(rows) => fixture.seal(rows),
                Step::Merge => drop(fixture.history.merge_once(&keep).unwrap()),
                Step::Reopen => fixture.history = Fixture::open_history(&fixture.disk),
            }
        }
        fixture.check();
    }
}
