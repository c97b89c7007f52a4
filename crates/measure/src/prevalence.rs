//! What nothing surfaced: violators among accounts that were drawn at random.
//!
//! Numerator: drawn accounts that a reviewer found violating. Denominator: drawn accounts that were decided. Bias known:
//! reviewers err, drawn accounts still waiting are missing, and each draw counts its accounts alike though draws differ
//! in size.

use crate::facts::each_decision;
use cordon_enforce::ports::{Counts, DecisionFacts, StoreError};
use cordon_model::binomial::{self, Share};
use cordon_model::entity::Source;
use cordon_model::entry::Outcome;
use serde::Serialize;

/// Of the interval.
const CONFIDENCE: f64 = 0.95;

/// Violators among active accounts at which nothing pointed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Prevalence {
    /// Drawn accounts that were decided.
    pub decided: u64,
    /// Of these, found violating.
    pub violating: u64,
    /// The share with its exact interval of 95 %; `None` where nobody was decided.
    pub share: Option<Share>,
}

impl Prevalence {
    /// Reads the decisions, page by page, and counts those that stand.
    ///
    /// Errors: those of the record.
    pub async fn read(counts: &dyn Counts) -> Result<Self, StoreError> {
        let mut found = Self::default();
        each_decision(counts, |decision| found.count(decision)).await?;
        found.share = binomial::share(found.violating, found.decided, CONFIDENCE);
        Ok(found)
    }

    fn count(&mut self, decision: &DecisionFacts) {
        if decision.sources.contains(Source::AuditLane) && decision.overturned_at.is_none() {
            self.decided += 1;
            self.violating += u64::from(decision.kind.outcome() != Outcome::Cleared);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::tests::decided;
    use cordon_model::case::SourceSet;
    use cordon_model::decision::DecisionKind;

    #[test]
    fn only_what_was_drawn_and_stands_is_counted() {
        let drawn: SourceSet = [Source::AuditLane].into_iter().collect();
        let suspended = DecisionFacts { sources: drawn, ..decided("a", 1) };
        let cleared = DecisionFacts { kind: DecisionKind::NoViolation, ..suspended.clone() };
        let overturned = DecisionFacts { overturned_at: Some(suspended.decided_at), ..suspended.clone() };
        let mut found = Prevalence::default();
        for decision in [suspended, cleared, overturned, decided("reported", 1)] {
            found.count(&decision);
        }
        assert_eq!((found.decided, found.violating), (2, 1));
    }
}
