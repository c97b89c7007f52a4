//! What a decider saw: the case's evidence as rows to keep.

use cordon_enforce::ports::CaseFile;
use cordon_model::entity::{Evidence, EvidenceGroup};
use cordon_model::limits::EVIDENCE_ROWS_MAX;

/// The case's evidence and a row for each report. A report weighs nothing by itself, and its row names nobody.
pub(in crate::api::v1) fn evidence_shown(file: &CaseFile) -> Vec<Evidence> {
    let reports = file.reports.iter().map(|filed| Evidence {
        group: EvidenceGroup::Content,
        entity_type: "report".to_owned(),
        entity: None,
        terms: Vec::new(),
        weight: 0.0,
        levels: Vec::new(),
        text: format!("reported ({}) on {}", filed.report.source, filed.report.received_at.day()),
    });
    file.case.evidence.iter().cloned().chain(reports).take(EVIDENCE_ROWS_MAX).collect()
}
