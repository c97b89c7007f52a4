//! Working a batch off, a slice a transaction.

use super::{fetch, members_in};
use crate::Record;
use crate::backend::{Connection, failed};
use crate::desk::actor;
use crate::insert::fetch_by_keys;
use crate::ports::policies::fetch_policy;
use crate::rows;
use crate::script::Script;
use crate::strikes::propose_steps;
use crate::subjects::Subjects;
use crate::write::{SYSTEM, Writing};
use cordon_enforce::bulk::{self, Outcome};
use cordon_enforce::decisions::History;
use cordon_enforce::ports::StoreError;
use cordon_model::batch::{Batch, BatchStatus, LeftOut, Member, MemberStatus};
use cordon_model::clock::Timestamp;
use cordon_model::ids::{AccountId, BatchId, OperatorId};
use cordon_model::limits;
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn work_slice(
    record: &Record,
    batch_id: &BatchId,
    now: Timestamp,
) -> Result<Batch, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let batch = fetch(&mut transaction, batch_id).await?;
    let batch = match batch.status {
        BatchStatus::Running => carry_out(&mut transaction, batch, now).await?,
        BatchStatus::TakingBack => take_back(&mut transaction, batch, now).await?,
        _ => return Ok(batch),
    };
    transaction.commit().await.map_err(failed)?;
    Ok(batch)
}

/// What a slice wrote so far.
struct Slice {
    subjects: Subjects,
    writing: Writing,
    members: Vec<Member>,
    actor: String,
}

impl Slice {
    async fn begin(
        connection: &mut Connection<'_>,
        members: &[Member],
        by: &OperatorId,
    ) -> Result<Self, StoreError> {
        let ids: BTreeSet<&AccountId> = members.iter().map(|member| &member.account_id).collect();
        let subjects = Subjects::load(connection, &ids, &BTreeSet::new()).await?;
        Ok(Self { subjects, writing: Writing::default(), members: Vec::new(), actor: actor(by) })
    }

    fn settle(&mut self, outcome: Outcome) {
        self.subjects.put(outcome.subject);
        self.writing.add(outcome.changes, &self.actor);
        self.members.push(outcome.member);
    }

    /// Writes decisions, members and the batch's progress together.
    async fn end(
        mut self,
        connection: &mut Connection<'_>,
        batch: Batch,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        let (batch, note) = bulk::finish_if_over(batch);
        let proposed = propose_steps(connection, &mut self.subjects, self.writing.decisions(), now).await?;
        self.writing.add(proposed, SYSTEM);
        let mut script = Script::default();
        self.subjects.save(&mut script);
        for member in &self.members {
            script.add(rows::batch::SETTLED, |values| {
                values
                    .bind(member.status.name())
                    .bind(member.reason.map(LeftOut::name))
                    .bind(member.decision_id.as_ref().map(|decision_id| decision_id.0.clone()))
                    .bind(member.done_at.map(|at| at.0))
                    .bind(batch.batch_id.0.clone())
                    .bind(member.account_id.0.clone())
            });
        }
        script.add_rows(&rows::batch::TABLE, std::slice::from_ref(&batch), rows::batch::bind);
        if let Some(note) = note {
            self.writing.note(note);
        }
        self.writing.write(connection, script, now).await?;
        Ok(batch)
    }
}

async fn carry_out(
    connection: &mut Connection<'_>,
    mut batch: Batch,
    now: Timestamp,
) -> Result<Batch, StoreError> {
    let waiting = MemberStatus::Waiting;
    let members = members_in(connection, &batch.batch_id, waiting, None, limits::BATCH_SLICE_MAX).await?;
    let policy = fetch_policy(connection, &batch.policy).await?;
    let mut slice = Slice::begin(connection, &members, &batch.proposed_by).await?;
    for member in members {
        let subject = slice.subjects.take(&member.account_id);
        let outcome = bulk::carry_out(&batch, member, subject, policy.as_ref(), now)?;
        match outcome.member.status {
            MemberStatus::Done => batch.progress.done += 1,
            _ => batch.progress.passed_over += 1,
        }
        slice.settle(outcome);
    }
    slice.end(connection, batch, now).await
}

async fn take_back(
    connection: &mut Connection<'_>,
    mut batch: Batch,
    now: Timestamp,
) -> Result<Batch, StoreError> {
    let Some(take_back) = &batch.take_back else { return Ok(batch) };
    let by = take_back.overturned_by.clone();
    let done = MemberStatus::Done;
    let members = members_in(connection, &batch.batch_id, done, None, limits::BATCH_SLICE_MAX).await?;
    let mut histories = histories(connection, &members).await?;
    let mut slice = Slice::begin(connection, &members, &by).await?;
    for member in members {
        let subject = slice.subjects.take(&member.account_id);
        let history = histories.remove(&member.account_id).unwrap_or_default();
        slice.settle(bulk::take_back_member(&batch, member, subject, &history)?);
        batch.progress.taken_back += 1;
    }
    slice.end(connection, batch, now).await
}

/// Everything decided and done about each member.
async fn histories(
    connection: &mut Connection<'_>,
    members: &[Member],
) -> Result<BTreeMap<AccountId, History>, StoreError> {
    let keys: Vec<&str> = members.iter().map(|member| member.account_id.as_str()).collect();
    let mut histories: BTreeMap<AccountId, History> = BTreeMap::new();
    let order = rows::decision::IN_ORDER;
    for row in fetch_by_keys(connection, rows::decision::OF_ACCOUNTS, &keys, order).await? {
        let decision = rows::decision::read(&row)?;
        histories.entry(decision.account_id.clone()).or_default().decisions.push(decision);
    }
    let order = rows::action::IN_ORDER;
    for row in fetch_by_keys(connection, rows::action::OF_ACCOUNTS, &keys, order).await? {
        let action = rows::action::read(&row)?;
        histories.entry(action.account_id.clone()).or_default().actions.push(action);
    }
    Ok(histories)
}
