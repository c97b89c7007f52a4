//! Audit records: who did what to which, when.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// One record of the audit, chained to the one before by its hash. Carries ids, never content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Its place: 1 for the first, then without gaps.
    pub sequence: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it: `operator:<id>`, `pipeline` or `system`.
    pub actor: String,
    /// What was done, as `<noun>.<participle>`: `case.opened`.
    pub verb: String,
    /// The account or other thing it was done to.
    pub subject: String,
    /// Ids and versions that say more, as a JSON object.
    pub details: String,
    /// Hash of the record before; 64 zeros for the first.
    pub previous_hash: String,
    /// SHA-256 over all the above, hexadecimal.
    pub hash: String,
}

/// What is still to be chained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNote {
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub verb: &'static str,
    /// To which.
    pub subject: String,
    /// Ids and versions, as a JSON object.
    pub details: String,
}
