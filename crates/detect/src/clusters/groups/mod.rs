//! Groups that meet as groups: members of a ring may each meet the others only now and then, while as a group they are
//! there again and again.
//!
//! A group starts from accounts that acted one after the other on one object, and grows: whoever met its members often
//! enough joins, whoever's own part falls short of what it costs to have chosen it goes ([`evidence`]). A group that has
//! settled is judged more strictly, against those who acted on the same objects and are not in it, and must outweigh the
//! choice of just these accounts.
//!
//! Source: the iteration of CopyCatch (WWW 2013); the scan over windows of Kulldorff 1997; the choice as in
//! minimum description length.

mod evidence;
mod moments;

use super::chance::Chance;
use super::coordination::CoordinationOptions;
use super::table::{ActTable, Done};
use cordon_model::limits;
use evidence::{Rarity, Scale, Tally};
use moments::{Meeting, chains};
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Rounds in which a group may grow, and as many in which it is judged.
const ROUNDS: usize = 10;
/// How often an account may be part of a start from which nothing grew.
const STARTS_AN_ACCOUNT: u32 = 4;
/// Acts within one window beyond which nobody is drawn into a group by it: what so many do at once tells nothing.
const AROUND_MAX: usize = 512;
/// Bits of two groups together, against those of each by itself, from which they are one.
const TOGETHER_SHARE_MIN: f64 = 1.25;
/// Times that each act of the table may be walked, on average.
const STEPS_AN_ACT: u64 = 1_000;
/// Chance that all the groups found are chance, together.
const FALSE_GROUPS_CHANCE: f64 = 0.05;

/// Accounts that met as a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    /// Members with the bits that each adds.
    pub(super) members: BTreeMap<u32, f64>,
    /// Pairs of members that met at least once, the lower number first.
    pub(super) met: BTreeSet<(u32, u32)>,
    /// Bits of all meetings.
    bits: f64,
    /// Those beyond the choice of the members.
    pub(super) weight: f64,
}

impl Group {
    fn accounts(&self) -> BTreeSet<u32> {
        self.members.keys().copied().collect()
    }
}

/// Finds groups, the strongest starts first; no account is in two.
pub(super) fn find(table: &ActTable, chance: &Chance, options: &CoordinationOptions) -> Vec<Group> {
    let starts = starts(table, chance, options);
    let bar = libm::log2(starts.len().max(1) as f64 / FALSE_GROUPS_CHANCE);
    let scale = Scale::of(table, options);
    let finder = Finder { table, chance, options, scale, bar, walked: Cell::new(0) };
    let steps_max = (table.len() as u64).saturating_mul(STEPS_AN_ACT).min(limits::CLUSTER_STEPS_MAX);
    let mut found = Found::default();
    for start in &starts {
        if finder.walked.get() > steps_max {
            break;
        }
        let fresh = found.fresh(start);
        if fresh.len() < 2 {
            continue;
        }
        if let Some(group) = finder.grow(fresh).filter(|group| group.weight > bar) {
            found.add(group, &finder);
        }
    }
    found.groups
}

/// Chains of acts on one object, each near enough to the one before, as the accounts in them: the least likely first.
fn starts(table: &ActTable, chance: &Chance, options: &CoordinationOptions) -> Vec<Vec<u32>> {
    let shares = chance.without(table, std::iter::empty());
    let mut starts: Vec<(f64, u32, Vec<u32>)> = Vec::new();
    for (number, object) in (0..).zip(table.objects()) {
        let acts = table.acts_on(object).iter();
        let active = |act: &&Done| table.participation(act.account) >= options.objects_min;
        let acts: Vec<Done> = acts.filter(active).copied().collect();
        let rarity = Rarity::usual(&shares, object.accounts);
        for accounts in chains(&acts, options.window_seconds) {
            if (2..=limits::CLUSTER_GROUP_MEMBERS_MAX).contains(&accounts.len()) {
                starts.push((rarity.bits(acts.len(), accounts.len()), number, accounts));
            }
        }
    }
    starts.sort_by(|one, two| two.0.total_cmp(&one.0).then_with(|| (one.1, &one.2).cmp(&(two.1, &two.2))));
    starts.into_iter().map(|(_, _, accounts)| accounts).collect()
}

#[derive(Default)]
struct Found {
    groups: Vec<Group>,
    claimed: BTreeSet<u32>,
    starts: BTreeMap<u32, u32>,
}

