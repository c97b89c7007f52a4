//! Reads events hour by hour and sums up.

use super::Difficulty;
use super::seen::{Seen, common, hash};
use crate::config::{OLD_FRIENDS_MIN, SHARED_NETWORK_ACCOUNTS_MIN};
use crate::{EventSink, Role, ScriptedReviewer, Truth, World};
use cordon_model::event::EventType;
use cordon_model::ids::AccountId;
use cordon_model::json::Json;
use std::collections::{BTreeMap, BTreeSet};

/// Watchers with fewer distinct hashtags, or fewer follows, than this say nothing about the share.
const WATCHER_SHOWS_MIN: usize = 3;

/// Measures the difficulty of a world from its events. Memory grows with the number of accounts.
#[derive(Clone, Debug, Default)]
pub struct DifficultyMeter {
    events: usize,
    seen: BTreeMap<AccountId, Seen>,
    reports: usize,
    false_reports: usize,
    brigade_reports: usize,
}

impl DifficultyMeter {
    /// A meter that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the events of an hour; `world` is asked for the truth alone.
    pub fn observe(&mut self, events: &EventSink, world: &World) {
        for (entry, line) in events.lines() {
            self.events += 1;
            if let Ok(event) = Json::parse(line) {
                self.observe_event(entry.kind, &event, world);
            }
        }
    }

    /// The difficulty of all that was read.
    pub fn finish(&self, world: &World) -> Difficulty {
        let truths: Vec<Truth> = world.truths().collect();
        let mut difficulty =
            Difficulty { accounts: truths.len(), events: self.events, ..Difficulty::default() };
        self.measure_roles(&truths, &mut difficulty);
        self.measure_watchers(&truths, &mut difficulty);
        self.measure_networks(&truths, &mut difficulty);
        self.measure_returns(&truths, &mut difficulty);
        difficulty.reports = self.reports;
        difficulty.reports_false = share(self.false_reports, self.reports);
        difficulty.reports_from_brigades = share(self.brigade_reports, self.reports);
        measure_reviewer(&truths, world.config().random_seed, &mut difficulty);
        difficulty
    }

    fn observe_event(&mut self, kind: EventType, event: &Json<'_>, world: &World) {
        if kind == EventType::ReportCreated {
            return self.observe_report(event, world);
        }
        let Some(id) = event.path(&["account", "id"]).and_then(Json::as_str) else { return };
        let seen = self.seen.entry(AccountId::from(id)).or_default();
        match kind {
            EventType::AccountCreated | EventType::AccountSnapshot => {
                seen.read_session(event);
                seen.read_handle(event);
            }
            EventType::AccountLoggedIn => seen.read_session(event),
            EventType::PostCreated => seen.read_hashtags(event),
            EventType::FollowCreated => seen.read_follow(event),
            _ => {}
        }
    }

    fn observe_report(&mut self, event: &Json<'_>, world: &World) {
        let truth_of = |path: &[&str]| {
            event.path(path).and_then(Json::as_str).and_then(|id| world.truth(&AccountId::from(id)))
        };
        let subject = truth_of(&["report", "account_id"]);
        let reporter = truth_of(&["report", "reporter", "id"]);
        let is_true = subject.is_some_and(|truth| truth.is_violator);
        self.reports += 1;
        self.false_reports += usize::from(!is_true);
        self.brigade_reports += usize::from(reporter.is_some_and(|truth| truth.role == Role::Brigader));
    }

    fn measure_roles(&self, truths: &[Truth], difficulty: &mut Difficulty) {
        let first = || truths.iter().filter(|truth| truth.incarnation == 0);
        let violators = first().filter(|truth| truth.is_violator).count();
        let watchers = first().filter(|truth| truth.role.is_watcher()).count();
        difficulty.violators_share = share(violators, first().count());
        difficulty.watchers_per_violator = share(watchers, violators);
    }

