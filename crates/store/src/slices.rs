//! How many effects the pipeline takes in between two looks at whether a person waits.
//!
//! A slice is loaded, decided and written as a whole, so it cannot end half-way when its time is up. Instead the next one
//! is cut shorter: machines, disks and effects differ, and what matters to the person who waits is time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Most effects of a slice, unless a single entry asks for more: some milliseconds of work.
const EFFECTS_MAX: usize = 128;
/// Fewest: below this, what every slice costs anyway is most of it.
const EFFECTS_MIN: usize = 8;
/// A slice that takes longer is too long: with the slices before it and the flush, a transaction is to take 20 ms at most.
const SLICE_MAX: Duration = Duration::from_millis(6);

/// The length of the next slice, by what the ones before it took.
#[derive(Debug)]
pub(crate) struct SliceLength(AtomicUsize);

impl Default for SliceLength {
    fn default() -> Self {
        Self(AtomicUsize::new(EFFECTS_MAX))
    }
}

impl SliceLength {
    /// Effects of the next slice.
    pub(crate) fn effects(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Hears how long a slice of `effects` took. One that was too long halves the next ones; one that would have been
    /// in time at twice its length doubles them.
    pub(crate) fn took(&self, effects: usize, took: Duration) {
        let length = self.effects();
        if took > SLICE_MAX {
            // Also where a single entry asked for more than the length: what follows it need not be slow as well.
            self.0.store((length / 2).max(EFFECTS_MIN), Ordering::Relaxed);
        } else if effects >= length && took * 2 < SLICE_MAX {
            self.0.store((length * 2).min(EFFECTS_MAX), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs full slices on a machine that takes so many microseconds for one effect; how long the last one took.
    fn run(length: &SliceLength, micros_per_effect: u64, slices: usize) -> Duration {
        let took = |effects: usize| Duration::from_micros(micros_per_effect * effects as u64);
        (0..slices).fold(Duration::ZERO, |_, _| {
            let effects = length.effects();
            length.took(effects, took(effects));
            took(effects)
        })
    }

    #[test]
    fn slices_shrink_until_they_are_in_time_and_grow_again_when_work_is_light() {
        let length = SliceLength::default();
        assert_eq!((run(&length, 40, 3), length.effects()), (Duration::from_micros(5_120), EFFECTS_MAX));
        assert!(run(&length, 300, 10) <= SLICE_MAX);
        assert_eq!(length.effects(), 16);
        run(&length, 100_000, 10);
        assert_eq!(length.effects(), EFFECTS_MIN);
        run(&length, 40, 10);
        assert_eq!(length.effects(), EFFECTS_MAX);
    }

    #[test]
    fn a_short_slice_says_nothing_about_longer_ones() {
        let length = SliceLength::default();
        length.took(EFFECTS_MAX, Duration::from_millis(16));
        length.took(3, Duration::from_micros(200));
        assert_eq!(length.effects(), EFFECTS_MAX / 2);
    }
}
