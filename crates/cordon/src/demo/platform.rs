//! The simulated platform's two ends: its events go in, the actions come back.

use crate::data::Data;
use anyhow::Result;
use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::Outbox;
use cordon_measure::Truth;
use cordon_model::clock::{Clock, ManualClock, Timestamp};
use cordon_model::ids::AccountId;
use cordon_pipeline::{Chunk, Durability, prepare, relay};
use cordon_world::config::APPEAL_HOURS;
use cordon_world::{EventSink, Hour, World};

/// What the platform reads of a webhook.
#[derive(serde::Deserialize)]
struct Heard {
    #[serde(rename = "type")]
    kind: String,
    account_id: String,
}

/// Rows of the outbox obeyed in one go.
const ROWS_MAX: usize = 500;

/// A platform made of a world.
pub(super) struct Platform {
    world: World,
    sink: EventSink,
}

impl Platform {
    pub(super) fn new(world: World) -> Self {
        Self { world, sink: EventSink::new() }
    }

    /// Lives through another hour.
    pub(super) fn next_hour(&mut self) -> Option<Hour> {
        self.sink.clear();
        self.world.next_hour(&mut self.sink)
    }

    /// Sends the hour's events, each arriving when it happens.
    pub(super) fn send(&mut self, data: &mut Data, clock: &ManualClock) -> Result<()> {
        let mut chunk = Chunk { first_line: 1, ..Chunk::default() };
        let mut last = clock.now();
        for (line, bytes) in self.sink.lines() {
            chunk.push(bytes);
            last = line.time.max(last);
            if chunk.is_full() {
                take(data, clock, std::mem::take(&mut chunk), last)?;
            }
        }
        if chunk.ends.is_empty() { Ok(()) } else { take(data, clock, chunk, last) }
    }

    /// Carries out what was decided, and lets the journal hear of it.
    pub(super) fn obey(&mut self, data: &mut Data, now: Timestamp) -> Result<()> {
        let record = data.record.clone();
        loop {
            let rows = data.runtime.block_on(record.due(OutboxKind::Webhook, now, ROWS_MAX))?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                // Notices have other bodies; what all have is the type and the account.
                let body: Heard = serde_json::from_str(&row.payload)?;
                let account_id = AccountId::from(body.account_id.as_str());
                match body.kind.as_str() {
                    "action.suspend" => self.world.suspend(&account_id, now),
                    "action.restore" => self.world.restore(&account_id, now),
                    _ => {}
                }
            }
            let keys: Vec<String> = rows.into_iter().map(|row| row.key).collect();
            data.runtime.block_on(record.mark_done(&keys, now))?;
        }
        let rows = data.runtime.block_on(relay::due(&*record, now))?;
        let keys = relay::append(&mut data.pipeline, &rows)?;
        data.runtime.block_on(record.mark_done(&keys, now))?;
        data.pipeline.settle(Durability::Journalled)?;
        Ok(())
    }

    /// Whether an account breaks policy; the scripted reviewers err on top of it.
    pub(super) fn is_violator(&self, account_id: &AccountId) -> bool {
        self.world.truth(account_id).is_some_and(|truth| truth.is_violator)
    }

    /// Whether the account's holder appeals once it is suspended wrongly.
    pub(super) fn appeals(&self, account_id: &AccountId) -> bool {
        self.world.truth(account_id).is_some_and(|truth| truth.appeals_when_wronged)
    }

    /// What is true of everybody who has appeared.
    pub(super) fn truth(&self) -> Truth {
        Truth {
            violators: self.world.violators().map(|truth| truth.account_id).collect(),
            returns: self
                .world
                .returns()
                .filter_map(|truth| Some((truth.account_id, truth.predecessor?)))
                .collect(),
            appeal_hours: self
                .world
                .truths()
                .filter(|truth| truth.appeals_when_wronged)
                .map(|truth| (truth.account_id, APPEAL_HOURS))
                .collect(),
        }
    }
}

fn take(data: &mut Data, clock: &ManualClock, chunk: Chunk, received_at: Timestamp) -> Result<()> {
    clock.set(received_at);
    let prepared = prepare(&data.pipeline.intake(), chunk, received_at);
    data.pipeline.take(prepared, Durability::Journalled, |_| {})?;
    Ok(())
}
