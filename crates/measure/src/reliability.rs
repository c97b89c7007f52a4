//! Whether probabilities hold: what cases were said to be, beside what reviewers found.
//!
//! Of the cases admitted at about 0.3, three in ten should be violations. That some were drawn by lot needs no
//! correction: within a step all cases were said to be equally likely. Bias known: what was never admitted is not there,
//! and whoever decided had seen the probability.

use crate::facts::each_decision;
use cordon_enforce::ports::{Counts, DecisionFacts, StoreError};
use cordon_model::binomial::{self, Share};
use cordon_model::entity::Source;
use cordon_model::entry::Outcome;
use serde::Serialize;

/// Steps in which probabilities are counted.
const STEPS: usize = 10;
/// Of the intervals.
const CONFIDENCE: f64 = 0.95;

/// Cases whose probability lies in one step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The step's lower end.
    pub from: f64,
    /// The step's upper end.
    pub to: f64,
    /// Decided cases.
    pub cases: u64,
    /// Of these, violations.
    pub violations: u64,
    /// Mean of the probabilities that they were admitted with.
    pub claimed: f64,
    /// The share of violations.
    pub found: f64,
    /// Its lower bound, 95 of 100 times.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// The picture, over the decided cases that similarity or a return put up.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reliability {
    /// Decided cases.
    pub cases: u64,
    /// Of these, admitted with a calibrated probability.
    pub calibrated: u64,
    /// Steps in which there are cases, rising.
    pub steps: Vec<Step>,
    /// Mean distance of claimed from found, over the steps by their cases: the expected calibration error.
    pub calibration_error: Option<f64>,
    /// Mean squared distance of the probability from what was found (0 or 1).
    pub brier: Option<f64>,
}

/// Sums of one step.
#[derive(Clone, Copy, Default)]
struct Sums {
    cases: u64,
    violations: u64,
    claimed: f64,
}

impl Reliability {
    /// Reads the decisions, page by page, and counts those that stand; only calibrated ones where `calibrated_only`.
    ///
    /// Errors: those of the record.
    pub async fn read(counts: &dyn Counts, calibrated_only: bool) -> Result<Self, StoreError> {
        let mut tally = Tally::default();
        each_decision(counts, |decision| {
            if decision.is_calibrated || !calibrated_only {
                tally.count(decision);
            }
        })
        .await?;
        Ok(tally.picture())
    }
}

#[derive(Default)]
struct Tally {
    steps: [Sums; STEPS],
    calibrated: u64,
    squared: f64,
}

impl Tally {
    fn count(&mut self, decision: &DecisionFacts) {
        let is_by_similarity =
            [Source::Similar, Source::Return].iter().any(|source| decision.sources.contains(*source));
        // A cluster alone gives a case no weight, and its probability is none that was claimed.
        if !is_by_similarity || decision.weight <= 0.0 || decision.overturned_at.is_some() {
            return;
        }
        let probability = decision.probability.clamp(0.0, 1.0);
        let number = ((probability * STEPS as f64) as usize).min(STEPS - 1);
        let Some(step) = self.steps.get_mut(number) else { return };
        let is_violation = decision.kind.outcome() != Outcome::Cleared;
        let distance = probability - f64::from(u8::from(is_violation));
        step.cases += 1;
        step.violations += u64::from(is_violation);
        step.claimed += probability;
        self.squared += distance * distance;
        self.calibrated += u64::from(decision.is_calibrated);
    }

    fn picture(self) -> Reliability {
        let cases: u64 = self.steps.iter().map(|sums| sums.cases).sum();
        let steps: Vec<Step> = self.steps.iter().enumerate().filter_map(step).collect();
        let distance = |sums: &Sums| (sums.claimed - sums.violations as f64).abs();
        let per_case = |sum: f64| (cases > 0).then(|| sum / cases as f64);
        Reliability {
            cases,
            calibrated: self.calibrated,
            steps,
            calibration_error: per_case(self.steps.iter().map(distance).sum()),
            brier: per_case(self.squared),
        }
    }
}

fn step((number, sums): (usize, &Sums)) -> Option<Step> {
    let Share { share, low, high } = binomial::share(sums.violations, sums.cases, CONFIDENCE)?;
    Some(Step {
        from: number as f64 / STEPS as f64,
        to: (number + 1) as f64 / STEPS as f64,
        cases: sums.cases,
        violations: sums.violations,
        claimed: sums.claimed / sums.cases as f64,
        found: share,
        low,
        high,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::tests::decided;
    use cordon_model::case::SourceSet;
    use cordon_model::decision::DecisionKind;

    fn judged(probability: f64, is_violation: bool) -> DecisionFacts {
        let kind = if is_violation { DecisionKind::Suspend } else { DecisionKind::NoViolation };
        let sources: SourceSet = [Source::Similar].into_iter().collect();
        DecisionFacts { kind, sources, weight: 9.0, probability, ..decided("a", 1) }
    }

    fn picture(decisions: impl IntoIterator<Item = DecisionFacts>) -> Reliability {
        let mut tally = Tally::default();
        decisions.into_iter().for_each(|decision| tally.count(&decision));
        tally.picture()
    }

    #[test]
    fn a_true_probability_lies_on_the_line_and_a_bold_one_far_from_it() {
        let at = |claimed: f64| picture((0..100).map(|n| judged(claimed, n < 30)));
        let (honest, bold) = (at(0.3), at(0.9));
        assert!(honest.calibration_error.unwrap() < 1e-9);
        assert!((bold.calibration_error.unwrap() - 0.6).abs() < 1e-9);
        assert!(bold.brier.unwrap() > honest.brier.unwrap());
        let [step] = honest.steps[..] else { panic!("{honest:?}") };
        assert!(step.low < 0.3 && 0.3 < step.high && step.cases == 100 && step.violations == 30);
    }

    #[test]
    fn what_was_overturned_counts_for_nothing() {
        let standing = judged(0.5, true);
        let overturned = DecisionFacts { overturned_at: Some(standing.decided_at), ..standing.clone() };
        assert_eq!(picture([standing, judged(0.5, false), overturned]).cases, 2);
    }

    #[test]
    fn what_users_reported_alone_is_no_ones_probability() {
        let sources: SourceSet = [Source::User].into_iter().collect();
        let found = picture([DecisionFacts { sources, ..judged(0.1, false) }]);
        assert_eq!(found, Reliability::default());
        let found = picture([DecisionFacts { weight: 0.0, ..judged(0.5, false) }]);
        assert_eq!(found, Reliability::default(), "nor what a cluster alone brought");
    }
}
