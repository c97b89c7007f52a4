//! How many look-ups a second one thread makes among PDQ hashes, and whether anything is overlooked.
//!
//! `cargo run --release -p cordon-detect --example pdq_search -- 1000000`
//! Hashes are drawn evenly; a quarter of those asked for is 31 bits or less from one of them, the rest is new. Every
//! hundredth look-up is done once more by comparing with all hashes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a measurement")]

use cordon_detect::banks::PdqIndex;
use cordon_detect::banks::hash::Pdq;
use cordon_detect::splitmix::SplitMix;
use std::time::{Duration, Instant};

const LOOK_UPS: usize = 40_000;
const DISTANCE_MAX: u32 = 31;

fn main() {
    let count: usize = std::env::args().nth(1).map_or(1_000_000, |text| text.parse().expect("a number"));
    let mut chance = Chance(SplitMix::new(1));
    let hashes: Vec<Pdq> = (0..count).map(|_| chance.hash()).collect();
    let start = Instant::now();
    let mut index = PdqIndex::default();
    (0..).zip(&hashes).for_each(|(number, hash)| index.insert(*hash, number));
    let built = start.elapsed();

    let asked: Vec<Pdq> = (0..LOOK_UPS)
        .map(|turn| {
            if turn % 4 == 0 {
                {
                    let place = chance.below(count);
                    chance.near(hashes[place])
                }
            } else {
                chance.hash()
            }
        })
        .collect();
    let (start, before) = (Instant::now(), on_processor());
    let found: Vec<Vec<u32>> = asked.iter().map(|hash| numbers(&index, *hash)).collect();
    let (taken, worked) = (start.elapsed(), on_processor().saturating_sub(before));
    let matches: usize = found.iter().map(Vec::len).sum();
    println!(
        "{count} hashes, built in {:.2} s, {} MiB; {LOOK_UPS} look-ups at distance {DISTANCE_MAX}: {:.0} a second, {:.0} a second of processor time, {matches} matches",
        built.as_secs_f64(),
        index.bytes() >> 20,
        LOOK_UPS as f64 / taken.as_secs_f64(),
        LOOK_UPS as f64 / worked.as_secs_f64()
    );
    let (all, overlooked) = check(&hashes, &asked, &found);
    println!("compared one by one: {all} matches, of which {overlooked} were overlooked");
    assert_eq!(overlooked, 0);
}

/// Time that this thread was on a processor, as the kernel counts it: others' work on the machine left out. Zero
/// where it does not say.
fn on_processor() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0))
}

fn numbers(index: &PdqIndex, hash: Pdq) -> Vec<u32> {
    let mut numbers = Vec::new();
    index.search(hash, &mut |number, _| numbers.push(number));
    numbers
}

/// Matches of every hundredth hash by brute force, and how many of them the index did not give.
fn check(hashes: &[Pdq], asked: &[Pdq], found: &[Vec<u32>]) -> (usize, usize) {
    let (mut all, mut overlooked) = (0, 0);
    for (hash, found) in asked.iter().zip(found).step_by(100) {
        for (number, _) in (0..).zip(hashes).filter(|(_, other)| hash.distance(**other) <= DISTANCE_MAX) {
            all += 1;
            overlooked += usize::from(!found.contains(&number));
        }
    }
    (all, overlooked)
}

/// The same numbers in every run.
struct Chance(SplitMix);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0.next_number()
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn hash(&mut self) -> Pdq {
        Pdq(std::array::from_fn(|_| self.next()))
    }

    /// At most 31 bits away.
    fn near(&mut self, mut hash: Pdq) -> Pdq {
        for _ in 0..self.below(DISTANCE_MAX as usize + 1) {
            let bit = self.below(256);
            hash.0[bit / 64] ^= 1 << (bit % 64);
        }
        hash
    }
}
