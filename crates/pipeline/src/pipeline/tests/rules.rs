//! Rule sets in the pipeline: what they count, label and ask for is a function of the journal.

use super::*;
use crate::rules::LabelStatus;
use cordon_model::effect::RuleSignalKind;
use cordon_model::rule_set::{ManualLabel, RuleFile, RuleMode, RuleSet};

const RULES: &str = "
UserId: Entity[str] = EntityJson(type='UserId', path='$.account.id')
EventType: str = JsonData(path='$.type')
Device: Entity[str] = EntityJson(type='Device', path='$.session.device', required=False)
Shared = LinkedAccounts(entity=Device)
LogIns = IncrementWindow(key='log-ins', window_seconds=120.0, when_all=[EventType == 'account.logged_in'])
Busy = Rule(when_all=[LogIns > 79], description=f'{LogIns} log-ins in two minutes')
New = Rule(when_all=[not HasLabel(entity=UserId, label='seen')], description='not seen before')
Twice = Rule(when_all=[Shared > 1], description=f'{Shared} accounts on a device')
WhenRules(
    rules_any=[Busy],
    then=[DeclareVerdict(verdict='suspend'), SendSignal(name='suspend', detail=f'{LogIns}')],
)
WhenRules(rules_any=[New], then=[LabelAdd(entity=UserId, label='seen', expires_after=TimeDelta(minutes=3))])
WhenRules(rules_any=[Twice], then=[SendToReview(policy='ban-evasion', queue='returns', priority=2)])
";

fn set(mode: RuleMode, text: &str) -> RuleSet {
    let file = |path: &str, text: &str| RuleFile { path: path.to_owned(), text: text.to_owned() };
    let files = vec![file("config.yaml", "labels: {seen: {valid_for: [UserId]}}"), file("main.sml", text)];
    RuleSet { mode, owner: "ana".to_owned(), ..RuleSet::live(files) }
}

/// Activates one set live and one in shadow, once.
fn activate(pipeline: &mut Pipeline) -> Result<(), PipelineError> {
    let shadow = format!("{RULES}\nOften = Rule(when_all=[LogIns > 1], description='often')\n");
    pipeline.append_control("rules:1", &Control::RuleSetActivated(set(RuleMode::Live, RULES)))?;
    pipeline.append_control("rules:2", &Control::RuleSetActivated(set(RuleMode::Shadow, &shadow)))?;
    Ok(())
}

fn ruled(bench: &Bench) -> Pipeline {
    let mut pipeline = bench.open().unwrap();
    activate(&mut pipeline).unwrap();
    pipeline
}

fn state(pipeline: &Pipeline) -> Vec<u8> {
    pipeline.read().snapshot().unwrap()
}

fn hits(pipeline: &Pipeline, mode: RuleMode, rule: &str) -> u64 {
    pipeline.read().rules().unwrap().active(mode).unwrap().counts().hits[rule].count
}

#[test]
fn a_live_set_signals_labels_and_sends_to_review_and_one_in_shadow_only_counts() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = ruled(&bench);
    bench.send(&mut pipeline, 0);
    let effects: Vec<Effect> = bench.record.effects().into_values().collect();
    let signals: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Signal(signal) => Some(signal),
            _ => None,
        })
        .collect();
    // Of the six batches of forty a minute apart each sees its own and the one before, at 120 seconds the edge is out.
    assert_eq!(hits(&pipeline, RuleMode::Live, "Busy"), signals.len() as u64 / 2);
    assert!(signals.iter().all(|signal| signal.name == "suspend" && signal.rules == ["Busy"]));
    assert_eq!((signals[0].kind, signals[1].kind), (RuleSignalKind::Verdict, RuleSignalKind::Custom));
    assert_eq!((signals[0].rule_set, signals[0].account_id.as_str()), (1, "a1-39"));
    assert_eq!(signals[1].detail.as_deref(), Some("80"));
    let of_rules: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Candidate(candidate) if candidate.source == cordon_model::entity::Source::Rule => {
                Some(candidate)
            }
            _ => None,
        })
        .collect();
    let [second] = of_rules[..] else { panic!("{of_rules:?}") };
    assert_eq!(second.account_id.as_str(), "second");
    assert_eq!(second.policy_id.as_ref().unwrap().as_str(), "ban-evasion");
    assert_eq!((second.queue_id.as_ref().unwrap().as_str(), second.priority), ("returns", 2));
    assert_eq!(second.evidence[0].text, "the rule Twice held: 2 accounts on a device");

    assert!(hits(&pipeline, RuleMode::Shadow, "Often") > 200);
    assert_eq!(hits(&pipeline, RuleMode::Shadow, "Busy"), hits(&pipeline, RuleMode::Live, "Busy"));
    let state = pipeline.read();
    let rules = state.rules().unwrap();
    let shadow = rules.active(RuleMode::Shadow).unwrap().counts();
    assert_eq!(shadow.effects["review:ban-evasion"], 1);
    let labels = |account: &str, minutes: i64| {
        rules.labels_of(&KEY, "UserId", account, START.plus_seconds(60 * minutes))
    };
    let seen = vec![("seen".to_owned(), LabelStatus::Added)];
    assert_eq!((labels("a0-0", 2), labels("a0-0", 3)), (seen, vec![]), "for three minutes from minute 0");
}

