//! The outbox.

use crate::Record;
use crate::backend::{Connection, failed, query, query_scalar};
use crate::insert::fetch_by_keys;
use crate::rows;
use crate::script::Script;
use crate::text::to_column;
use crate::write::Writing;
use async_trait::async_trait;
use cordon_enforce::Refusal;
use cordon_enforce::outbox::{OutboxKind, OutboxRow, retry_at};
use cordon_enforce::ports::{Failure, Outbox, StoreError};
use cordon_model::audit::AuditNote;
use cordon_model::clock::Timestamp;
use cordon_model::limits;
use serde_json::json;
use std::collections::BTreeSet;

#[async_trait]
impl Outbox for Record {
    async fn due(
        &self,
        kind: OutboxKind,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let limit = limit.clamp(1, limits::PAGE_MAX) as u64;
        let query = query(rows::outbox::DUE).bind(kind.name()).bind(now.0).bind(to_column(limit));
        let rows = self.relays.fetch(&self.readers, kind, query).await.map_err(failed)?;
        rows.iter().map(rows::outbox::read).collect()
    }

    async fn mark_done(&self, keys: &[String], now: Timestamp) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let mut writing = Writing::default();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let undone = fetch_by_keys(&mut transaction, rows::outbox::UNDONE, &keys, "").await?;
        let mut undone: BTreeSet<String> =
            undone.iter().map(rows::outbox::read_key).collect::<Result<_, _>>()?;
        let keys: Vec<&str> = keys.into_iter().filter(|key| undone.remove(*key)).collect();
        for key in &keys {
            writing.note(note("outbox.delivered", key, 0));
        }
        let mut script = Script::default();
        script.add_by_keys(rows::outbox::DONE, &keys, |values| values.bind(now.0));
        writing.write(&mut transaction, script, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn mark_failed(
        &self,
        key: &str,
        failure: Failure,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let attempts = fetch_attempts(&mut transaction, key).await?.saturating_add(1);
        let retry = retry_at(attempts, now, failure.jitter);
        let statement = if retry.is_some() { rows::outbox::RETRY } else { rows::outbox::BURY };
        let query = query(statement)
            .bind(key)
            .bind(i64::from(attempts))
            .bind(retry.unwrap_or(now).0)
            .bind(failure.reason);
        query.execute(&mut transaction).await.map_err(failed)?;
        let mut writing = Writing::default();
        let verb = if retry.is_some() { "outbox.failed" } else { "outbox.given_up" };
        writing.note(note(verb, key, attempts));
        writing.write(&mut transaction, Script::default(), now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(retry)
    }

    async fn dead(&self, kind: OutboxKind, after_sequence: u64) -> Result<Vec<OutboxRow>, StoreError> {
        let query = query(rows::outbox::DEAD)
            .bind(kind.name())
            .bind(to_column(after_sequence))
            .bind(to_column(limits::PAGE_MAX as u64));
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(rows::outbox::read).collect()
    }

    async fn replay_dead(&self, key: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let dead = query(rows::outbox::DEAD_BY_KEY).bind(key);
        let row = dead.fetch_optional(&mut *transaction).await.map_err(failed)?;
        let row = rows::outbox::read(&row.ok_or_else(|| unknown(key))?)?;
        refuse_overtaken(&mut transaction, &row).await?;
        let query = query(rows::outbox::REVIVE).bind(key).bind(now.0);
        query.execute(&mut transaction).await.map_err(failed)?;
        let mut writing = Writing::default();
        writing.note(note("outbox.replayed", key, row.attempts));
        writing.write(&mut transaction, Script::default(), now).await?;
        transaction.commit().await.map_err(failed)
    }
}

fn unknown(key: &str) -> Refusal {
    Refusal::OutboxRowUnknown { key: key.to_owned() }
}

fn note(verb: &'static str, key: &str, attempts: u32) -> AuditNote {
    let details = json!({"attempts": attempts}).to_string();
    AuditNote { actor: "system".to_owned(), verb, subject: key.to_owned(), details }
}

async fn fetch_attempts(connection: &mut Connection<'_>, key: &str) -> Result<u32, StoreError> {
    let query = query_scalar(rows::outbox::ATTEMPTS).bind(key);
    let attempts: Option<i64> = query.fetch_optional(connection).await.map_err(failed)?;
    Ok(u32::try_from(attempts.ok_or_else(|| unknown(key))?).unwrap_or(u32::MAX))
}

async fn refuse_overtaken(connection: &mut Connection<'_>, row: &OutboxRow) -> Result<(), StoreError> {
    let query = query_scalar(rows::outbox::OVERTAKEN_BY)
        .bind(row.kind.name())
        .bind(row.stream.as_str())
        .bind(to_column(row.sequence));
    let newer: Option<String> = query.fetch_optional(connection).await.map_err(failed)?;
    match newer {
        None => Ok(()),
        Some(newer_key) => Err(Refusal::OutboxRowOvertaken { key: row.key.clone(), newer_key }.into()),
    }
}
