use super::*;
use proptest::prelude::*;

/// Numbers in `0.0..1.0` that look drawn by chance.
fn chance(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

/// Reviewers who err as `wrong` says, each case seen by three of them, every tenth of known truth.
fn simulated(wrong: &[[f64; 2]], cases: usize, prevalence: f64, mut state: u64) -> Vec<Label> {
    let mut labels = Vec::new();
    for case in 0..cases {
        let truth = chance(&mut state) < prevalence;
        for turn in 0..3 {
            let place = (case / 7 + case * (turn + 1) + turn) % wrong.len();
            let errs = chance(&mut state) < wrong[place][usize::from(truth)];
            labels.push(Label {
                case: format!("c{case}"),
                reviewer: format!("r{place}"),
                is_violation: truth != errs,
                known: (case % 10 == 0).then_some(truth),
            });
        }
    }
    labels
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn known_confusion_matrices_are_recovered_from_simulated_reviewers(
        wrong in prop::collection::vec([0.02..0.3, 0.02..0.3], 5..8),
        prevalence in 0.3..0.7,
        seed in any::<u64>(),
    ) {
        let found = error_rates(&simulated(&wrong, 2_000, prevalence, seed));
        prop_assert!((found.prevalence - prevalence).abs() < 0.06, "{}", found.prevalence);
        for (reviewer, true_chances) in found.reviewers.iter().zip(&wrong) {
            for (interval, truth) in
                [reviewer.false_positive, reviewer.false_negative].iter().zip(true_chances)
            {
                prop_assert!((interval.value - truth).abs() < 0.08, "{interval:?} but {truth}");
                prop_assert!(interval.low <= interval.value && interval.value <= interval.high);
            }
        }
    }
}

#[test]
fn intervals_hold_what_is_true_about_as_often_as_they_say() {
    let wrong = [[0.1, 0.2], [0.05, 0.1], [0.2, 0.05], [0.15, 0.15], [0.02, 0.3]];
    let (mut held, mut all) = (0, 0);
    for seed in 0..12 {
        let found = error_rates(&simulated(&wrong, 600, 0.4, seed * 77 + 5));
        for (reviewer, [none, violation]) in found.reviewers.iter().zip(wrong) {
            for (interval, truth) in [(reviewer.false_positive, none), (reviewer.false_negative, violation)] {
                held += usize::from(interval.low <= truth && truth <= interval.high);
                all += 1;
            }
        }
    }
    assert!(held * 100 >= all * 90, "{held} of {all}");
}

#[test]
fn one_who_errs_on_golden_cases_is_told_from_those_who_do_not() {
    let label = |case: usize, reviewer: &str, is_violation| Label {
        case: format!("c{case}"),
        reviewer: reviewer.to_owned(),
        is_violation,
        known: Some(false),
    };
    let labels: Vec<Label> =
        (0..30).flat_map(|case| [label(case, "good", false), label(case, "rash", case % 2 == 0)]).collect();
    let found = error_rates(&labels);
    let [good, rash] = [&found.reviewers[0], &found.reviewers[1]];
    assert_eq!((good.confusion, rash.confusion[0]), ([[30.0, 0.0], [0.0, 0.0]], [15.0, 15.0]));
    assert!(good.false_positive.high < rash.false_positive.low, "{good:?} {rash:?}");
    assert_eq!((found.anchored, good.anchored, found.cases), (30, 30, 30));
    assert!(
        good.false_negative.low < 0.06 && good.false_negative.high > 0.5,
        "nothing is known of it: {good:?}"
    );
    assert_eq!(error_rates(&labels), found);
    assert_eq!(error_rates(&[]).reviewers, []);
}
