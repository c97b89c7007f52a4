//! The record's rows, read whole.

use cordon_enforce::ports::{
    ActionFacts, CandidateFacts, CaseFacts, Counts, DecisionFacts, ReportFacts, StoreError,
};

/// Everything that figures are computed from. Grows with the record: for one period or one simulation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordFacts {
    /// Reports, by id.
    pub reports: Vec<ReportFacts>,
    /// Candidates, by id.
    pub candidates: Vec<CandidateFacts>,
    /// Cases, by id.
    pub cases: Vec<CaseFacts>,
    /// Decisions, by id.
    pub decisions: Vec<DecisionFacts>,
    /// Actions, by id.
    pub actions: Vec<ActionFacts>,
}

impl RecordFacts {
    /// Reads all rows, page by page.
    ///
    /// Errors: those of the record.
    pub async fn read(counts: &dyn Counts) -> Result<Self, StoreError> {
        let mut facts = Self::default();
        loop {
            let cursor = facts.reports.last().map_or(String::new(), |row| row.report_id.to_string());
            let page = counts.reports_after(&cursor).await?;
            if page.is_empty() {
                break;
            }
            facts.reports.extend(page);
        }
        loop {
            let cursor = facts.candidates.last().map_or(String::new(), |row| row.candidate_id.clone());
            let page = counts.candidates_after(&cursor).await?;
            if page.is_empty() {
                break;
            }
            facts.candidates.extend(page);
        }
        loop {
            let cursor = facts.cases.last().map_or(String::new(), |row| row.case_id.to_string());
            let page = counts.cases_after(&cursor).await?;
            if page.is_empty() {
                break;
            }
            facts.cases.extend(page);
        }
        loop {
            let cursor = facts.decisions.last().map_or(String::new(), |row| row.decision_id.to_string());
            let page = counts.decisions_after(&cursor).await?;
            if page.is_empty() {
                break;
            }
            facts.decisions.extend(page);
        }
        loop {
            let cursor = facts.actions.last().map_or(String::new(), |row| row.action_id.to_string());
            let page = counts.actions_after(&cursor).await?;
            if page.is_empty() {
                break;
            }
            facts.actions.extend(page);
        }
        Ok(facts)
    }
}
