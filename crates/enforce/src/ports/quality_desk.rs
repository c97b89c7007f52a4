//! The side of the record that second looks are kept on.

use super::StoreError;
use crate::quality::QualityRules;
use async_trait::async_trait;
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::{AccountId, OperatorId, PolicyId, SecondLookId};
use cordon_model::second_look::{GoldenCase, LookStatus, SecondLook};

/// A judged look, as far as it is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct LookFacts {
    /// The look.
    pub look: SecondLook,
    /// The account holder's language, where the platform said so.
    pub language: Option<String>,
}

/// A decision, as far as overturning is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverturnFacts {
    /// The account holder's language, where the platform said so.
    pub language: Option<String>,
    /// Decisions that found a violation.
    pub decisions: u64,
    /// Of these, overturned.
    pub overturned: u64,
}

/// Second looks at decided cases.
///
/// Contract:
/// - `a_share_of_decisions_is_drawn_in_the_decisions_own_transaction`;
/// - `a_second_look_never_goes_to_who_decided_and_changes_nothing_about_the_account`;
/// - `a_look_goes_to_one_reviewer_until_it_lapses`;
/// - `a_disagreement_is_settled_by_a_third_and_feeds_the_golden_cases`: golden looks come at their share;
/// - `an_erased_account_leaves_no_look_that_waits`.
#[async_trait]
pub trait QualityDesk: Send + Sync {
    /// What second looks are drawn by; nothing is drawn where nobody said so.
    async fn quality_rules(&self) -> Result<QualityRules, StoreError>;

    /// Says by what second looks are drawn from now on.
    ///
    /// Errors: [`crate::quality::QualityRefusal::Rules`].
    async fn put_quality_rules(
        &self,
        rules: &QualityRules,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The look that the reviewer has, or the next one; `None` where none waits for them.
    async fn claim_next_look(
        &self,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Option<SecondLook>, StoreError>;

    /// Takes down what a reviewer found.
    ///
    /// Errors: [`crate::quality::QualityRefusal::Unknown`], those of [`crate::quality::judge`].
    async fn judge_look(
        &self,
        second_look_id: &SecondLookId,
        finding: (DecisionKind, Option<PolicyId>),
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<SecondLook, StoreError>;

    /// Says who was right.
    ///
    /// Errors: [`crate::quality::QualityRefusal::Unknown`], those of [`crate::quality::settle`].
    async fn settle_look(
        &self,
        second_look_id: &SecondLookId,
        right: DecisionKind,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<SecondLook, StoreError>;

    /// Makes a golden case of a look's decision; a second time changes nothing but who knows it.
    ///
    /// Errors: [`crate::quality::QualityRefusal::Unknown`], those of [`crate::quality::mark_golden`].
    async fn mark_golden(
        &self,
        second_look_id: &SecondLookId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<GoldenCase, StoreError>;

    /// Looks in one state, those drawn first first, at most [`cordon_model::limits::PAGE_MAX`].
    async fn list_looks(&self, status: LookStatus) -> Result<Vec<SecondLook>, StoreError>;

    /// Whether a look at the account waits for this reviewer's judgement.
    async fn is_blind(&self, by: &OperatorId, account_id: &AccountId) -> Result<bool, StoreError>;

    /// Judged looks drawn since then, newest first, at most [`cordon_model::limits::QUALITY_LOOKS_MAX`].
    async fn judged_looks(&self, since: Timestamp) -> Result<Vec<LookFacts>, StoreError>;

    /// Decisions since then that found a violation, and those overturned, by language.
    async fn overturns_by_language(&self, since: Timestamp) -> Result<Vec<OverturnFacts>, StoreError>;
}
