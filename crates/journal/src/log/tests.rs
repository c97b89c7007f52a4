use super::*;
use crate::disk::Disk;
use crate::{JournalError, RealDisk, SimulatedDisk};
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const FOLDER: &str = "/data/log";

fn options(segment_bytes: u64) -> JournalOptions {
    JournalOptions { segment_bytes, ..JournalOptions::default() }
}

fn open(disk: &SimulatedDisk, segment_bytes: u64) -> Result<(Journal, Recovery), JournalError> {
    Journal::open(Arc::new(disk.clone()), Path::new(FOLDER), options(segment_bytes))
}

fn event<'a>(second: i64, id: &'a str, payload: &'a [u8]) -> NewEntry<'a> {
    let received_at = Timestamp::from_seconds(second);
    NewEntry { received_at, kind: EntryKind::Event, id, content_hash: payload.len() as u64, payload }
}

fn append_one(journal: &mut Journal, payload: &[u8]) -> Offset {
    journal.append(&[event(0, "id", payload)]).unwrap().first
}

fn payloads(journal: &Journal) -> Vec<Vec<u8>> {
    journal.reader().entries_from(Offset(1)).map(|entry| entry.unwrap().payload).collect()
}

fn segment_path(first: u64) -> PathBuf {
    Path::new(FOLDER).join(format::segment_name(Offset(first)))
}

#[test]
fn offsets_begin_at_one_and_have_no_gaps() {
    let (mut journal, recovery) = open(&SimulatedDisk::new(0), 1 << 20).unwrap();
    assert!(recovery.entries.is_empty());
    let first = journal.append(&[event(1, "a", b"x"), event(2, "b", b"yy")]).unwrap();
    let second = journal.append(&[event(3, "c", b"")]).unwrap();
    assert_eq!((first.first, first.last, second.first), (Offset(1), Offset(2), Offset(3)));
    assert!(journal.append(&[]).unwrap().is_empty());
    assert_eq!(journal.reader().last_offset(), Offset(3));
}

#[test]
fn an_empty_log_beside_a_history_goes_on_after_it() {
    let disk = Arc::new(SimulatedDisk::new(0));
    let options = JournalOptions { first_offset: Offset(41), ..JournalOptions::default() };
    let (mut journal, _) = Journal::open(disk, Path::new(FOLDER), options).unwrap();
    assert_eq!(journal.reader().last_offset(), Offset(40));
    assert_eq!(append_one(&mut journal, b"x"), Offset(41));
}

#[test]
fn received_at_never_decreases_not_even_after_reopening() {
    let disk = SimulatedDisk::new(0);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    journal.append(&[event(5, "a", b""), event(3, "b", b"")]).unwrap();
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    assert_eq!(journal.last_received_at(), Timestamp::from_seconds(5));
    journal.append(&[event(4, "c", b""), event(6, "d", b"")]).unwrap();
    let seconds: Vec<i64> =
        journal.reader().entries_from(Offset(1)).map(|entry| entry.unwrap().received_at.seconds()).collect();
    assert_eq!(seconds, [5, 5, 5, 6]);
}

#[test]
fn a_reader_goes_on_where_the_writer_went_on() {
    let (mut journal, _) = open(&SimulatedDisk::new(0), 100).unwrap();
    let mut cursor = journal.reader().cursor_from(Offset(1));
    for round in 0..20u8 {
        assert_eq!(cursor.next_entry().unwrap(), None);
        append_one(&mut journal, &[round; 20]);
        append_one(&mut journal, &[round; 20]);
        assert_eq!(cursor.next_entry().unwrap().unwrap().payload, [round; 20]);
        assert_eq!(cursor.next_entry().unwrap().unwrap().payload, [round; 20]);
    }
}

