//! Running a person's command: load the state, let the machine answer, write what it says.

use crate::Record;
use crate::backend::{Connection, failed, query};
use crate::clusters::close_ended;
use crate::rows;
use crate::script::Script;
use crate::strikes::propose_steps;
use crate::subjects::Subjects;
use crate::write::{SYSTEM, Writing};
use cordon_enforce::Refusal;
use cordon_enforce::change::Change;
use cordon_enforce::intake::Subject;
use cordon_enforce::ports::StoreError;
use cordon_model::case::{Case, CaseStatus};
use cordon_model::clock::Timestamp;
use cordon_model::ids::{AccountId, CaseId, OperatorId};

/// How an operator stands in the audit.
pub(crate) fn actor(by: &OperatorId) -> String {
    format!("operator:{by}")
}

/// A subject taken from the record, and where to put it back.
pub(crate) struct Loan {
    pub(crate) subjects: Subjects,
    pub(crate) subject: Subject,
    /// Whether the record knew the account before.
    pub(crate) is_known: bool,
}

impl Loan {
    fn of(mut subjects: Subjects, account_id: &AccountId) -> Self {
        let is_known = subjects.knows(account_id);
        let subject = subjects.take(account_id);
        Self { subjects, subject, is_known }
    }
}

/// The subject of a case; its `case` is that case, open or not.
pub(crate) async fn borrow_case(
    connection: &mut Connection<'_>,
    case_id: &CaseId,
) -> Result<Loan, StoreError> {
    let unknown = || Refusal::CaseUnknown { case_id: case_id.clone() };
    let case = fetch_case(connection, case_id).await?.ok_or_else(unknown)?;
    borrow_subject(connection, case).await
}

/// The same for a case that is at hand.
async fn borrow_subject(connection: &mut Connection<'_>, case: Case) -> Result<Loan, StoreError> {
    let account_id = case.account_id.clone();
    if case.status == CaseStatus::Open {
        return Ok(Loan::of(Subjects::load_with_case(connection, case).await?, &account_id));
    }
    let mut loan = borrow_account(connection, &account_id).await?;
    // Only to be refused: the machines change no case that has ended.
    loan.subject.case = Some(case);
    Ok(loan)
}

/// An account's subject.
pub(crate) async fn borrow_account(
    connection: &mut Connection<'_>,
    account_id: &AccountId,
) -> Result<Loan, StoreError> {
    Ok(Loan::of(Subjects::load_one(connection, account_id).await?, account_id))
}

/// Writes what a machine made of a loan.
pub(crate) async fn give_back(
    connection: &mut Connection<'_>,
    mut subjects: Subjects,
    outcome: (Subject, Vec<Change>),
    by: &OperatorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (subject, changes) = outcome;
    subjects.put(subject);
    save(connection, subjects, changes, by, now).await
}

/// Writes what machines made of several loans.
pub(crate) async fn save(
    connection: &mut Connection<'_>,
    mut subjects: Subjects,
    changes: Vec<Change>,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut writing = Writing::default();
    writing.add(changes, &actor(by));
    writing.add(close_ended(connection, &subjects, now).await?, &actor(by));
    let proposed = propose_steps(connection, &mut subjects, writing.decisions(), now).await?;
    writing.add(proposed, SYSTEM);
    let mut script = Script::default();
    subjects.save(&mut script);
    writing.write(connection, script, now).await
}

/// A case with its evidence.
pub(crate) async fn fetch_case(
    connection: &mut Connection<'_>,
    case_id: &CaseId,
) -> Result<Option<Case>, StoreError> {
    let query = query(rows::case::BY_ID).bind(case_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(rows::case::read).transpose()
}

impl Record {
    /// Runs a command that concerns a case alone, in one transaction; the case as the command left it.
    pub(crate) async fn change_case(
        &self,
        case_id: &CaseId,
        by: &OperatorId,
        now: Timestamp,
        command: impl FnOnce(Case) -> Result<(Case, Vec<Change>), Refusal> + Send,
    ) -> Result<Case, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let unknown = || Refusal::CaseUnknown { case_id: case_id.clone() };
        let case = fetch_case(&mut transaction, case_id).await?.ok_or_else(unknown)?;
        let case = change_case(&mut transaction, case, by, now, command).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(case)
    }
}

/// The same within a transaction that is open already, for a case that was loaded in it.
pub(crate) async fn change_case(
    connection: &mut Connection<'_>,
    case: Case,
    by: &OperatorId,
    now: Timestamp,
    command: impl FnOnce(Case) -> Result<(Case, Vec<Change>), Refusal> + Send,
) -> Result<Case, StoreError> {
    let Loan { subjects, subject, .. } = borrow_subject(connection, case.clone()).await?;
    let (case, changes) = command(case)?;
    let outcome = (Subject { case: Some(case.clone()), ..subject }, changes);
    give_back(connection, subjects, outcome, by, now).await?;
    Ok(case)
}
