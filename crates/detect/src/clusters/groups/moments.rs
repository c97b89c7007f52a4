//! When members of a group met, on which object, and how rare that is.

use super::super::chance::{Chance, Shares};
use super::super::table::{ActTable, Done};
use super::evidence::{Rarity, Scale};
use std::collections::{BTreeMap, BTreeSet};

/// Windows looked for on one object.
const WINDOWS_MAX: usize = 64;
/// Members of one meeting that are named as pairs.
const PAIRED_MAX: usize = 256;

/// Members who acted on one object within one window.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    object: u32,
    first: u32,
    last: u32,
    /// Accounts, ascending, and when each acted; a lone one where it is to be seen who else was there.
    pub(super) met: Vec<(u32, u32)>,
    /// Acts of members on the object, at whatever time.
    pub(super) acts: usize,
    /// Acts of anybody within the window.
    pub(super) around: usize,
    pub(super) rarity: Rarity,
}

impl Meeting {
    /// Bits of the meeting: of each member the smaller of its part in the window and its presence, and of all of them no
    /// more than what it takes for the object to be one that everybody acts on at once.
    pub(super) fn bits(&self, scale: &Scale, table: &ActTable) -> f64 {
        let met = self.met.len() as f64;
        let part = self.rarity.bits(self.acts, self.met.len()) / met;
        let present = |account: u32| scale.presence_bits(table, account, self.around) * (met - 1.0) / met;
        let bits: f64 = self.met.iter().map(|(account, _)| part.min(present(*account))).sum();
        -libm::log2(self.rarity.burst + (1.0 - self.rarity.burst) * libm::exp2(-bits))
    }

    /// What somebody else who acted then would add.
    pub(super) fn gain_of_another(&self) -> f64 {
        self.rarity.gain(self.acts + 1, self.met.len() + 1)
    }

    /// Acts that lie within the window of all who met.
    pub(super) fn near<'a>(
        &self,
        table: &'a ActTable,
        window_seconds: u32,
    ) -> impl Iterator<Item = &'a Done> {
        let acts = table.object(self.object).map_or(&[][..], |object| table.acts_on(object));
        let start = acts.partition_point(|act| act.at < self.last.saturating_sub(window_seconds));
        let end = self.first.saturating_add(window_seconds);
        acts.iter().skip(start).take_while(move |act| act.at <= end)
    }

    /// Pairs of those who met.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let named = self.met.iter().take(PAIRED_MAX).enumerate();
        named.flat_map(|(place, (high, _))| self.met.iter().take(place).map(|(low, _)| (*low, *high)))
    }
}

/// The meetings of the accounts whose acts these are, in order of object and time. Strictly, those who acted on the same
/// objects and are not among them count against; otherwise lone acts are meetings of one, for others to join.
pub(super) fn meetings(
    table: &ActTable,
    chance: &Chance,
    acts: &[Done],
    window_seconds: u32,
    is_strict: bool,
) -> Vec<Meeting> {
    let by_object = || acts.chunk_by(|one, two| one.object == two.object);
    let is_shared =
        |on: &&[Done]| on.iter().any(|act| Some(act.account) != on.first().map(|one| one.account));
    let shared = by_object().filter(is_shared).filter_map(|on| Some(on.first()?.object));
    let shares = chance.without(table, shared);
    let least = if is_strict { 2 } else { 1 };
    let mut found = Vec::new();
    for on in by_object() {
        let rarity = match is_strict {
            true => rarity_beside_others(table, chance, &shares, on, window_seconds),
            false => rarity_of(table, &shares, on),
        };
        for window in windows(on, window_seconds, least) {
            found.extend(meeting(table, on, &window, rarity));
        }
    }
    one_moment_each(found, least)
}

fn rarity_of(table: &ActTable, shares: &Shares, on: &[Done]) -> Rarity {
    let object = on.first().and_then(|act| table.object(act.object));
    Rarity::usual(shares, object.map_or(0, |object| object.accounts))
}

/// Where others do as the members do, they meet by themselves: their share counts by how many they are.
fn rarity_beside_others(
    table: &ActTable,
    chance: &Chance,
    shares: &Shares,
    on: &[Done],
    window_seconds: u32,
) -> Rarity {
    let Some((number, object)) = on.first().and_then(|act| Some((act.object, table.object(act.object)?)))
    else {
        return Rarity { pair_bits: 0.0, burst: 1.0 };
    };
    let times: Vec<u32> = on.iter().map(|act| act.at).collect();
    let accounts: BTreeSet<u32> = on.iter().map(|act| act.account).collect();
    let share = shares.share(object.accounts);
    let others = chance.outside(number, &times, window_seconds, share).max(share);
    let inside = accounts.len() as f64 / f64::from(object.accounts.max(1));
    let pair_bits = -inside * libm::log2(share) - (1.0 - inside) * libm::log2(others);
    Rarity { pair_bits, burst: shares.burst(object.accounts) }
}

