//! Two runs that suspend different accounts see the same arrivals for everybody not affected.

use crate::runs::{EagerPlatform, run, small, text_at};
use cordon_model::event::EventType;
use std::collections::BTreeMap;

type Lines = BTreeMap<String, (EventType, Vec<u8>)>;

/// The events of innocents, by id.
fn events_of_innocents(suspends: bool) -> Lines {
    let mut platform = EagerPlatform::new(6);
    let mut lines = Lines::new();
    run(small(), |world, sink| {
        for (entry, line) in sink.lines() {
            let actor = text_at(line, &["account", "id"]);
            let truth = actor.and_then(|id| world.truth(&id.into()));
            if truth.is_some_and(|truth| !truth.is_violator) {
                lines.insert(text_at(line, &["id"]).unwrap(), (entry.kind, line.to_vec()));
            }
        }
        if suspends {
            platform.step(world);
        }
    });
    lines
}

#[test]
fn innocents_log_in_and_post_at_the_same_instants_whoever_is_suspended() {
    let (calm, busy) = (events_of_innocents(false), events_of_innocents(true));
    let fixed = |lines: &Lines| {
        let is_fixed = |kind: EventType| !matches!(kind, EventType::PostCreated | EventType::FollowCreated);
        lines
            .iter()
            .filter(|(_, (kind, _))| is_fixed(*kind))
            .map(|(id, (_, line))| (id.clone(), line.clone()))
            .collect()
    };
    let (left, right): (BTreeMap<_, _>, BTreeMap<_, _>) = (fixed(&calm), fixed(&busy));
    assert_eq!(left, right);
    let posts = |lines: &Lines| {
        lines
            .iter()
            .filter(|(_, (kind, _))| *kind == EventType::PostCreated)
            .map(|(id, _)| id.clone())
            .collect()
    };
    let (left, right): (Vec<_>, Vec<_>) = (posts(&calm), posts(&busy));
    assert_eq!(left, right);
}

#[test]
fn only_events_that_touch_the_suspended_differ() {
    let (calm, busy) = (events_of_innocents(false), events_of_innocents(true));
    let different = calm.iter().filter(|(id, event)| busy.get(*id) != Some(event)).count();
    assert!(different * 50 < calm.len(), "{different} of {}", calm.len());
}
