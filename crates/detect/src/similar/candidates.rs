//! Whom a query weighs: of everybody, those of whom a rough sum of what they share with the seeds says most.
//!
//! The rough sum takes an entity's accounts from its postings, however many they are, and counts it as if it were all
//! that is shared; what is written counts by the terms that few enough have to lead to them. Those of the highest sums
//! have their profiles scored, and the best by links and profile together are weighed in full.
//!
//! Lost in measurements: candidates by links and by profile each for themselves, by entities of at most a thousand
//! accounts. Of a million accounts that found half of the best hundred: many share a little in every way.

use super::profile::ProfileScore;
use super::rank::{Query, RankOptions};
use crate::Detection;
use crate::links::{AccountNumber, Postings};
use crate::parallel::map_chunks;
use cordon_model::limits;

/// Profiles scored by one thread at a time.
const SCORED_AT_ONCE: usize = 512;
/// Most postings followed for one query.
const POSTINGS_FOLLOWED_MAX: usize = 4_000_000;
/// Most postings of terms followed for one query.
const TERM_POSTINGS_FOLLOWED_MAX: usize = 4_000_000;
/// Accounts up to which everybody's profile is scored.
const EVERYBODY_SCORED_MAX: usize = 32_768;
/// Profiles scored beyond that, those of the highest rough sums.
const PROFILES_SCORED: usize = 16_384;
/// Accounts weighed beyond that for each one asked for: by links alone, where rough sums are near to what a full look
/// finds, and with profiles.
const WEIGHED_FOR_ONE: [usize; 2] = [10, 20];
/// Accounts asked for at least, as far as that goes.
const ASKED_MIN: usize = 100;
/// Sums looked at together.
const LOOKED_AT_ONCE: usize = 32;
/// Accounts by which terms' weights are made bits.
const YARDSTICK: usize = 512;

/// A candidate, with its profile's score where that is known already.
pub(crate) type Chosen = (AccountNumber, Option<ProfileScore>);

/// Shape: each account once, in order of number; seeds, gone accounts and (unless asked for) suspended ones never. At
/// most [`limits::CANDIDATES_MAX`] unless the query is exhaustive, fewer where few are asked for.
pub(crate) fn choose(detection: &Detection, query: &Query<'_>, options: &RankOptions) -> Vec<Chosen> {
    let everybody = || detection.links().accounts().filter(|account| query.is_eligible(detection, *account));
    if options.is_exhaustive {
        return everybody().map(|account| (account, None)).collect();
    }
    let is_small = detection.links().account_count() <= EVERYBODY_SCORED_MAX;
    let [by_links, with_profiles] = WEIGHED_FOR_ONE.map(|each| match is_small {
        true => limits::CANDIDATES_MAX,
        false => each.saturating_mul(options.top.max(ASKED_MIN)).min(limits::CANDIDATES_MAX),
    });
    let linked = linked(detection, query);
    if query.model.is_empty() {
        return best_linked(detection, query, &linked, by_links);
    }
    let asked = match is_small {
        true => everybody().collect(),
        false => likeliest(detection, query, &linked, PROFILES_SCORED),
    };
    best_scored(query, &linked, &asked, with_profiles)
}

/// The `count` accounts of the most bits by links, in order of number.
fn best_linked(detection: &Detection, query: &Query<'_>, linked: &[f32], count: usize) -> Vec<Chosen> {
    let mut best = Best::new(count, 0.0);
    for (accounts, bits) in (0..).step_by(LOOKED_AT_ONCE).zip(linked.chunks(LOOKED_AT_ONCE)) {
        // Without a branch inside: nearly all chunks end here.
        let floor = best.floor;
        if bits.iter().fold(false, |any, bits| any | (*bits > floor)) {
            for (account, bits) in (accounts..).map(AccountNumber).zip(bits) {
                best.offer((*bits, account, ()), |account| query.is_eligible(detection, account));
            }
        }
    }
    best.finish().into_iter().map(|(_, account, ())| (account, None)).collect()
}