#[test]
fn a_visitor_may_stop() {
    let (mut journal, _) = open(&SimulatedDisk::new(0), 100).unwrap();
    (0..9u8).for_each(|byte| {
        append_one(&mut journal, &[byte]);
    });
    let mut seen = Vec::new();
    let next = journal.reader().for_each_from(Offset(3), |entry| {
        seen.push(entry.offset.0);
        let is_enough = seen.len() == 2;
        Ok::<_, JournalError>(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    });
    assert_eq!((next.unwrap(), seen), (Offset(5), vec![3, 4]));
}

#[test]
fn an_oversized_id_is_refused_and_nothing_is_written() {
    let (mut journal, _) = open(&SimulatedDisk::new(0), 100).unwrap();
    let id = "x".repeat(70_000);
    let refused = journal.append(&[event(0, "a", b""), event(0, &id, b"")]);
    assert!(matches!(refused, Err(JournalError::EntryTooLarge { index: 1, bytes: 70_000, .. })));
    assert_eq!(journal.reader().last_offset(), Offset(0));
}

#[test]
fn an_end_torn_at_any_byte_is_cut_and_the_rest_kept() {
    let disk = SimulatedDisk::new(0);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    append_one(&mut journal, b"first");
    let kept = disk.contents(&segment_path(1)).unwrap().len();
    append_one(&mut journal, b"second");
    let whole = disk.contents(&segment_path(1)).unwrap().len();
    for end in kept..whole {
        let file = disk.open_append(&segment_path(1)).unwrap();
        let bytes = disk.contents(&segment_path(1)).unwrap();
        file.truncate(end as u64).unwrap();
        let (journal, recovery) = open(&disk, 1 << 20).unwrap();
        assert_eq!((payloads(&journal).len(), recovery.torn_bytes), (1, (end - kept) as u64));
        file.append(&bytes[kept..]).unwrap();
    }
}

#[test]
fn damage_at_any_byte_of_an_older_segment_is_named() {
    let disk = SimulatedDisk::new(0);
    let (mut journal, _) = open(&disk, 60).unwrap();
    append_one(&mut journal, b"first");
    append_one(&mut journal, b"second");
    for (at, byte) in disk.contents(&segment_path(1)).unwrap().into_iter().enumerate() {
        disk.damage(&segment_path(1), at, byte ^ 0x10);
        let error = open(&disk, 60).unwrap_err();
        assert!(
            matches!(&error, JournalError::Corrupt { segment, .. } if *segment == segment_path(1)),
            "{error}"
        );
        disk.damage(&segment_path(1), at, byte);
    }
}

#[test]
fn damage_to_an_acknowledged_batch_is_not_taken_for_a_torn_end() {
    let disk = SimulatedDisk::new(0);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    append_one(&mut journal, b"first");
    let damaged = disk.contents(&segment_path(1)).unwrap().len();
    append_one(&mut journal, b"second");
    append_one(&mut journal, b"third");
    for at in damaged..damaged + 40 {
        let byte = disk.contents(&segment_path(1)).unwrap()[at];
        disk.damage(&segment_path(1), at, byte ^ 0x55);
        let error = open(&disk, 1 << 20).unwrap_err();
        assert!(matches!(error, JournalError::Corrupt { byte, .. } if byte == damaged as u64));
        disk.damage(&segment_path(1), at, byte);
    }
}

#[test]
fn a_missing_segment_is_a_gap() {
    let disk = SimulatedDisk::new(0);
    let (mut journal, _) = open(&disk, 30).unwrap();
    (0..3).for_each(|_| {
        append_one(&mut journal, b"x");
    });
    disk.remove(&segment_path(2)).unwrap();
    assert!(matches!(open(&disk, 30), Err(JournalError::Gap { expected: Offset(2), .. })));
}

#[test]
fn removed_segments_are_gone_and_the_last_one_stays() {
    let disk = SimulatedDisk::new(0);
    let (mut journal, _) = open(&disk, 30).unwrap();
    (0..4).for_each(|_| {
        append_one(&mut journal, b"x");
    });
    let mut old = journal.reader().cursor_from(Offset(1));
    old.next_entry().unwrap().unwrap();
    assert_eq!(journal.remove_segments_through(Offset(2)).unwrap(), 2);
    assert_eq!(journal.reader().entry_at(Offset(2)).unwrap(), None);
    assert!(matches!(old.next_entry(), Err(JournalError::BeforeLog { first: Offset(3), .. })));
    assert_eq!(journal.remove_segments_through(Offset(9)).unwrap(), 1);
    let (journal, recovery) = open(&disk, 30).unwrap();
    assert_eq!(recovery.entries, OffsetRange { first: Offset(4), last: Offset(4) });
    assert_eq!(journal.next_offset(), Offset(5));
}

#[test]
fn a_last_segment_that_should_go_goes_once_there_is_another() {
    let disk = SimulatedDisk::new(0);
    let (mut journal, _) = open(&disk, 1 << 20).unwrap();
    append_one(&mut journal, b"erased");
    assert_eq!(journal.remove_segments_through(Offset(1)).unwrap(), 0);
    append_one(&mut journal, b"kept");
    assert_eq!(journal.remove_segments_through(Offset(1)).unwrap(), 1);
    assert_eq!(disk.paths(), [segment_path(2)]);
}

#[test]
fn a_later_format_is_refused_by_its_version() {
    let disk = SimulatedDisk::new(0);
    disk.create_folder(Path::new(FOLDER)).unwrap();
    let mut header = format::MAGIC.to_vec();
    header.extend_from_slice(&2u32.to_le_bytes());
    header.extend_from_slice(&1u64.to_le_bytes());
    header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
    disk.create(&segment_path(1)).unwrap().append(&header).unwrap();
    assert!(matches!(open(&disk, 30), Err(JournalError::UnknownVersion { found: 2, expected: 1, .. })));
}

#[test]
fn the_real_disk_keeps_a_journal_too() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("log");
    let (mut journal, _) = Journal::open(RealDisk::shared(), &folder, options(100)).unwrap();
    (0..50u8).for_each(|byte| {
        append_one(&mut journal, &[byte; 30]);
    });
    drop(journal);
    let (journal, recovery) = Journal::open(RealDisk::shared(), &folder, options(100)).unwrap();
    assert_eq!((recovery.entries.len(), recovery.torn_bytes), (50, 0));
    assert_eq!(payloads(&journal), (0..50u8).map(|byte| vec![byte; 30]).collect::<Vec<_>>());
}

