//! What waits in each queue, held against its target.

use super::page::fetch_lengths;
use crate::backend::{Connection, Pool, failed, query, query_scalar};
use crate::text::{Columns, to_column};
use cordon_enforce::ports::{QueueBacklog, QueueLength, StoreError};
use cordon_enforce::queues::QueueTargets;
use cordon_model::clock::Timestamp;
use cordon_model::ids::QueueId;
use cordon_model::limits;
use std::collections::BTreeMap;

/// Claims that hold at `$1`: few, whatever waits.
const HELD: &str = "SELECT queue_id, COUNT(*) AS held FROM cases
    WHERE closed_at IS NULL AND claim_expires_at > 0 AND claim_expires_at > $1 GROUP BY queue_id";
const OLDEST: &str = "SELECT MIN(opened_at) FROM (
        SELECT MIN(opened_at) AS opened_at FROM cases WHERE closed_at IS NULL AND claim_count = 0 AND queue_id = $1
        UNION ALL
        SELECT MIN(opened_at) AS opened_at FROM cases WHERE closed_at IS NULL AND claim_count > 0 AND queue_id = $1
    ) AS oldest";
/// Cases opened after `$2` and until `$3` that nobody claimed yet; at most `$4` are counted.
const UNSEEN: &str = "SELECT COUNT(*) FROM (
        SELECT 1 FROM cases WHERE closed_at IS NULL AND claim_count = 0 AND queue_id = $1
        AND opened_at > $2 AND opened_at <= $3 LIMIT $4
    ) AS unseen";
/// The same of cases that somebody claimed at least once.
const SEEN: &str = "SELECT COUNT(*) FROM (
        SELECT 1 FROM cases WHERE closed_at IS NULL AND claim_count > 0 AND queue_id = $1
        AND opened_at > $2 AND opened_at <= $3 LIMIT $4
    ) AS seen";

/// Before every case.
const ALWAYS: Timestamp = Timestamp(i64::MIN);

/// All of it as of one instant.
pub(super) async fn list_backlogs(
    readers: &Pool,
    targets: &QueueTargets,
    now: Timestamp,
) -> Result<Vec<QueueBacklog>, StoreError> {
    let mut snapshot = readers.begin().await.map_err(failed)?;
    let held = fetch_held(&mut snapshot, now).await?;
    let mut backlogs = Vec::new();
    for QueueLength { queue_id, open_count } in fetch_lengths(&mut snapshot).await? {
        let bounds = targets.of(&queue_id).bounds(now);
        let oldest = query_scalar(OLDEST).bind(queue_id.as_str());
        let oldest: Option<i64> = oldest.fetch_one(&mut *snapshot).await.map_err(failed)?;
        let late = [(UNSEEN, ALWAYS, bounds.look_late), (SEEN, ALWAYS, bounds.decision_late)];
        let due_soon = [
            (UNSEEN, bounds.look_late, bounds.look_soon),
            (SEEN, bounds.decision_late, bounds.decision_soon),
        ];
        let late = count_opened(&mut snapshot, &queue_id, late).await?;
        let due_soon = count_opened(&mut snapshot, &queue_id, due_soon).await?;
        backlogs.push(QueueBacklog {
            unclaimed: open_count.saturating_sub(held.get(&queue_id).copied().unwrap_or_default()),
            open: open_count,
            oldest_opened_at: oldest.map(Timestamp),
            late,
            due_soon,
            queue_id,
        });
    }
    Ok(backlogs)
}

async fn fetch_held(
    connection: &mut Connection<'_>,
    now: Timestamp,
) -> Result<BTreeMap<QueueId, u64>, StoreError> {
    let rows = query(HELD).bind(now.0).fetch_all(connection).await.map_err(failed)?;
    let held = |row| {
        let columns = Columns::of(row, "queue_id");
        Ok((columns.text("queue_id")?.into(), columns.unsigned("held")?))
    };
    rows.iter().map(held).collect()
}

/// Cases of a queue that were opened within either span, at most [`limits::LATE_COUNT_MAX`].
async fn count_opened(
    connection: &mut Connection<'_>,
    queue_id: &QueueId,
    spans: [(&'static str, Timestamp, Timestamp); 2],
) -> Result<u64, StoreError> {
    let most = limits::LATE_COUNT_MAX as u64;
    let mut counted = 0;
    for (statement, after, until) in spans {
        let query = query_scalar(statement).bind(queue_id.as_str()).bind(after.0).bind(until.0);
        let count: i64 = query.bind(to_column(most)).fetch_one(&mut *connection).await.map_err(failed)?;
        counted += count.unsigned_abs();
    }
    Ok(counted.min(most))
}