/// The `count` of `asked` that have the most bits by links and profile, in order of number.
fn best_scored(query: &Query<'_>, linked: &[f32], asked: &[AccountNumber], count: usize) -> Vec<Chosen> {
    let scored = map_chunks(asked, SCORED_AT_ONCE, |accounts| {
        accounts.iter().map(|account| query.model.score(*account)).collect::<Vec<_>>()
    });
    let mut best = Best::new(count, f32::NEG_INFINITY);
    for (account, score) in asked.iter().zip(scored.into_iter().flatten()) {
        let shared = linked.get(account.0 as usize).copied().unwrap_or(0.0);
        let alike = score.bits() as f32;
        // Nobody below the sample's median is like the seeds.
        if shared > 0.0 || alike > 0.0 {
            best.offer((shared + alike, *account, score), |_| true);
        }
    }
    best.finish().into_iter().map(|(_, account, score)| (account, Some(score))).collect()
}

/// The `count` accounts of the highest rough sums of links and profile, in order of number.
pub(super) fn likeliest(
    detection: &Detection,
    query: &Query<'_>,
    linked: &[f32],
    count: usize,
) -> Vec<AccountNumber> {
    let profiles = Led::by_terms(detection, query);
    let mut best = Best::new(count, f32::NEG_INFINITY);
    for (account, bits) in (0..).map(AccountNumber).zip(linked) {
        let alike = profiles.bits(detection, account);
        best.offer((bits + alike, account, ()), |account| query.is_eligible(detection, account));
    }
    best.finish().into_iter().map(|(_, account, ())| account).collect()
}

