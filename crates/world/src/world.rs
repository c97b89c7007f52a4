//! The simulated platform, hour by hour.

use crate::accounts::{Accounts, NEVER, Scene};
use crate::config::WorldConfig;
use crate::content::{self, Draft, Vocabulary};
use crate::emit::{self, EventName, EventSink, Moment};
use crate::identity::{AccountIds, Networks};
use crate::plan::{self, DayPlan, Deed, Planned};
use crate::population::{HolderId, Population};
use crate::truth::Truth;
use crate::{follows, reports, returns};
use cordon_model::clock::Timestamp;
use cordon_model::event::EventType;
use cordon_model::ids::AccountId;
use std::collections::BTreeSet;

const SECONDS_PER_HOUR: u32 = 3_600;

/// A platform, its people, and what has happened so far.
#[derive(Clone, Debug)]
pub struct World {
    population: Population,
    networks: Networks,
    ids: AccountIds,
    vocabulary: Vocabulary,
    accounts: Accounts,
    plan: DayPlan,
    /// When holders open their next account, and upon which suspended one it follows.
    comebacks: BTreeSet<(u32, u32)>,
    /// The next hour to be made, from 0.
    hour: u32,
    draft: Draft,
}

/// An hour that [`World::next_hour`] made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Which hour of the world, from 0.
    pub number: u32,
    /// Its first instant; it ends 3,600 seconds later.
    pub starts_at: Timestamp,
    /// Events appended.
    pub events: usize,
}

impl World {
    /// A world before its first hour. Figures outside their bounds are moved to the bound.
    pub fn new(config: WorldConfig) -> Self {
        let population = Population::new(config.bounded());
        let accounts = Accounts::new(&population, |holder| plan::arrival(&population, holder));
        Self {
            networks: Networks::new(population.config.accounts),
            ids: AccountIds::new(population.seed()),
            vocabulary: Vocabulary::new(),
            accounts,
            plan: DayPlan::new(),
            comebacks: BTreeSet::new(),
            hour: 0,
            draft: Draft::default(),
            population,
        }
    }

    /// The configuration, every figure inside its bounds.
    pub fn config(&self) -> WorldConfig {
        self.population.config
    }

    /// Appends the next hour's events to `out`, in time order; `None` when the last day is over.
    pub fn next_hour(&mut self, out: &mut EventSink) -> Option<Hour> {
        let number = self.hour;
        let (day, hour_of_day) = (number / 24, number % 24);
        if day >= self.population.config.days {
            return None;
        }
        if hour_of_day == 0 {
            self.plan_day(day);
        }
        self.wake_returns(number, day);
        let starts_at = self.population.config.starts_at.plus_seconds(i64::from(number * SECONDS_PER_HOUR));
        let hour = Moment::at_hour(starts_at, day);
        let before = out.len();
        let deeds = self.plan.take_hour(hour_of_day);
        for deed in &deeds {
            self.perform(*deed, hour, out);
        }
        self.plan.put_back(hour_of_day, deeds);
        self.hour += 1;
        Some(Hour { number, starts_at, events: out.len() - before })
    }

    /// Suspends an account: from `at` on, at the earliest from the next hour to be made, it does nothing. Its
    /// holder may come back later. Unknown and suspended accounts are left as they are.
    pub fn suspend(&mut self, account_id: &AccountId, at: Timestamp) {
        let at = self.second_of(at);
        let Some(index) = self.find(account_id) else { return };
        let identity = self.accounts.identity(index);
        let Some(account) = self.accounts.get_mut(index).filter(|account| account.suspended_at == NEVER)
        else {
            return;
        };
        account.suspended_at = at;
        let is_deleted = account.deleted_at != NEVER;
        if is_deleted || self.accounts.newest(identity.key.holder) != index {
            return;
        }
        if let Some(delay) = returns::comeback_after(&self.population, identity.key) {
            self.comebacks.insert((at.saturating_add(delay), index));
        }
    }

    /// Takes a suspension back from `at` on, at the earliest from the next hour to be made. A holder who has not
    /// come back yet stays with the restored account.
    pub fn restore(&mut self, account_id: &AccountId, at: Timestamp) {
        let at = self.second_of(at);
        let Some(index) = self.find(account_id) else { return };
        let Some(account) = self.accounts.get_mut(index).filter(|account| account.suspended_at != NEVER)
        else {
            return;
        };
        account.suspended_at = NEVER;
        account.restored_at = at;
        self.comebacks.retain(|(_, suspended)| *suspended != index);
    }

    /// The truth about an account that has appeared by now; `None` for any other id.
    pub fn truth(&self, account_id: &AccountId) -> Option<Truth> {
        self.find(account_id).map(|index| self.truth_at(index))
    }