#[test]
fn a_set_with_mistakes_is_refused_and_the_last_good_one_stays() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = ruled(&bench);
    let before = (state(&pipeline), pipeline.journal().entries());
    let wrong = Control::RuleSetActivated(set(RuleMode::Live, "A = Nope\nB = 1 + 'x'\n"));
    let refused = pipeline.append_control("rules:3", &wrong);
    let Err(PipelineError::RuleSet { found }) = refused else { panic!("{refused:?}") };
    assert_eq!(found.len(), 2);
    assert_eq!((state(&pipeline), pipeline.journal().entries()), before);
}

#[test]
fn another_version_keeps_the_windows_and_a_withdrawn_one_is_heard_no_more() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = ruled(&bench);
    bench.send(&mut pipeline, 0);
    let held = hits(&pipeline, RuleMode::Live, "New");
    assert!(held > 0);
    pipeline.append_control("rules:3", &Control::RuleSetActivated(set(RuleMode::Live, RULES))).unwrap();
    pipeline.append_control("rules:4", &Control::RuleSetWithdrawn { mode: RuleMode::Shadow }).unwrap();
    assert_eq!(hits(&pipeline, RuleMode::Live, "New"), 0, "counts begin anew");
    let state = pipeline.read();
    let rules = state.rules().unwrap();
    let live = rules.active(RuleMode::Live).unwrap();
    assert_eq!((live.version(), live.counter_count()), (3, 1), "windows go on");
    assert!(rules.active(RuleMode::Shadow).is_none());
    let ended: Vec<bool> = rules.published().iter().map(|one| one.ended_at.is_some()).collect();
    assert_eq!(ended, [true, true, false]);
}

#[test]
fn what_people_set_by_hand_no_rule_changes_and_erasure_takes_labels_along() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = ruled(&bench);
    let by_hand = ManualLabel {
        entity_type: "UserId".to_owned(),
        entity_id: "a0-1".to_owned(),
        label: "seen".to_owned(),
        is_added: false,
        expires_at: None,
        by: "ana".to_owned(),
    };
    pipeline.append_control("label:1", &Control::LabelSet(by_hand)).unwrap();
    bench.send(&mut pipeline, 0);
    let labels = |pipeline: &Pipeline, account: &str| {
        let state = pipeline.read();
        state.rules().unwrap().labels_of(&KEY, "UserId", account, START)
    };
    assert_eq!(labels(&pipeline, "a0-1"), [("seen".to_owned(), LabelStatus::ManuallyRemoved)]);
    assert_eq!(labels(&pipeline, "a0-2").len(), 1);
    let erased = Control::AccountErased { account_id: AccountId::from("a0-2") };
    pipeline.append_control("erase:1", &erased).unwrap();
    assert_eq!(labels(&pipeline, "a0-2"), []);
}