/// Bits that accounts share with the seeds by links, by account, each entity counted as if it were the only one.
fn linked(detection: &Detection, query: &Query<'_>) -> Vec<f32> {
    let entities = query.entities.iter().filter_map(|(entity, _)| query.entities.shared(entity));
    let leading = entities.filter(|shared| shared.bits > 0.0);
    let mut leading: Vec<(f64, u8, Postings<'_>)> =
        leading.map(|shared| (shared.bits, shared.kind, detection.links().postings(shared.entity))).collect();
    leading.sort_by(|one, two| two.0.total_cmp(&one.0));
    let mut sums = vec![0.0; detection.links().account_count()];
    let mut followed = 0;
    for (bits, kind, postings) in leading {
        followed += postings.len();
        if followed > POSTINGS_FOLLOWED_MAX {
            break;
        }
        add(&mut sums, postings, query.bits_alone(detection, kind, bits) as f32);
    }
    sums
}

fn add(sums: &mut [f32], postings: Postings<'_>, bits: f32) {
    if bits > 0.0 {
        postings.for_each(|account| {
            if let Some(sum) = sums.get_mut(account as usize) {
                *sum += bits;
            }
        });
    }
}

/// What the terms that lead to accounts say of everybody's profile.
struct Led {
    /// By account: weights of the terms that it has.
    weights: Vec<f32>,
    stores: Vec<u8>,
    /// Bits of an account that none leads to, and of a weight of 1.
    line: [f32; 2],
    bits_max: f32,
}

impl Led {
    /// Heavier terms are followed first; common ones lead to nobody, what they say is guessed.
    fn by_terms(detection: &Detection, query: &Query<'_>) -> Self {
        let mut led = Self {
            weights: vec![0.0; detection.links().account_count()],
            stores: query.model.stores().collect(),
            line: [0.0; 2],
            bits_max: query.model.bits_max() as f32,
        };
        let mut followed = 0;
        for (weight, store, term) in query.model.leading() {
            let Some(profiles) = detection.profiles(store) else { continue };
            let accounts = profiles.accounts(term);
            followed += accounts.len();
            if followed > TERM_POSTINGS_FOLLOWED_MAX {
                break;
            }
            add(&mut led.weights, accounts, weight);
        }
        led.line = led.measure(detection, query);
        led
    }

    /// The straight line nearest to what profiles say in full, by accounts from all over the index.
    fn measure(&self, detection: &Detection, query: &Query<'_>) -> [f32; 2] {
        let step = (self.weights.len() / YARDSTICK).max(1);
        let points = detection.links().accounts().step_by(step).map(|account| {
            let score = query.model.score(account);
            (f64::from(self.weight(detection, account)), score.content.0 + score.social.0)
        });
        let points: Vec<(f64, f64)> = points.collect();
        let count = points.len().max(1) as f64;
        let (weights, bits) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
        let middle = (weights / count, bits / count);
        let (spread, together) = points.iter().fold((0.0, 0.0), |(spread, together), (weight, bits)| {
            let off = weight - middle.0;
            (spread + off * off, together + off * (bits - middle.1))
        });
        let slope = if spread > 0.0 { f64::max(together / spread, 0.0) } else { 0.0 };
        [(middle.1 - slope * middle.0) as f32, slope as f32]
    }

    /// Over the root of how many terms the account has, which is near to what its profile is divided by.
    fn weight(&self, detection: &Detection, account: AccountNumber) -> f32 {
        let weight = self.weights.get(account.0 as usize).copied().unwrap_or(0.0);
        if weight == 0.0 {
            return 0.0;
        }
        let terms = |store: &u8| detection.profiles(*store).map_or(0, |own| own.vector(account).len());
        weight / (self.stores.iter().map(terms).sum::<usize>().max(1) as f32).sqrt()
    }

    fn bits(&self, detection: &Detection, account: AccountNumber) -> f32 {
        let [none, slope] = self.line;
        (none + slope * self.weight(detection, account)).min(self.bits_max)
    }
}

/// Accounts of the most bits, ties by number, out of accounts offered in order of number.
struct Best<T> {
    count: usize,
    /// Who has no more is not among them.
    floor: f32,
    found: Vec<(f32, AccountNumber, T)>,
}

impl<T> Best<T> {
    /// The best `count` with more than `floor` bits.
    fn new(count: usize, floor: f32) -> Self {
        Self { count: count.max(1), floor, found: Vec::new() }
    }

    /// Asks `is_eligible` only of those who come into question.
    #[inline]
    fn offer(&mut self, one: (f32, AccountNumber, T), is_eligible: impl FnOnce(AccountNumber) -> bool) {
        if one.0 > self.floor && is_eligible(one.1) {
            self.found.push(one);
            if self.found.len() >= 2 * self.count {
                self.cut();
            }
        }
    }

    fn cut(&mut self) {
        if self.found.len() > self.count {
            let better_first = |one: &(f32, AccountNumber, T), two: &(f32, AccountNumber, T)| {
                two.0.total_cmp(&one.0).then(one.1.cmp(&two.1))
            };
            let (_, last, _) = self.found.select_nth_unstable_by(self.count - 1, better_first);
            self.floor = last.0;
            self.found.truncate(self.count);
        }
    }

    /// Them, in order of number.
    fn finish(mut self) -> Vec<(f32, AccountNumber, T)> {
        self.cut();
        self.found.sort_unstable_by_key(|one| one.1);
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_best_are_those_of_a_sorted_list(
            bits in prop::collection::vec(0u8..20, 0..300),
            count in 1usize..40,
        ) {
            let is_eligible = |account: AccountNumber| !account.0.is_multiple_of(7);
            let mut best = Best::new(count, 0.0);
            for (account, bits) in (0..).map(AccountNumber).zip(&bits) {
                best.offer((f32::from(*bits), account, ()), is_eligible);
            }
            let found: Vec<AccountNumber> = best.finish().into_iter().map(|(_, account, ())| account).collect();
            let mut plain: Vec<(u8, AccountNumber)> = bits.iter().copied().zip((0..).map(AccountNumber)).collect();
            plain.retain(|(bits, account)| *bits > 0 && is_eligible(*account));
            plain.sort_by_key(|(bits, account)| (std::cmp::Reverse(*bits), *account));
            let mut plain: Vec<AccountNumber> = plain.into_iter().take(count).map(|(_, account)| account).collect();
            plain.sort();
            prop_assert_eq!(found, plain);
        }
    }
}
