//! What was done, and how fast.

use crate::{Quantiles, RecordFacts};
use cordon_enforce::ports::DecisionFacts;
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::AccountId;
use serde::Serialize;
use std::collections::BTreeMap;

/// The figures that need no truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Story {
    /// Reports received.
    pub reports: u64,
    /// Cases opened.
    pub cases: u64,
    /// Cases that wait for a decision.
    pub cases_open: u64,
    /// Decisions made.
    pub decisions: u64,
    /// Suspensions decided, overturned ones included.
    pub suspensions: u64,
    /// Suspensions by what opened the case.
    pub suspensions_by_source: BTreeMap<String, u64>,
    /// Suspensions taken back.
    pub suspensions_overturned: u64,
    /// Hours from the first report on an account to its suspension, where reports came first.
    pub report_to_action_hours: Quantiles,
    /// Minutes from the opening of a case to its decision.
    pub case_minutes: Quantiles,
}

impl Story {
    /// Computes the figures. Bias known: accounts whose reports still wait are missing from the times.
    pub fn of(facts: &RecordFacts) -> Self {
        let suspended: Vec<&DecisionFacts> = suspensions(facts).collect();
        let mut by_source: BTreeMap<String, u64> = BTreeMap::new();
        for decision in &suspended {
            *by_source.entry(decision.opened_by.name().to_owned()).or_default() += 1;
        }
        let first_report = first_reports(facts);
        let waited = |decision: &&DecisionFacts| {
            let reported = first_report.get(&decision.account_id)?;
            let hours = decision.decided_at.seconds_since(*reported) / 3_600.0;
            (hours >= 0.0).then_some(hours)
        };
        let lasted =
            |decision: &DecisionFacts| decision.decided_at.seconds_since(decision.case_opened_at) / 60.0;
        Self {
            reports: facts.reports.len() as u64,
            cases: facts.cases.len() as u64,
            cases_open: facts.cases.iter().filter(|case| case.closed_at.is_none()).count() as u64,
            decisions: facts.decisions.len() as u64,
            suspensions: suspended.len() as u64,
            suspensions_by_source: by_source,
            suspensions_overturned: suspended.iter().filter(|one| one.overturned_at.is_some()).count() as u64,
            report_to_action_hours: Quantiles::of(suspended.iter().filter_map(waited).collect()),
            case_minutes: Quantiles::of(facts.decisions.iter().map(lasted).collect()),
        }
    }
}

/// Decisions that suspended somebody, for a time or for good.
pub(crate) fn suspensions(facts: &RecordFacts) -> impl Iterator<Item = &DecisionFacts> {
    facts
        .decisions
        .iter()
        .filter(|decision| matches!(decision.kind, DecisionKind::Suspend | DecisionKind::Terminate))
}

fn first_reports(facts: &RecordFacts) -> BTreeMap<&AccountId, Timestamp> {
    let mut first = BTreeMap::new();
    for report in &facts.reports {
        let earliest = first.entry(&report.account_id).or_insert(report.received_at);
        *earliest = report.received_at.min(*earliest);
    }
    first
}
