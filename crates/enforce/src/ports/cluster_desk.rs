//! The record of accounts that are reviewed side by side.

use super::StoreError;
use crate::clusters::ClusterClaim;
use cordon_model::account::Standing;
use cordon_model::action::Action;
use cordon_model::audit::AuditRecord;
use cordon_model::case::Case;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterCase, ClusterMember, ClusterStatus, NewClusterCase};
use cordon_model::decision::{Decision, NewDecision};
use cordon_model::ids::{ClusterCaseId, OperatorId};

/// A cluster case as opening it answers.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedCluster {
    /// The case, with its evidence.
    pub cluster_case: ClusterCase,
    /// Whether it was opened now; `false` where it was open already.
    pub is_new: bool,
}

/// One page of cluster cases.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterCasePage {
    /// Oldest first; their `evidence` is empty.
    pub cluster_cases: Vec<ClusterCase>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// A member with what has become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterMemberFile {
    /// The member.
    pub member: ClusterMember,
    /// How the account stands.
    pub standing: Standing,
    /// Its case, without evidence.
    pub case: Option<Case>,
}

/// Everything about one cluster case.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterCaseFile {
    /// The case, with its evidence.
    pub cluster_case: ClusterCase,
    /// Those that belong most strongly first.
    pub members: Vec<ClusterMemberFile>,
    /// What the audit says of the cluster case, newest first, at most [`cordon_model::limits::PAGE_MAX`].
    pub audit: Vec<AuditRecord>,
}

/// What reviewers do with accounts that were proposed together.
///
/// Contract:
/// - `opening_a_cluster_opens_or_joins_a_case_for_every_member`, and acts on nobody;
/// - `opening_the_same_cluster_again_changes_nothing` while it is open, and opens another review once it is closed;
/// - `a_suspended_member_gets_no_case`, [`crate::Refusal::ClusterSettled`] where that leaves none;
/// - `a_cluster_is_claimed_under_one_lease_that_names_what_others_hold`;
/// - `members_are_decided_at_once_each_by_a_decision_of_its_own`, and all or none;
/// - `a_cluster_case_closes_with_the_last_of_its_members`, by whatever road that one ends;
/// - `erasing_a_member_takes_the_shared_evidence_out`.
#[async_trait::async_trait]
pub trait ClusterDesk: Send + Sync {
    /// Opens a review of a cluster, and an ordinary case for each member that has none open. Answers with the open
    /// review where the same cluster has one.
    ///
    /// Errors: those of [`crate::clusters::open`].
    async fn open_cluster(
        &self,
        new: &NewClusterCase,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<OpenedCluster, StoreError>;

    /// One page of cluster cases in this state, at most `limit` and at most [`cordon_model::limits::PAGE_MAX`].
    ///
    /// Errors: [`crate::Refusal::CursorInvalid`].
    async fn list_cluster_cases(
        &self,
        status: ClusterStatus,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<ClusterCasePage, StoreError>;

    /// A cluster case with its members; `None` where there is none of that name.
    async fn fetch_cluster_case(
        &self,
        cluster_case_id: &ClusterCaseId,
    ) -> Result<Option<ClusterCaseFile>, StoreError>;

    /// Claims every member's open case that nobody else holds under one lease, or prolongs that lease.
    ///
    /// Errors: [`crate::Refusal::ClusterCaseUnknown`], and those of [`crate::clusters::claim`].
    async fn claim_cluster(
        &self,
        cluster_case_id: &ClusterCaseId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<ClusterClaim, StoreError>;

    /// Decides members' cases in one transaction: all of them or none.
    ///
    /// Errors: [`crate::Refusal::ClusterCaseUnknown`], those of [`crate::clusters::check_decisions`], and those of
    /// [`crate::decisions::decide`] for the first that may not be made.
    async fn decide_members(
        &self,
        cluster_case_id: &ClusterCaseId,
        decisions: Vec<NewDecision>,
        now: Timestamp,
    ) -> Result<Vec<(Decision, Vec<Action>)>, StoreError>;
}
