//! Claiming a cluster case: one lease on all its members' open cases that nobody else holds.

use crate::Refusal;
use crate::cases::{check_decider, hand_over};
use crate::change::Change;
use cordon_model::case::{Case, Claim};
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterCase, ClusterStatus};
use cordon_model::ids::{CaseId, ClaimId, OperatorId};
use cordon_model::limits;

/// One lease on members' cases, and whose the others are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterClaim {
    /// The lease, the same on every case under it.
    pub claim: Claim,
    /// Cases under it.
    pub claimed: Vec<CaseId>,
    /// Cases that somebody else holds, and who.
    pub held: Vec<(CaseId, OperatorId)>,
}

/// What claiming made of a cluster case.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The lease.
    pub lease: ClusterClaim,
    /// The cases under it, as they are now.
    pub cases: Vec<Case>,
    /// What to write.
    pub changes: Vec<Change>,
}

/// Takes one lease on all `cases` (the members' open ones) that nobody else holds, or prolongs the one that the
/// operator has. A case that the operator held by a claim of its own comes under the lease.
///
/// Errors: [`Refusal::DeciderMissing`]; [`Refusal::ClusterCaseClosed`]; [`Refusal::CaseClaimed`] where others hold every
/// case.
pub fn claim(
    cluster_case: &ClusterCase,
    cases: Vec<Case>,
    by: &OperatorId,
    now: Timestamp,
) -> Result<Claimed, Refusal> {
    check_decider(by)?;
    if cluster_case.status == ClusterStatus::Closed || cases.is_empty() {
        let cluster_case_id = cluster_case.cluster_case_id.clone();
        return Err(Refusal::ClusterCaseClosed { cluster_case_id });
    }
    let is_others = |case: &Case| case.claim_at(now).is_some_and(|held| held.operator_id != *by);
    let (others, free): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(is_others);
    let held: Vec<(CaseId, OperatorId)> = others
        .into_iter()
        .filter_map(|case| Some((case.case_id, case.claim.map(|claim| claim.operator_id)?)))
        .collect();
    if let (true, Some((case_id, operator_id))) = (free.is_empty(), held.first().cloned()) {
        return Err(Refusal::CaseClaimed { case_id, operator_id });
    }
    let (claim, claim_count) = lease(cluster_case, &free, by, now);
    let claimed: Vec<CaseId> = free.iter().map(|case| case.case_id.clone()).collect();
    let mut changes = vec![Change::ClusterCaseClaimed {
        cluster_case_id: cluster_case.cluster_case_id.clone(),
        claim: claim.clone(),
        claim_count,
        cases: claimed.len(),
    }];
    let mut cases = Vec::with_capacity(free.len());
    for case in free {
        let (case, change) = hand_over(case, claim.clone());
        cases.push(case);
        changes.push(change);
    }
    Ok(Claimed { lease: ClusterClaim { claim, claimed, held }, cases, changes })
}

/// The lease that the operator has and that still holds, prolonged, or the next; and how often there was one.
fn lease(cluster_case: &ClusterCase, cases: &[Case], by: &OperatorId, now: Timestamp) -> (Claim, u32) {
    let prefix = format!("{}-c", cluster_case.cluster_case_id);
    let is_ours = |claim: &&Claim| claim.claim_id.as_str().starts_with(&prefix);
    let expires_at = now.plus_seconds(limits::CLAIM_SECONDS);
    // The others' cases are not among these: what holds here is this operator's.
    if let Some(held) = cases.iter().filter_map(|case| case.claim_at(now)).find(is_ours) {
        let expires_at = held.expires_at.max(expires_at);
        return (Claim { expires_at, ..held.clone() }, cluster_case.claim_count);
    }
    let claim_count = cluster_case.claim_count + 1;
    let claim_id = ClaimId(format!("{prefix}{claim_count}"));
    (Claim { claim_id, operator_id: by.clone(), claimed_at: now, expires_at }, claim_count)
}
