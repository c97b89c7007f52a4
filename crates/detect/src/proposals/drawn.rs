//! What is drawn rather than found, so that what the score passes over is looked at too.
//!
//! Reviewers otherwise see only what the score lets through, and what they find then says nothing about the rest. Two
//! draws mend that, each with its chance on record. Of the accounts *just below* the threshold some are drawn, where a
//! look teaches most. And of *all active* accounts a few, whose findings count the violators that nothing surfaced.
//! Within a draw every account has the same chance, by keyed hash: nobody can foresee it, and a replay draws the same.
//!
//! The draw among all is stratified by age and activity: each stratum gets its share of the places to within one, in one
//! draw and over the days, while every account's chance stays that of an even draw. So shares among the drawn are shares
//! among all without weights, and the few drawn each day are never by accident all old or all silent. Language is no
//! stratum: accounts have none in the index, where it would be a step from evidence; what a person judged is counted by
//! the language of its posts afterwards.

use crate::Detection;
use crate::links::AccountNumber;
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::limits;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Name space of draws among keyed hashes.
const SPACE_DRAW: u8 = 252;
/// Where the stratified draw begins, among keyed hashes.
const SPACE_START: u8 = 251;
/// Days since an account's first event up to which it belongs to each stratum of age; older ones make the last.
const AGE_DAYS: [u16; 3] = [7, 30, 180];
/// Events up to which an account belongs to each stratum of activity; busier ones make the last.
const EVENTS: [u32; 3] = [3, 30, 300];
/// Strata: those of age times those of activity.
const STRATA: usize = (AGE_DAYS.len() + 1) * (EVENTS.len() + 1);
/// By how much of the whole circle the start moves on in an hour: the golden section of it in a day, as this leaves no
/// part of the circle long unvisited.
const START_AN_HOUR: u64 = 0x9E37_79B9_7F4A_7C15 / 24;
/// Days within which an account must have acted to be drawn among all active ones.
const ACTIVE_DAYS: u16 = 30;
/// Parts of one place in the queue.
const MILLION: u64 = 1_000_000;

/// An account that was drawn, and its chance of that, in `(0.0, 1.0]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Which account.
    pub account: AccountNumber,
    /// The chance with which it was drawn.
    pub propensity: f64,
}

/// Draws `places` of `among`, each with the same chance; in order of number.
pub(super) fn draw(
    detection: &Detection,
    now: Timestamp,
    places: usize,
    among: impl Iterator<Item = AccountNumber>,
) -> Vec<Drawn> {
    let among: Vec<AccountNumber> = among.collect();
    let places = places.min(among.len());
    let propensity = places as f64 / among.len() as f64;
    by_lot(detection, now, places, among).into_iter().map(|account| Drawn { account, propensity }).collect()
}

/// As [`draw`], with every stratum's share of the places to within one.
fn draw_stratified(
    detection: &Detection,
    now: Timestamp,
    places: usize,
    among: impl Iterator<Item = AccountNumber>,
) -> Vec<Drawn> {
    let mut strata: [Vec<AccountNumber>; STRATA] = Default::default();
    for account in among {
        let facts = detection.links().account_facts(account);
        let age_days = now.day().days_since(facts.first);
        if let Some(stratum) = strata.get_mut(stratum(age_days, facts.events)) {
            stratum.push(account);
        }
    }
    let sizes = strata.each_ref().map(Vec::len);
    let all: usize = sizes.iter().sum();
    let places = places.min(all);
    let propensity = places as f64 / all as f64;
    let shares = allotted(places, &sizes, start(detection, now));
    let drawn =
        strata.into_iter().zip(shares).flat_map(|(among, places)| by_lot(detection, now, places, among));
    let mut drawn: Vec<Drawn> = drawn.map(|account| Drawn { account, propensity }).collect();
    drawn.sort_unstable_by_key(|one| one.account);
    drawn
}

/// The stratum of an account that first acted so many days ago, and has acted so often since.
fn stratum(age_days: u16, events: u32) -> usize {
    let age = AGE_DAYS.iter().filter(|days| age_days > **days).count();
    let activity = EVENTS.iter().filter(|most| events > **most).count();
    age * (EVENTS.len() + 1) + activity
}

/// The start of a stratified draw, as a part of 2⁶⁴.
fn start(detection: &Detection, now: Timestamp) -> u64 {
    let hours = now.seconds().div_euclid(3_600) as u64;
    detection.key().hash64(SPACE_START, &[]).wrapping_add(hours.wrapping_mul(START_AN_HOUR))
}

/// Places of each stratum: all accounts stand in a row, stratum by stratum, and every (all ÷ places)th is taken from a
/// start on, so that on average over starts a stratum gets exactly its share.
///
/// Source: systematic sampling, Madow & Madow 1944.
fn allotted(places: usize, sizes: &[usize; STRATA], start: u64) -> [usize; STRATA] {
    let all = sizes.iter().sum::<usize>() as u128;
    // In steps of one `places`th of an account, the jth place lies at start + j · all.
    let start = (u128::from(start) * all) >> 64;
    let taken_up_to = |end: u128| (end * places as u128).saturating_sub(start).div_ceil(all.max(1));
    let mut end = 0;
    sizes.map(|size| {
        let before = taken_up_to(end);
        end += size as u128;
        (taken_up_to(end) - before) as usize
    })
}

