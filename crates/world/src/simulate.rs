//! A world written to files, with a slow platform of its own in the loop.

use crate::difficulty::{Difficulty, DifficultyMeter};
use crate::emit::{EventName, Moment, write_decision};
use crate::platform::{OwnDecision, SlowPlatform};
use crate::{EventSink, Truth, World, WorldConfig};
use cordon_model::clock::Timestamp;
use cordon_model::event::EventType;
use std::io::{self, Write};

/// What a simulation wrote.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// Events written.
    pub events: u64,
    /// Bytes of events written.
    pub bytes: u64,
    /// How hard the written world is, measured from what was written; `None` where not asked for.
    pub difficulty: Option<Difficulty>,
}

/// Writes all events of a world as NDJSON in time order to `events` and the truth to `truth` (CSV, one line per
/// account). `platform` suspends late and by reports; its decisions are among the events as
/// `decision.imported`. Measuring the difficulty reads every event back and remembers what each account used:
/// leave it out for very large worlds.
///
/// Errors: those of the two writers.
pub fn simulate(
    config: WorldConfig,
    mut platform: SlowPlatform,
    events: &mut dyn Write,
    truth: &mut dyn Write,
    is_measured: bool,
) -> io::Result<Simulation> {
    let mut world = World::new(config);
    let mut sink = EventSink::new();
    let mut meter = is_measured.then(DifficultyMeter::new);
    let mut simulation = Simulation { events: 0, bytes: 0, difficulty: None };
    for number in 0..world.config().days * 24 {
        sink.clear();
        let now = world.config().starts_at.plus_seconds(i64::from(number) * 3_600);
        let decisions = platform.decide(number, now, &mut world);
        append_decisions(&mut sink, &world, number, now, &decisions);
        world.next_hour(&mut sink);
        platform.read(number, &sink);
        if let Some(meter) = &mut meter {
            meter.observe(&sink, &world);
        }
        events.write_all(sink.bytes())?;
        simulation.events += sink.len() as u64;
        simulation.bytes += sink.bytes().len() as u64;
    }
    write_truth(&world, truth)?;
    simulation.difficulty = meter.map(|meter| meter.finish(&world));
    Ok(simulation)
}

/// Decisions stand at the first instant of their hour, so the file stays in time order.
fn append_decisions(
    sink: &mut EventSink,
    world: &World,
    hour: u32,
    now: Timestamp,
    decisions: &[OwnDecision],
) {
    let at = Moment::at_hour(now, hour / 24);
    for decision in decisions {
        let Some(actor) = world.ids().parse(&decision.account_id) else { continue };
        let name = EventName { kind: EventType::DecisionImported, actor, ordinal: 0 };
        let outcome = if decision.is_suspended { "suspended" } else { "cleared" };
        let start = sink.bytes.len();
        write_decision(&mut sink.bytes, world.ids(), name, &at, outcome);
        sink.end_line(start, now, EventType::DecisionImported);
    }
}

fn write_truth(world: &World, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", Truth::CSV_HEADER)?;
    world.truths().try_for_each(|truth| writeln!(out, "{}", truth.to_csv()))
}
