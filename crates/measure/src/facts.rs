//! The record's rows, read whole.

use cordon_enforce::ports::{
    ActionFacts, CandidateFacts, CaseFacts, Counts, DecisionFacts, ReportFacts, StoreError,
};
use cordon_model::entity::Source;
use cordon_model::ids::{EffectId, Offset};
use std::collections::BTreeSet;

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
    /// Offsets of the entries at which somebody was put up as a return.
    pub fn return_offsets(&self) -> BTreeSet<Offset> {
        let returns = self.candidates.iter().filter(|candidate| candidate.source == Source::Return);
        returns.filter_map(|candidate| Some(EffectId::from_text(&candidate.candidate_id)?.offset)).collect()
    }

    /// Reads all rows, page by page.
    ///
    /// Errors: those of the record.
    pub async fn read(counts: &dyn Counts) -> Result<Self, StoreError> {
        Ok(Self {
            reports: all(
                |row: &ReportFacts| row.report_id.0.clone(),
                async |cursor| counts.reports_after(cursor).await,
            )
            .await?,
            candidates: all(
                |row: &CandidateFacts| row.candidate_id.clone(),
                async |cursor| counts.candidates_after(cursor).await,
            )
            .await?,
            cases: all(
                |row: &CaseFacts| row.case_id.0.clone(),
                async |cursor| counts.cases_after(cursor).await,
            )
            .await?,
            decisions: all(
                |row: &DecisionFacts| row.decision_id.0.clone(),
                async |cursor| counts.decisions_after(cursor).await,
            )
            .await?,
            actions: all(
                |row: &ActionFacts| row.action_id.0.clone(),
                async |cursor| counts.actions_after(cursor).await,
            )
            .await?,
        })
    }
}

/// Hands every decision to `each`, page by page, in constant memory.
///
/// Errors: those of the record.
pub(crate) async fn each_decision(
    counts: &dyn Counts,
    mut each: impl FnMut(&DecisionFacts),
) -> Result<(), StoreError> {
    let mut cursor = String::new();
    loop {
        let page = counts.decisions_after(&cursor).await?;
        let Some(last) = page.last() else { return Ok(()) };
        cursor.clone_from(&last.decision_id.0);
        page.iter().for_each(&mut each);
    }
}

/// Follows the cursor, the last row's id, until a page is empty.
async fn all<Row>(
    id: impl Fn(&Row) -> String,
    page_after: impl AsyncFn(&str) -> Result<Vec<Row>, StoreError>,
) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    loop {
        let page = page_after(&rows.last().map_or(String::new(), &id)).await?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}
