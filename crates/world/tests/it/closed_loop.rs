//! What happens to an account that is suspended, restored, or returns.

use crate::runs::{EagerPlatform, run, small, text_at};
use cordon_model::ids::AccountId;
use cordon_world::{EventSink, World};
use std::collections::{BTreeMap, BTreeSet};

fn actor(line: &[u8]) -> Option<String> {
    text_at(line, &["account", "id"]).or_else(|| text_at(line, &["report", "reporter", "id"]))
}

fn busiest(world: &mut World, hours: u32) -> AccountId {
    let (mut sink, mut counts) = (EventSink::new(), BTreeMap::new());
    for _ in 0..hours {
        world.next_hour(&mut sink);
    }
    for id in sink.lines().filter_map(|(_, line)| actor(line)) {
        *counts.entry(id).or_insert(0) += 1;
    }
    AccountId(counts.into_iter().max_by_key(|(_, count)| *count).unwrap().0)
}

fn events_by(world: &mut World, id: &AccountId, hours: u32) -> usize {
    let mut sink = EventSink::new();
    for _ in 0..hours {
        world.next_hour(&mut sink);
    }
    sink.lines().filter(|(_, line)| actor(line).as_deref() == Some(id.as_str())).count()
}

#[test]
fn a_suspended_account_emits_nothing_until_it_is_restored() {
    let mut world = World::new(small());
    let id = busiest(&mut world, 36);
    let at = |hour: i64| small().starts_at.plus_seconds(hour * 3_600);
    world.suspend(&id, at(36));
    assert_eq!(events_by(&mut world, &id, 36), 0);
    world.restore(&id, at(72));
    assert!(events_by(&mut world, &id, 48) > 0);
}

#[test]
fn no_violator_emits_anything_after_its_suspension() {
    let mut platform = EagerPlatform::new(8);
    let mut gone: BTreeSet<String> = BTreeSet::new();
    let mut first_seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut hour = 0;
    run(small(), |world, sink| {
        hour += 1;
        for id in sink.lines().filter_map(|(_, line)| actor(line)) {
            assert!(!gone.contains(&id), "{id} is suspended");
        }
        platform.step(world);
        for truth in world.violators() {
            let seen = *first_seen.entry(truth.account_id.0.clone()).or_insert(hour);
            if hour >= seen + 8 {
                gone.insert(truth.account_id.0);
            }
        }
    });
    assert!(gone.len() > 20, "{}", gone.len());
}

#[test]
fn a_return_names_the_suspended_account_of_the_same_holder() {
    let mut platform = EagerPlatform::new(4);
    let world = run(small(), |world, _| platform.step(world));
    let mut chained = 0;
    for truth in world.returns() {
        let predecessor = world.truth(truth.predecessor.as_ref().unwrap()).unwrap();
        assert_eq!(predecessor.holder, truth.holder);
        assert_eq!(predecessor.incarnation + 1, truth.incarnation);
        assert_eq!(predecessor.language, truth.language);
        chained += usize::from(truth.incarnation > 2);
    }
    assert!(chained > 5, "{chained}");
}

#[test]
fn an_unknown_account_has_no_truth() {
    let world = World::new(small());
    assert_eq!(world.truth(&AccountId::from("somebody")), None);
    assert_eq!(world.truth(&AccountId::from("u0123456789abcdef")), None);
}

#[test]
fn six_in_ten_innocents_appeal_and_who_does_is_no_chance_of_the_run() {
    let appealing = |random_seed: u64| -> BTreeSet<AccountId> {
        let world = run(cordon_world::WorldConfig { random_seed, days: 2, ..small() }, |_, _| {});
        let truths: Vec<_> = world.truths().collect();
        assert!(truths.iter().all(|truth| !(truth.is_violator && truth.appeals_when_wronged)));
        truths.into_iter().filter(|truth| truth.appeals_when_wronged).map(|truth| truth.account_id).collect()
    };
    let first = appealing(3);
    assert!((1_000..1_300).contains(&first.len()), "{} of about 1,900", first.len());
    assert_eq!(first, appealing(3));
    assert_ne!(first, appealing(4));
}