fn batches() -> impl Strategy<Value = Vec<Vec<(i64, String, Vec<u8>)>>> {
    let entry = (0i64..100, "[a-z]{0,9}", prop::collection::vec(any::<u8>(), 0..600));
    prop::collection::vec(prop::collection::vec(entry, 1..40), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The slow, obvious twin of a journal is a list.
    #[test]
    fn a_journal_reads_back_as_the_list_that_was_appended(batches in batches(), segment_bytes in 50u64..20_000) {
        let disk = SimulatedDisk::new(0);
        let (mut journal, _) = open(&disk, segment_bytes).unwrap();
        let mut twin: Vec<Entry> = Vec::new();
        for batch in &batches {
            let entries: Vec<_> = batch.iter().map(|(s, id, payload)| event(*s, id, payload)).collect();
            journal.append(&entries).unwrap();
            for entry in entries {
                let floor = twin.last().map_or(entry.received_at, |last| last.received_at);
                twin.push(Entry {
                    offset: Offset(twin.len() as u64 + 1),
                    received_at: entry.received_at.max(floor),
                    kind: entry.kind,
                    id: EntryId::from(entry.id),
                    content_hash: entry.content_hash,
                    payload: entry.payload.to_vec(),
                });
            }
        }
        for journal in [journal, open(&disk, segment_bytes).unwrap().0] {
            let reader = journal.reader();
            for from in [1, twin.len() / 2, twin.len()] {
                let read: Result<Vec<_>, _> = reader.entries_from(Offset(from as u64)).collect();
                prop_assert_eq!(&read.unwrap()[..], &twin[from.max(1) - 1..]);
            }
            for entry in &twin {
                let found = reader.entry_at(entry.offset).unwrap();
                prop_assert_eq!(found.as_ref(), Some(entry));
            }
            prop_assert_eq!(reader.entry_at(Offset(0)).unwrap(), None);
            prop_assert_eq!(reader.entry_at(Offset(twin.len() as u64 + 1)).unwrap(), None);
        }
    }
}
