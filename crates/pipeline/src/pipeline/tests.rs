//! Nothing lost: whatever is cut, fails or fills up, an acknowledged entry is there and the state is that of an
//! undisturbed run.

mod rules;

use super::*;
use crate::intake::chunks;
use crate::upkeep::Step;
use async_trait::async_trait;
use cordon_detect::banks::{Banks, NewBankEntry};
use cordon_enforce::ports::StoreError;
use cordon_journal::simulated::{Fault, PowerLoss};
use cordon_journal::{HistoryOptions, JournalOptions, SimulatedDisk, TOMBSTONE};
use cordon_model::bank::{Bank, RollOut, SignalKind};
use cordon_model::clock::ManualClock;
use cordon_model::entity::Source;
use cordon_model::ids::AccountId;
use std::collections::BTreeMap;
use std::sync::Mutex;

const KEY: HashKey = HashKey::from_bytes([8; 16]);
const START: Timestamp = Timestamp::from_seconds(1_454_630_400);

/// A record that keeps effects by name, as the port demands; its own durability is tested with the store.
#[derive(Default)]
struct PlainRecord {
    inner: Mutex<(Offset, BTreeMap<EffectId, Effect>)>,
}

impl PlainRecord {
    fn effects(&self) -> BTreeMap<EffectId, Effect> {
        self.inner.lock().unwrap().1.clone()
    }
}

#[async_trait]
impl PipelineRecord for PlainRecord {
    async fn applied_offset(&self) -> Result<Offset, StoreError> {
        Ok(self.inner.lock().unwrap().0)
    }

    async fn commit(
        &self,
        before: Offset,
        last: Offset,
        effects: Vec<(EffectId, Effect)>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        let mut inner = self.inner.lock().unwrap();
        if inner.0 != before {
            return Err(StoreError::StaleWriter { expected: before, found: inner.0 });
        }
        inner.0 = last;
        inner.1.extend(effects);
        Ok(())
    }
}

/// Files of a few entries, and a log that lets go of them at once.
fn small_upkeep() -> UpkeepOptions {
    let history = HistoryOptions { full_rows: 60, row_group_rows: 16, page_rows: 4, memory_bytes: 1 << 20 };
    let log = JournalOptions { segment_bytes: 8_000, ..JournalOptions::default() };
    let (log_entries_kept, log_seconds_kept) = (0, 600);
    UpkeepOptions { seal_entries: 30, seal_seconds: 120, log, log_entries_kept, log_seconds_kept, history }
}

/// A data folder on a disk that can be cut.
struct Bench {
    disk: SimulatedDisk,
    record: Arc<PlainRecord>,
    clock: Arc<ManualClock>,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    fn on(disk: SimulatedDisk) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        Self { disk, record: Arc::default(), clock: Arc::new(ManualClock::at(START)), runtime }
    }

    fn drop_snapshots(&self) {
        let is_snapshot = |path: &std::path::PathBuf| path.extension().is_some_and(|it| it == "snapshot");
        let snapshots = self.disk.paths().into_iter().filter(is_snapshot);
        snapshots.for_each(|path| self.disk.remove(&path).unwrap());
    }

    fn open(&self) -> Result<Pipeline, PipelineError> {
        Pipeline::open(PipelineOptions {
            disk: Arc::new(self.disk.clone()),
            folder: DataFolder::at("/data"),
            key: KEY,
            key_since: Offset(0),
            settings_text: cordon_detect::settings::BUNDLED.to_owned(),
            clock: self.clock.clone(),
            record: self.record.clone(),
            runtime: self.runtime.handle().clone(),
            snapshot_every: 15,
            upkeep: small_upkeep(),
        })
    }

    /// Sends batches `from..`, one a minute; gives how many were acknowledged before the first error.
    fn send(&self, pipeline: &mut Pipeline, from: usize) -> usize {
        let mut acknowledged = from;
        for (number, text) in batches().iter().enumerate().skip(from) {
            self.clock.set(START.plus_seconds(60 * number as i64));
            for chunk in chunks(text.as_bytes()) {
                let prepared = prepare(&pipeline.intake(), chunk, pipeline.now());
                if pipeline.take(prepared, Durability::Committed, |_| acknowledged = number + 1).is_err() {
                    return acknowledged;
                }
            }
            look_after(pipeline);
        }
        acknowledged
    }
}

