//! The reviewers' desk.

mod backlog;
mod decide;
mod end;
mod hold;
mod notes;
mod page;
pub(crate) mod view;

use crate::Record;
use crate::backend::{failed, query};
use crate::desk::change_case;
use crate::rows;
use crate::rows::case::{FIRST_UNCLAIMED, FIRST_UNCLAIMED_OF_QUEUE};
use crate::strikes::fetch_tally;
use async_trait::async_trait;
use cordon_enforce::Refusal;
use cordon_enforce::accounts::{AccountRecord, StrikeTally};
use cordon_enforce::cases;
use cordon_enforce::decisions::History;
use cordon_enforce::ports::{
    CaseDesk, CaseFile, CaseFilter, CasePage, CaseRow, QueueBacklog, QueueLength, StoreError,
};
use cordon_enforce::queues::QueueTargets;
use cordon_model::action::Action;
use cordon_model::case::{Case, Claim};
use cordon_model::case_note::CaseNote;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, NewDecision};
use cordon_model::ids::{AccountId, CaseId, ClaimId, DecisionId, OperatorId, QueueId};

#[async_trait]
impl CaseDesk for Record {
    async fn list_queues(&self) -> Result<Vec<QueueLength>, StoreError> {
        page::list_queues(&self.readers).await
    }

    async fn list_backlogs(
        &self,
        targets: &QueueTargets,
        now: Timestamp,
    ) -> Result<Vec<QueueBacklog>, StoreError> {
        backlog::list_backlogs(&self.readers, targets, now).await
    }

    async fn list_cases(
        &self,
        filter: &CaseFilter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<CasePage, StoreError> {
        page::list_cases(&self.readers, filter, cursor, limit).await
    }

    async fn fetch_case(&self, case_id: &CaseId) -> Result<Option<CaseFile>, StoreError> {
        view::fetch_case_file(&self.readers, case_id).await
    }

    async fn fetch_open_case(&self, account_id: &AccountId) -> Result<Option<CaseRow>, StoreError> {
        view::fetch_open_case(&self.readers, account_id).await
    }

    async fn fetch_account(&self, account_id: &AccountId) -> Result<Option<AccountRecord>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        view::fetch_account(&mut connection, account_id).await
    }

    async fn fetch_history(&self, account_id: &AccountId) -> Result<History, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        view::fetch_history(&mut connection, account_id).await
    }

    async fn list_appealed(&self, account_id: &AccountId) -> Result<Vec<DecisionId>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        view::fetch_appealed(&mut connection, account_id).await
    }

    async fn fetch_strikes(&self, account_id: &AccountId, now: Timestamp) -> Result<StrikeTally, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(failed)?;
        fetch_tally(&mut snapshot, account_id, now).await
    }

    async fn fetch_decision(&self, decision_id: &DecisionId) -> Result<Option<Decision>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        view::fetch_decision(&mut connection, decision_id).await
    }

    async fn claim_next(
        &self,
        queue_id: Option<&QueueId>,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Option<Case>, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let query = match queue_id {
            None => query(FIRST_UNCLAIMED).bind(now.0),
            Some(queue_id) => query(FIRST_UNCLAIMED_OF_QUEUE).bind(now.0).bind(queue_id.as_str()),
        };
        let Some(first) = query.fetch_optional(&mut *transaction).await.map_err(failed)? else {
            return Ok(None);
        };
        let case = rows::case::read(&first)?;
        let case = change_case(&mut transaction, case, by, now, |case| cases::claim(case, by, now)).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(case))
    }

    async fn claim(&self, case_id: &CaseId, by: &OperatorId, now: Timestamp) -> Result<Case, StoreError> {
        self.change_case(case_id, by, now, |case| cases::claim(case, by, now)).await
    }

    async fn heartbeat(
        &self,
        case_id: &CaseId,
        claim_id: &ClaimId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let beat = |case| cases::heartbeat(case, claim_id, by, now);
        let case = self.change_case(case_id, by, now, beat).await?;
        let lost = || Refusal::ClaimLost { case_id: case_id.clone(), claim_id: claim_id.clone() };
        case.claim.ok_or_else(|| lost().into())
    }

    async fn release(
        &self,
        case_id: &CaseId,
        claim_id: &ClaimId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let release = |case| cases::release(case, claim_id, by, now);
        self.change_case(case_id, by, now, release).await.map(drop)
    }

    async fn add_note(
        &self,
        case_id: &CaseId,
        text: &str,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<CaseNote, StoreError> {
        notes::add(self, case_id, text, by, now).await
    }

    async fn list_mentions(&self, operator_id: &OperatorId) -> Result<Vec<CaseNote>, StoreError> {
        notes::list_mentions(&self.readers, operator_id).await
    }

    async fn pass_on(
        &self,
        held: (&CaseId, &ClaimId),
        by: &OperatorId,
        to: (&OperatorId, &str),
        now: Timestamp,
    ) -> Result<Case, StoreError> {
        notes::pass_on(self, held, by, to, now).await
    }

    async fn escalate(
        &self,
        held: (&CaseId, &ClaimId),
        by: &OperatorId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Case, StoreError> {
        notes::escalate(self, held, by, reason, now).await
    }

    async fn decide(&self, new: NewDecision, now: Timestamp) -> Result<(Decision, Vec<Action>), StoreError> {
        decide::decide(self, new, now).await
    }

    async fn overturn(
        &self,
        decision_id: &DecisionId,
        by: &OperatorId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Vec<Action>, StoreError> {
        decide::overturn(self, decision_id, by, reason, now).await
    }

    async fn end_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        end::end_due(self, now).await
    }

    async fn set_protected(
        &self,
        account_id: &AccountId,
        is_protected: bool,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        hold::set_protected(self, account_id, is_protected, by, now).await
    }

    async fn place_legal_hold(
        &self,
        account_id: &AccountId,
        by: &OperatorId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        hold::place(self, account_id, by, reason, now).await
    }

    async fn lift_legal_hold(
        &self,
        account_id: &AccountId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        hold::lift(self, account_id, by, now).await
    }

    async fn list_legal_holds(&self, after: Option<&AccountId>) -> Result<Vec<AccountRecord>, StoreError> {
        hold::list(&self.readers, after).await
    }
}
