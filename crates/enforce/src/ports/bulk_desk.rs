//! The side of the record that batches are kept on.

use super::StoreError;
use crate::bulk::Brakes;
use async_trait::async_trait;
use cordon_model::batch::{Batch, Member, MemberStatus, NewBatch};
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::{AccountId, BatchId, OperatorId};
use cordon_model::operator::Operator;

/// What people do with batches.
///
/// Contract:
/// - `a_proposal_names_what_it_leaves_out`, with the reason of each;
/// - `the_proposer_neither_judges_nor_approves`, [`crate::bulk::BatchRefusal::SamePerson`];
/// - `a_sample_with_too_many_errors_refuses_the_batch_and_may_be_enlarged`;
/// - `an_approval_is_bound_to_the_list`: another list voids sample and approval, and a list changed behind the record's
///   back is carried out by nobody;
/// - `every_member_is_decided_exactly_once_wherever_the_process_dies`: a slice is one transaction, and its members are
///   marked in it;
/// - `a_batch_taken_back_restores_every_account_and_what_was_learned`, wherever the process dies;
/// - `members_that_may_not_be_acted_upon_any_more_are_passed_over`;
/// - `too_many_actions_a_day_need_the_glass_broken`;
/// - `a_batch_that_appeals_speak_against_pauses_itself`;
/// - `an_erased_account_leaves_its_batch`: its evidence goes out of the list.
#[async_trait]
pub trait BulkDesk: Send + Sync {
    /// Writes down a batch with its sample.
    ///
    /// Errors: those of [`crate::bulk::propose`], [`crate::bulk::BatchRefusal::Taken`].
    async fn propose_batch(&self, new: NewBatch, now: Timestamp) -> Result<Batch, StoreError>;

    /// Gives the batch of that name another list; sample, judgements and approval are void.
    ///
    /// Errors: [`crate::bulk::BatchRefusal::Unknown`], those of [`crate::bulk::revise`].
    async fn revise_batch(&self, new: NewBatch, now: Timestamp) -> Result<Batch, StoreError>;

    /// Batches, newest first, at most [`cordon_model::limits::PAGE_MAX`].
    async fn list_batches(&self) -> Result<Vec<Batch>, StoreError>;

    /// A batch; `None` where there is none of that name.
    async fn fetch_batch(&self, batch_id: &BatchId) -> Result<Option<Batch>, StoreError>;

    /// Members in one state, by account id, after `after`, at most [`cordon_model::limits::PAGE_MAX`].
    async fn list_members(
        &self,
        batch_id: &BatchId,
        status: MemberStatus,
        after: Option<&AccountId>,
    ) -> Result<Vec<Member>, StoreError>;

    /// Sampled members that nobody judged yet, at most `limit` and at most [`cordon_model::limits::PAGE_MAX`].
    async fn list_unjudged(&self, batch_id: &BatchId, limit: usize) -> Result<Vec<Member>, StoreError>;

    /// Takes in what somebody found of a sampled account.
    ///
    /// Errors: [`crate::bulk::BatchRefusal::Unknown`], those of [`crate::bulk::judge`].
    async fn judge_member(
        &self,
        batch_id: &BatchId,
        account_id: &AccountId,
        finding: DecisionKind,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Batch, StoreError>;

    /// Enlarges the sample of a refused batch.
    ///
    /// Errors: [`crate::bulk::BatchRefusal::Unknown`], those of [`crate::bulk::draw_more`].
    async fn enlarge_sample(
        &self,
        batch_id: &BatchId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Batch, StoreError>;

    /// Approves the list of that hash.
    ///
    /// Errors: [`crate::bulk::BatchRefusal::Unknown`], those of [`crate::bulk::approve`].
    async fn approve_batch(
        &self,
        batch_id: &BatchId,
        list_hash: &str,
        by: &Operator,
        now: Timestamp,
    ) -> Result<Batch, StoreError>;

    /// Begins to carry a batch out, or goes on; `break_glass` is a reason to go beyond the daily limits. What is done
    /// is [`BulkDesk::work_slice`]'s.
    ///
    /// Errors: [`crate::bulk::BatchRefusal::Unknown`], those of [`crate::bulk::start`].
    async fn start_batch(
        &self,
        batch_id: &BatchId,
        by: &Operator,
        brakes: &Brakes,
        break_glass: Option<&str>,
        now: Timestamp,
    ) -> Result<Batch, StoreError>;

    /// Stops a batch after the slice under way.
    ///
    /// Errors: [`crate::bulk::BatchRefusal::Unknown`], those of [`crate::bulk::pause`].
    async fn pause_batch(
        &self,
        batch_id: &BatchId,
        by: &OperatorId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Batch, StoreError>;

    /// Begins to take a batch back.
    ///
    /// Errors: [`crate::bulk::BatchRefusal::Unknown`], those of [`crate::bulk::take_back`].
    async fn take_back_batch(
        &self,
        batch_id: &BatchId,
        by: &Operator,
        reason: &str,
        now: Timestamp,
    ) -> Result<Batch, StoreError>;

    /// Batches that are to be worked on, oldest first.
    async fn list_under_way(&self) -> Result<Vec<BatchId>, StoreError>;

    /// Carries out, or takes back, the next members of a batch under way, at most
    /// [`cordon_model::limits::BATCH_SLICE_MAX`], in one transaction of the people's lane; the batch as it stands
    /// then. Any process may call it at any time, several at once too.
    ///
    /// Errors: [`crate::bulk::BatchRefusal::Unknown`]; [`crate::Refusal::PolicyUnknown`] where the policy was retired.
    async fn work_slice(&self, batch_id: &BatchId, now: Timestamp) -> Result<Batch, StoreError>;
}