/// Does what is due for history, as the thread beside the writer does. What fails waits for the next time.
fn look_after(pipeline: &Pipeline) {
    let upkeep = pipeline.upkeep();
    while upkeep.step().is_ok_and(|step| step != Step::Rested) {}
}

/// A suspended account, its return, reports on known and unknown accounts, a duplicate and a conflict.
fn batches() -> Vec<String> {
    let time = |n: usize| START.plus_seconds(60 * n as i64).to_string();
    let log_in = |id: String, n: usize, account: &str, ip: &str, device: &str| {
        let handle = if device == "device-x" { "grey_heron" } else { account };
        format!(
            r#"{{"id":"{id}","type":"account.logged_in","time":"{}","account":{{"id":"{account}","handle":"{handle}"}},"session":{{"ip":"{ip}","device":"{device}"}}}}"#,
            time(n)
        )
    };
    let mut batches: Vec<String> = (0..6)
        .map(|n| {
            let lines: Vec<String> = (0..40)
                .map(|k| {
                    log_in(
                        format!("l{n}-{k}"),
                        n,
                        &format!("a{n}-{k}"),
                        &format!("10.{n}.{k}.1"),
                        &format!("d{n}-{k}"),
                    )
                })
                .collect();
            lines.join("\n")
        })
        .collect();
    batches.push(log_in("first".to_owned(), 6, "first", "192.0.2.1", "device-x"));
    batches.push(format!(
        r#"{{"id":"imported","type":"decision.imported","time":"{}","decision":{{"account_id":"first","outcome":"suspended"}}}}"#,
        time(7)
    ));
    batches.push(format!(
        "{}\n{}",
        log_in("second".to_owned(), 8, "second", "192.0.2.77", "device-x"),
        format_args!(
            r#"{{"id":"r1","type":"report.created","time":"{}","report":{{"account_id":"second"}}}}"#,
            time(8)
        )
    ));
    batches.push(format!(
        r#"{{"id":"r2","type":"report.created","time":"{}","report":{{"account_id":"later"}}}}"#,
        time(9)
    ));
    batches.push(log_in("later".to_owned(), 10, "later", "192.0.2.200", "device-y"));
    batches.push(format!(
        "{}\n{}",
        log_in("later".to_owned(), 10, "later", "192.0.2.200", "device-y"),
        log_in("first".to_owned(), 11, "somebody", "192.0.2.1", "device-x")
    ));
    batches
}

fn events(pipeline: &Pipeline) -> Vec<String> {
    let entries = pipeline.journal().read(pipeline.journal().entries()).unwrap().into_iter();
    let mut ids: Vec<String> =
        entries.filter(|entry| entry.kind == EntryKind::Event).map(|entry| entry.id.0).collect();
    ids.sort();
    ids
}

/// What an undisturbed run ends with: events, state, effects.
fn undisturbed() -> (Vec<String>, Vec<u8>, Vec<Effect>) {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    bench.send(&mut pipeline, 0);
    let state = pipeline.read().detection().snapshot(0).unwrap();
    (events(&pipeline), state, bench.record.effects().into_values().collect())
}

#[test]
fn repeats_count_once_and_conflicts_are_refused() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    bench.send(&mut pipeline, 0);
    assert_eq!(events(&pipeline).len(), 6 * 40 + 6);
    let text = batches().pop().unwrap();
    let prepared = prepare(&pipeline.intake(), chunks(text.as_bytes()).remove(0), pipeline.now());
    let taken = pipeline.take(prepared, Durability::Committed, |_| {}).unwrap();
    assert_eq!((taken.accepted, taken.duplicates, taken.rejected.len()), (0, 1, 1));
    assert_eq!(taken.rejected[0].1.code, RejectCode::IdConflict);
}

