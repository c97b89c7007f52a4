//! Carrying a batch out, member by member.

use super::own_note;
use super::propose::{obstacle, open_case};
use crate::Refusal;
use crate::cases::{self, Opening, Pointer};
use crate::change::Change;
use crate::decisions::{check_policy, conclude};
use crate::intake::Subject;
use cordon_model::audit::AuditNote;
use cordon_model::batch::{Batch, BatchStatus, LeftOut, Member, MemberStatus};
use cordon_model::case::Case;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Automation, NewDecision};
use cordon_model::entity::Source;
use cordon_model::ids::{CaseId, ClaimId};
use cordon_model::operator::Role;
use cordon_model::policy::Policy;
use serde_json::json;

/// What became of a member when its turn came. Either way the subject goes back to the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The member as it stands now.
    pub member: Member,
    /// The account with its case.
    pub subject: Subject,
    /// What to write; nothing for one that was passed over.
    pub changes: Vec<Change>,
}

/// Decides on one member that waits: under the proposer's name, on the evidence as it was when the list was made.
///
/// A member that meanwhile may not be acted upon, or that the sample found wrong, is passed over, with the reason.
/// Errors: [`Refusal::PolicyUnknown`] where the policy was retired meanwhile; nothing is decided then.
pub fn carry_out(
    batch: &Batch,
    member: Member,
    subject: Subject,
    policy: Option<&Policy>,
    now: Timestamp,
) -> Result<Outcome, Refusal> {
    check_policy(policy, &batch.policy)?;
    if let Some(reason) = why_pass_over(batch, &member, &subject, now) {
        return Ok(Outcome { member: passed_over(member, reason, now), subject, changes: Vec::new() });
    }
    let mut changes = Vec::new();
    let (case, is_opened) = match open_case(&subject) {
        Some(case) => (case.clone(), false),
        None => (opened(batch, &member, &subject, now, &mut changes), true),
    };
    let new = NewDecision {
        case_id: case.case_id.clone(),
        claim_id: ClaimId::default(),
        decided_by: batch.proposed_by.clone(),
        decided_as: Role::Reviewer,
        kind: batch.kind,
        policy: batch.policy.clone(),
        evidence: member.evidence.clone(),
        rationale: batch.rationale.clone(),
        automation: Automation::PartiallyAutomated,
        label: batch.label.clone(),
        days: batch.days,
    };
    // A case that the batch opened was weighed by nobody: its weight teaches nothing.
    let decided = conclude(Subject { case: None, ..subject }, case, new, !is_opened, now);
    changes.extend(decided.changes);
    let member = Member {
        status: MemberStatus::Done,
        decision_id: Some(decided.decision_id),
        done_at: Some(now),
        ..member
    };
    Ok(Outcome { member, subject: decided.subject, changes })
}

/// A member that is passed over.
pub fn passed_over(member: Member, reason: LeftOut, now: Timestamp) -> Member {
    Member { status: MemberStatus::PassedOver, reason: Some(reason), done_at: Some(now), ..member }
}

/// The batch is done once nobody waits any more.
pub fn finish_if_over(mut batch: Batch) -> (Batch, Option<AuditNote>) {
    let settled = batch.progress.done + batch.progress.passed_over;
    let (verb, status) = match batch.status {
        BatchStatus::Running if settled >= batch.member_count => ("batch.done", BatchStatus::Done),
        BatchStatus::TakingBack if batch.progress.taken_back >= batch.progress.done => {
            ("batch.taken_back", BatchStatus::TakenBack)
        }
        _ => return (batch, None),
    };
    batch.status = status;
    let note = own_note(&batch.batch_id, verb, &json!(batch.progress));
    (batch, Some(note))
}

fn why_pass_over(batch: &Batch, member: &Member, subject: &Subject, now: Timestamp) -> Option<LeftOut> {
    if member.judgement.as_ref().is_some_and(|judgement| judgement.is_wrong) {
        return Some(LeftOut::FoundWrong);
    }
    if member.evidence.is_empty() {
        return Some(LeftOut::NoEvidence);
    }
    let claim = open_case(subject).and_then(|case| case.claim_at(now));
    let is_claimed = claim.is_some_and(|claim| claim.operator_id != batch.proposed_by);
    let reason = obstacle(batch.kind, batch.label.as_deref(), subject);
    reason.or(is_claimed.then_some(LeftOut::Claimed))
}

/// A case for a member that has none, so that decision, reports and repeats have their usual place.
fn opened(
    batch: &Batch,
    member: &Member,
    subject: &Subject,
    now: Timestamp,
    changes: &mut Vec<Change>,
) -> Case {
    // Nothing was claimed about similarity, drawn by lot or counted as strikes: measures of these must not count the case.
    let source = match member.source {
        Source::Similar | Source::Return | Source::AuditLane | Source::Strikes => Source::Rule,
        source => source,
    };
    let pointer = Pointer {
        source,
        at: now,
        reports: 0,
        weight: 0.0,
        probability: 0.0,
        is_calibrated: false,
        propensity: 1.0,
        reach: subject.account.reach,
        policy: None,
        priority: 0,
        queue: None,
        evidence: member.evidence.clone(),
        incarnation_of: Vec::new(),
    };
    let account_id = member.account_id.clone();
    let case_id = CaseId(format!("{}-{:05}", batch.batch_id, member.place));
    let opening =
        Opening { case_id: case_id.clone(), account_id: account_id.clone(), is_protected: false, now };
    changes.push(Change::CaseOpened { case_id, account_id, source });
    cases::open(opening, pointer)
}
