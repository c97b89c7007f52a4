//! The reviewers' side of the record.

use super::StoreError;
use crate::accounts::{AccountRecord, StrikeTally};
use crate::decisions::History;
use crate::queues::QueueTargets;
use async_trait::async_trait;
use cordon_model::action::Action;
use cordon_model::audit::AuditRecord;
use cordon_model::case::{Case, CaseStatus, Claim, FiledReport, Incarnation};
use cordon_model::case_note::CaseNote;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, NewDecision};
use cordon_model::entity::Source;
use cordon_model::hold::Hold;
use cordon_model::ids::{AccountId, CaseId, ClaimId, DecisionId, OperatorId, QueueId};
use serde::{Deserialize, Serialize};

/// Which cases a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFilter {
    /// In this state; open ones where absent.
    pub status: Option<CaseStatus>,
    /// In this queue.
    pub queue_id: Option<QueueId>,
    /// Pointed at by this source.
    pub source: Option<Source>,
}

/// A case in a list: everything but its evidence.
pub type CaseRow = Case;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CasePage {
    /// In queue order: deadline, rank, id. Their `evidence` is empty.
    pub cases: Vec<CaseRow>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// How many open cases wait where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLength {
    /// The queue.
    pub queue_id: QueueId,
    /// Open cases, claimed ones included.
    pub open_count: u64,
}

/// What waits in one queue, and whether it waits too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueBacklog {
    /// The queue.
    pub queue_id: QueueId,
    /// Open cases, claimed ones included.
    pub open: u64,
    /// Of these, the ones that nobody holds.
    pub unclaimed: u64,
    /// When the oldest one was opened.
    pub oldest_opened_at: Option<Timestamp>,
    /// Cases past the queue's target; [`cordon_model::limits::LATE_COUNT_MAX`] stands for that many or more.
    pub late: u64,
    /// Cases that will be soon; bounded likewise.
    pub due_soon: u64,
}

/// Everything about one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseFile {
    /// The case, with its evidence.
    pub case: Case,
    /// The account.
    pub account: AccountRecord,
    /// Reports merged into it or counted with it, oldest first, at most [`cordon_model::limits::PAGE_MAX`].
    pub reports: Vec<FiledReport>,
    /// Suspended accounts whose holder this probably is, heaviest first.
    pub incarnations: Vec<Incarnation>,
    /// Decisions on the account, oldest first.
    pub decisions: Vec<Decision>,
    /// Actions on the account, oldest first.
    pub actions: Vec<Action>,
    /// Notes on the case, oldest first.
    pub notes: Vec<CaseNote>,
    /// Those of the decisions against which an appeal waits.
    pub appealed: Vec<DecisionId>,
    /// Holds of the account that rules asked for, newest first, at most [`cordon_model::limits::PAGE_MAX`].
    pub holds: Vec<Hold>,
    /// What the audit says of the account and the case, newest first, at most [`cordon_model::limits::PAGE_MAX`].
    pub audit: Vec<AuditRecord>,
}

/// What reviewers do with cases.
///
/// Contract:
/// - `a_second_report_joins_the_open_case`: an account has at most one open case;
/// - `a_backlog_tells_what_is_unclaimed_late_and_due_soon`;
/// - `pages_show_every_case_once_in_queue_order`;
/// - `a_claim_excludes_others_until_it_lapses`: and then [`crate::Refusal::ClaimLost`] meets its holder;
/// - `claim_next_takes_the_first_unclaimed_case`: concurrent callers never get the same one;
/// - `a_suspension_writes_decision_action_standing_outbox_and_audit_together`;
/// - `protection_is_kept_on_the_account_and_its_cases`;
/// - `a_note_mentions_operators_and_goes_with_the_accounts_data`;
/// - `a_case_is_passed_on_or_put_before_a_lead_by_whoever_holds_it`;
/// - `a_case_is_decided_once`, [`crate::Refusal::CaseDecided`] for the second;
/// - `a_decision_cites_a_policy_that_is_known_and_not_retired`, [`crate::Refusal::PolicyUnknown`] otherwise;
/// - `an_overturned_suspension_restores_the_account_and_takes_learning_back`;
/// - `a_suspension_for_a_time_ends_by_itself_once`: the decision stands, and what was learned stays;
/// - `what_a_later_decision_did_outlives_the_end_of_an_earlier_one`;
/// - `strikes_expire_and_an_overturned_decision_is_none`;
/// - `a_decision_milder_than_the_ladder_opens_a_case_and_does_nothing_else`;
/// - `a_repeat_of_what_was_judged_costs_nobody_time`;
/// - `an_erasure_under_legal_hold_waits_for_its_end`.
#[async_trait]
pub trait CaseDesk: Send + Sync {
    /// All queues, in the order of [`crate::queues::QUEUES`], empty ones included.
    async fn list_queues(&self) -> Result<Vec<QueueLength>, StoreError>;

    /// What waits in each queue, in the same order, held against its target.
    async fn list_backlogs(
        &self,
        targets: &QueueTargets,
        now: Timestamp,
    ) -> Result<Vec<QueueBacklog>, StoreError>;

