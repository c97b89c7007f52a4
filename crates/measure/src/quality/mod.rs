//! How well review goes: whether two people find the same, how often each errs, and whether it errs alike for all.
//!
//! Population: second looks that were drawn in the period and judged, golden ones included, and the decisions of the
//! period. Everything is about one question, violation or none: milder or harsher measures, and which policy, are not
//! compared. Bias known: what is drawn is random among decisions, not among accounts, so that violations that nobody
//! ever put up are in no figure; decisions that fell to an appeal are those that somebody appealed against; golden cases
//! are chosen, and harder or easier than others. Languages are those of notice profiles; regions are not known.

mod agreement;
mod error_rates;
mod groups;

pub use agreement::{Agreement, Interval, agreement};
pub use error_rates::{ErrorRates, Label, Reviewer, error_rates};
pub use groups::{GroupShare, Groups};

use cordon_enforce::ports::{LookFacts, QualityDesk, StoreError};
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use serde::Serialize;
use std::collections::BTreeMap;

/// How well review goes in a period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Second looks by lot that were judged.
    pub second_looks: u64,
    /// Golden cases that were judged, once for each reviewer.
    pub golden_answers: u64,
    /// Of these, answered rightly.
    pub golden_right: u64,
    /// Of the first and the second judgement on each case; golden cases are not in it.
    pub agreement: Option<Agreement>,
    /// How often each reviewer errs.
    pub error_rates: ErrorRates,
    /// Decisions that found a violation and were overturned, by language.
    pub overturned: Groups,
    /// Golden cases without a violation that were said to be one, by language.
    pub golden_false_positives: Groups,
}

impl Quality {
    /// Reads what was drawn and decided since then.
    ///
    /// Errors: those of the record.
    pub async fn read(desk: &dyn QualityDesk, since: Timestamp) -> Result<Self, StoreError> {
        let looks = desk.judged_looks(since).await?;
        let overturns = desk.overturns_by_language(since).await?;
        let overturned = overturns.into_iter().map(|one| (one.language, one.overturned, one.decisions));
        Ok(Self::of(&looks, Groups::of(overturned)))
    }

    fn of(looks: &[LookFacts], overturned: Groups) -> Self {
        let judged: Vec<Judged> = looks.iter().filter_map(judged).collect();
        let drawn: Vec<(bool, bool)> =
            judged.iter().filter(|one| one.golden.is_none()).map(|one| (one.first, one.second)).collect();
        let golden: Vec<(bool, &Judged)> =
            judged.iter().filter_map(|one| one.golden.map(|answer| (answer, one))).collect();
        let mut false_positives: BTreeMap<Option<String>, (u64, u64)> = BTreeMap::new();
        for (_, one) in golden.iter().filter(|(answer, _)| !answer) {
            let sum = false_positives.entry(one.facts.language.clone()).or_default();
            sum.0 += u64::from(one.second);
            sum.1 += 1;
        }
        let false_positives =
            false_positives.into_iter().map(|(language, (hits, all))| (language, hits, all));
        Self {
            second_looks: drawn.len() as u64,
            golden_answers: golden.len() as u64,
            golden_right: golden.iter().filter(|(answer, one)| *answer == one.second).count() as u64,
            agreement: agreement(&drawn),
            error_rates: error_rates(&labels(&judged)),
            overturned,
            golden_false_positives: Groups::of(false_positives),
        }
    }
}

/// Whether a violation was found, first and second.
struct Judged<'f> {
    facts: &'f LookFacts,
    reviewer: &'f str,
    first: bool,
    second: bool,
    golden: Option<bool>,
    known: Option<bool>,
}

fn judged(facts: &LookFacts) -> Option<Judged<'_>> {
    let look = &facts.look;
    let settled = look.settlement.as_ref().map(|settlement| settlement.right);
    Some(Judged {
        facts,
        reviewer: look.reviewer.as_ref()?.as_str(),
        first: look.decided.is_violation(),
        second: look.judgement.as_ref()?.finding.is_violation(),
        golden: look.answer.map(DecisionKind::is_violation),
        known: look.answer.or(settled).map(DecisionKind::is_violation),
    })
}

/// Who said what of which case: the first judgement of each once, and what is known of it.
fn labels(judged: &[Judged<'_>]) -> Vec<Label> {
    let mut labels = Vec::new();
    for one in judged {
        let look = &one.facts.look;
        let label = |reviewer: &str, is_violation| Label {
            case: look.decision_id.to_string(),
            reviewer: reviewer.to_owned(),
            is_violation,
            known: one.known,
        };
        if one.golden.is_none() {
            labels.push(label(look.decided_by.as_str(), one.first));
        }
        labels.push(label(one.reviewer, one.second));
    }
    labels
}
