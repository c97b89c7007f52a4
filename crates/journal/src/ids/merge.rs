//! Which runs to merge.

use std::ops::Range;

/// So many neighbours of a size become one.
const FAN_IN: usize = 4;
/// Runs of this many generations are large enough: a larger one would forget too much at once when it is
/// dropped, and would have to be written too often.
const FULL_GENERATIONS: u64 = 16;

/// Four neighbours of the same size class to merge, smallest class first; `None` where there are none.
///
/// Sizes are in ids, oldest run first. With this at most three runs of either smaller class remain, and
/// full runs: 13 at 200 million ids.
pub(super) fn pick(sizes: &[u64], generation: u64) -> Option<Range<usize>> {
    let class_of = |size: &u64| match size / generation.max(1) {
        0..4 => 0,
        4..FULL_GENERATIONS => 1,
        _ => 2,
    };
    let classes: Vec<u8> = sizes.iter().map(class_of).collect();
    (0..2).find_map(|class| {
        let start = classes.windows(FAN_IN).position(|window| window.iter().all(|found| *found == class))?;
        Some(start..start + FAN_IN)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_stay_few_however_many_generations_come() {
        let mut sizes: Vec<u64> = Vec::new();
        let mut written = 0;
        for _ in 0..100 {
            sizes.push(2);
            while let Some(picked) = pick(&sizes, 2) {
                let merged = sizes[picked.clone()].iter().sum();
                written += merged;
                sizes.splice(picked, [merged]);
            }
            assert!(sizes.len() <= 3 + 3 + 6, "{sizes:?}");
        }
        assert_eq!(sizes.iter().sum::<u64>(), 200);
        assert!(written <= 2 * 200, "each id is written at most twice again, not {written} / 200");
    }
}
