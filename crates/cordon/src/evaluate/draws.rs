//! The draws of the comparison: the same as numpy's legacy generator makes.
//!
//! `RandomState(seed).choice(members, count, replace=False)` shuffles all places and takes the first. Source:
//! Matsumoto and Nishimura (1998) for the generator, numpy's legacy `shuffle` and `random_interval` for the rest.

const SIZE: usize = 624;
const SHIFT: usize = 397;

/// The Mersenne Twister, MT19937.
pub(crate) struct Draws {
    state: Vec<u32>,
    place: usize,
}

impl Draws {
    /// The generator that numpy makes of a small seed.
    pub(crate) fn new(seed: u32) -> Self {
        let mut state = vec![seed];
        for place in 1..SIZE as u32 {
            let last = state.last().copied().unwrap_or_default();
            state.push((last ^ (last >> 30)).wrapping_mul(1_812_433_253).wrapping_add(place));
        }
        Self { state, place: SIZE }
    }

    fn turn(&mut self) {
        let at = |state: &[u32], place: usize| state.get(place % SIZE).copied().unwrap_or_default();
        for place in 0..SIZE {
            let mixed = (at(&self.state, place) & 0x8000_0000) | (at(&self.state, place + 1) & 0x7fff_ffff);
            let twist = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
            let next = at(&self.state, place + SHIFT) ^ (mixed >> 1) ^ twist;
            if let Some(slot) = self.state.get_mut(place) {
                *slot = next;
            }
        }
        self.place = 0;
    }

    fn next(&mut self) -> u32 {
        if self.place >= SIZE {
            self.turn();
        }
        let mut word = self.state.get(self.place).copied().unwrap_or_default();
        self.place += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// A whole number up to `most`, which is included: numbers beyond are thrown away, not folded.
    fn upto(&mut self, most: u32) -> u32 {
        let mask = most.checked_ilog2().map_or(0, |bits| u32::MAX >> (31 - bits));
        loop {
            let number = self.next() & mask;
            if number <= most {
                return number;
            }
        }
    }

    /// `count` of `members` without repeats, in the order drawn; all of them where there are fewer.
    pub(crate) fn choose(&mut self, members: &[usize], count: usize) -> Vec<usize> {
        let mut places: Vec<usize> = members.to_vec();
        for last in (1..places.len()).rev() {
            let other = self.upto(last as u32) as usize;
            places.swap(last, other);
        }
        places.truncate(count);
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_choices_are_those_of_numpy() {
        let mut draws = Draws::new(1);
        assert_eq!([draws.next(), draws.next(), draws.next()], [1_791_095_845, 4_282_876_139, 3_093_770_124]);
        let members: Vec<usize> = (100..399).collect();
        let mut draws = Draws::new(1);
        assert_eq!(draws.choose(&members, 10), [273, 387, 151, 246, 314, 297, 374, 162, 127, 301]);
        assert_eq!(draws.choose(&members, 10), [165, 336, 302, 125, 235, 267, 232, 120, 385, 188]);
        assert_eq!(Draws::new(2).choose(&[0, 1, 2, 3, 4], 3), [2, 4, 1]);
    }
}
