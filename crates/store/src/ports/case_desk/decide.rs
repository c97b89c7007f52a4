//! Deciding and overturning.

use super::view;
use crate::Record;
use crate::backend::{Connection, failed};
use crate::desk::{Loan, borrow_account, borrow_case, give_back};
use crate::ports::bulk_desk::tell_its_batch;
use crate::ports::policies::fetch_policy;
use cordon_enforce::Refusal;
use cordon_enforce::change::Change;
use cordon_enforce::decisions::{self, History};
use cordon_enforce::intake::Subject;
use cordon_enforce::ports::StoreError;
use cordon_model::action::Action;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, NewDecision, Overturn};
use cordon_model::ids::{DecisionId, OperatorId};

/// Decides a case in one transaction.
pub(super) async fn decide(
    record: &Record,
    new: NewDecision,
    now: Timestamp,
) -> Result<(Decision, Vec<Action>), StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let Loan { subjects, subject, .. } = borrow_case(&mut transaction, &new.case_id).await?;
    let policy = fetch_policy(&mut transaction, &new.policy).await?;
    let by = new.decided_by.clone();
    let unknown = Refusal::CaseUnknown { case_id: new.case_id.clone() };
    let (subject, changes) = decisions::decide(subject, policy.as_ref(), new, now)?;
    let made = changes.iter().find_map(|change| match change {
        Change::DecisionMade(decision) => Some(decision.clone()),
        _ => None,
    });
    let actions = actions_in(&changes);
    give_back(&mut transaction, subjects, (subject, changes), &by, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok((made.ok_or(unknown)?, actions))
}

/// Takes a decision back in one transaction.
pub(super) async fn overturn(
    record: &Record,
    decision_id: &DecisionId,
    by: &OperatorId,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<Action>, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let (Loan { subjects, subject, .. }, history) = borrow_decision(&mut transaction, decision_id).await?;
    let overturn = Overturn { overturned_by: by.clone(), overturned_at: now, reason: reason.to_owned() };
    let (account, changes) = decisions::overturn(subject.account, &history, decision_id, overturn)?;
    let actions = actions_in(&changes);
    let outcome = (Subject { account, ..subject }, changes);
    give_back(&mut transaction, subjects, outcome, by, now).await?;
    tell_its_batch(&mut transaction, decision_id, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(actions)
}

async fn borrow_decision(
    connection: &mut Connection<'_>,
    decision_id: &DecisionId,
) -> Result<(Loan, History), StoreError> {
    let unknown = || Refusal::DecisionUnknown { decision_id: decision_id.clone() };
    let decision = view::fetch_decision(connection, decision_id).await?.ok_or_else(unknown)?;
    let history = view::fetch_history(connection, &decision.account_id).await?;
    Ok((borrow_account(connection, &decision.account_id).await?, history))
}

fn actions_in(changes: &[Change]) -> Vec<Action> {
    let action = |change: &Change| match change {
        Change::ActionTaken(action) => Some(action.clone()),
        _ => None,
    };
    changes.iter().filter_map(action).collect()
}
