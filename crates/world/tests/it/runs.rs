//! Worlds that several tests look at, and ways to run one.

use cordon_model::json::Json;
use cordon_world::difficulty::DifficultyMeter;
use cordon_world::{EventSink, World, WorldConfig};
use std::collections::BTreeMap;

/// A small world that runs in about a second.
pub(crate) fn small() -> WorldConfig {
    WorldConfig { accounts: 2_000, days: 6, random_seed: 11, ..WorldConfig::default() }
}

/// Runs a world to its end, `each` after every hour; gives the world back.
pub(crate) fn run(config: WorldConfig, mut each: impl FnMut(&mut World, &EventSink)) -> World {
    let mut world = World::new(config);
    let mut sink = EventSink::new();
    while world.next_hour(&mut sink).is_some() {
        each(&mut world, &sink);
        sink.clear();
    }
    world
}

/// Runs a world in which every violator is suspended once it has been there for `hours`, and measures it.
pub(crate) fn run_with_eager_platform(config: WorldConfig, hours: u32) -> (World, DifficultyMeter) {
    let mut meter = DifficultyMeter::new();
    let mut platform = EagerPlatform::new(hours);
    let world = run(config, |world, sink| {
        meter.observe(sink, world);
        platform.step(world);
    });
    (world, meter)
}

/// Suspends violators by the truth, some hours after they appeared.
pub(crate) struct EagerPlatform {
    hours: u32,
    now: u32,
    first_seen: BTreeMap<String, u32>,
}

impl EagerPlatform {
    pub(crate) fn new(hours: u32) -> Self {
        Self { hours, now: 0, first_seen: BTreeMap::new() }
    }

    pub(crate) fn step(&mut self, world: &mut World) {
        self.now += 1;
        let violators: Vec<_> = world.violators().map(|truth| truth.account_id).collect();
        for id in violators {
            let seen = *self.first_seen.entry(id.0.clone()).or_insert(self.now);
            if self.now == seen + self.hours {
                let at = world.config().starts_at.plus_seconds(i64::from(self.now) * 3_600);
                world.suspend(&id, at);
            }
        }
    }
}

/// The text at a path of an event.
pub(crate) fn text_at(line: &[u8], path: &[&str]) -> Option<String> {
    Json::parse(line).unwrap().path(path).and_then(Json::as_str).map(str::to_owned)
}

/// The texts in a list of an event.
pub(crate) fn texts_at(line: &[u8], path: &[&str]) -> Vec<String> {
    let event = Json::parse(line).unwrap();
    let items = event.path(path).map_or(&[][..], Json::items);
    items.iter().filter_map(Json::as_str).map(str::to_owned).collect()
}