/// A live set of which one rule may take effect twice a day.
fn limited(pipeline: &mut Pipeline) {
    let daily_limits = [("Busy".to_owned(), 2), ("New".to_owned(), 1_000)].into();
    let set = RuleSet { daily_limits, ..set(RuleMode::Live, RULES) };
    pipeline.append_control("rules:1", &Control::RuleSetActivated(set)).unwrap();
}

#[test]
fn a_rule_that_goes_beyond_its_daily_limit_is_stopped_and_told_of_and_a_replay_stops_it_at_the_same_event() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    limited(&mut pipeline);
    bench.send(&mut pipeline, 0);
    let signals = |bench: &Bench, kind| {
        let effects = bench.record.effects();
        let of_kind = |(effect_id, effect)| match effect {
            Effect::Signal(signal) if signal.kind == kind => Some((effect_id, signal)),
            _ => None,
        };
        effects.into_iter().filter_map(of_kind).collect::<Vec<_>>()
    };
    assert!(hits(&pipeline, RuleMode::Live, "Busy") > 2, "it is evaluated and counted on");
    assert_eq!(signals(&bench, RuleSignalKind::Custom).len(), 2);
    assert_eq!(signals(&bench, RuleSignalKind::Verdict).len(), 2);
    let told = signals(&bench, RuleSignalKind::RuleStopped);
    let [(_, told)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((told.name.as_str(), told.rule_set), ("Busy", 1));
    let stopped = pipeline.read().rules().unwrap().active(RuleMode::Live).unwrap().stopped().clone();
    assert_eq!(stopped.keys().collect::<Vec<_>>(), ["Busy"]);
    assert_eq!(
        (stopped["Busy"].limit, stopped["Busy"].withheld),
        (2, hits(&pipeline, RuleMode::Live, "Busy") - 2)
    );

    let (expected, effects) = (state(&pipeline), bench.record.effects());
    drop(pipeline);
    let restarted = bench.open().unwrap();
    assert!(state(&restarted) == expected, "a restart from a snapshot differs");
    drop(restarted);
    let replayed = Bench { record: Arc::default(), ..Bench::on(bench.disk.clone()) };
    replayed.drop_snapshots();
    let mut pipeline = replayed.open().unwrap();
    assert!(state(&pipeline) == expected, "a replay differs");
    pipeline.settle(Durability::Committed).unwrap();
    assert_eq!(replayed.record.effects(), effects, "a replay asks for something else");

    crate::rules::change(&mut pipeline, 1, Some(RuleMode::Shadow), "ana").unwrap();
    crate::rules::change(&mut pipeline, 1, Some(RuleMode::Live), "ana").unwrap();
    let again = pipeline.read().rules().unwrap().active(RuleMode::Live).unwrap().stopped().clone();
    assert!(again.is_empty(), "somebody put the set in force again");
}

