//! Who met whom: candidate pairs by a sweep over every object, each then weighed exactly.

use super::chance::{Chance, each_object, surprise_bits};
use super::coordination::CoordinationOptions;
use super::table::{ActTable, Object};
use crate::parallel::map_chunks;
use cordon_model::limits;

const SECONDS_PER_DAY: u32 = 86_400;
/// Pairs weighed by one thread at a time.
const WEIGHED_AT_ONCE: usize = 1_024;

/// Two accounts that met more than once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) low: u32,
    pub(super) high: u32,
    /// −log2 of the chance that the two meet so often by themselves.
    pub(super) bits: f64,
}

/// Pairs that met on enough objects, and what was left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    /// Two account numbers each, the lower in the high half; ascending.
    pub(super) pairs: Vec<u64>,
    /// Objects, the most popular ones, that were not swept because the bound on pairs was reached.
    pub(super) objects_left_out: usize,
}

/// Pairs that met within the window on at least `objects_min` objects. The rarest objects are swept first, so that it
/// is the most popular ones that the bound on pairs leaves out.
pub(super) fn candidates(table: &ActTable, options: &CoordinationOptions) -> Candidates {
    let mut order: Vec<&Object> = table.objects().iter().collect();
    order.sort_by_key(|object| object.accounts);
    let (mut pairs, mut left_out) = (Vec::new(), 0);
    for object in order {
        if pairs.len() >= limits::CLUSTER_PAIRS_MAX {
            left_out += 1;
            continue;
        }
        sweep(table, object, options, &mut pairs);
    }
    pairs.sort_unstable();
    let often = pairs
        .chunk_by(|one, two| one == two)
        .filter(|met| met.len() >= options.objects_min as usize)
        .filter_map(|met| met.first().copied());
    Candidates { pairs: often.collect(), objects_left_out: left_out }
}

/// Adds each pair that met on the object, once.
fn sweep(table: &ActTable, object: &Object, options: &CoordinationOptions, pairs: &mut Vec<u64>) {
    let acts = table.acts_on(object);
    let is_active = |account: u32| table.participation(account) >= options.objects_min;
    let mut met = Vec::new();
    for (place, act) in acts.iter().enumerate() {
        if !is_active(act.account) {
            continue;
        }
        let earlier = acts.iter().take(place).rev();
        let near = earlier.take_while(|other| act.at - other.at <= options.window_seconds);
        let others = near.filter(|other| other.account != act.account && is_active(other.account));
        met.extend(others.take(limits::CLUSTER_LOOK_BACK_MAX).map(|other| {
            u64::from(act.account.min(other.account)) << 32 | u64::from(act.account.max(other.account))
        }));
    }
    met.sort_unstable();
    met.dedup();
    pairs.extend(met);
}

/// Weighs candidates, in their order; those that did not meet on enough objects and days go.
pub(super) fn weigh(
    table: &ActTable,
    chance: &Chance,
    candidates: &[u64],
    options: &CoordinationOptions,
) -> Vec<Pair> {
    let weighed = map_chunks(candidates, WEIGHED_AT_ONCE, |pairs| {
        pairs.iter().filter_map(|pair| weigh_pair(table, chance, *pair, options)).collect::<Vec<_>>()
    });
    weighed.into_iter().flatten().collect()
}

/// A moment at which two accounts did the same.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment {
    times: (u32, u32),
    counts: f64,
}

fn weigh_pair(table: &ActTable, chance: &Chance, pair: u64, options: &CoordinationOptions) -> Option<Pair> {
    let (low, high) = ((pair >> 32) as u32, pair as u32);
    let (mut expected, mut moments) = (0.0, Vec::new());
    each_common(table, low, high, |object, ours, theirs| {
        let counts = counts_as(object.accounts);
        let trials = ours.len() as f64 * theirs.len() as f64;
        expected += counts * (trials * chance.share(object.accounts)).min(1.0);
        if let Some(times) =
            nearest(ours, theirs).filter(|(one, two)| one.abs_diff(*two) <= options.window_seconds)
        {
            moments.push(Moment { times, counts });
        }
    });
    // Several objects of one post are one moment, and count as the rarest of them.
    moments.sort_by(|one, two| one.times.cmp(&two.times).then(two.counts.total_cmp(&one.counts)));
    moments.dedup_by_key(|moment| moment.times);
    let mut days: Vec<u32> = moments.iter().map(|moment| moment.times.0 / SECONDS_PER_DAY).collect();
    days.sort_unstable();
    days.dedup();
    if moments.len() < options.objects_min as usize || days.len() < options.days_min as usize {
        return None;
    }
    let met: f64 = moments.iter().map(|moment| moment.counts).sum();
    Some(Pair { low, high, bits: surprise_bits(met, expected) })
}

/// What a meeting on an object of so many accounts counts: 1 for two accounts, less for every further one. Source:
/// FRAUDAR (KDD 2016), columns weigh 1 / log(degree + 5).
pub(super) fn counts_as(accounts: u32) -> f64 {
    libm::log(7.0) / libm::log(f64::from(accounts.max(2)) + 5.0)
}

/// Calls `found` with every object that both acted on, and when each did.
fn each_common(table: &ActTable, low: u32, high: u32, mut found: impl FnMut(&Object, &[u32], &[u32])) {
    let mut theirs: Vec<(u32, Vec<u32>)> = Vec::new();
    each_object(table.acts_of(high).copied(), &mut |object, times| theirs.push((object, times.to_vec())));
    let mut rest = theirs.iter().peekable();
    each_object(table.acts_of(low).copied(), &mut |object, times| {
        while rest.next_if(|(other, _)| *other < object).is_some() {}
        if let Some((_, other_times)) = rest.next_if(|(other, _)| *other == object)
            && let Some(object) = table.object(object)
        {
            found(object, times, other_times);
        }
    });
}

/// The two times that lie nearest, of two sorted lists.
fn nearest(ours: &[u32], theirs: &[u32]) -> Option<(u32, u32)> {
    let near = |one: &u32| {
        let place = theirs.partition_point(|two| two < one);
        let around = [place.checked_sub(1).and_then(|before| theirs.get(before)), theirs.get(place)];
        let gap = |two: &u32| two.abs_diff(*one);
        around.into_iter().flatten().min_by_key(|two| gap(two)).map(|two| (gap(two), *one, *two))
    };
    ours.iter().filter_map(near).min().map(|(_, one, two)| (one, two))
}