#[test]
fn chunks_taken_together_share_one_write_and_each_hears_its_own() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    let line = |id: &str, text: &str| {
        let time = START.to_string();
        format!(
            r#"{{"id":"{id}","type":"post.created","time":"{time}","account":{{"id":"a1"}},"post":{{"text":"{text}"}}}}"#
        )
    };
    let texts = [
        format!("{}\n{}\n", line("1", "one"), line("2", "two")),
        "nonsense\n".to_owned(),
        format!("{}\n{}\n{}\n", line("2", "two"), line("1", "other"), line("3", "three")),
    ];
    let prepare = |pipeline: &Pipeline, text: &String| {
        prepare(&pipeline.intake(), chunks(text.as_bytes()).remove(0), pipeline.now())
    };
    let warm_up = prepare(&pipeline, &line("0", "zero"));
    pipeline.take(warm_up, Durability::Journalled, |_| {}).unwrap();
    let all = texts.iter().map(|text| prepare(&pipeline, text)).collect();
    let before = bench.disk.operations();
    let mut written = 0;
    let durability = Durability::Journalled;
    let taken =
        pipeline.take_together(all, durability, |_| written = bench.disk.operations() - before).unwrap();
    let heard: Vec<(u64, u64, usize)> =
        taken.iter().map(|taken| (taken.accepted, taken.duplicates, taken.rejected.len())).collect();
    assert_eq!(heard, [(2, 0, 0), (0, 0, 1), (1, 1, 1)]);
    // One append and one sync, however many chunks.
    assert_eq!(written, 2);
    assert_eq!(events(&pipeline), ["0", "1", "2", "3"]);
}

/// A bank that holds one text.
fn banked_text(text: &str) -> [Control; 2] {
    let bank = Bank {
        bank_id: "texts".into(),
        name: "known content".to_owned(),
        policy_id: "spam".into(),
        owner: "ana".to_owned(),
        kind: SignalKind::Text.bank_kind(),
        source: "own reviews".to_owned(),
    };
    let new = NewBankEntry {
        kind: SignalKind::Text,
        value: text.to_owned(),
        source: None,
        expires_at: None,
        roll_out: RollOut::Live,
        disabled_until: None,
        note: None,
    };
    let entries = vec![Banks::default().make_entry(&KEY, &bank, new, START).unwrap()];
    let bank_id = bank.bank_id.clone();
    [Control::BankPut(bank), Control::BankEntriesPut { bank_id, entries }]
}

#[test]
fn a_chunk_prepared_before_the_first_bank_entry_is_held_against_it_all_the_same() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    let text = "a long enough text of several words that somebody may well post once more tomorrow";
    let line = format!(
        r#"{{"id":"p1","type":"post.created","time":"{START}","account":{{"id":"a1"}},"post":{{"text":"{text}"}}}}"#
    );
    let prepared = prepare(&pipeline.intake(), chunks(line.as_bytes()).remove(0), pipeline.now());
    assert!(!pipeline.intake().has_banked);
    for (number, control) in banked_text(text).iter().enumerate() {
        assert!(pipeline.append_control(&format!("bank:{number}"), control).unwrap());
    }
    assert!(pipeline.intake().has_banked);
    pipeline.take(prepared, Durability::Committed, |_| {}).unwrap();
    let effects = bench.record.effects();
    let is_match =
        |effect: &Effect| matches!(effect, Effect::Candidate(found) if found.source == Source::Bank);
    assert_eq!(effects.values().filter(|effect| is_match(effect)).count(), 1);
    // Replay reads the journal by the banks that stood at each entry.
    let state = pipeline.read().detection().snapshot(0).unwrap();
    drop(pipeline);
    bench.drop_snapshots();
    assert_eq!(bench.open().unwrap().read().detection().snapshot(0).unwrap(), state);
}

#[test]
fn a_report_a_return_and_an_awaited_account_reach_the_record() {
    let (_, _, effects) = undisturbed();
    let kinds: Vec<&str> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Report(_) => "report",
            Effect::Candidate(_) => "candidate",
            Effect::SubjectAppeared { .. } => "appeared",
            Effect::StandingImported { .. } => "imported",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["imported", "candidate", "report", "report", "appeared"]);
    let Some(Effect::Candidate(candidate)) = effects.get(1) else { panic!("no candidate") };
    assert_eq!(candidate.account_id.as_str(), "second");
    assert_eq!(candidate.incarnation_of[0].as_str(), "first");
    assert!(
        candidate.evidence.iter().any(|row| row.entity.as_deref() == Some("device-x")),
        "{:?}",
        candidate.evidence
    );
    let chain = candidate.evidence.iter().find(|row| row.entity_type == "chain").unwrap();
    assert_eq!(chain.weight, 0.0);
    assert!(chain.text.starts_with("the 2nd account of the same holder, "), "{}", chain.text);
    assert!(chain.text.ends_with(" after the last suspension"), "{}", chain.text);
}

