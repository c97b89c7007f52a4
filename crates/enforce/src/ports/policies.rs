//! The platform's written rules, and the ladder that their strikes climb.

use super::StoreError;
use async_trait::async_trait;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{OperatorId, PolicyId};
use cordon_model::ladder::Ladder;
use cordon_model::policy::{Policy, PolicyRef};

/// Policies, version by version.
///
/// Contract:
/// - `a_policy_version_never_changes_its_text`: only `is_retired` may change; [`crate::Refusal::PolicyConflict`];
/// - `putting_the_same_policy_again_changes_nothing`;
/// - `a_ladder_replaces_the_one_before_and_says_so_once`.
#[async_trait]
pub trait Policies: Send + Sync {
    /// Adds a version, or retires or revives a known one.
    ///
    /// Errors: [`crate::Refusal::PolicyConflict`].
    async fn put_policy(&self, policy: &Policy, by: &OperatorId, now: Timestamp) -> Result<(), StoreError>;

    /// One version; `None` where there is none.
    async fn fetch_policy(&self, policy: &PolicyRef) -> Result<Option<Policy>, StoreError>;

    /// The newest version of a policy that is not retired.
    async fn fetch_current_policy(&self, policy_id: &PolicyId) -> Result<Option<Policy>, StoreError>;

    /// All versions of all policies, by id and version, at most [`cordon_model::limits::PAGE_MAX`].
    async fn list_policies(&self) -> Result<Vec<Policy>, StoreError>;

    /// Replaces the ladder of strikes; the same one again changes nothing.
    async fn put_ladder(&self, ladder: &Ladder, by: &OperatorId, now: Timestamp) -> Result<(), StoreError>;

    /// The ladder of strikes; one without steps where none was ever put.
    async fn fetch_ladder(&self) -> Result<Ladder, StoreError>;
}
