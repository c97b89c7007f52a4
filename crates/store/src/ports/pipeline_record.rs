//! The pipeline's commits.

use crate::Record;
use crate::backend::{Connection, failed, query, query_scalar};
use crate::clusters::close_ended;
use crate::insert::add_keys;
use crate::open::Unfinished;
use crate::rows;
use crate::script::Script;
use crate::subjects::Subjects;
use crate::text::to_column;
use crate::write::Writing;
use async_trait::async_trait;
use cordon_enforce::audit::change_note;
use cordon_enforce::intake::{Arrival, Severities, account_of, take_in};
use cordon_enforce::ports::{PipelineRecord, StoreError};
use cordon_model::clock::Timestamp;
use cordon_model::effect::Effect;
use cordon_model::ids::{EffectId, Offset};
use cordon_model::limits;
use metrics::histogram;
use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::time::Instant;

const APPLIED_OFFSET: &str = "SELECT applied_offset FROM pipeline WHERE pipeline_id = 1";
const MOVE_OFFSET: &str =
    "UPDATE pipeline SET applied_offset = $2 WHERE pipeline_id = 1 AND applied_offset = $1";
/// How long a transaction of the pipeline had the writer, its flush included.
const TRANSACTION_SECONDS: &str = "cordon_record_transaction_seconds";
/// Who stands in the audit for what evaluation asks.
const ACTOR: &str = "pipeline";

#[async_trait]
impl PipelineRecord for Record {
    async fn applied_offset(&self) -> Result<Offset, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        fetch_offset(&mut connection).await
    }

    async fn commit(
        &self,
        before: Offset,
        last: Offset,
        effects: Vec<(EffectId, Effect)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut reached = self.resume(before, last).await?;
        let first = effects.partition_point(|(effect_id, _)| effect_id.offset <= reached);
        let mut rest = effects.get(first..).unwrap_or_default();
        while reached < last {
            let mut turn = self.writer.for_pipeline().await?;
            let begun = Instant::now();
            let mut transaction = turn.begin().await?;
            let mut attempted = reached;
            // Goes on for a while, because each transaction costs a flush to the disk.
            while attempted < last {
                let sliced = Instant::now();
                let (slice, after) = rest.split_at(slice_length(rest, self.slices.effects()));
                let end = match slice.last() {
                    Some((effect_id, _)) if !after.is_empty() => effect_id.offset,
                    _ => last,
                };
                commit_slice(&mut transaction, attempted, end, slice, now).await?;
                self.slices.took(slice.len(), sliced.elapsed());
                (attempted, rest) = (end, after);
                if self.writer.must_step_aside(begun.elapsed()) {
                    break;
                }
            }
            self.remember(Some(Unfinished { before, last, reached, attempted }));
            transaction.commit().await.map_err(failed)?;
            histogram!(TRANSACTION_SECONDS).record(begun.elapsed());
            reached = attempted;
        }
        self.remember(None);
        Ok(())
    }
}

/// How many effects the next slice takes: about `most`, cut only where another entry begins.
fn slice_length(effects: &[(EffectId, Effect)], most: usize) -> usize {
    let Some((cut, _)) = effects.get(most) else { return effects.len() };
    let cut = effects.partition_point(|(effect_id, _)| effect_id.offset < cut.offset);
    if cut > 0 {
        return cut;
    }
    let first = effects.first().map(|(effect_id, _)| effect_id.offset);
    effects.partition_point(|(effect_id, _)| Some(effect_id.offset) == first)
}

async fn fetch_offset(connection: &mut Connection<'_>) -> Result<Offset, StoreError> {
    let found: i64 = query_scalar(APPLIED_OFFSET).fetch_one(connection).await.map_err(failed)?;
    Ok(Offset(found.unsigned_abs()))
}

