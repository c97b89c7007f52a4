//! The audit, for reading.

use super::StoreError;
use crate::audit::{AuditHead, Broken};
use async_trait::async_trait;
use cordon_model::audit::AuditRecord;

/// Reads and checks the audit. Nothing writes it but the changes themselves.
///
/// Contract:
/// - `every_state_change_leaves_an_audit_record`;
/// - `a_change_of_rules_or_banks_is_told_once_with_who_did_it`, in the transaction that moves the applied offset;
/// - `the_audit_refuses_to_be_rewritten`: the database itself refuses UPDATE and DELETE;
/// - `verify_audit_names_the_first_broken_record`, a cut-off end included.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Records after `after_sequence`, oldest first, at most `limit` and at most
    /// [`cordon_model::limits::PAGE_MAX`].
    async fn list_audit(&self, after_sequence: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError>;

    /// Walks the whole chain: its head, or the first thing wrong with it.
    async fn verify_audit(&self) -> Result<Result<AuditHead, Broken>, StoreError>;
}
