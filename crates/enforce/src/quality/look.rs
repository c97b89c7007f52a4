//! Claiming, judging and settling second looks, and what becomes golden.

use super::{QualityRefusal, note};
use crate::Refusal;
use crate::cases::check_decider;
use cordon_model::audit::AuditNote;
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::{OperatorId, PolicyId};
use cordon_model::limits;
use cordon_model::second_look::{GoldenCase, LookJudgement, LookStatus, SecondLook, Settlement};
use serde_json::json;
use std::collections::BTreeSet;

/// Gives a look that waits to a reviewer, or prolongs their own. `involved`: who proposed and approved the batch of which
/// the decision came.
///
/// Errors, first that applies: [`Refusal::DeciderMissing`], [`QualityRefusal::Judged`], [`QualityRefusal::Involved`],
/// [`QualityRefusal::NotHeld`] while another has it.
pub fn claim(
    mut look: SecondLook,
    involved: &BTreeSet<OperatorId>,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(SecondLook, AuditNote), Refusal> {
    check_decider(by)?;
    check_waiting(&look)?;
    if look.decided_by == *by || involved.contains(by) {
        return Err(QualityRefusal::Involved { operator_id: by.clone() }.into());
    }
    let is_theirs = look.reviewer.as_ref() == Some(by);
    if !is_theirs && look.lapses_at.is_some_and(|lapses_at| now < lapses_at) {
        return Err(not_held(&look, by).into());
    }
    look.reviewer = Some(by.clone());
    look.lapses_at = Some(now.plus_seconds(limits::CLAIM_SECONDS));
    let note = note(&look, by, "second_look.claimed", &json!({"second_look_id": look.second_look_id}));
    Ok((look, note))
}

/// Takes down what a reviewer found. The account stays as it is.
///
/// Errors, first that applies: [`QualityRefusal::NotHeld`], [`QualityRefusal::Judged`],
/// [`QualityRefusal::FindingInvalid`].
pub fn judge(
    mut look: SecondLook,
    (finding, policy_id): (DecisionKind, Option<PolicyId>),
    by: &OperatorId,
    now: Timestamp,
) -> Result<(SecondLook, AuditNote), QualityRefusal> {
    if look.reviewer.as_ref() != Some(by) {
        return Err(not_held(&look, by));
    }
    check_waiting(&look)?;
    if finding == DecisionKind::Restore || finding.is_violation() != policy_id.is_some() {
        return Err(QualityRefusal::FindingInvalid);
    }
    look.status = match look.answer {
        Some(_) => LookStatus::Answered,
        None if finding.is_violation() == look.decided.is_violation() => LookStatus::Agreed,
        None => LookStatus::Disputed,
    };
    look.judgement = Some(LookJudgement { finding, policy_id, judged_at: now });
    // Not what was found: who may still be shown the case reads the account's audit, too.
    let note = note(&look, by, "second_look.judged", &json!({"second_look_id": look.second_look_id}));
    Ok((look, note))
}

/// Says who was right where a look came out otherwise than the decision. `involved` as for [`claim`].
///
/// Errors, first that applies: [`QualityRefusal::Status`], [`QualityRefusal::Involved`],
/// [`QualityRefusal::FindingInvalid`].
pub fn settle(
    mut look: SecondLook,
    right: DecisionKind,
    involved: &BTreeSet<OperatorId>,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(SecondLook, AuditNote), QualityRefusal> {
    if look.status != LookStatus::Disputed {
        return Err(status(&look));
    }
    if look.decided_by == *by || look.reviewer.as_ref() == Some(by) || involved.contains(by) {
        return Err(QualityRefusal::Involved { operator_id: by.clone() });
    }
    if right == DecisionKind::Restore {
        return Err(QualityRefusal::FindingInvalid);
    }
    look.status = LookStatus::Settled;
    look.settlement = Some(Settlement { right, settled_by: by.clone(), settled_at: now });
    let details = json!({"second_look_id": look.second_look_id, "right": right});
    let note = note(&look, by, "second_look.settled", &details);
    Ok((look, note))
}

/// Makes a golden case of what was settled, or of what both found. `count`: the golden cases there are, but for this one.
///
/// Errors, first that applies: [`QualityRefusal::Status`], [`QualityRefusal::GoldenFull`].
pub fn mark_golden(
    look: &SecondLook,
    involved: &BTreeSet<OperatorId>,
    count: usize,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(GoldenCase, AuditNote), QualityRefusal> {
    let answer = look.right().filter(|_| !look.is_golden()).ok_or_else(|| status(look))?;
    if count >= limits::GOLDEN_CASES_MAX {
        return Err(QualityRefusal::GoldenFull);
    }
    let settled_by = look.settlement.as_ref().map(|settlement| settlement.settled_by.clone());
    let people = [Some(by.clone()), Some(look.decided_by.clone()), look.reviewer.clone(), settled_by];
    let golden = GoldenCase {
        decision_id: look.decision_id.clone(),
        case_id: look.case_id.clone(),
        account_id: look.account_id.clone(),
        decided: look.decided,
        decided_by: look.decided_by.clone(),
        answer,
        known_to: people.into_iter().flatten().chain(involved.iter().cloned()).collect(),
        marked_at: now,
    };
    let note = note(look, by, "golden_case.marked", &json!({"second_look_id": look.second_look_id}));
    Ok((golden, note))
}

fn check_waiting(look: &SecondLook) -> Result<(), QualityRefusal> {
    if look.status == LookStatus::Waiting {
        return Ok(());
    }
    Err(QualityRefusal::Judged { second_look_id: look.second_look_id.clone() })
}

fn not_held(look: &SecondLook, by: &OperatorId) -> QualityRefusal {
    QualityRefusal::NotHeld { second_look_id: look.second_look_id.clone(), operator_id: by.clone() }
}

fn status(look: &SecondLook) -> QualityRefusal {
    QualityRefusal::Status { second_look_id: look.second_look_id.clone(), status: look.status.name() }
}