    /// One page of cases in queue order, at most `limit` and at most [`cordon_model::limits::PAGE_MAX`].
    ///
    /// Errors: [`crate::Refusal::CursorInvalid`].
    async fn list_cases(
        &self,
        filter: &CaseFilter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<CasePage, StoreError>;

    /// A case with all that belongs to it; `None` where there is none of that name.
    async fn fetch_case(&self, case_id: &CaseId) -> Result<Option<CaseFile>, StoreError>;

    /// The open case of an account, without evidence.
    async fn fetch_open_case(&self, account_id: &AccountId) -> Result<Option<CaseRow>, StoreError>;

    /// An account as the record knows it; `None` where it never heard of it.
    async fn fetch_account(&self, account_id: &AccountId) -> Result<Option<AccountRecord>, StoreError>;

    /// The decisions on an account against which an appeal waits.
    async fn list_appealed(&self, account_id: &AccountId) -> Result<Vec<DecisionId>, StoreError>;

    /// Everything decided and done about an account.
    async fn fetch_history(&self, account_id: &AccountId) -> Result<History, StoreError>;

    /// An account's strikes in force at `now`, and where they stand on the ladder.
    async fn fetch_strikes(&self, account_id: &AccountId, now: Timestamp) -> Result<StrikeTally, StoreError>;

    /// A decision; `None` where there is none of that name.
    async fn fetch_decision(&self, decision_id: &DecisionId) -> Result<Option<Decision>, StoreError>;

    /// Claims the first case without a claim in `queue_id`, or in any queue; `None` where all are taken.
    async fn claim_next(
        &self,
        queue_id: Option<&QueueId>,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Option<Case>, StoreError>;

    /// Claims a case, or prolongs the claim that the operator holds.
    ///
    /// Errors: [`crate::Refusal::CaseUnknown`], [`crate::Refusal::CaseClaimed`], [`crate::Refusal::CaseDecided`].
    async fn claim(&self, case_id: &CaseId, by: &OperatorId, now: Timestamp) -> Result<Case, StoreError>;

    /// Prolongs a claim.
    ///
    /// Errors: [`crate::Refusal::ClaimLost`].
    async fn heartbeat(
        &self,
        case_id: &CaseId,
        claim_id: &ClaimId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Claim, StoreError>;

    /// Gives a case back.
    ///
    /// Errors: [`crate::Refusal::ClaimLost`].
    async fn release(
        &self,
        case_id: &CaseId,
        claim_id: &ClaimId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Puts a note on a case, open or not.
    ///
    /// Errors: [`crate::Refusal::CaseUnknown`] and those of [`crate::cases::note`].
    async fn add_note(
        &self,
        case_id: &CaseId,
        text: &str,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<CaseNote, StoreError>;

    /// Notes on open cases that mention an operator, newest first, at most [`cordon_model::limits::PAGE_MAX`].
    async fn list_mentions(&self, operator_id: &OperatorId) -> Result<Vec<CaseNote>, StoreError>;

    /// Passes a case that `by` holds to somebody else, with a note that says why; the case under its new lease.
    ///
    /// Errors: those of [`crate::cases::pass_on`] and [`crate::cases::note`].
    async fn pass_on(
        &self,
        held: (&CaseId, &ClaimId),
        by: &OperatorId,
        to: (&OperatorId, &str),
        now: Timestamp,
    ) -> Result<Case, StoreError>;

    /// Puts a case that `by` holds into the leads' queue, with a note that says why.
    ///
    /// Errors: those of [`crate::cases::escalate`] and [`crate::cases::note`].
    async fn escalate(
        &self,
        held: (&CaseId, &ClaimId),
        by: &OperatorId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Case, StoreError>;

    /// Decides a case; the decision and the actions that it took.
    ///
    /// Errors: those of [`crate::decisions::decide`].
    async fn decide(&self, new: NewDecision, now: Timestamp) -> Result<(Decision, Vec<Action>), StoreError>;

    /// Takes a decision back; the actions that it took to do so.
    ///
    /// Errors: those of [`crate::decisions::overturn`].
    async fn overturn(
        &self,
        decision_id: &DecisionId,
        by: &OperatorId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Vec<Action>, StoreError>;

    /// Ends what decisions did whose time is over, those due first, at most
    /// [`cordon_model::limits::SANCTION_SWEEP_MAX`]; how many it dealt with. Any process may call it at any time.
    async fn end_due(&self, now: Timestamp) -> Result<usize, StoreError>;

    /// Protects an account from the decision of a single reviewer, or ends that. The account need not be known yet.
    async fn set_protected(
        &self,
        account_id: &AccountId,
        is_protected: bool,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Forbids erasing an account's data. The account need not be known yet.
    ///
    /// Errors: [`crate::Refusal::ReasonInvalid`].
    async fn place_legal_hold(
        &self,
        account_id: &AccountId,
        by: &OperatorId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Lifts a legal hold and carries out the erasure that it withheld.
    ///
    /// Errors: [`crate::Refusal::AccountUnknown`], [`crate::Refusal::NoLegalHold`].
    async fn lift_legal_hold(
        &self,
        account_id: &AccountId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Accounts under legal hold, by id, after `after`, at most [`cordon_model::limits::PAGE_MAX`].
    async fn list_legal_holds(&self, after: Option<&AccountId>) -> Result<Vec<AccountRecord>, StoreError>;
}
