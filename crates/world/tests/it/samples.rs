//! Samples of what a world emitted once are still events.

use cordon_model::clock::Timestamp;
use cordon_model::event::{Event, EventType};

const EVENTS: &str = include_str!("../samples/v1/events.ndjson");
const TRUTH: &str = include_str!("../samples/v1/truth.csv");

#[test]
fn the_first_version_of_each_event_is_still_read() {
    let mut kinds = std::collections::BTreeSet::new();
    for line in EVENTS.lines() {
        let event = Event::read(line.as_bytes(), Timestamp::from_seconds(1_790_000_000)).unwrap();
        assert_ne!(event.kind, EventType::Other, "{line}");
        kinds.insert(event.kind);
    }
    assert_eq!(kinds.len(), 10);
}

#[test]
fn the_first_version_of_the_truth_has_the_columns_of_today() {
    assert_eq!(TRUTH.lines().next(), Some(cordon_world::Truth::CSV_HEADER));
}
