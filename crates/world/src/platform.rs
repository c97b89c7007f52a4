//! A platform that suspends by itself, late and not always rightly: what closes the loop where cordon does not.

use crate::reviewer::ScriptedReviewer;
use crate::stream::{Purpose, Stream};
use crate::{EventSink, World};
use cordon_model::clock::Timestamp;
use cordon_model::event::EventType;
use cordon_model::ids::AccountId;
use cordon_model::json::Json;
use std::collections::{BTreeMap, BTreeSet};

/// Looks at an account some hours after its second report, and suspends it or clears it once and for all.
#[derive(Clone, Debug)]
pub struct SlowPlatform {
    reports_needed: u32,
    delay_hours: u32,
    reviewer: ScriptedReviewer,
    random_seed: u64,
    reports: BTreeMap<AccountId, u32>,
    due: BTreeSet<(u32, AccountId)>,
    looked_at: BTreeSet<AccountId>,
}

/// A decision of the platform's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnDecision {
    pub(crate) account_id: AccountId,
    pub(crate) is_suspended: bool,
}

/// In a null world, where no report can be right, each violator is found by the dice with this chance a day.
const FOUND_BY_DICE: f64 = 0.12;

impl SlowPlatform {
    /// A platform that looks after `reports_needed` reports, `delay_hours` later on average.
    pub fn new(random_seed: u64, reports_needed: u32, delay_hours: u32) -> Self {
        Self {
            reports_needed: reports_needed.max(1),
            delay_hours: delay_hours.max(1),
            reviewer: ScriptedReviewer::new(random_seed),
            random_seed,
            reports: BTreeMap::new(),
            due: BTreeSet::new(),
            looked_at: BTreeSet::new(),
        }
    }

    /// The usual slow platform: two reports, eighteen hours.
    pub fn usual(random_seed: u64) -> Self {
        Self::new(random_seed, 2, 18)
    }

    /// Reads the reports among an hour's events.
    pub(crate) fn read(&mut self, hour: u32, events: &EventSink) {
        for (_, line) in events.lines().filter(|(entry, _)| entry.kind == EventType::ReportCreated) {
            let Ok(event) = Json::parse(line) else { continue };
            if let Some(subject) = event.path(&["report", "account_id"]).and_then(Json::as_str) {
                self.count_report(hour, AccountId::from(subject));
            }
        }
    }

    /// Takes this hour's decisions; the world suspends at `now`, the hour's first instant.
    pub(crate) fn decide(&mut self, hour: u32, now: Timestamp, world: &mut World) -> Vec<OwnDecision> {
        if world.config().is_null && hour.is_multiple_of(24) {
            self.throw_dice(hour, world);
        }
        let mut decisions = Vec::new();
        while self.due.first().is_some_and(|(due, _)| *due <= hour) {
            let Some((_, account_id)) = self.due.pop_first() else { break };
            let is_violator = world.truth(&account_id).is_some_and(|truth| truth.is_violator);
            let is_suspended = self.reviewer.judge(&account_id, is_violator).is_violation;
            if is_suspended {
                world.suspend(&account_id, now);
            }
            decisions.push(OwnDecision { account_id, is_suspended });
        }
        decisions
    }

    fn count_report(&mut self, hour: u32, subject: AccountId) {
        let count = self.reports.entry(subject.clone()).or_default();
        *count += 1;
        if *count >= self.reports_needed {
            self.look_at(hour, subject);
        }
    }

    /// Each account once: whoever was cleared stays cleared here.
    fn look_at(&mut self, hour: u32, subject: AccountId) {
        self.reports.remove(&subject);
        if self.looked_at.insert(subject.clone()) {
            let mut stream = self.stream_of(&subject, 0);
            let due = hour + 1 + stream.below(2 * self.delay_hours);
            self.due.insert((due, subject));
        }
    }

    fn throw_dice(&mut self, hour: u32, world: &World) {
        let found: Vec<_> = world
            .violators()
            .map(|truth| truth.account_id)
            .filter(|id| self.stream_of(id, u64::from(hour) + 1).chance(FOUND_BY_DICE))
            .collect();
        found.into_iter().for_each(|id| self.look_at(hour, id));
    }

    fn stream_of(&self, subject: &AccountId, slot: u64) -> Stream {
        let key =
            subject.as_str().bytes().fold(0u64, |hash, byte| crate::stream::mix(hash ^ u64::from(byte)));
        Stream::new(self.random_seed, Purpose::Platform, key, slot)
    }
}
