//! A shuffled order of `0..size` that needs no memory and can be read both ways.

use crate::stream::{Purpose, Stream, mix};

/// A bijection of `0..size`: a Feistel network over the next even power of two, walked until it lands inside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permutation {
    size: u32,
    half_bits: u32,
    keys: [u64; 4],
}

impl Permutation {
    /// The shuffle of `0..size` for that purpose.
    pub(crate) fn new(size: u32, seed: u64, purpose: Purpose) -> Self {
        let bits = 32 - size.saturating_sub(1).leading_zeros();
        let mut stream = Stream::new(seed, purpose, u64::from(size), 0);
        let keys = [stream.bits(), stream.bits(), stream.bits(), stream.bits()];
        Self { size, half_bits: bits.div_ceil(2).max(1), keys }
    }

    /// Where `value` lands.
    pub(crate) fn forward(&self, value: u32) -> u32 {
        self.walk(value, |left, right| {
            self.keys.iter().fold((left, right), |(left, right), key| (right, left ^ self.round(right, *key)))
        })
    }

    /// What lands at `value`.
    pub(crate) fn backward(&self, value: u32) -> u32 {
        self.walk(value, |left, right| {
            let undo = |(left, right): (u64, u64), key: &u64| (right ^ self.round(left, *key), left);
            self.keys.iter().rev().fold((left, right), undo)
        })
    }

    fn walk(&self, value: u32, step: impl Fn(u64, u64) -> (u64, u64)) -> u32 {
        let mask = (1u64 << self.half_bits) - 1;
        let mut at = u64::from(value);
        // The walk ends: a bijection's cycle through `value` comes back inside, at the latest at `value`.
        loop {
            let (left, right) = step(at >> self.half_bits, at & mask);
            at = (left << self.half_bits) | right;
            if at < u64::from(self.size) || value >= self.size {
                return at as u32;
            }
        }
    }

    fn round(&self, half: u64, key: u64) -> u64 {
        mix(half ^ key) & ((1 << self.half_bits) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_taken_once_and_found_back() {
        for size in [1u32, 2, 7, 800, 1_025] {
            let shuffle = Permutation::new(size, 3, Purpose::Role);
            let mut seen = vec![false; size as usize];
            for value in 0..size {
                let place = shuffle.forward(value);
                assert!(!std::mem::replace(&mut seen[place as usize], true));
                assert_eq!(shuffle.backward(place), value);
            }
        }
    }
}
