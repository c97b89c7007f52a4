//! Audit records: who did what to which, when.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// One record of the audit, a leaf of its tree. Carries ids, never content.
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
    /// The account or other thing it was done to. Empty once it is erased.
    pub subject: String,
    /// Ids and versions that say more, as a JSON object. Empty once it is erased.
    pub details: String,
    /// 128 random bits, hexadecimal. Empty once the record is erased.
    pub salt: String,
    /// SHA-256 over salt, subject and details, hexadecimal: what the leaf covers in their place.
    pub commitment: String,
    /// The root of the largest full subtree that ends with this record's leaf, hexadecimal.
    pub top: String,
}

impl AuditRecord {
    /// Whether what it was about is erased; the commitment stands.
    pub fn is_erased(&self) -> bool {
        self.salt.is_empty() && self.subject.is_empty() && self.details.is_empty()
    }

    /// Takes out what it was about, and the salt with which it could be guessed.
    pub fn erase(&mut self) {
        self.subject.clear();
        self.details.clear();
        self.salt.clear();
    }
}

/// What is still to be sealed.
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