impl Found {
    /// Those of a start that are in no group yet and not in too many starts before.
    fn fresh(&mut self, start: &[u32]) -> BTreeSet<u32> {
        let free = start.iter().filter(|account| !self.claimed.contains(account));
        let fresh: BTreeSet<u32> = free
            .filter(|account| self.starts.get(account).is_none_or(|count| *count < STARTS_AN_ACCOUNT))
            .copied()
            .collect();
        if fresh.len() > 1 {
            fresh.iter().for_each(|account| *self.starts.entry(*account).or_default() += 1);
        }
        fresh
    }

    /// Keeps a group. One that has accounts in common with a group found before is one with it if it is none by itself, or
    /// if together they meet clearly more than apart.
    fn add(&mut self, group: Group, finder: &Finder<'_>) {
        let accounts = group.accounts();
        let common = |other: &Group| other.members.keys().filter(|one| accounts.contains(one)).count();
        let counts = self.groups.iter().map(common).enumerate();
        let nearest =
            counts.filter(|(_, count)| *count > 0).max_by_key(|(place, count)| (*count, Reverse(*place)));
        match nearest {
            Some((place, _)) if self.join(place, &accounts, finder) => {}
            Some((place, _)) => self.part(place, group, finder),
            None => {
                self.claimed.extend(group.members.keys());
                self.groups.push(group);
            }
        }
    }

    /// Makes one group of two, where they are one.
    fn join(&mut self, place: usize, accounts: &BTreeSet<u32>, finder: &Finder<'_>) -> bool {
        let Some(known) = self.groups.get_mut(place) else { return false };
        let both: BTreeSet<u32> = known.accounts().union(accounts).copied().collect();
        let rest = both.iter().filter(|one| !known.members.contains_key(one)).copied().collect();
        let apart = known.bits
            + finder.judge(rest).filter(|rest| rest.weight > finder.bar).map_or(0.0, |rest| rest.bits);
        let is_free = |one: &u32| known.members.contains_key(one) || !self.claimed.contains(one);
        let is_one = |joined: &Group| {
            let is_more = joined.bits > apart * if apart > known.bits { TOGETHER_SHARE_MIN } else { 1.0 };
            is_more && joined.weight > known.weight && joined.members.keys().all(is_free)
        };
        let Some(joined) = finder.grow(both).filter(is_one) else { return false };
        known.members.keys().for_each(|account| _ = self.claimed.remove(account));
        self.claimed.extend(joined.members.keys());
        *known = joined;
        true
    }

    /// Keeps both of two groups that have a few accounts in common: each goes where its own part is larger.
    fn part(&mut self, place: usize, group: Group, finder: &Finder<'_>) {
        let Some(known) = self.groups.get_mut(place) else { return };
        let is_stronger_here =
            |account: &u32, bits: f64| known.members.get(account).is_some_and(|own| *own < bits);
        let moving: BTreeSet<u32> = group
            .members
            .iter()
            .filter(|(one, bits)| is_stronger_here(one, **bits))
            .map(|(one, _)| *one)
            .collect();
        let staying = known.accounts().difference(&moving).copied().collect();
        let Some(left) = finder.judge(staying).filter(|left| left.weight > finder.bar) else { return };
        *known = left;
        moving.iter().for_each(|account| _ = self.claimed.remove(account));
        let free = group.members.keys().filter(|account| !self.claimed.contains(account)).copied();
        if let Some(rest) = finder.judge(free.collect()).filter(|rest| rest.weight > finder.bar) {
            self.claimed.extend(rest.members.keys());
            self.groups.push(rest);
        }
    }
}

/// What growing needs.
struct Finder<'a> {
    table: &'a ActTable,
    chance: &'a Chance,
    options: &'a CoordinationOptions,
    scale: Scale,
    /// Bits that a group must weigh, among so many starts.
    bar: f64,
    /// Acts looked at so far.
    walked: Cell<u64>,
}

