//! The audit as the API shows it.

use cordon_model::audit::AuditRecord;
use serde::Serialize;
use utoipa::ToSchema;

/// One record of the audit with all that its leaf covers, so that whoever has it can compute the leaf.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealedRecord {
    /// Its place: 1 for the first, then without gaps.
    sequence: u64,
    /// When it happened, in microseconds since 1970, as the leaf has it.
    at: i64,
    /// Who did it: `operator:<id>`, `pipeline` or `system`.
    actor: String,
    /// What was done: `case.opened`.
    verb: String,
    /// The account or other thing it was done to; empty once it is erased.
    subject: String,
    /// Ids and versions that say more, as a JSON object; empty once it is erased.
    details: String,
    /// 128 random bits, hexadecimal; empty once it is erased.
    salt: String,
    /// SHA-256 over salt, subject and details, hexadecimal: what the leaf covers in their place.
    commitment: String,
    /// The root of the largest full subtree that ends with this leaf, hexadecimal.
    top: String,
}

impl From<AuditRecord> for SealedRecord {
    fn from(record: AuditRecord) -> Self {
        Self {
            sequence: record.sequence,
            at: record.at.0,
            actor: record.actor,
            verb: record.verb,
            subject: record.subject,
            details: record.details,
            salt: record.salt,
            commitment: record.commitment,
            top: record.top,
        }
    }
}
