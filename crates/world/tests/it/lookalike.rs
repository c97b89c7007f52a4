//! The invented data set has the format of the real ones and is always the same.

use cordon_model::clock::Timestamp;
use cordon_model::event::{Event, EventType};
use cordon_model::json::Json;
use cordon_world::lookalike;
use std::collections::BTreeMap;

fn written() -> (Vec<u8>, String) {
    let (mut events, mut labels) = (Vec::new(), Vec::new());
    lookalike::write_to(&mut events, &mut labels).unwrap();
    (events, String::from_utf8(labels).unwrap())
}

#[test]
fn the_data_set_is_the_same_every_time() {
    assert!(written() == written());
}

#[test]
fn six_groups_stand_in_a_crowd() {
    let (_, labels) = written();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for line in labels.lines().skip(1) {
        *sizes.entry(line.split(',').nth(2).unwrap()).or_default() += 1;
    }
    let crowd = sizes.remove(lookalike::CROWD_GROUP).unwrap();
    assert_eq!((crowd, sizes.len()), (800, 6));
    assert!(sizes.values().all(|size| (25..=60).contains(size)), "{sizes:?}");
}

#[test]
fn every_label_counts_the_posts_of_its_account() {
    let (events, labels) = written();
    let mut posts: BTreeMap<String, u32> = BTreeMap::new();
    for line in events.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let event = Event::read(line, Timestamp::from_seconds(1_790_000_000)).unwrap();
        assert_eq!(event.kind, EventType::PostCreated);
        let id = event.body.path(&["account", "id"]).and_then(Json::as_str).unwrap();
        *posts.entry(id.to_owned()).or_default() += 1;
    }
    for line in labels.lines().skip(1) {
        let columns: Vec<_> = line.split(',').collect();
        assert_eq!(posts.get(columns[0]), columns[4].parse().ok().as_ref(), "{line}");
    }
    assert_eq!(posts.len(), labels.lines().count() - 1);
}

#[test]
fn both_files_are_written_into_the_folder() {
    let folder = std::env::temp_dir().join(format!("cordon-lookalike-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    lookalike::write(&folder).unwrap();
    let (events, labels) = written();
    assert_eq!(std::fs::read(folder.join(lookalike::EVENTS_FILE)).unwrap(), events);
    assert_eq!(std::fs::read_to_string(folder.join(lookalike::LABELS_FILE)).unwrap(), labels);
    std::fs::remove_dir_all(&folder).unwrap();
}