fn meeting(table: &ActTable, on: &[Done], window: &[Done], rarity: Rarity) -> Option<Meeting> {
    let (first, last) = (window.first()?, window.last()?);
    let met = accounts_in(window);
    let all = table.object(first.object).map_or(&[][..], |object| table.acts_on(object));
    let before = all.partition_point(|act| act.at < first.at);
    let around = all.partition_point(|act| act.at <= last.at) - before;
    let (object, first, last) = (first.object, first.at, last.at);
    Some(Meeting { object, first, last, met, acts: on.len(), around, rarity })
}

/// Each account once, by its first act.
fn accounts_in(acts: &[Done]) -> Vec<(u32, u32)> {
    let mut met: Vec<(u32, u32)> = acts.iter().map(|act| (act.account, act.at)).collect();
    met.sort_unstable();
    met.dedup_by_key(|(account, _)| *account);
    met
}

/// Several objects of one post are one moment: an act counts in the meeting that says most.
fn one_moment_each(mut found: Vec<Meeting>, least: usize) -> Vec<Meeting> {
    let bits = |meeting: &Meeting| meeting.rarity.bits(meeting.acts, meeting.met.len());
    found.sort_by(|one, two| {
        bits(two).total_cmp(&bits(one)).then((one.object, one.first).cmp(&(two.object, two.first)))
    });
    let mut counted: BTreeSet<(u32, u32)> = BTreeSet::new();
    for meeting in &mut found {
        meeting.met.retain(|act| !counted.contains(act));
        if meeting.met.len() >= least {
            counted.extend(meeting.met.iter().copied());
        }
    }
    found.retain(|meeting| meeting.met.len() >= least);
    found
}

/// Acts on one object, cut into the windows with the most accounts, those first; of at least `least` each.
fn windows(on: &[Done], window_seconds: u32, least: usize) -> Vec<Vec<Done>> {
    let (mut rest, mut found) = (on.to_vec(), Vec::new());
    for _ in 0..WINDOWS_MAX {
        let Some((start, end)) = fullest(&rest, window_seconds, least) else { break };
        found.push(rest.drain(start..end).collect());
    }
    found
}

/// The places of the acts within one window in which most accounts acted, the earliest of equals.
fn fullest(acts: &[Done], window_seconds: u32, least: usize) -> Option<(usize, usize)> {
    let (mut best, mut most, mut end) = (None, least.saturating_sub(1), 0);
    let mut within: BTreeMap<u32, u32> = BTreeMap::new();
    for (start, first) in acts.iter().enumerate() {
        while let Some(act) = acts.get(end).filter(|act| act.at - first.at <= window_seconds) {
            *within.entry(act.account).or_default() += 1;
            end += 1;
        }
        if within.len() > most {
            (best, most) = (Some((start, end)), within.len());
        }
        if let Some(count) = within.get_mut(&first.account) {
            *count -= 1;
            if *count == 0 {
                within.remove(&first.account);
            }
        }
    }
    best
}

/// The accounts, ascending, of each run of acts that follow one another within the window.
pub(super) fn chains(acts: &[Done], window_seconds: u32) -> Vec<Vec<u32>> {
    let runs = acts.chunk_by(|early, late| late.at - early.at <= window_seconds);
    runs.map(|run| accounts_in(run).into_iter().map(|(account, _)| account).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acts(of: &[(u32, u32)]) -> Vec<Done> {
        of.iter().map(|(account, at)| Done { object: 0, at: *at, account: *account }).collect()
    }

    #[test]
    fn the_fullest_window_counts_accounts_and_not_acts() {
        let on = acts(&[(1, 0), (1, 1), (1, 2), (2, 50), (3, 55), (1, 90)]);
        let times: Vec<Vec<u32>> =
            windows(&on, 10, 2).iter().map(|window| window.iter().map(|act| act.at).collect()).collect();
        assert_eq!(times, [[50, 55]]);
        assert_eq!(windows(&on, 10, 1).len(), 3);
    }

    #[test]
    fn a_chain_is_as_long_as_each_follows_the_one_before() {
        let on = acts(&[(1, 0), (2, 8), (3, 16), (4, 40)]);
        assert_eq!(chains(&on, 10), [vec![1, 2, 3], vec![4]]);
    }
}
