//! Legal holds and protection.

use crate::Record;
use crate::backend::{Pool, failed, query};
use crate::desk::{Loan, borrow_account, give_back};
use crate::rows;
use crate::text::to_column;
use cordon_enforce::Refusal;
use cordon_enforce::accounts::{self, AccountRecord};
use cordon_enforce::intake::Subject;
use cordon_enforce::ports::StoreError;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{AccountId, OperatorId};
use cordon_model::limits;

pub(super) async fn set_protected(
    record: &Record,
    account_id: &AccountId,
    is_protected: bool,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let loan = borrow_account(&mut transaction, account_id).await?;
    let outcome = accounts::set_protected(loan.subject, is_protected, by.clone());
    give_back(&mut transaction, loan.subjects, outcome, by, now).await?;
    transaction.commit().await.map_err(failed)
}

pub(super) async fn place(
    record: &Record,
    account_id: &AccountId,
    by: &OperatorId,
    reason: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let Loan { subjects, subject, .. } = borrow_account(&mut transaction, account_id).await?;
    let (account, changes) = accounts::place_legal_hold(subject.account, by.clone(), reason.to_owned(), now)?;
    let outcome = (Subject { account, ..subject }, changes);
    give_back(&mut transaction, subjects, outcome, by, now).await?;
    transaction.commit().await.map_err(failed)
}

pub(super) async fn lift(
    record: &Record,
    account_id: &AccountId,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let loan = borrow_account(&mut transaction, account_id).await?;
    if !loan.is_known {
        return Err(Refusal::AccountUnknown { account_id: account_id.clone() }.into());
    }
    let outcome = accounts::lift_legal_hold(loan.subject, by.clone(), now)?;
    give_back(&mut transaction, loan.subjects, outcome, by, now).await?;
    transaction.commit().await.map_err(failed)
}

pub(super) async fn list(
    readers: &Pool,
    after: Option<&AccountId>,
) -> Result<Vec<AccountRecord>, StoreError> {
    let query = query(rows::account::HELD)
        .bind(after.map_or("", |account_id| account_id.as_str()))
        .bind(to_column(limits::PAGE_MAX as u64));
    query.fetch_all(readers).await.map_err(failed)?.iter().map(rows::account::read).collect()
}
