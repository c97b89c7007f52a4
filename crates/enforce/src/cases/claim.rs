//! Claims: leases on cases, so that two reviewers do not look at the same one and none is lost with a browser.

use crate::Refusal;
use crate::change::Change;
use cordon_model::case::{Case, CaseStatus, Claim};
use cordon_model::clock::Timestamp;
use cordon_model::ids::{CaseId, ClaimId, DecisionId, OperatorId};
use cordon_model::limits;

/// Takes the case for [`limits::CLAIM_SECONDS`]. Who holds it already keeps the same claim, prolonged.
///
/// Errors: [`Refusal::CaseClaimed`] while somebody else's claim holds; [`Refusal::CaseDecided`], [`Refusal::CaseClosed`].
pub fn claim(mut case: Case, by: &OperatorId, now: Timestamp) -> Result<(Case, Vec<Change>), Refusal> {
    check_open(&case)?;
    check_decider(by)?;
    if let Some(held) = case.claim_at(now) {
        if held.operator_id != *by {
            let operator_id = held.operator_id.clone();
            return Err(Refusal::CaseClaimed { case_id: case.case_id, operator_id });
        }
        let claim_id = held.claim_id.clone();
        return heartbeat(case, &claim_id, by, now);
    }
    let claim = claim_for(&case, by, now);
    put_under(&mut case, claim.clone());
    let change = Change::CaseClaimed { case_id: case.case_id.clone(), claim };
    Ok((case, vec![change]))
}

/// Puts an open case under a lease on several: taken anew, or prolonged where it is the one that the case has. Whether
/// somebody else holds the case is for the caller to ask first.
pub(crate) fn hand_over(mut case: Case, claim: Claim) -> (Case, Change) {
    let is_same = case.claim.as_ref().is_some_and(|held| held.claim_id == claim.claim_id);
    let case_id = case.case_id.clone();
    if is_same {
        case.claim = Some(claim.clone());
        return (case, Change::ClaimRenewed { case_id, claim });
    }
    put_under(&mut case, claim.clone());
    (case, Change::CaseClaimed { case_id, claim })
}

/// The next claim on the case.
pub(super) fn claim_for(case: &Case, by: &OperatorId, now: Timestamp) -> Claim {
    Claim {
        claim_id: claim_id(&case.case_id, case.claim_count + 1),
        operator_id: by.clone(),
        claimed_at: now,
        expires_at: now.plus_seconds(limits::CLAIM_SECONDS),
    }
}

/// Puts the case under a claim that it did not have.
pub(super) fn put_under(case: &mut Case, claim: Claim) {
    case.first_claimed_at = case.first_claimed_at.or(Some(claim.claimed_at));
    case.claim = Some(claim);
    case.claim_count += 1;
    case.version += 1;
}

/// Prolongs a claim that still holds to [`limits::CLAIM_SECONDS`] from now.
///
/// Errors: [`Refusal::ClaimLost`] where it does not hold any more.
pub fn heartbeat(
    mut case: Case,
    claim_id: &ClaimId,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(Case, Vec<Change>), Refusal> {
    check_open(&case)?;
    let mut claim = check_claim(&case, claim_id, by, now)?.clone();
    claim.expires_at = claim.expires_at.max(now.plus_seconds(limits::CLAIM_SECONDS));
    case.claim = Some(claim.clone());
    let change = Change::ClaimRenewed { case_id: case.case_id.clone(), claim };
    Ok((case, vec![change]))
}

/// Gives the case back to its queue, at the place it had.
///
/// Errors: [`Refusal::ClaimLost`] where the claim does not hold any more.
pub fn release(
    mut case: Case,
    claim_id: &ClaimId,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(Case, Vec<Change>), Refusal> {
    check_open(&case)?;
    let claim = check_claim(&case, claim_id, by, now)?.clone();
    case.claim = None;
    case.version += 1;
    let change = Change::CaseReleased { case_id: case.case_id.clone(), claim };
    Ok((case, vec![change]))
}

/// Refuses what only an open case allows.
pub(crate) fn check_open(case: &Case) -> Result<(), Refusal> {
    let case_id = case.case_id.clone();
    match (case.status, &case.decision_id) {
        (CaseStatus::Open, _) => Ok(()),
        (_, Some(decision_id)) => Err(Refusal::CaseDecided { case_id, decision_id: decision_id.clone() }),
        (_, None) => Err(Refusal::CaseClosed { case_id }),
    }
}

/// The claim, if it is this one, this operator's, and has not lapsed.
pub(crate) fn check_claim<'a>(
    case: &'a Case,
    claim_id: &ClaimId,
    by: &OperatorId,
    now: Timestamp,
) -> Result<&'a Claim, Refusal> {
    case.claim_at(now)
        .filter(|held| held.claim_id == *claim_id && held.operator_id == *by)
        .ok_or_else(|| Refusal::ClaimLost { case_id: case.case_id.clone(), claim_id: claim_id.clone() })
}

/// Refuses an operator without a name.
pub(crate) fn check_decider(by: &OperatorId) -> Result<(), Refusal> {
    if by.as_str().trim().is_empty() { Err(Refusal::DeciderMissing) } else { Ok(()) }
}

/// The name of a case's `count`th claim: no later claim on the case bears it.
fn claim_id(case_id: &CaseId, count: u32) -> ClaimId {
    ClaimId(format!("{case_id}-c{count}"))
}

/// The name of the decision on a case: there is one, so a retry cannot make two.
pub(crate) fn decision_id(case_id: &CaseId) -> DecisionId {
    DecisionId(format!("{case_id}-d"))
}