#[test]
fn the_log_lets_go_of_what_history_holds_and_every_entry_is_found_all_the_same() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    bench.send(&mut pipeline, 0);
    let (sealed, log) = (pipeline.archive.history.entries(), pipeline.archive.log.entries());
    assert_eq!(sealed.first, Offset(1));
    assert!(log.first > Offset(200), "the log begins at {}", log.first);
    assert!(pipeline.archive.history.paths().len() > 2, "sealed again and again");
    assert_eq!(events(&pipeline).len(), 6 * 40 + 6);
    let timeline = pipeline.journal().timeline(&AccountId::from("second"), 100).unwrap();
    let types: Vec<&str> = timeline.iter().map(|row| row.facts.event_type.as_str()).collect();
    assert_eq!(types, ["report.created", "account.logged_in"]);
    // Everything derived is made anew from sealed files and log together.
    let expected = pipeline.read().detection().snapshot(0).unwrap();
    let yaml = format!("{}\n# changed", cordon_detect::settings::BUNDLED);
    pipeline.append_control("settings:other", &Control::LinkSettingsActivated { yaml }).unwrap();
    assert!(pipeline.read().detection().snapshot(0).unwrap() == expected);
}

#[test]
fn an_erased_account_leaves_links_history_and_log_and_a_replay_does_not_bring_it_back() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    bench.send(&mut pipeline, 0);
    let second = AccountId::from("second");
    let erased = Control::AccountErased { account_id: second.clone() };
    pipeline.append_control("erase:second", &erased).unwrap();
    pipeline.settle(Durability::Committed).unwrap();
    look_after(&pipeline);
    assert_eq!(pipeline.journal().timeline(&second, 100).unwrap(), []);
    let entries = pipeline.journal().read(pipeline.journal().entries()).unwrap();
    let tombstones = entries.iter().filter(|entry| entry.payload == TOMBSTONE).count();
    assert_eq!(tombstones, 2, "a log-in and a report");
    // The next entry begins a new segment; then the old one, which still holds the payloads, goes.
    for later in 1..4 {
        bench.clock.set(START.plus_seconds(7_200 * later));
        pipeline.append_control(&format!("tick:later{later}"), &Control::Tick).unwrap();
        pipeline.settle(Durability::Committed).unwrap();
        look_after(&pipeline);
    }
    drop(pipeline);
    let is_naming = |path: &std::path::PathBuf| {
        let bytes = bench.disk.contents(path).unwrap();
        bytes.windows(10).any(|window| window == b"192.0.2.77")
    };
    let naming: Vec<_> = bench.disk.paths().into_iter().filter(is_naming).collect();
    assert_eq!(naming, Vec::<std::path::PathBuf>::new(), "still hold what was erased");

    let replayed = Bench { record: Arc::default(), ..Bench::on(bench.disk.clone()) };
    replayed.drop_snapshots();
    let mut pipeline = replayed.open().unwrap();
    assert_eq!(pipeline.read().detection().account("second"), None);
    assert!(pipeline.read().detection().account("first").is_some());
    // Its ids are remembered: what was erased does not come in again by itself.
    let text = batches().remove(8);
    let prepared = prepare(&pipeline.intake(), chunks(text.as_bytes()).remove(0), pipeline.now());
    let taken = pipeline.take(prepared, Durability::Committed, |_| {}).unwrap();
    assert_eq!((taken.accepted, taken.duplicates), (0, 2));
}

#[test]
fn values_whose_time_is_over_are_taken_out_of_history_unless_a_suspension_keeps_them() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    bench.send(&mut pipeline, 0);
    bench.clock.set(START.plus_seconds(200 * 86_400));
    pipeline.settle(Durability::Committed).unwrap();
    look_after(&pipeline);
    let log_ins = |account: &str| {
        let rows = pipeline.journal().timeline(&AccountId::from(account), 100).unwrap();
        let payloads = rows.into_iter().map(|row| String::from_utf8(row.entry.payload).unwrap());
        payloads.filter(|payload| payload.contains("session")).collect::<Vec<_>>()
    };
    assert!(log_ins("first")[0].contains("192.0.2.1") && log_ins("first")[0].contains("device-x"));
    let returned = &log_ins("second")[0];
    assert!(!returned.contains("192.0.2.77") && !returned.contains("device-x"), "{returned}");
    assert!(returned.contains("grey_heron"), "names are kept for a year: {returned}");
}

