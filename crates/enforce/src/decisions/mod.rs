//! Decisions: made once per case, under a claim, citing a policy; overturned once, with everything they did;
//! some of them over by themselves on a day that they name.

mod end;
mod make;
mod overturn;
mod templates;

pub use end::end;
pub use make::decide;
pub(crate) use make::{check_days, check_policy, conclude};
pub use overturn::{History, overturn};
pub use templates::{DecisionTemplate, TemplateInvalid, check_templates};

use crate::Refusal;
use crate::outbox::{NewOutboxRow, OutboxKind};
use cordon_model::entity::Evidence;
use cordon_model::entry::Control;
use cordon_model::ids::AccountId;
use cordon_model::limits;
use sha2::{Digest, Sha256};

/// Refuses a reason or rationale that is empty or too long.
pub(crate) fn check_reason(reason: &str) -> Result<(), Refusal> {
    let chars = reason.trim().chars().count();
    if (1..=limits::TEXT_CHARS_MAX).contains(&chars) { Ok(()) } else { Err(Refusal::ReasonInvalid { chars }) }
}

/// SHA-256 of the rows as JSON, hexadecimal: what a decision rested on, provable after the rows are erased.
pub fn hash_evidence(evidence: &[Evidence]) -> String {
    let json = serde_json::to_vec(evidence).unwrap_or_default();
    crate::audit::hexadecimal(&Sha256::digest(json))
}

/// The outbox row whose relay appends `control` to the journal under the entry id `key`.
fn journal_row(key: String, account_id: &AccountId, control: &Control) -> NewOutboxRow {
    NewOutboxRow {
        kind: OutboxKind::Journal,
        stream: account_id.to_string(),
        key,
        payload: serde_json::to_string(control).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
