//! Filing, claiming and deciding appeals.

use super::{fetch_statement, find_appeal};
use crate::Record;
use crate::backend::{Connection, failed};
use crate::desk::{Loan, actor, borrow_account, give_back};
use crate::notices::fetch_settings;
use crate::ports::bulk_desk::{batch_of, tell_its_batch};
use crate::ports::case_desk::view;
use crate::script::Script;
use crate::write::Writing;
use cordon_enforce::Refusal;
use cordon_enforce::appeals::{self, AppealRefusal, Involved, NewAppeal, Ruling};
use cordon_enforce::change::Change;
use cordon_enforce::intake::Subject;
use cordon_enforce::notices::{self, AppealToken};
use cordon_enforce::ports::StoreError;
use cordon_model::appeal::{Appeal, AppealChannel};
use cordon_model::clock::Timestamp;
use cordon_model::decision::Decision;
use cordon_model::ids::{AppealId, DecisionId, OperatorId};
use std::collections::BTreeSet;

/// Who files by a link has no name here.
const APPELLANT: &str = "appellant";

pub(super) async fn file(
    record: &Record,
    decision_id: &DecisionId,
    new: NewAppeal,
    actor: &str,
    now: Timestamp,
) -> Result<Appeal, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let unknown = || Refusal::DecisionUnknown { decision_id: decision_id.clone() };
    let decision = view::fetch_decision(&mut transaction, decision_id).await?.ok_or_else(unknown)?;
    let appeal = file_against(&mut transaction, &decision, new, actor, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(appeal)
}

pub(super) async fn file_by_link(
    record: &Record,
    token: &str,
    text: String,
    now: Timestamp,
) -> Result<Appeal, StoreError> {
    // Checked on a reader first: links that do not hold keep nobody from writing.
    let token = AppealToken::parse(token).ok_or_else(unknown)?;
    let decision = {
        let mut connection = record.readers.acquire().await.map_err(failed)?;
        let settings = fetch_settings(&mut connection).await?;
        let found = view::fetch_decision(&mut connection, &token.decision_id).await?;
        let holds = |decision: &Decision| notices::verify(&settings, &token, &decision.account_id, now);
        found.filter(holds).ok_or_else(unknown)?
    };
    let new = NewAppeal { channel: AppealChannel::Link, text };
    file(record, &decision.decision_id, new, APPELLANT, now).await
}

async fn file_against(
    connection: &mut Connection<'_>,
    decision: &Decision,
    new: NewAppeal,
    actor: &str,
    now: Timestamp,
) -> Result<Appeal, StoreError> {
    let decision_id = &decision.decision_id;
    let statement = fetch_statement(connection, decision_id).await?;
    let existing = find_appeal(connection, &appeals::appeal_id(decision_id)).await?;
    let account = view::fetch_account(connection, &decision.account_id).await?;
    let reach = account.and_then(|account| account.reach);
    let (appeal, change) = appeals::file(decision, statement.as_ref(), existing.as_ref(), new, reach, now)?;
    write(connection, vec![change], actor, now).await?;
    Ok(appeal)
}

pub(super) async fn claim(
    record: &Record,
    appeal_id: &AppealId,
    by: &OperatorId,
    now: Timestamp,
) -> Result<Appeal, StoreError> {
    change(record, appeal_id, &actor(by), now, async |connection, appeal| {
        let involved = involved(connection, &appeal.decision_id).await?;
        Ok(appeals::claim(appeal, &involved, by, now)?)
    })
    .await
}

pub(super) async fn decide(
    record: &Record,
    appeal_id: &AppealId,
    ruling: Ruling,
    now: Timestamp,
) -> Result<Appeal, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let appeal = find_appeal(&mut transaction, appeal_id).await?.ok_or_else(unknown)?;
    let decision_id = appeal.decision_id.clone();
    let involved = involved(&mut transaction, &decision_id).await?;
    let statement = fetch_statement(&mut transaction, &decision_id).await?;
    let history = view::fetch_history(&mut transaction, &appeal.account_id).await?;
    let Loan { subjects, subject, .. } = borrow_account(&mut transaction, &appeal.account_id).await?;
    let by = ruling.by.clone();
    let account = (subject.account, &history);
    let decided = appeals::decide(appeal, statement.as_ref(), account, &involved, ruling, now)?;
    let falls = |change: &Change| matches!(change, Change::DecisionOverturned { .. });
    let is_overturned = decided.changes.iter().any(falls);
    let outcome = (Subject { account: decided.account, ..subject }, decided.changes);
    give_back(&mut transaction, subjects, outcome, &by, now).await?;
    if is_overturned {
        tell_its_batch(&mut transaction, &decision_id, now).await?;
    }
    transaction.commit().await.map_err(failed)?;
    Ok(decided.appeal)
}

/// Runs a command that concerns an appeal alone, in one transaction.
pub(super) async fn change(
    record: &Record,
    appeal_id: &AppealId,
    actor: &str,
    now: Timestamp,
    command: impl AsyncFnOnce(&mut Connection<'_>, Appeal) -> Result<(Appeal, Change), StoreError> + Send,
) -> Result<Appeal, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let appeal = find_appeal(&mut transaction, appeal_id).await?.ok_or_else(unknown)?;
    let (appeal, change) = command(&mut transaction, appeal).await?;
    write(&mut transaction, vec![change], actor, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(appeal)
}

/// Everybody who had a part in a decision.
async fn involved(connection: &mut Connection<'_>, decision_id: &DecisionId) -> Result<Involved, StoreError> {
    let decision = view::fetch_decision(connection, decision_id).await?;
    let batch = batch_of(connection, decision_id).await?;
    let people = batch.into_iter().flat_map(|batch| {
        [Some(batch.proposed_by), batch.approval.map(|approval| approval.approved_by)].into_iter().flatten()
    });
    let people: BTreeSet<OperatorId> =
        decision.map(|decision| decision.decided_by).into_iter().chain(people).collect();
    Ok(Involved(people))
}

async fn write(
    connection: &mut Connection<'_>,
    changes: Vec<Change>,
    actor: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut writing = Writing::default();
    writing.add(changes, actor);
    writing.write(connection, Script::default(), now).await
}

fn unknown() -> Refusal {
    AppealRefusal::Unknown.into()
}