#[test]
fn a_restart_goes_on_from_a_snapshot_as_if_nothing_had_happened() {
    let (expected_events, expected_state, expected_effects) = undisturbed();
    let bench = Bench::on(SimulatedDisk::new(1));
    for stop in [3, 5, 9] {
        let mut pipeline = bench.open().unwrap();
        let from = events(&pipeline).len().min(240) / 40 + events(&pipeline).len().saturating_sub(240);
        bench.send(&mut pipeline, from.min(stop));
        pipeline.close().unwrap();
    }
    let pipeline = bench.open().unwrap();
    assert_eq!(events(&pipeline), expected_events);
    assert_eq!(pipeline.read().detection().snapshot(0).unwrap(), expected_state);
    assert_eq!(bench.record.effects().into_values().collect::<Vec<_>>(), expected_effects);
}

/// Sends on from the first batch that was not acknowledged, as a client does, and holds the end against an
/// undisturbed run.
fn assert_nothing_lost(
    bench: &Bench,
    acknowledged: usize,
    expected: &(Vec<String>, Vec<u8>, Vec<Effect>),
    what: &str,
) {
    let mut pipeline = bench.open().unwrap_or_else(|error| panic!("{what}: cannot open: {error}"));
    let there = events(&pipeline);
    for number in 0..acknowledged {
        for id in batches()[number].lines().filter_map(|line| line.split('"').nth(3)) {
            assert!(there.iter().any(|known| known == id), "{what}: {id} was acknowledged and is gone");
        }
    }
    assert_eq!(bench.send(&mut pipeline, acknowledged), batches().len(), "{what}: resent");
    assert_eq!(events(&pipeline), expected.0, "{what}: entries");
    assert!(pipeline.read().detection().snapshot(0).unwrap() == expected.1, "{what}: state differs");
    let effects: Vec<Effect> = bench.record.effects().into_values().collect();
    assert_eq!(effects, expected.2, "{what}: effects");
    let replayed = Bench { record: Arc::default(), ..Bench::on(bench.disk.clone()) };
    drop(pipeline);
    replayed.drop_snapshots();
    let pipeline = replayed.open().unwrap();
    assert!(pipeline.read().detection().snapshot(0).unwrap() == expected.1, "{what}: replay differs");
}

fn operations_of_an_undisturbed_run() -> u64 {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    bench.send(&mut pipeline, 0);
    bench.disk.operations()
}

fn run_until_stopped(bench: &Bench) -> usize {
    bench.open().map_or(0, |mut pipeline| bench.send(&mut pipeline, 0))
}

#[test]
fn power_may_go_at_any_operation_and_nothing_acknowledged_is_lost() {
    let expected = undisturbed();
    for operation in 0..operations_of_an_undisturbed_run() {
        for loss in [PowerLoss::Drop, PowerLoss::Tear] {
            let bench = Bench::on(SimulatedDisk::new(operation + 1));
            bench.disk.stop_at(operation);
            let acknowledged = run_until_stopped(&bench);
            bench.disk.lose_power(loss);
            assert_nothing_lost(
                &bench,
                acknowledged,
                &expected,
                &format!("{loss:?} at operation {operation}"),
            );
        }
    }
}

#[test]
fn the_disk_may_fail_or_fill_at_any_operation_and_intake_resumes_by_itself() {
    let expected = undisturbed();
    for operation in 0..operations_of_an_undisturbed_run() {
        for fault in [Fault::Full, Fault::Broken] {
            let bench = Bench::on(SimulatedDisk::new(operation + 1));
            bench.disk.fail_at(operation, fault, false);
            let acknowledged = run_until_stopped(&bench);
            bench.disk.heal();
            assert_nothing_lost(
                &bench,
                acknowledged,
                &expected,
                &format!("{fault:?} at operation {operation}"),
            );
        }
    }
}

#[test]
fn without_the_journals_syncs_the_power_test_fails() {
    let sites = {
        let bench = Bench::on(SimulatedDisk::new(1));
        run_until_stopped(&bench);
        bench.disk.sync_sites()
    };
    for site in sites.into_iter().filter(|site| site.path.contains("/journal")) {
        let is_noticed = (0..operations_of_an_undisturbed_run()).any(|operation| {
            let bench = Bench::on(SimulatedDisk::new(operation + 1));
            bench.disk.ignore_syncs(site.clone());
            bench.disk.stop_at(operation);
            let acknowledged = run_until_stopped(&bench);
            bench.disk.lose_power(PowerLoss::Drop);
            let Ok(pipeline) = bench.open() else { return true };
            let there = events(&pipeline).len();
            there < batches().iter().take(acknowledged).map(|batch| batch.lines().count()).sum()
        });
        assert!(is_noticed, "nobody misses the sync of {site:?}");
    }
}