#[test]
fn versions_move_between_modes_and_a_replay_moves_them_too() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = ruled(&bench);
    let draft = crate::rules::publish(&mut pipeline, set(RuleMode::Draft, RULES), "ana").unwrap();
    let modes = |pipeline: &Pipeline| {
        let state = pipeline.read();
        let published = state.rules().unwrap().published().iter();
        published.map(|one| (one.version, one.mode, one.ended_at.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(draft, 3);
    bench.send(&mut pipeline, 0);
    crate::rules::change(&mut pipeline, 2, Some(RuleMode::Live), "ana").unwrap();
    crate::rules::change(&mut pipeline, 3, Some(RuleMode::Shadow), "ana").unwrap();
    crate::rules::change(&mut pipeline, 3, None, "ana").unwrap();
    let unknown = crate::rules::change(&mut pipeline, 9, None, "ana");
    assert!(matches!(unknown, Err(PipelineError::RuleSetUnknown { version: 9 })), "{unknown:?}");
    let twice = crate::rules::change(&mut pipeline, 3, None, "ana");
    assert!(matches!(twice, Err(PipelineError::Refused(_))), "{twice:?}");
    let moved = [(1, RuleMode::Live, true), (2, RuleMode::Live, false), (3, RuleMode::Shadow, true)];
    assert_eq!(modes(&pipeline), moved);
    let text = pipeline.read().rule_set(3).unwrap().unwrap();
    assert_eq!(text, set(RuleMode::Draft, RULES));
    let expected = state(&pipeline);
    drop(pipeline);
    let replayed = Bench { record: Arc::default(), ..Bench::on(bench.disk.clone()) };
    replayed.drop_snapshots();
    assert!(state(&replayed.open().unwrap()) == expected, "a replay differs");
}

#[test]
fn late_events_are_not_evaluated() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = ruled(&bench);
    bench.clock.set(START.plus_seconds(2 * 86_400));
    let text = batches().remove(0);
    let prepared = prepare(&pipeline.intake(), chunks(text.as_bytes()).remove(0), pipeline.now());
    pipeline.take(prepared, Durability::Committed, |_| {}).unwrap();
    let state = pipeline.read();
    assert_eq!(state.rules().unwrap().active(RuleMode::Live).unwrap().counts().events, 0);
}

#[test]
fn after_any_cut_rules_count_label_and_ask_as_in_an_undisturbed_run_and_so_does_a_replay() {
    let (expected, expected_effects, operations) = {
        let bench = Bench::on(SimulatedDisk::new(1));
        let mut pipeline = ruled(&bench);
        bench.send(&mut pipeline, 0);
        (state(&pipeline), bench.record.effects(), bench.disk.operations())
    };
    assert!(expected_effects.values().any(|effect| matches!(effect, Effect::Signal(_))));
    for operation in (0..operations).step_by(5) {
        let bench = Bench::on(SimulatedDisk::new(operation + 1));
        bench.disk.stop_at(operation);
        let acknowledged = bench.open().map_or(0, |mut pipeline| match activate(&mut pipeline) {
            Ok(()) => bench.send(&mut pipeline, 0),
            Err(_) => 0,
        });
        bench.disk.lose_power(PowerLoss::Tear);
        let mut pipeline = ruled(&bench);
        bench.send(&mut pipeline, acknowledged);
        assert!(state(&pipeline) == expected, "state differs after a cut at operation {operation}");
        assert_eq!(bench.record.effects(), expected_effects, "after a cut at operation {operation}");
        drop(pipeline);
        let replayed = Bench { record: Arc::default(), ..Bench::on(bench.disk.clone()) };
        replayed.drop_snapshots();
        let pipeline = replayed.open().unwrap();
        assert!(state(&pipeline) == expected, "a replay differs after a cut at operation {operation}");
    }
}

#[test]
fn who_changed_the_rules_and_banks_is_told_with_the_entry_and_once() {
    let bench = Bench::on(SimulatedDisk::new(1));
    let mut pipeline = bench.open().unwrap();
    let version = crate::rules::publish(&mut pipeline, set(RuleMode::Live, RULES), "ana").unwrap();
    crate::rules::change(&mut pipeline, version, Some(RuleMode::Shadow), "ben").unwrap();
    crate::rules::change(&mut pipeline, version, None, "ana:x").unwrap();
    pipeline.settle(Durability::Committed).unwrap();
    let told = || -> Vec<(String, &'static str, String, serde_json::Value)> {
        let changes = bench.record.effects().into_values().filter_map(|effect| match effect {
            Effect::Changed(one) => {
                let details: serde_json::Value = serde_json::from_str(&one.details).unwrap();
                Some((one.actor, one.verb.name(), one.subject, details))
            }
            _ => None,
        });
        changes.collect()
    };
    let expected = [
        ("operator:ana", "rules.published", r#"{"mode":"live","offset":2}"#),
        ("operator:ben", "rules.moved", r#"{"offset":3,"to":"shadow"}"#),
        ("operator:ana:x", "rules.withdrawn", r#"{"offset":4}"#),
    ];
    let expected = expected.map(|(by, verb, details)| {
        (
            by.to_owned(),
            verb,
            "rules:1".to_owned(),
            serde_json::from_str::<serde_json::Value>(details).unwrap(),
        )
    });
    assert_eq!(told(), expected);
    drop(pipeline);
    bench.drop_snapshots();
    bench.open().unwrap().settle(Durability::Committed).unwrap();
    assert_eq!(told(), expected, "a replay tells nothing twice");
}
