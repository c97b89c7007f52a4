//! Batches: acting on thousands of accounts at once, safely.
//!
//! The road of a batch: one person proposes a list; reviewers other than the proposer judge a random sample of it
//! without knowing what it would decide; the exact bound on the share of wrong decisions must lie within the limit;
//! a second person approves the very list, by its hash; then slices are carried out, each decision with its own
//! evidence under the proposer's name; and one command takes all of it back.
//!
//! Every function here is pure. Whoever keeps the record loads a batch, calls one, and writes what it says with its
//! audit note in one transaction.

mod approve;
mod carry_out;
mod judge;
mod propose;
mod refusal;
mod sample;
mod take_back;
#[cfg(test)]
mod tests;

pub use approve::{Brakes, Usage, approve, pause, start};
pub use carry_out::{Outcome, carry_out, finish_if_over, passed_over};
pub use judge::{Assessment, StratumBound, assess, is_wrong, judge};
pub use propose::{Proposal, list_hash, propose, revise};
pub use refusal::BatchRefusal;
pub use sample::{draw, draw_more, sample_size};
pub use take_back::{overturned_elsewhere, take_back, take_back_member};

use cordon_model::audit::AuditNote;
use cordon_model::batch::{Batch, BatchStatus};
use cordon_model::ids::{BatchId, OperatorId};
use cordon_model::operator::{Operator, Role};
use serde_json::Value;

/// An audit note on a batch by an operator.
fn note(batch_id: &BatchId, by: &OperatorId, verb: &'static str, details: &Value) -> AuditNote {
    AuditNote {
        actor: format!("operator:{by}"),
        verb,
        subject: batch_id.to_string(),
        details: details.to_string(),
    }
}

/// An audit note on something that a batch did by itself.
fn own_note(batch_id: &BatchId, verb: &'static str, details: &Value) -> AuditNote {
    let (subject, details) = (batch_id.to_string(), details.to_string());
    AuditNote { actor: "system".to_owned(), verb, subject, details }
}

/// Refuses what the batch's state does not allow.
fn check_status(batch: &Batch, allowed: &[BatchStatus]) -> Result<(), BatchRefusal> {
    if allowed.contains(&batch.status) {
        return Ok(());
    }
    Err(BatchRefusal::Status { batch_id: batch.batch_id.clone(), status: batch.status.name() })
}

/// Refuses who is neither lead nor admin.
fn check_lead(by: &Operator) -> Result<(), BatchRefusal> {
    let operator_id = by.operator_id.clone();
    if matches!(by.role, Role::Lead | Role::Admin) { Ok(()) } else { Err(BatchRefusal::Role { operator_id }) }
}

/// Refuses the proposer where another person is needed.
fn check_second(batch: &Batch, by: &OperatorId) -> Result<(), BatchRefusal> {
    if *by == batch.proposed_by {
        return Err(BatchRefusal::SamePerson { operator_id: by.clone() });
    }
    Ok(())
}