impl Finder<'_> {
    /// The group that comes of these accounts; `None` where none does.
    fn grow(&self, start: BTreeSet<u32>) -> Option<Group> {
        let (mut members, mut best) = (start, (f64::NEG_INFINITY, BTreeSet::new()));
        for _ in 0..ROUNDS {
            let meetings = self.meetings(&members, false);
            let mut next = self.holding(&meetings, members.len());
            next.extend(self.joining(&meetings, &members));
            let weight = self.weight(&meetings, members.len());
            // A group that has begun to draw in the whole platform does not come back by itself.
            if next.len() < 2 || next.len() > limits::CLUSTER_GROUP_MEMBERS_MAX || weight < best.0.min(0.0) {
                break;
            }
            if weight > best.0 {
                best = (weight, members.clone());
            }
            if next == members {
                break;
            }
            members = next;
        }
        self.judge(best.1)
    }

    /// Takes out who does not hold up under the stricter measure, until all do.
    fn judge(&self, mut members: BTreeSet<u32>) -> Option<Group> {
        for _ in 0..ROUNDS * 2 {
            let meetings = self.meetings(&members, true);
            let next = self.holding(&meetings, members.len());
            if next.len() < self.options.accounts_min.max(2) {
                return None;
            }
            if next == members {
                let weight = self.weight(&meetings, members.len());
                let bits = weight + self.scale.choice_bits(members.len());
                let met = meetings.iter().flat_map(Meeting::pairs).collect();
                let tallies = evidence::tallies(&meetings, &self.scale, self.table);
                let members = tallies.into_iter().filter(|(account, _)| members.contains(account));
                return Some(Group {
                    bits,
                    members: members.map(|(one, tally)| (one, tally.bits)).collect(),
                    met,
                    weight,
                });
            }
            members = next;
        }
        None
    }

    /// Bits of all meetings, each counted once, less the choice of so many accounts.
    fn weight(&self, meetings: &[Meeting], size: usize) -> f64 {
        let bits: f64 = meetings.iter().map(|meeting| meeting.bits(&self.scale, self.table)).sum();
        bits - self.scale.choice_bits(size)
    }

    /// Members whose own part is worth having chosen them.
    fn holding(&self, meetings: &[Meeting], size: usize) -> BTreeSet<u32> {
        let cost = self.scale.member_bits(size);
        let tallies = evidence::tallies(meetings, &self.scale, self.table);
        tallies.into_iter().filter(|(_, tally)| tally.holds(cost, self.options)).map(|(one, _)| one).collect()
    }

    /// Others who were where the members were; more than one member, so that no single account ties two groups together.
    fn joining(&self, meetings: &[Meeting], members: &BTreeSet<u32>) -> BTreeSet<u32> {
        let mut found: BTreeMap<u32, Joining> = BTreeMap::new();
        for meeting in meetings {
            let gain = meeting.gain_of_another();
            if gain <= 0.0 || meeting.around > AROUND_MAX {
                continue;
            }
            for act in meeting.near(self.table, self.options.window_seconds) {
                self.walked.set(self.walked.get() + 1);
                if !members.contains(&act.account) {
                    let bits =
                        gain.min(self.scale.presence_bits(self.table, act.account, meeting.around + 1));
                    found.entry(act.account).or_default().add(act.at, bits, meeting);
                }
            }
        }
        let cost = self.scale.member_bits(members.len());
        let holds = |joining: &Joining| Tally::of(&joining.moments).holds(cost, self.options);
        let joining = found.into_iter().filter(|(_, joining)| joining.knows_several && holds(joining));
        joining.map(|(account, _)| account).collect()
    }

    fn meetings(&self, members: &BTreeSet<u32>, is_strict: bool) -> Vec<Meeting> {
        let mut acts: Vec<Done> = members.iter().flat_map(|one| self.table.acts_of(*one)).copied().collect();
        acts.sort_unstable();
        self.walked.set(self.walked.get() + acts.len() as u64);
        moments::meetings(self.table, self.chance, &acts, self.options.window_seconds, is_strict)
    }
}

/// Somebody who may join.
#[derive(Default)]
struct Joining {
    /// The most bits at each instant: several objects of one post are one moment.
    moments: BTreeMap<u32, f64>,
    first_met: Option<u32>,
    knows_several: bool,
}

impl Joining {
    fn add(&mut self, at: u32, bits: f64, meeting: &Meeting) {
        let most = self.moments.entry(at).or_insert(0.0);
        *most = most.max(bits);
        for (member, _) in meeting.met.iter().take(2) {
            self.knows_several |= self.first_met.is_some_and(|first| first != *member);
            self.first_met.get_or_insert(*member);
        }
    }
}

#[cfg(test)]
mod tests;
