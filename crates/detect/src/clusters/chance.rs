//! How often accounts meet by themselves.
//!
//! The null: who acted on what stays, and each object's times are dealt anew among them. Two accounts that both acted on
//! an object then meet within the window with the share of its pairs of acts that lie so near. That share is pooled over
//! objects of about the same popularity: an object of its own would make a ring's burst its own excuse.

use super::table::{ActTable, Done};

/// Objects' worth of belief that all pairs of acts together carry against the objects of one class of popularity, so
/// that a ring's own objects, where they are all that a class has, are no excuse either.
const POOLED_OBJECTS: f64 = 100.0;
/// Classes of popularity: powers of two of accounts.
const CLASSES: usize = 33;
/// Terms of the tail of a Poisson distribution that are summed.
const TAIL_TERMS: u32 = 200;

/// The chance that two acts on an object lie within the window, by the object's popularity.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    shares: [f64; CLASSES],
}

impl Chance {
    /// Counts pairs of acts of different accounts, and how many lie within `window_seconds`.
    pub(super) fn of(table: &ActTable, window_seconds: u32) -> Self {
        let mut counts: Vec<Pairs> = Vec::with_capacity(table.object_count());
        for object in table.objects() {
            let times: Vec<u32> = table.acts_on(object).iter().map(|act| act.at).collect();
            counts.push(Pairs::of(&times, window_seconds));
        }
        // What an account did twice is no meeting.
        for account in table.accounts() {
            each_object(table.acts_of(account).copied(), &mut |object, times| {
                if times.len() > 1
                    && let Some(pairs) = counts.get_mut(object as usize)
                {
                    pairs.take_out(&Pairs::of(times, window_seconds));
                }
            });
        }
        Self { shares: pooled(table, &counts) }
    }

    /// The chance that two acts on an object of so many accounts lie within the window, above 0 and at most 1.
    pub(super) fn share(&self, accounts: u32) -> f64 {
        self.shares.get(class_of(accounts)).copied().unwrap_or(1.0)
    }
}

/// Calls `found` with each object of one account's acts, and their times.
pub(super) fn each_object(acts: impl Iterator<Item = Done>, found: &mut dyn FnMut(u32, &[u32])) {
    let (mut current, mut times) = (None, Vec::new());
    for act in acts {
        if current != Some(act.object) {
            if let Some(object) = current {
                found(object, &times);
            }
            times.clear();
            current = Some(act.object);
        }
        times.push(act.at);
    }
    if let Some(object) = current {
        found(object, &times);
    }
}

/// Pairs of acts on one object.
#[derive(Clone, Copy, Debug)]
struct Pairs {
    within: f64,
    all: f64,
}

impl Pairs {
    fn of(times: &[u32], window_seconds: u32) -> Self {
        let acts = times.len() as f64;
        Self { within: near(times, window_seconds), all: acts * (acts - 1.0) / 2.0 }
    }

    fn take_out(&mut self, other: &Self) {
        self.within -= other.within;
        self.all -= other.all;
    }
}

fn pooled(table: &ActTable, counts: &[Pairs]) -> [f64; CLASSES] {
    let within: f64 = counts.iter().map(|pairs| pairs.within).sum();
    let all: f64 = counts.iter().map(|pairs| pairs.all).sum();
    // Nobody knows that something never happens.
    let overall = (within + 0.5) / (all + 1.0);
    let mut sums = [(POOLED_OBJECTS * overall, POOLED_OBJECTS); CLASSES];
    for (object, pairs) in table.objects().iter().zip(counts).filter(|(_, pairs)| pairs.all > 0.0) {
        if let Some((shares, objects)) = sums.get_mut(class_of(object.accounts)) {
            *shares += pairs.within / pairs.all;
            *objects += 1.0;
        }
    }
    sums.map(|(shares, objects)| (shares / objects).min(1.0))
}

fn class_of(accounts: u32) -> usize {
    accounts.max(1).ilog2() as usize
}

/// Pairs of sorted times that lie within the window.
fn near(times: &[u32], window_seconds: u32) -> f64 {
    let (mut pairs, mut first) = (0_u64, 0_usize);
    for (place, time) in times.iter().enumerate() {
        while times.get(first).is_some_and(|early| time - early > window_seconds) {
            first += 1;
        }
        pairs += (place - first) as u64;
    }
    pairs as f64
}

/// −log2 of the chance of `met` or more where `expected` are expected (Poisson). Both may be fractions, as popular
/// objects count for less than one; 0 where no more met than expected.
pub(super) fn surprise_bits(met: f64, expected: f64) -> f64 {
    if met <= expected || expected <= 0.0 {
        return 0.0;
    }
    let first = met * libm::log(expected) - expected - libm::lgamma(met + 1.0);
    let (mut term, mut sum) = (1.0, 1.0);
    for step in 1..TAIL_TERMS {
        term *= expected / (met + f64::from(step));
        sum += term;
        if term < 1e-12 {
            break;
        }
    }
    (-(first + libm::log(sum)) * std::f64::consts::LOG2_E).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surprise_is_that_of_the_poisson_tail() {
        // 1 − e^−0.5 (1 + 0.5) = 0.0902; 1 − e^−2 (1 + 2 + 2 + 4/3) = 0.1429.
        assert!((surprise_bits(2.0, 0.5) - 3.471).abs() < 1e-3);
        assert!((surprise_bits(4.0, 2.0) - 2.807).abs() < 1e-3);
        assert_eq!(surprise_bits(1.0, 2.0), 0.0);
    }

    #[test]
    fn pairs_within_the_window_are_those_that_counting_finds() {
        let times = [0, 5, 9, 20, 21, 40];
        let slow = times
            .iter()
            .enumerate()
            .flat_map(|(place, late)| times.iter().take(place).map(move |early| late - early));
        assert_eq!(near(&times, 10), slow.filter(|gap| *gap <= 10).count() as f64);
    }
}
