//! Taking a batch back, and stopping one that appeals speak against.

use super::{BatchRefusal, Outcome, check_lead, check_status, note, own_note};
use crate::Refusal;
use crate::decisions::{self, History, check_reason};
use crate::intake::Subject;
use cordon_model::audit::AuditNote;
use cordon_model::batch::{Batch, BatchStatus, Member, MemberStatus, Pause};
use cordon_model::clock::Timestamp;
use cordon_model::decision::Overturn;
use cordon_model::operator::Operator;
use serde_json::json;

/// Begins to take back everything that the batch decided; who was not reached yet stays untouched.
///
/// Errors, first that applies: [`BatchRefusal::Role`], [`BatchRefusal::Status`], [`Refusal::ReasonInvalid`].
pub fn take_back(
    mut batch: Batch,
    by: &Operator,
    reason: &str,
    now: Timestamp,
) -> Result<(Batch, AuditNote), Refusal> {
    check_lead(by)?;
    check_status(&batch, &[BatchStatus::Running, BatchStatus::Paused, BatchStatus::Done])?;
    check_reason(reason)?;
    let overturned_by = by.operator_id.clone();
    batch.take_back = Some(Overturn { overturned_by, overturned_at: now, reason: reason.to_owned() });
    batch.status = BatchStatus::TakingBack;
    let note =
        note(&batch.batch_id, &by.operator_id, "batch.take_back", &json!({"done": batch.progress.done}));
    Ok((batch, note))
}

/// Takes the decision on one member back; one that was overturned before is taken back already.
///
/// Errors: [`BatchRefusal::Status`] for a batch that is not being taken back; those of [`decisions::overturn`].
pub fn take_back_member(
    batch: &Batch,
    member: Member,
    subject: Subject,
    history: &History,
) -> Result<Outcome, Refusal> {
    let status = || BatchRefusal::Status { batch_id: batch.batch_id.clone(), status: batch.status.name() };
    let overturn = batch.take_back.clone().ok_or_else(status)?;
    let decision_id = member.decision_id.clone().ok_or_else(status)?;
    let member = Member { status: MemberStatus::TakenBack, ..member };
    let is_overturned =
        history.decisions.iter().any(|decision| decision.decision_id == decision_id && !decision.stands());
    if is_overturned {
        return Ok(Outcome { member, subject, changes: Vec::new() });
    }
    let (account, changes) = decisions::overturn(subject.account, history, &decision_id, overturn)?;
    Ok(Outcome { member, subject: Subject { account, ..subject }, changes })
}

/// Counts a decision of the batch that was overturned by itself; where more are than its limit of errors, a batch that
/// is under way pauses itself.
pub fn overturned_elsewhere(mut batch: Batch, now: Timestamp) -> (Batch, Option<AuditNote>) {
    batch.progress.overturned += 1;
    let (overturned, done) = (batch.progress.overturned, batch.progress.done);
    if batch.status != BatchStatus::Running || overturned as f64 <= batch.error_max * done as f64 {
        return (batch, None);
    }
    batch.status = BatchStatus::Paused;
    let reason = format!("{overturned} of {done} decisions were overturned, more than its limit");
    batch.pause = Some(Pause { paused_by: None, paused_at: now, reason });
    let details = json!({"overturned": overturned, "done": done, "error_max": batch.error_max});
    let note = own_note(&batch.batch_id, "batch.paused", &details);
    (batch, Some(note))
}
