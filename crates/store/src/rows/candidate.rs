//! Candidates as they were proposed; their evidence stands in the case that they joined.

use crate::backend::Query;
use crate::insert::Table;
use cordon_enforce::change::CandidateFate;
use cordon_model::effect::Candidate;
use cordon_model::ids::CaseId;

/// A candidate with what became of it.
pub(crate) struct Weighed {
    pub(crate) candidate_id: String,
    pub(crate) candidate: Candidate,
    pub(crate) fate: CandidateFate,
    pub(crate) case_id: Option<CaseId>,
}

pub(crate) const TABLE: Table = Table {
    name: "candidates",
    columns: &[
        "candidate_id",
        "account_id",
        "source",
        "fate",
        "case_id",
        "weight",
        "probability",
        "propensity",
        "proposed_at",
    ],
    overwrite_on: None,
};

pub(crate) fn bind(query: Query, weighed: &Weighed) -> Query {
    let candidate = &weighed.candidate;
    query
        .bind(weighed.candidate_id.as_str())
        .bind(candidate.account_id.as_str())
        .bind(candidate.source.name())
        .bind(weighed.fate.name())
        .bind(weighed.case_id.as_ref().map(|case_id| case_id.as_str()))
        .bind(candidate.weight)
        .bind(candidate.probability)
        .bind(candidate.propensity)
        .bind(candidate.proposed_at.0)
}