impl Record {
    /// Where a commit begins: at `before`, or where this very commit was given up, be it that its caller went
    /// away or that its disk was full.
    async fn resume(&self, before: Offset, last: Offset) -> Result<Offset, StoreError> {
        let unfinished = *self.unfinished.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = unfinished.filter(|left| left.before == before && left.last == last) else {
            return Ok(before);
        };
        // Asked on the writer's own connection: a transaction still on its way there ends first.
        let mut turn = self.writer.for_pipeline().await?;
        let mut transaction = turn.begin().await?;
        let found = fetch_offset(&mut transaction).await?;
        Ok(if found == left.attempted { found } else { left.reached })
    }

    fn remember(&self, unfinished: Option<Unfinished>) {
        *self.unfinished.lock().unwrap_or_else(PoisonError::into_inner) = unfinished;
    }
}

/// Moves the offset over some entries and takes in what they ask for.
async fn commit_slice(
    connection: &mut Connection<'_>,
    before: Offset,
    last: Offset,
    effects: &[(EffectId, Effect)],
    now: Timestamp,
) -> Result<(), StoreError> {
    move_offset(connection, before, last).await?;
    if effects.is_empty() { Ok(()) } else { take_in_effects(connection, effects, now).await }
}

async fn move_offset(
    connection: &mut Connection<'_>,
    before: Offset,
    last: Offset,
) -> Result<(), StoreError> {
    let query = query(MOVE_OFFSET).bind(to_column(before.0)).bind(to_column(last.0));
    let moved = query.execute(&mut *connection).await.map_err(failed)?;
    if moved.rows_affected() == 1 {
        return Ok(());
    }
    Err(StoreError::StaleWriter { expected: before, found: fetch_offset(connection).await? })
}

async fn take_in_effects(
    connection: &mut Connection<'_>,
    effects: &[(EffectId, Effect)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let names: Vec<String> = effects.iter().map(|(effect_id, _)| effect_id.to_text()).collect();
    let mut new: BTreeSet<String> =
        add_keys(connection, "effects", "effect_id", &names).await?.into_iter().collect();
    // Removed when met, so that an effect named twice in one commit counts once as well.
    let effects: Vec<_> =
        effects.iter().zip(&names).filter(|(_, name)| new.remove(*name)).map(|(effect, _)| effect).collect();
    let mut subjects = load_subjects(connection, effects.iter().map(|(_, effect)| effect)).await?;
    let severities = fetch_severities(connection).await?;
    let mut writing = Writing::default();
    for (effect_id, effect) in effects {
        if let Effect::Changed(change) = effect {
            writing.note(change_note(change));
        }
        let Some(account_id) = account_of(effect) else { continue };
        let subject = subjects.take(account_id);
        let arrival = Arrival { effect_id: *effect_id, effect, severities: &severities, now };
        let (subject, changes) = take_in(subject, arrival);
        subjects.put(subject);
        writing.add(changes, ACTOR);
    }
    writing.add(close_ended(connection, &subjects, now).await?, ACTOR);
    let mut script = Script::default();
    subjects.save(&mut script);
    writing.write(connection, script, now).await
}

async fn load_subjects(
    connection: &mut Connection<'_>,
    effects: impl Iterator<Item = &Effect> + Clone,
) -> Result<Subjects, StoreError> {
    let needs_waiting = |effect: &&Effect| {
        matches!(effect, Effect::SubjectAppeared { .. } | Effect::SubjectNeverAppeared { .. })
    };
    let expected = effects.clone().filter(needs_waiting).filter_map(account_of).collect();
    Subjects::load(connection, &effects.filter_map(account_of).collect(), &expected).await
}

async fn fetch_severities(connection: &mut Connection<'_>) -> Result<Severities, StoreError> {
    let limit = to_column(limits::PAGE_MAX as u64);
    let rows = query(rows::policy::ALL).bind(limit).fetch_all(connection).await.map_err(failed)?;
    let mut severities = Severities::new();
    for row in &rows {
        // Versions rise within a policy, so the newest one stays.
        let policy = rows::policy::read(row)?;
        severities.insert(policy.policy_id, policy.severity);
    }
    Ok(severities)
}
