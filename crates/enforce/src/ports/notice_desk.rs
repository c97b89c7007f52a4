//! The side of the record that statements, notices and appeals are kept on.

use super::StoreError;
use crate::appeals::{NewAppeal, Ruling};
use crate::notices::NoticeSettings;
use async_trait::async_trait;
use cordon_model::appeal::{Appeal, AppealStatus};
use cordon_model::clock::Timestamp;
use cordon_model::ids::{AccountId, AppealId, DecisionId, OperatorId};
use cordon_model::statement::{NoticeProfile, Statement};

/// What one look of the sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Notices that were withheld and have left.
    pub released: usize,
    /// Appeals that wait beyond their alarm, noticed now.
    pub alarmed: usize,
    /// Appeals whose decision was overturned without them.
    pub settled: usize,
}

/// How many appeals wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppealTotals {
    /// For a decision.
    pub open: u64,
    /// Of these beyond their day.
    pub late: u64,
}

/// What accounts are told, and what they say to it.
///
/// Contract:
/// - `every_restriction_has_a_statement_and_a_notice`, written in the decision's own transaction, each account of a batch
///   included;
/// - `a_gagged_notice_leaves_on_its_day_and_once`;
/// - `an_outcome_that_a_gag_kept_back_leaves_behind_its_notice_and_once`;
/// - `an_appeal_is_filed_once_by_link_or_by_the_platform`;
/// - `an_appeal_is_decided_by_somebody_else_and_restores_the_account`;
/// - `an_overturned_appeal_counts_against_its_batch`, whose proposer and approver may not decide it;
/// - `late_appeals_are_listed_and_alarmed_once`;
/// - `an_appeal_whose_decision_fell_without_it_is_settled`;
/// - `an_erased_account_leaves_no_words_in_its_appeal`.
#[async_trait]
pub trait NoticeDesk: Send + Sync {
    /// What notices are made with.
    async fn notice_settings(&self) -> Result<NoticeSettings, StoreError>;

    /// Sets what stands before the token in an appeal's link, and the days within which accounts may appeal.
    ///
    /// Errors: [`crate::Refusal::NoticeInvalid`] for a longer address than
    /// [`cordon_model::limits::NOTICE_SETTING_CHARS_MAX`], or less than one day.
    async fn set_notices(
        &self,
        appeal_url: &str,
        appeal_days: i64,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// How an account is told; the default where nothing was said.
    async fn fetch_notice_profile(&self, account_id: &AccountId) -> Result<NoticeProfile, StoreError>;

    /// Says how an account is told. Where nothing is withheld any more, what was withheld leaves at once.
    ///
    /// Errors: [`crate::Refusal::NoticeInvalid`].
    async fn put_notice_profile(
        &self,
        account_id: &AccountId,
        profile: &NoticeProfile,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The statement of reasons on a decision; `None` where it weighs on nobody.
    async fn fetch_statement(&self, decision_id: &DecisionId) -> Result<Option<Statement>, StoreError>;

    /// Takes an appeal in that the platform hands over.
    ///
    /// Errors: [`crate::Refusal::DecisionUnknown`], those of [`crate::appeals::file`].
    async fn file_appeal(
        &self,
        decision_id: &DecisionId,
        new: NewAppeal,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Appeal, StoreError>;

    /// Takes an appeal in by the signed link of a notice.
    ///
    /// Errors: [`crate::appeals::AppealRefusal::Unknown`] for a link that does not hold, whatever is wrong with it; those
    /// of [`crate::appeals::file`].
    async fn file_appeal_by_link(
        &self,
        token: &str,
        text: String,
        now: Timestamp,
    ) -> Result<Appeal, StoreError>;

    /// Appeals in one state, urgent ones first and then those due first, at most [`cordon_model::limits::PAGE_MAX`];
    /// with `due_by` those alone that are due by then.
    async fn list_appeals(
        &self,
        status: AppealStatus,
        due_by: Option<Timestamp>,
    ) -> Result<Vec<Appeal>, StoreError>;

    /// An appeal; `None` where there is none of that name.
    async fn fetch_appeal(&self, appeal_id: &AppealId) -> Result<Option<Appeal>, StoreError>;

    /// Takes an appeal, or keeps it longer.
    ///
    /// Errors: [`crate::appeals::AppealRefusal::Unknown`], those of [`crate::appeals::claim`].
    async fn claim_appeal(
        &self,
        appeal_id: &AppealId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Appeal, StoreError>;

    /// Decides an appeal, with everything that follows.
    ///
    /// Errors: [`crate::appeals::AppealRefusal::Unknown`], those of [`crate::appeals::decide`].
    async fn decide_appeal(
        &self,
        appeal_id: &AppealId,
        ruling: Ruling,
        now: Timestamp,
    ) -> Result<Appeal, StoreError>;

    /// Takes an appeal back on the appellant's wish.
    ///
    /// Errors: [`crate::appeals::AppealRefusal::Unknown`], those of [`crate::appeals::withdraw`].
    async fn withdraw_appeal(
        &self,
        appeal_id: &AppealId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Appeal, StoreError>;

    /// How many appeals wait.
    async fn count_appeals(&self, now: Timestamp) -> Result<AppealTotals, StoreError>;

    /// Lets notices leave whose day has come, and sees to appeals that wait too long or for nothing; at most
    /// [`cordon_model::limits::APPEAL_SWEEP_MAX`] of each. Any process may call it at any time.
    async fn sweep_notices(&self, now: Timestamp) -> Result<Swept, StoreError>;
}
