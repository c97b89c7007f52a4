//! What a decider saw: the case's evidence as rows to keep, and as the levels that learning counts.

use cordon_enforce::ports::CaseFile;
use cordon_model::case::Case;
use cordon_model::entity::{Evidence, EvidenceGroup};
use cordon_model::limits::EVIDENCE_ROWS_MAX;
use cordon_pipeline::Evaluator;
use cordon_pipeline::detect::similar::weigh::{SeedEntities, levels, shared_entities};

/// The case's evidence and a row for each report. A report weighs nothing by itself, and its row names nobody.
pub(super) fn evidence_shown(file: &CaseFile) -> Vec<Evidence> {
    let reports = file.reports.iter().map(|filed| Evidence {
        group: EvidenceGroup::Content,
        entity_type: "report".to_owned(),
        entity: None,
        terms: Vec::new(),
        weight: 0.0,
        text: format!("reported ({}) on {}", filed.report.source, filed.report.received_at.day()),
    });
    file.case.evidence.iter().cloned().chain(reports).take(EVIDENCE_ROWS_MAX).collect()
}

/// For a return: the (entity type, level) pairs that the account shares with the suspended one. Other sources'
/// seeds are not kept with the case, so nothing is learned from them.
pub(super) fn levels_seen(state: &Evaluator, case: &Case) -> Vec<(String, u8)> {
    let detection = state.detection();
    let account = |id: &cordon_model::ids::AccountId| detection.account(id.as_str());
    let (Some(predecessor), Some(candidate)) =
        (case.incarnation_of.first().and_then(account), account(&case.account_id))
    else {
        return Vec::new();
    };
    let seeds = SeedEntities::collect(detection, &[(predecessor, 1.0)]);
    let shared = shared_entities(detection, &seeds, candidate);
    let named = |(kind, level)| Some((detection.settings().link(kind)?.name.clone(), level));
    levels(detection, &shared).into_iter().filter_map(named).collect()
}
