//! The desk of batches.

mod propose;
mod work;

use crate::Record;
use crate::backend::{Connection, failed, query, query_scalar};
use crate::rows;
use crate::script::Script;
use crate::text::to_column;
use crate::write::Writing;
use async_trait::async_trait;
use cordon_enforce::Refusal;
use cordon_enforce::bulk::{self, BatchRefusal, Brakes, Usage};
use cordon_enforce::ports::{BulkDesk, StoreError};
use cordon_model::audit::AuditNote;
use cordon_model::batch::{Batch, BatchStatus, Member, MemberStatus, NewBatch};
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::{AccountId, BatchId, DecisionId, OperatorId};
use cordon_model::limits;
use cordon_model::operator::Operator;

/// What the daily limits look back over, in seconds.
const DAY_SECONDS: i64 = 86_400;

#[async_trait]
impl BulkDesk for Record {
    async fn propose_batch(&self, new: NewBatch, now: Timestamp) -> Result<Batch, StoreError> {
        propose::propose(self, new, now).await
    }

    async fn revise_batch(&self, new: NewBatch, now: Timestamp) -> Result<Batch, StoreError> {
        propose::revise(self, new, now).await
    }

    async fn list_batches(&self) -> Result<Vec<Batch>, StoreError> {
        let query = query(rows::batch::NEWEST).bind(to_column(limits::PAGE_MAX as u64));
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(rows::batch::read).collect()
    }

    async fn fetch_batch(&self, batch_id: &BatchId) -> Result<Option<Batch>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        find(&mut connection, batch_id).await
    }

    async fn list_members(
        &self,
        batch_id: &BatchId,
        status: MemberStatus,
        after: Option<&AccountId>,
    ) -> Result<Vec<Member>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        members_in(&mut connection, batch_id, status, after, limits::PAGE_MAX).await
    }

    async fn list_unjudged(&self, batch_id: &BatchId, limit: usize) -> Result<Vec<Member>, StoreError> {
        let limit = to_column(limit.min(limits::PAGE_MAX) as u64);
        let query = query(rows::batch::UNJUDGED).bind(batch_id.as_str()).bind(limit);
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(rows::batch::read_member).collect()
    }

    async fn judge_member(
        &self,
        batch_id: &BatchId,
        account_id: &AccountId,
        finding: DecisionKind,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        self.change_batch(batch_id, now, async |connection, script, batch| {
            let member = fetch_member(connection, batch_id, account_id).await?;
            let (batch, member, note) = bulk::judge(batch, member, finding, by, now)?;
            if let Some(judgement) = &member.judgement {
                script.add(rows::batch::JUDGED, |values| {
                    values
                        .bind(judgement.judged_by.0.clone())
                        .bind(judgement.judged_at.0)
                        .bind(judgement.finding.name())
                        .bind(judgement.is_wrong)
                        .bind(batch_id.0.clone())
                        .bind(account_id.0.clone())
                });
            }
            Ok((batch, vec![note]))
        })
        .await
    }

    async fn enlarge_sample(
        &self,
        batch_id: &BatchId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        self.change_batch(batch_id, now, async |connection, script, batch| {
            let (batch, note) = bulk::draw_more(batch, by).map_err(Refusal::from)?;
            let members = listed(connection, batch_id).await?;
            let drawn = bulk::draw(&batch, &members);
            let is_new = |member: &&Member| !member.is_sampled && drawn.contains(&member.place);
            let new: Vec<&str> =
                members.iter().filter(is_new).map(|member| member.account_id.as_str()).collect();
            script.add_by_keys(rows::batch::SAMPLED, &new, |values| values.bind(batch_id.0.clone()));
            Ok((batch, vec![note]))
        })
        .await
    }

    async fn approve_batch(
        &self,
        batch_id: &BatchId,
        list_hash: &str,
        by: &Operator,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        self.change_batch(batch_id, now, async |connection, _, batch| {
            let found = hash_as_it_stands(connection, &batch).await?;
            let (batch, note) = bulk::approve(batch, list_hash, &found, by, now).map_err(Refusal::from)?;
            Ok((batch, vec![note]))
        })
        .await
    }

    async fn start_batch(
        &self,
        batch_id: &BatchId,
        by: &Operator,
        brakes: &Brakes,
        break_glass: Option<&str>,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        self.change_batch(batch_id, now, async |connection, _, batch| {
            let found = hash_as_it_stands(connection, &batch).await?;
            let usage = usage(connection, &batch, now).await?;
            Ok(bulk::start(batch, &found, by, (brakes, usage), break_glass, now)?)
        })
        .await
    }

    async fn pause_batch(
        &self,
        batch_id: &BatchId,
        by: &OperatorId,
        reason: &str,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        self.change_batch(batch_id, now, async |_, _, batch| {
            let (batch, note) = bulk::pause(batch, by, reason, now)?;
            Ok((batch, vec![note]))
        })
        .await
    }

    async fn take_back_batch(
        &self,
        batch_id: &BatchId,
        by: &Operator,
        reason: &str,
        now: Timestamp,
    ) -> Result<Batch, StoreError> {
        self.change_batch(batch_id, now, async |_, _, batch| {
            let (batch, note) = bulk::take_back(batch, by, reason, now)?;
            let (batch, over) = bulk::finish_if_over(batch);
            Ok((batch, std::iter::once(note).chain(over).collect()))
        })
        .await
    }

    async fn list_under_way(&self) -> Result<Vec<BatchId>, StoreError> {
        let rows = query(rows::batch::UNDER_WAY).fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(|row| rows::batch::read(row).map(|batch| batch.batch_id)).collect()
    }

    async fn work_slice(&self, batch_id: &BatchId, now: Timestamp) -> Result<Batch, StoreError> {
        work::work_slice(self, batch_id, now).await
    }
}

