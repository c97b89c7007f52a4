//! Opening a case.

use super::{Opening, Pointer, deadline::deadline_for, place};
use cordon_model::case::{Case, CaseStatus, SourceSet};

/// The case that `pointer` opens. It ages from the pointer's arrival, not from when the record got round to it.
pub(crate) fn open(opening: Opening, pointer: Pointer) -> Case {
    let (policy_id, severity) = pointer.policy.unzip();
    let mut case = Case {
        case_id: opening.case_id,
        account_id: opening.account_id,
        queue_id: pointer.queue.unwrap_or_default(),
        status: CaseStatus::Open,
        version: 1,
        opened_at: pointer.at,
        updated_at: opening.now,
        closed_at: None,
        opened_by: pointer.source,
        sources: SourceSet::of(pointer.source),
        report_count: pointer.reports,
        weight: pointer.weight,
        probability: pointer.probability,
        is_calibrated: pointer.is_calibrated,
        incarnation_of: pointer.incarnation_of,
        propensity: pointer.propensity,
        reach: pointer.reach,
        is_protected: opening.is_protected,
        policy_id,
        severity: severity.unwrap_or_default(),
        deadline: deadline_for(pointer.source, pointer.at),
        rank: i64::MAX,
        claim: None,
        claim_count: 0,
        first_claimed_at: None,
        decision_id: None,
        evidence: pointer.evidence,
    };
    place(&mut case, pointer.priority);
    case
}
