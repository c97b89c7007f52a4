//! The same object at the same time.
//!
//! Time is cut into buckets twice as wide as the window, on two grids half a bucket apart: any two acts that lie
//! within the window share a bucket of at least one grid. Source: SynchroTrap (CCS 2014), adapted to an index.

use cordon_model::clock::Timestamp;

/// The two buckets that hold `time`: one of each grid.
pub(super) fn moments(time: Timestamp, window_seconds: u32) -> impl Iterator<Item = u64> {
    let window = i64::from(window_seconds);
    let seconds = time.seconds();
    let even = seconds.div_euclid(2 * window);
    let odd = (seconds + window).div_euclid(2 * window);
    [(even as u64) << 1, ((odd as u64) << 1) | 1].into_iter()
}

/// One hash out of an object's and a moment's.
pub(super) fn mix(object: u64, moment: u64) -> u64 {
    // Odd constant from splitmix64: a bijection of `moment`, so that distinct moments never meet by themselves.
    (object ^ moment.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
        ^ object.rotate_left(17)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share_a_moment(first: i64, second: i64) -> bool {
        let of = |seconds| moments(Timestamp::from_seconds(seconds), 60).collect::<Vec<_>>();
        of(first).iter().any(|moment| of(second).contains(moment))
    }

    proptest! {
        #[test]
        fn acts_within_the_window_share_a_moment(start in 0i64..2_000_000_000, gap in 0i64..=60) {
            prop_assert!(share_a_moment(start, start + gap));
        }

        #[test]
        fn acts_two_windows_apart_share_none(start in 0i64..2_000_000_000, gap in 120i64..100_000) {
            prop_assert!(!share_a_moment(start, start + gap));
        }
    }
}
