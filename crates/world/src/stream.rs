//! Chance, by name: every draw comes from a stream keyed by the random seed and by what it is for.
//!
//! A stream depends on its key alone, never on who drew before. That is what makes two runs with different
//! suspensions see the same arrivals for everybody who is not affected.

/// What a stream is for; different purposes never share numbers.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Purpose {
    Role = 1,
    Place,
    Community,
    Persona,
    AccountId,
    Handle,
    Device,
    Network,
    Picture,
    DayPlan,
    Post,
    Follow,
    Report,
    Campaign,
    TalkingPoint,
    Wave,
    Profile,
    Return,
    Review,
    Lookalike,
    Platform,
    Appeal,
}

/// A stream of 64-bit numbers (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Stream(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A well mixed 64-bit number from another.
pub(crate) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// One number for `(seed, purpose, first, second)`.
pub(crate) const fn keyed(seed: u64, purpose: Purpose, first: u64, second: u64) -> u64 {
    let inner = mix(seed ^ (purpose as u64).wrapping_mul(GOLDEN));
    let middle = mix(inner ^ first.wrapping_mul(0xd6e8_feb8_6659_fd93).wrapping_add(GOLDEN));
    mix(middle ^ second.wrapping_mul(0xa076_1d64_78bd_642f).wrapping_add(GOLDEN))
}

impl Stream {
    /// The stream of `(seed, purpose, first, second)`.
    pub(crate) const fn new(seed: u64, purpose: Purpose, first: u64, second: u64) -> Self {
        Self(keyed(seed, purpose, first, second))
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Uniform in `0..bound`; 0 where `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// Uniform in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with that probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number whose mean is `mean`: its floor, or one more.
    pub(crate) fn around(&mut self, mean: f64) -> u32 {
        (mean + self.unit()) as u32
    }

    /// Near a standard normal: the sum of twelve uniforms less six, so that every machine agrees on it.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_every_part_of_its_key() {
        let first = |seed, purpose, a, b| Stream::new(seed, purpose, a, b).bits();
        let base = first(1, Purpose::Post, 2, 3);
        assert_eq!(base, first(1, Purpose::Post, 2, 3));
        assert_ne!(base, first(2, Purpose::Post, 2, 3));
        assert_ne!(base, first(1, Purpose::Follow, 2, 3));
        assert_ne!(base, first(1, Purpose::Post, 3, 2));
    }

    #[test]
    fn draws_stay_in_their_range_and_have_their_mean() {
        let mut stream = Stream::new(7, Purpose::Post, 0, 0);
        let mean = (0..10_000).map(|_| stream.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert!((0..1_000).all(|_| stream.below(7) < 7));
        let normal = (0..10_000).map(|_| stream.normal()).sum::<f64>() / 10_000.0;
        assert!(normal.abs() < 0.05, "{normal}");
    }
}