    fn measure_watchers(&self, truths: &[Truth], difficulty: &mut Difficulty) {
        let of = |wanted: fn(&Truth) -> bool| {
            truths
                .iter()
                .filter(move |truth| wanted(truth))
                .filter_map(|truth| self.seen.get(&truth.account_id))
        };
        let (mut hashtags, mut follows) = (BTreeSet::new(), BTreeSet::new());
        for seen in of(|truth| truth.role.is_of_movement()) {
            hashtags.extend(&seen.hashtags);
            follows.extend(&seen.follows);
        }
        let mean_shared = |sets: Vec<&BTreeSet<u64>>, theirs: &BTreeSet<u64>| {
            let shares: Vec<f64> = sets
                .into_iter()
                .filter(|own| own.len() >= WATCHER_SHOWS_MIN)
                .map(|own| share(common(own, theirs), own.len()))
                .collect();
            shares.iter().sum::<f64>() / shares.len().max(1) as f64
        };
        let watchers = || of(|truth| truth.role.is_watcher());
        difficulty.watcher_hashtags_shared =
            mean_shared(watchers().map(|seen| &seen.hashtags).collect(), &hashtags);
        difficulty.watcher_follows_shared =
            mean_shared(watchers().map(|seen| &seen.follows).collect(), &follows);
    }

    fn measure_networks(&self, truths: &[Truth], difficulty: &mut Difficulty) {
        let mut accounts_on: BTreeMap<u32, u32> = BTreeMap::new();
        for network in self.seen.values().flat_map(|seen| &seen.networks) {
            *accounts_on.entry(*network).or_default() += 1;
        }
        let is_shared = |network: &u32| {
            accounts_on.get(network).is_some_and(|accounts| *accounts >= SHARED_NETWORK_ACCOUNTS_MIN)
        };
        let on_shared = self.seen.values().filter(|seen| seen.networks.iter().any(is_shared)).count();
        let violators: Vec<_> = truths
            .iter()
            .filter(|truth| truth.is_violator && truth.incarnation == 0)
            .filter_map(|truth| self.seen.get(&truth.account_id))
            .collect();
        let only = violators.iter().filter(|seen| seen.networks.iter().all(is_shared)).count();
        difficulty.accounts_on_shared_networks = share(on_shared, self.seen.len());
        difficulty.violators_on_shared_networks_only = share(only, violators.len());
    }

    fn measure_returns(&self, truths: &[Truth], difficulty: &mut Difficulty) {
        let mut kept = [0usize; 5];
        for truth in truths.iter().filter(|truth| truth.is_violator) {
            let Some(old) = truth.predecessor.as_ref().and_then(|id| self.seen.get(id)) else { continue };
            let Some(new) = self.seen.get(&truth.account_id) else { continue };
            let shared = shared_traits(old, new);
            let nothing = !shared.contains(&true);
            difficulty.returns += 1;
            for (count, is_kept) in kept.iter_mut().zip(shared.into_iter().chain([nothing])) {
                *count += usize::from(is_kept);
            }
        }
        let [device, network, stem, friends, nothing] = kept.map(|count| share(count, difficulty.returns));
        difficulty.returns_keep_device = device;
        difficulty.returns_keep_network = network;
        difficulty.returns_keep_stem = stem;
        difficulty.returns_follow_friends = friends;
        difficulty.returns_share_nothing = nothing;
    }

    /// What any two accounts were seen to share: device, /24 network, handle stem, at least three follows.
    pub fn shared_by(&self, one: &AccountId, other: &AccountId) -> Option<[bool; 4]> {
        Some(shared_traits(self.seen.get(one)?, self.seen.get(other)?))
    }
}

fn shared_traits(old: &Seen, new: &Seen) -> [bool; 4] {
    [
        common(&old.devices, &new.devices) > 0,
        !old.networks.is_disjoint(&new.networks),
        old.stem == new.stem && new.stem != hash(""),
        common(&old.follows, &new.follows) >= OLD_FRIENDS_MIN,
    ]
}

fn measure_reviewer(truths: &[Truth], random_seed: u64, difficulty: &mut Difficulty) {
    let reviewer = ScriptedReviewer::new(random_seed);
    let wrong_among = |is_violator: bool| {
        let subjects = || truths.iter().filter(|truth| truth.is_violator == is_violator);
        let is_wrong =
            |truth: &&Truth| reviewer.judge(&truth.account_id, is_violator).is_violation != is_violator;
        share(subjects().filter(is_wrong).count(), subjects().count())
    };
    difficulty.reviewer_misses = wrong_among(true);
    difficulty.reviewer_false_alarms = wrong_among(false);
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
