//! Every line is an event that the product takes, in order, and refers to what exists.

use crate::runs::{run, small, text_at};
use cordon_model::event::{Event, EventType};
use cordon_world::{EventSink, SlowPlatform, World, simulate};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_line_is_taken_by_the_products_own_reader() {
    let mut kinds: BTreeMap<EventType, usize> = BTreeMap::new();
    let (mut events, mut truth) = (Vec::new(), Vec::new());
    let platform = SlowPlatform::new(small().random_seed, 1, 6);
    simulate(small(), platform, &mut events, &mut truth, false).unwrap();
    for line in events.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let time = cordon_model::clock::Timestamp::parse(&text_at(line, &["time"]).unwrap()).unwrap();
        let event = Event::read(line, time)
            .unwrap_or_else(|reject| panic!("{reject}: {}", String::from_utf8_lossy(line)));
        assert!(!event.is_clamped && !event.is_late);
        *kinds.entry(event.kind).or_default() += 1;
    }
    let missing: Vec<_> = [
        EventType::AccountCreated,
        EventType::AccountSnapshot,
        EventType::AccountUpdated,
        EventType::AccountDeleted,
        EventType::AccountLoggedIn,
        EventType::PostCreated,
        EventType::PostDeleted,
        EventType::FollowCreated,
        EventType::ReportCreated,
        EventType::DecisionImported,
    ]
    .into_iter()
    .filter(|kind| !kinds.contains_key(kind))
    .collect();
    assert!(missing.is_empty() && !kinds.contains_key(&EventType::Other), "{missing:?} of {kinds:?}");
}

#[test]
fn events_come_in_time_order_with_an_id_each() {
    let (mut last, mut ids) = (None, BTreeSet::new());
    run(small(), |_, sink| {
        for (entry, line) in sink.lines() {
            assert!(last.is_none_or(|last| last <= entry.time));
            last = Some(entry.time);
            let time = cordon_model::clock::Timestamp::parse(&text_at(line, &["time"]).unwrap());
            assert_eq!(time, Some(entry.time));
            assert!(ids.insert(text_at(line, &["id"]).unwrap()));
        }
    });
}

#[test]
fn reposts_and_deletions_refer_to_posts_that_were_made() {
    let (mut posts, mut references) = (BTreeSet::new(), 0);
    run(small(), |_, sink| {
        for (entry, line) in sink.lines() {
            let post = text_at(line, &["post", "id"]);
            if let Some(original) = text_at(line, &["post", "repost_of"]) {
                references += 1;
                assert!(posts.contains(&original), "{original}");
            }
            match entry.kind {
                EventType::PostCreated => assert!(posts.insert(post.unwrap())),
                EventType::PostDeleted => assert!(posts.contains(&post.unwrap())),
                _ => {}
            }
        }
    });
    assert!(references > 100, "{references}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let bytes = |random_seed| {
        let mut all = Vec::new();
        let config = cordon_world::WorldConfig { random_seed, days: 2, ..small() };
        run(config, |_, sink| all.extend_from_slice(sink.bytes()));
        all
    };
    let first = bytes(1);
    assert!(first == bytes(1) && first != bytes(2));
}

#[test]
fn the_index_covers_every_byte() {
    let (mut world, mut sink) = (World::new(small()), EventSink::new());
    world.next_hour(&mut sink);
    world.next_hour(&mut sink);
    let lengths: usize = sink.lines().map(|(_, line)| line.len() + 1).sum();
    assert_eq!(lengths, sink.bytes().len());
    assert!(sink.lines().all(|(_, line)| line.starts_with(b"{") && line.ends_with(b"}")));
}
