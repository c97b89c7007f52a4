//! How often accounts meet by themselves.
//!
//! The null: who acted on what stays, and each object's times are dealt anew among them. Two accounts that both acted on
//! an object then meet within the window with the share of its pairs of acts that lie so near. That share is pooled over
//! objects of about the same popularity: an object of its own would make a ring's burst its own excuse.

use super::table::{ActTable, Done};

/// Objects' worth of belief that all pairs of acts together carry against the objects of one class of popularity, so
/// that a ring's own objects, where they are all that a class has, are no excuse either.
const POOLED_OBJECTS: f64 = 100.0;
/// Pairs' worth of belief in the share of its class that an object's own pairs are held against.
const POOLED_PAIRS: f64 = 100.0;
/// Classes of popularity: powers of two of accounts.
const CLASSES: usize = 33;
/// The class of four accounts.
const CLASS_OF_FOUR: usize = 2;
/// Terms of the tail of a Poisson distribution that are summed.
const TAIL_TERMS: u32 = 200;

/// The chance that two acts on an object lie within the window, by the object's popularity.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    shares: [f64; CLASSES],
    /// By object: its pairs of acts of different accounts.
    counts: Vec<Pairs>,
    /// By class of popularity: the sum of the objects' shares, and how many objects have pairs.
    classes: [(f64, f64); CLASSES],
    /// By class: objects of which most pairs lie within the window, and how many objects have pairs.
    bursts: [(f64, f64); CLASSES],
    /// All pairs.
    total: Pairs,
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
        let mut total = Pairs::default();
        counts.iter().for_each(|pairs| total.add(pairs));
        let classes = by_class(table, &counts, |pairs| pairs.within / pairs.all);
        let bursts = by_class(table, &counts, Pairs::is_burst);
        Self { shares: pooled(&classes, &total), counts, classes, bursts, total }
    }

    /// The shares that are left where these objects, each once, say nothing: what a group shares is no excuse for it.
    pub(super) fn without(&self, table: &ActTable, objects: impl Iterator<Item = u32>) -> Shares {
        let (mut classes, mut bursts, mut total) = (self.classes, self.bursts, self.total);
        for number in objects {
            let (Some(object), Some(pairs)) = (table.object(number), self.counts.get(number as usize)) else {
                continue;
            };
            total.take_out(pairs);
            if pairs.all > 0.0 {
                let class = class_of(object.accounts);
                leave_out(&mut classes, class, pairs.within / pairs.all);
                leave_out(&mut bursts, class, pairs.is_burst());
            }
        }
        let by_class = pooled(&classes, &total);
        Shares { by_class, overall: overall(&total), bursts: bursts_of(&bursts) }
    }

    /// The share among pairs of acts on an object that are not both `own` ones, `share` believed as firmly as
    /// [`POOLED_PAIRS`] of them.
    pub(super) fn outside(&self, object: u32, own: &[u32], window_seconds: u32, share: f64) -> f64 {
        let mut pairs = self.counts.get(object as usize).copied().unwrap_or_default();
        pairs.take_out(&Pairs::of(own, window_seconds));
        let (within, all) = (pairs.within.max(0.0), pairs.all.max(0.0));
        ((within + POOLED_PAIRS * share) / (all + POOLED_PAIRS)).min(1.0)
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

/// Shares by class of popularity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    by_class: [f64; CLASSES],
    /// Over all pairs.
    pub(super) overall: f64,
    /// Of objects, those of which most pairs of acts lie within the window.
    bursts: [f64; CLASSES],
}

impl Shares {
    /// Of objects of so many accounts, the share of which most pairs of acts lie within the window.
    pub(super) fn burst(&self, accounts: u32) -> f64 {
        self.bursts.get(class_of(accounts)).copied().unwrap_or(1.0)
    }

    /// As [`Chance::share`].
    pub(super) fn share(&self, accounts: u32) -> f64 {
        self.by_class.get(class_of(accounts)).copied().unwrap_or(1.0)
    }
}

/// Pairs of acts on one object.
#[derive(Clone, Copy, Debug, Default)]
struct Pairs {
    within: f64,
    all: f64,
}

impl Pairs {
    fn of(times: &[u32], window_seconds: u32) -> Self {
        let acts = times.len() as f64;
        Self { within: near(times, window_seconds), all: acts * (acts - 1.0) / 2.0 }
    }

    fn is_burst(&self) -> f64 {
        if self.within * 2.0 >= self.all { 1.0 } else { 0.0 }
    }

    fn add(&mut self, other: &Self) {
        self.within += other.within;
        self.all += other.all;
    }

    fn take_out(&mut self, other: &Self) {
        self.within -= other.within;
        self.all -= other.all;
    }
}

fn by_class(table: &ActTable, counts: &[Pairs], value: impl Fn(&Pairs) -> f64) -> [(f64, f64); CLASSES] {
    let mut sums = [(0.0, 0.0); CLASSES];
    for (object, pairs) in table.objects().iter().zip(counts).filter(|(_, pairs)| pairs.all > 0.0) {
        if let Some((shares, objects)) = sums.get_mut(class_of(object.accounts)) {
            *shares += value(pairs);
            *objects += 1.0;
        }
    }
    sums
}

fn pooled(classes: &[(f64, f64); CLASSES], total: &Pairs) -> [f64; CLASSES] {
    // Nobody knows that something never happens.
    let overall = overall(total);
    classes
        .map(|(shares, objects)| ((shares + POOLED_OBJECTS * overall) / (objects + POOLED_OBJECTS)).min(1.0))
}

fn leave_out(classes: &mut [(f64, f64); CLASSES], class: usize, value: f64) {
    if let Some((sum, objects)) = classes.get_mut(class) {
        *sum = (*sum - value).max(0.0);
        *objects -= 1.0;
    }
}

/// Few accounts lie within a window or do not; what is said of all classes leaves those out.
fn bursts_of(classes: &[(f64, f64); CLASSES]) -> [f64; CLASSES] {
    let (bursts, objects) = classes
        .iter()
        .skip(CLASS_OF_FOUR)
        .fold((0.5, 1.0), |sums, class| (sums.0 + class.0, sums.1 + class.1));
    classes.map(|(some, all)| ((some + POOLED_OBJECTS * bursts / objects) / (all + POOLED_OBJECTS)).min(1.0))
}

fn overall(total: &Pairs) -> f64 {
    ((total.within.max(0.0) + 0.5) / (total.all.max(0.0) + 1.0)).min(1.0)
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
