//! Zipf's law: few things often, most things seldom.

use crate::stream::Stream;

/// Draws ranks `0..size`, rank r about as often as 1 / (r + 1).
#[derive(Clone, Debug)]
pub(crate) struct Zipf {
    ranks: Vec<u16>,
}

const SLOTS: u32 = 1 << 13;

impl Zipf {
    /// For `size` ranks.
    pub(crate) fn new(size: u16) -> Self {
        let ranks = (0..SLOTS).map(|slot| {
            let unit = (f64::from(slot) + 0.5) / f64::from(SLOTS);
            rank_of(unit, u32::from(size)) as u16
        });
        Self { ranks: ranks.collect() }
    }

    /// One rank.
    pub(crate) fn draw(&self, stream: &mut Stream) -> u32 {
        let slot = stream.below(SLOTS) as usize;
        self.ranks.get(slot).map_or(0, |rank| u32::from(*rank))
    }
}

/// The rank in `0..size` at quantile `unit`, for sizes that have no table.
pub(crate) fn rank_of(unit: f64, size: u32) -> u32 {
    let rank = (f64::from(size) + 1.0).powf(unit) - 1.0;
    (rank as u32).min(size.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Purpose;

    #[test]
    fn low_ranks_come_often_and_all_ranks_come() {
        let zipf = Zipf::new(20);
        let mut stream = Stream::new(1, Purpose::Post, 0, 0);
        let mut counts = [0u32; 20];
        (0..20_000).for_each(|_| counts[zipf.draw(&mut stream) as usize] += 1);
        assert!(counts[0] > 3 * counts[4] && counts.iter().all(|count| *count > 0), "{counts:?}");
    }
}
