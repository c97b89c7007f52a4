//! The second person's word, and the brakes: daily limits, the glass, pausing.

use super::{BatchRefusal, check_lead, check_second, check_status, note};
use crate::Refusal;
use crate::decisions::check_reason;
use cordon_model::audit::AuditNote;
use cordon_model::batch::{Approval, Batch, BatchStatus, BreakGlass, Pause};
use cordon_model::clock::Timestamp;
use cordon_model::ids::OperatorId;
use cordon_model::limits;
use cordon_model::operator::Operator;
use serde_json::json;

/// How many actions there may be within 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brakes {
    /// By all batches together.
    pub batch_actions_a_day_max: u64,
    /// That one person answers for, alone and by batches.
    pub person_actions_a_day_max: u64,
}

impl Default for Brakes {
    fn default() -> Self {
        Self {
            batch_actions_a_day_max: limits::BATCH_ACTIONS_A_DAY_MAX,
            person_actions_a_day_max: limits::PERSON_ACTIONS_A_DAY_MAX,
        }
    }
}

/// How many there were within the last 24 hours, those that batches under way still have to take included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// By batches.
    pub batch_actions: u64,
    /// By the batch's proposer, alone and by batches.
    pub person_actions: u64,
}

/// Approves the list that has this hash.
///
/// `found` is the hash of the members as the record holds them now.
/// Errors, first that applies: [`BatchRefusal::Role`], [`BatchRefusal::SamePerson`], [`BatchRefusal::Status`] unless the
/// sample has passed, [`BatchRefusal::ListChanged`].
pub fn approve(
    mut batch: Batch,
    list_hash: &str,
    found: &str,
    by: &Operator,
    now: Timestamp,
) -> Result<(Batch, AuditNote), BatchRefusal> {
    check_lead(by)?;
    check_second(&batch, &by.operator_id)?;
    check_status(&batch, &[BatchStatus::Passed])?;
    check_list(list_hash, found)?;
    check_list(&batch.list_hash, found)?;
    batch.status = BatchStatus::Approved;
    batch.approval = Some(Approval {
        approved_by: by.operator_id.clone(),
        approved_at: now,
        list_hash: list_hash.to_owned(),
    });
    let details = json!({"list_hash": list_hash, "members": batch.member_count});
    let note = note(&batch.batch_id, &by.operator_id, "batch.approved", &details);
    Ok((batch, note))
}

/// Begins to carry an approved batch out, or goes on after a pause.
///
/// `found` is the hash of the members as the record holds them now; `break_glass` a reason to go beyond the limits.
/// Errors, first that applies: [`BatchRefusal::Role`], [`BatchRefusal::Status`], [`BatchRefusal::ListChanged`],
/// [`Refusal::ReasonInvalid`] for an empty reason, [`BatchRefusal::DailyLimit`] without one.
pub fn start(
    mut batch: Batch,
    found: &str,
    by: &Operator,
    (brakes, usage): (&Brakes, Usage),
    break_glass: Option<&str>,
    now: Timestamp,
) -> Result<(Batch, Vec<AuditNote>), Refusal> {
    if by.operator_id != batch.proposed_by {
        check_lead(by)?;
    }
    check_status(&batch, &[BatchStatus::Approved, BatchStatus::Paused])?;
    let approved = batch.approval.as_ref().map(|approval| approval.list_hash.as_str()).unwrap_or_default();
    check_list(approved, found)?;
    let asked = batch.member_count.saturating_sub(batch.progress.done + batch.progress.passed_over);
    let mut notes = Vec::new();
    match break_glass {
        None if batch.break_glass.is_some() => {}
        None => check_brakes(&batch, brakes, usage, asked)?,
        Some(reason) => {
            check_lead(by)?;
            check_reason(reason)?;
            let broken_by = by.operator_id.clone();
            batch.break_glass = Some(BreakGlass { broken_by, broken_at: now, reason: reason.to_owned() });
            let details = json!({"asked": asked, "batch_actions": usage.batch_actions, "person_actions": usage.person_actions});
            notes.push(note(&batch.batch_id, &by.operator_id, "batch.glass_broken", &details));
        }
    }
    batch.status = BatchStatus::Running;
    batch.pause = None;
    let details = json!({"list_hash": approved_hash(&batch), "left": asked});
    notes.push(note(&batch.batch_id, &by.operator_id, "batch.started", &details));
    Ok((batch, notes))
}

/// Stops a batch that is being carried out after the slice under way.
///
/// Errors: [`BatchRefusal::Status`], [`Refusal::ReasonInvalid`].
pub fn pause(
    mut batch: Batch,
    by: &OperatorId,
    reason: &str,
    now: Timestamp,
) -> Result<(Batch, AuditNote), Refusal> {
    check_status(&batch, &[BatchStatus::Running])?;
    check_reason(reason)?;
    batch.status = BatchStatus::Paused;
    batch.pause = Some(Pause { paused_by: Some(by.clone()), paused_at: now, reason: reason.to_owned() });
    let note = note(&batch.batch_id, by, "batch.paused", &json!({"done": batch.progress.done}));
    Ok((batch, note))
}

fn approved_hash(batch: &Batch) -> Option<&str> {
    batch.approval.as_ref().map(|approval| approval.list_hash.as_str())
}

fn check_list(expected: &str, found: &str) -> Result<(), BatchRefusal> {
    if expected == found {
        return Ok(());
    }
    Err(BatchRefusal::ListChanged { expected: expected.to_owned(), found: found.to_owned() })
}

fn check_brakes(batch: &Batch, brakes: &Brakes, usage: Usage, asked: u64) -> Result<(), BatchRefusal> {
    let limits = [
        ("batches together".to_owned(), brakes.batch_actions_a_day_max, usage.batch_actions),
        (batch.proposed_by.to_string(), brakes.person_actions_a_day_max, usage.person_actions),
    ];
    match limits.into_iter().find(|(_, max, taken)| taken + asked > *max) {
        Some((whose, max, taken)) => Err(BatchRefusal::DailyLimit { whose, max, taken, asked }),
        None => Ok(()),
    }
}
