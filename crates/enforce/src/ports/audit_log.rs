//! The audit: reading it, checking it, proving what it holds, and signing for it.

use super::StoreError;
use crate::audit::{Broken, Checkpoint, CheckpointKey, Frontier, Node, Verifier};
use async_trait::async_trait;
use cordon_model::audit::AuditRecord;
use cordon_model::clock::Timestamp;

/// A record, and what shows that it is one of those that a root covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The record; its leaf's number is its sequence less one.
    pub record: AuditRecord,
    /// How many records the root covers.
    pub size: u64,
    /// The nodes from the leaf's sibling up.
    pub path: Vec<Node>,
}

/// Reads, checks and proves the audit. Nothing writes its records but the changes themselves.
///
/// Contract:
/// - `every_state_change_leaves_an_audit_record`;
/// - `a_change_of_rules_or_banks_is_told_once_with_who_did_it`, in the transaction that moves the applied offset;
/// - `the_audit_refuses_to_be_rewritten`: the database itself refuses DELETE, and every UPDATE but erasing;
/// - `verify_audit_names_the_first_broken_record`, a cut-off end included;
/// - `an_audit_rewritten_as_a_whole_is_not_what_its_checkpoint_was_signed_for`;
/// - `erasing_an_account_takes_it_out_of_the_audit_and_every_proof_holds`;
/// - `every_record_is_proved_under_every_checkpoint_and_checkpoints_under_each_other`.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Records after `after_sequence`, oldest first, at most `limit` and at most
    /// [`cordon_model::limits::PAGE_MAX`].
    async fn list_audit(&self, after_sequence: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError>;

    /// Walks all records and checkpoints: the tree, or the first thing wrong with it. With `key`, every checkpoint must
    /// bear its signature.
    async fn verify_audit(&self, key: Option<&Verifier>) -> Result<Result<Frontier, Broken>, StoreError>;

    /// Signs for all records there are. `None` where there is no record, or the newest checkpoint covers all of them.
    async fn sign_checkpoint(
        &self,
        key: &CheckpointKey,
        now: Timestamp,
    ) -> Result<Option<Checkpoint>, StoreError>;

    /// Checkpoints over more than `after_size` records, the smallest first, at most `limit` and at most
    /// [`cordon_model::limits::PAGE_MAX`].
    async fn list_checkpoints(&self, after_size: u64, limit: usize) -> Result<Vec<Checkpoint>, StoreError>;

    /// The newest checkpoint.
    async fn last_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError>;

    /// The record at `sequence`, and that it is one of the first `size`. `None` where it is not.
    async fn prove_inclusion(&self, sequence: u64, size: u64) -> Result<Option<Inclusion>, StoreError>;

    /// That the first `first` records are the first of the first `second`. `None` unless `0 < first <= second` and
    /// there are as many.
    async fn prove_consistency(&self, first: u64, second: u64) -> Result<Option<Vec<Node>>, StoreError>;
}