    /// The truth about every account that has appeared by now: first accounts, then returns as they came.
    pub fn truths(&self) -> impl Iterator<Item = Truth> + '_ {
        (0..self.accounts.count()).filter(|index| self.has_appeared(*index)).map(|index| self.truth_at(index))
    }

    /// The violators among the accounts that have appeared by now: first accounts, then returns.
    pub fn violators(&self) -> impl Iterator<Item = Truth> + '_ {
        let first =
            (0..self.population.quotas.violators()).map(|rank| self.population.holder_at_rank(rank).0);
        let first = first.filter(|index| self.has_appeared(*index)).map(|index| self.truth_at(index));
        first.chain(self.returns().filter(|truth| truth.is_violator))
    }

    /// Every return so far, as they came; each names its predecessor.
    pub fn returns(&self) -> impl Iterator<Item = Truth> + '_ {
        (self.population.config.accounts..self.accounts.count()).map(|index| self.truth_at(index))
    }

    /// Bytes held for accounts and for the plan of the day; the caller's [`EventSink`] comes on top.
    pub fn memory_bytes(&self) -> usize {
        self.accounts.memory_bytes() + self.plan.memory_bytes()
    }

    pub(crate) fn ids(&self) -> &AccountIds {
        &self.ids
    }

    fn plan_day(&mut self, day: u32) {
        for index in 0..self.accounts.count() {
            self.plan.add_account(&self.population, &self.accounts, index, day);
        }
    }

    /// Opens the accounts of those who come back within this hour.
    fn wake_returns(&mut self, hour: u32, day: u32) {
        let (start, end) = (hour * SECONDS_PER_HOUR, (hour + 1) * SECONDS_PER_HOUR);
        while let Some((due, suspended)) = self.comebacks.first().copied().filter(|(due, _)| *due < end) {
            self.comebacks.pop_first();
            let identity = returns::next_identity(&self.population, &self.accounts.identity(suspended));
            let index = self.accounts.add_return(&self.population, identity, suspended, due.max(start));
            self.plan.add_account(&self.population, &self.accounts, index, day);
        }
    }

    fn perform(&mut self, planned: Planned, hour: Moment, out: &mut EventSink) {
        let at = self.hour * SECONDS_PER_HOUR + u32::from(planned.second);
        let Some(account) = self.accounts.get_mut(planned.index).filter(|account| account.is_live(at)) else {
            return;
        };
        let slot = u32::from(account.follows);
        match planned.deed {
            Deed::Follow => account.follows += 1,
            Deed::DeleteAccount => account.deleted_at = at,
            _ => {}
        }
        let scene = Scene {
            population: &self.population,
            networks: &self.networks,
            ids: &self.ids,
            vocabulary: &self.vocabulary,
            accounts: &self.accounts,
            now: hour.plus(u32::from(planned.second)),
            at,
        };
        let name = EventName {
            kind: event_type(&scene, planned),
            actor: self.accounts.identity(planned.index).key,
            ordinal: u32::from(planned.ordinal),
        };
        let start = out.bytes.len();
        write_deed(&mut out.bytes, &scene, planned, name, &mut self.draft, slot);
        if out.bytes.len() > start {
            out.end_line(start, scene.now.time, name.kind);
        }
    }

    fn find(&self, account_id: &AccountId) -> Option<u32> {
        let index = self.accounts.find(self.ids.parse(account_id)?)?;
        self.has_appeared(index).then_some(index)
    }

    fn has_appeared(&self, index: u32) -> bool {
        self.accounts.get(index).is_some_and(|account| account.arrives_at < self.hour * SECONDS_PER_HOUR)
    }

    fn truth_at(&self, index: u32) -> Truth {
        let key = self.accounts.identity(index).key;
        let role = self.population.role(key.holder);
        let community = self.accounts.get(index).map_or(0, |account| account.persona.community);
        let id_of = |index| self.ids.id(self.accounts.identity(index).key);
        Truth {
            account_id: self.ids.id(key),
            role,
            is_violator: role.is_violator(),
            holder: HolderId(key.holder.0),
            incarnation: key.incarnation,
            predecessor: self.accounts.predecessor(index).map(id_of),
            language: self.population.language(community),
            appeals_when_wronged: self.population.appeals_when_wronged(key.holder),
            is_framed: !self.population.config.is_null && key.holder == self.population.framed(),
        }
    }

    /// Seconds since the world's start, not before the next hour to be made.
    fn second_of(&self, at: Timestamp) -> u32 {
        let seconds = at.seconds() - self.population.config.starts_at.seconds();
        seconds.clamp(i64::from(self.hour * SECONDS_PER_HOUR), i64::from(NEVER - 1)) as u32
    }
}

fn event_type(scene: &Scene<'_>, planned: Planned) -> EventType {
    match planned.deed {
        Deed::Arrive if scene.now.day == 0 && scene.accounts.predecessor(planned.index).is_none() => {
            EventType::AccountSnapshot
        }
        Deed::Arrive => EventType::AccountCreated,
        Deed::LogIn => EventType::AccountLoggedIn,
        Deed::Follow => EventType::FollowCreated,
        Deed::Post | Deed::Wave => EventType::PostCreated,
        Deed::Update => EventType::AccountUpdated,
        Deed::DeletePost => EventType::PostDeleted,
        Deed::Report | Deed::JoinCampaign => EventType::ReportCreated,
        Deed::DeleteAccount => EventType::AccountDeleted,
    }
}

/// Appends the deed's event; nothing where the deed comes to nothing (nobody left to follow or report).
fn write_deed(
    out: &mut Vec<u8>,
    scene: &Scene<'_>,
    planned: Planned,
    name: EventName,
    draft: &mut Draft,
    follow_slot: u32,
) {
    match planned.deed {
        Deed::Arrive | Deed::Update | Deed::DeleteAccount => {
            emit::write_account_event(out, scene, name, planned.index);
        }
        Deed::LogIn => emit::write_login(out, scene, name, planned.index),
        Deed::Post | Deed::Wave => {
            content::compose(scene, planned.index, planned.ordinal, draft);
            emit::write_post(out, scene, name, draft);
        }
        Deed::DeletePost => emit::write_post_deleted(out, scene, name, 0),
        Deed::Follow => {
            if let Some(target) = follows::target(scene, planned.index, follow_slot) {
                emit::write_follow(out, scene, name, target);
            }
        }
        Deed::Report | Deed::JoinCampaign => {
            let report = match planned.deed {
                Deed::Report => reports::by_reader(scene, name.actor),
                _ => reports::by_brigade(scene),
            };
            if let Some(report) = report {
                emit::write_report(out, scene, name, &report);
            }
        }
    }
}
