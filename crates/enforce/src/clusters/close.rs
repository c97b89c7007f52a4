//! Deciding members of a cluster case, and its end.

use crate::Refusal;
use crate::change::Change;
use cordon_model::case::CaseStatus;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterCloseReason, ClusterMember};
use cordon_model::decision::NewDecision;
use cordon_model::ids::{CaseId, ClusterCaseId};
use cordon_model::limits::CLUSTER_DECISIONS_MAX;
use std::collections::BTreeSet;

/// Whether these decisions may be made at once: each on another case, and each on a member's. What each of them needs
/// is for [`crate::decisions::decide`] to say.
///
/// Errors: [`Refusal::ClusterDecisionsInvalid`], [`Refusal::ClusterMemberUnknown`].
pub fn check_decisions(
    cluster_case_id: &ClusterCaseId,
    members: &[ClusterMember],
    decisions: &[NewDecision],
) -> Result<(), Refusal> {
    let distinct: BTreeSet<&CaseId> = decisions.iter().map(|new| &new.case_id).collect();
    let count = distinct.len();
    if count != decisions.len() || !(1..=CLUSTER_DECISIONS_MAX).contains(&count) {
        return Err(Refusal::ClusterDecisionsInvalid { count });
    }
    let known: BTreeSet<&CaseId> = members.iter().filter_map(|member| member.case_id.as_ref()).collect();
    match distinct.into_iter().find(|case_id| !known.contains(case_id)) {
        Some(case_id) => Err(Refusal::ClusterMemberUnknown {
            cluster_case_id: cluster_case_id.clone(),
            case_id: case_id.clone(),
        }),
        None => Ok(()),
    }
}

/// Closes an open cluster case once none of its members' cases, in these states, is open.
pub fn close(
    cluster_case_id: &ClusterCaseId,
    cases: impl IntoIterator<Item = CaseStatus>,
    now: Timestamp,
) -> Option<Change> {
    let mut reason = ClusterCloseReason::Decided;
    for status in cases {
        match status {
            CaseStatus::Open => return None,
            CaseStatus::Closed => reason = ClusterCloseReason::Ended,
            CaseStatus::Decided => {}
        }
    }
    Some(Change::ClusterCaseClosed { cluster_case_id: cluster_case_id.clone(), closed_at: now, reason })
}