impl Record {
    /// Runs a command that concerns a batch, in one transaction; the batch as the command left it. What it changes of
    /// members it adds to the script.
    async fn change_batch(
        &self,
        batch_id: &BatchId,
        now: Timestamp,
        command: impl AsyncFnOnce(
            &mut Connection<'_>,
            &mut Script,
            Batch,
        ) -> Result<(Batch, Vec<AuditNote>), StoreError>
        + Send,
    ) -> Result<Batch, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let batch = fetch(&mut transaction, batch_id).await?;
        let mut script = Script::default();
        let (batch, notes) = command(&mut transaction, &mut script, batch).await?;
        save(&mut transaction, script, &batch, notes, now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(batch)
    }
}

/// Tells the batch that a decision came of, if it came of one, that it was overturned by itself.
pub(crate) async fn tell_its_batch(
    connection: &mut Connection<'_>,
    decision_id: &DecisionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(batch) = batch_of(connection, decision_id).await? else { return Ok(()) };
    let (batch, note) = bulk::overturned_elsewhere(batch, now);
    save(connection, Script::default(), &batch, note, now).await
}

/// The batch that a decision came of, if it came of one.
pub(crate) async fn batch_of(
    connection: &mut Connection<'_>,
    decision_id: &DecisionId,
) -> Result<Option<Batch>, StoreError> {
    let query = query_scalar(rows::batch::OF_DECISION).bind(decision_id.as_str());
    let found: Option<String> = query.fetch_optional(&mut *connection).await.map_err(failed)?;
    match found {
        Some(batch_id) => fetch(connection, &batch_id.into()).await.map(Some),
        None => Ok(None),
    }
}

async fn find(connection: &mut Connection<'_>, batch_id: &BatchId) -> Result<Option<Batch>, StoreError> {
    let query = query(rows::batch::BY_ID).bind(batch_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(rows::batch::read).transpose()
}

async fn fetch(connection: &mut Connection<'_>, batch_id: &BatchId) -> Result<Batch, StoreError> {
    let unknown = || Refusal::from(BatchRefusal::Unknown { batch_id: batch_id.clone() });
    Ok(find(connection, batch_id).await?.ok_or_else(unknown)?)
}

async fn fetch_member(
    connection: &mut Connection<'_>,
    batch_id: &BatchId,
    account_id: &AccountId,
) -> Result<Member, StoreError> {
    let query = query(rows::batch::MEMBER).bind(batch_id.as_str()).bind(account_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    let unknown = || Refusal::from(BatchRefusal::NotSampled { account_id: account_id.clone() });
    rows::batch::read_member(&row.ok_or_else(unknown)?)
}

async fn members_in(
    connection: &mut Connection<'_>,
    batch_id: &BatchId,
    status: MemberStatus,
    after: Option<&AccountId>,
    limit: usize,
) -> Result<Vec<Member>, StoreError> {
    let query = query(rows::batch::IN_STATE)
        .bind(batch_id.as_str())
        .bind(status.name())
        .bind(after.map_or("", AccountId::as_str))
        .bind(to_column(limit as u64));
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::batch::read_member).collect()
}

/// All members without their evidence, by account id.
async fn listed(connection: &mut Connection<'_>, batch_id: &BatchId) -> Result<Vec<Member>, StoreError> {
    let query = query(rows::batch::LISTED).bind(batch_id.as_str());
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::batch::read_member).collect()
}

/// The hash of the list that is in the record now, whatever the batch says of itself.
async fn hash_as_it_stands(connection: &mut Connection<'_>, batch: &Batch) -> Result<String, StoreError> {
    let mut ids: Vec<AccountId> =
        listed(connection, &batch.batch_id).await?.into_iter().map(|member| member.account_id).collect();
    // A database may sort texts by another alphabet.
    ids.sort_unstable();
    Ok(bulk::list_hash(batch, ids.iter().map(AccountId::as_str)))
}

/// What was done within a day and what is still to be done by other batches under way.
async fn usage(connection: &mut Connection<'_>, batch: &Batch, now: Timestamp) -> Result<Usage, StoreError> {
    let since = now.plus_seconds(-DAY_SECONDS).0;
    let done: i64 = query_scalar(rows::batch::DONE_SINCE)
        .bind(since)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    let decided: i64 = query_scalar(rows::batch::DECIDED_BY_SINCE)
        .bind(batch.proposed_by.as_str())
        .bind(since)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    let mut usage = Usage { batch_actions: done.unsigned_abs(), person_actions: decided.unsigned_abs() };
    let rows = query(rows::batch::UNDER_WAY).fetch_all(connection).await.map_err(failed)?;
    for row in &rows {
        let other = rows::batch::read(row)?;
        if other.status == BatchStatus::Running && other.batch_id != batch.batch_id {
            let left = other.member_count.saturating_sub(other.progress.done + other.progress.passed_over);
            usage.batch_actions += left;
            usage.person_actions += if other.proposed_by == batch.proposed_by { left } else { 0 };
        }
    }
    Ok(usage)
}

/// Writes a batch behind what stands in `script`, with its notes.
async fn save(
    connection: &mut Connection<'_>,
    mut script: Script,
    batch: &Batch,
    notes: impl IntoIterator<Item = AuditNote>,
    now: Timestamp,
) -> Result<(), StoreError> {
    script.add_rows(&rows::batch::TABLE, std::slice::from_ref(batch), rows::batch::bind);
    let mut writing = Writing::default();
    notes.into_iter().for_each(|note| writing.note(note));
    writing.write(connection, script, now).await
}