/// The `places` of `among` with the lowest lots, in order of number.
fn by_lot(
    detection: &Detection,
    now: Timestamp,
    places: usize,
    among: Vec<AccountNumber>,
) -> Vec<AccountNumber> {
    if places == 0 {
        return Vec::new();
    }
    let hour = now.seconds().div_euclid(3_600).to_le_bytes();
    let lot = |account: AccountNumber| {
        let hash = detection.links().account_facts(account).hash.to_le_bytes();
        detection.key().hash64(SPACE_DRAW, &[hour, hash].concat())
    };
    let mut lots: Vec<(u64, AccountNumber)> =
        among.into_iter().map(|account| (lot(account), account)).collect();
    if places < lots.len() {
        lots.select_nth_unstable(places);
        lots.truncate(places);
    }
    let mut drawn: Vec<AccountNumber> = lots.into_iter().map(|(_, account)| account).collect();
    drawn.sort_unstable();
    drawn
}

/// How many accounts were put before people since the last draw: of so many a share is drawn at random.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AuditLane {
    /// Accounts that reports, returns, banks and similarity pointed at.
    pointed_at: BTreeSet<u32>,
    /// Millionths of a place that are owed from earlier draws.
    owed: u64,
}

impl AuditLane {
    /// Something points at the account.
    pub(crate) fn note(&mut self, account: AccountNumber) {
        if self.pointed_at.len() < limits::AUDIT_LANE_ACCOUNTS_MAX {
            self.pointed_at.insert(account.0);
        }
    }

    /// Places of the draw that is due, when `share` of all cases are to be drawn; what is no whole place is owed.
    fn places(&mut self, share: f64) -> usize {
        let beside = share / (1.0 - share);
        self.owed += (beside * MILLION as f64) as u64 * self.pointed_at.len() as u64;
        let places = (self.owed / MILLION).min(limits::AUDIT_LANE_DRAWN_MAX as u64);
        self.owed %= MILLION;
        places as usize
    }
}

/// Draws among everybody who is active, whom nobody judged and at whom nothing pointed since the last draw.
pub(crate) fn audit(detection: &mut Detection, now: Timestamp) -> Vec<Drawn> {
    let share = detection.settings().proposals.audit_share;
    let places = detection.audit_lane.places(share);
    let pointed_at = std::mem::take(&mut detection.audit_lane.pointed_at);
    if places == 0 {
        return Vec::new();
    }
    let today = now.day();
    let is_eligible = |account: &AccountNumber| {
        let facts = detection.links().account_facts(*account);
        facts.standing == Standing::Unjudged
            && !facts.is_gone
            && facts.events > 0
            && today.days_since(facts.received) <= ACTIVE_DAYS
            && !pointed_at.contains(&account.0)
    };
    draw_stratified(detection, now, places, detection.links().accounts().filter(is_eligible))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::Platform;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_stratum_gets_its_share_to_within_one_and_exactly_over_all_starts(
            sizes in prop::array::uniform16(0_usize..40),
            places in 0_usize..30,
        ) {
            let all: usize = sizes.iter().sum();
            let places = places.min(all);
            let mut sums = [0; STRATA];
            // One start in the middle of each step of the row.
            for step in 0..all as u128 {
                let start = ((2 * step + 1) << 63) / all as u128;
                let allotted = allotted(places, &sizes, start as u64);
                prop_assert_eq!(allotted.iter().sum::<usize>(), places);
                for ((sum, got), size) in sums.iter_mut().zip(allotted).zip(sizes) {
                    prop_assert!(got <= size);
                    prop_assert!((got as f64 - places as f64 * size as f64 / all as f64).abs() < 1.0);
                    *sum += got;
                }
            }
            prop_assert_eq!(sums, sizes.map(|size| size * places));
        }
    }

    /// 30 young accounts, and 10 that are older and busier.
    fn young_and_old() -> Platform {
        let mut platform = Platform::new();
        for n in 0..10 {
            for _ in 0..5 {
                platform.log_in(&format!("old{n}"), &format!("10.1.{n}.1"), &format!("o{n}"));
            }
        }
        platform.now = platform.now.plus_seconds(20 * 86_400);
        for n in 0..30 {
            platform.log_in(&format!("young{n}"), &format!("10.0.{n}.1"), &format!("d{n}"));
        }
        platform
    }

    #[test]
    fn every_draw_has_its_share_of_each_stratum_and_everybody_the_same_chance() {
        let platform = young_and_old();
        let is_old = |account: AccountNumber| account.0 < 10;
        let mut times: BTreeMap<AccountNumber, u32> = BTreeMap::new();
        for hour in 0..100 {
            let now = platform.now.plus_seconds(hour * 3_600);
            let drawn = draw_stratified(&platform.detection, now, 4, platform.detection.links().accounts());
            assert_eq!(drawn.iter().filter(|one| is_old(one.account)).count(), 1, "one of four is old");
            assert!(drawn.len() == 4 && drawn.iter().all(|one| one.propensity == 0.1));
            drawn.iter().for_each(|one| *times.entry(one.account).or_default() += 1);
        }
        assert_eq!(times.len(), 40);
    }

    #[test]
    fn single_places_fall_on_each_stratum_by_its_share_over_the_days() {
        let platform = young_and_old();
        let mut sizes = [0; STRATA];
        (sizes[0], sizes[5]) = (30, 10);
        let drawn_on = |day: i64| {
            let now = platform.now.plus_seconds(day * 86_400);
            allotted(1, &sizes, start(&platform.detection, now))[5]
        };
        for first in 0..100 {
            let old: usize = (first..first + 40).map(drawn_on).sum();
            // By an even draw it would vary by 2.7.
            assert!((8..=12).contains(&old), "{old} of 40 days from {first}");
        }
    }

    #[test]
    fn where_there_are_fewer_than_places_all_are_drawn() {
        let platform = young_and_old();
        let drawn =
            draw_stratified(&platform.detection, platform.now, 80, platform.detection.links().accounts());
        assert!(drawn.len() == 40 && drawn.iter().all(|one| one.propensity == 1.0));
    }
}
