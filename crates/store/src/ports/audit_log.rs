//! Reading and checking the audit.

use crate::Record;
use crate::audit::fetch_head;
use crate::backend::{Connection, failed, query};
use crate::rows;
use crate::text::to_column;
use async_trait::async_trait;
use cordon_enforce::audit::{AuditHead, Broken, check};
use cordon_enforce::ports::{AuditLog, StoreError};
use cordon_model::audit::AuditRecord;
use cordon_model::limits;

/// Records read at a time while walking the chain.
const WALK_RECORDS: usize = 10_000;

#[async_trait]
impl AuditLog for Record {
    async fn list_audit(&self, after_sequence: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        fetch_after(&mut connection, after_sequence, limit.clamp(1, limits::PAGE_MAX)).await
    }

    async fn verify_audit(&self) -> Result<Result<AuditHead, Broken>, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(failed)?;
        let mut head = AuditHead::default();
        loop {
            let records = fetch_after(&mut snapshot, head.sequence, WALK_RECORDS).await?;
            if records.is_empty() {
                break;
            }
            match records.iter().try_fold(head, |head, record| check(&head, record)) {
                Ok(reached) => head = reached,
                Err(broken) => return Ok(Err(broken)),
            }
        }
        let kept = fetch_head(&mut snapshot).await?;
        Ok(if kept == head { Ok(head) } else { Err(end_is_wrong(&head, &kept)) })
    }
}

/// What is wrong where the walk ends elsewhere than the head that is kept apart.
fn end_is_wrong(reached: &AuditHead, kept: &AuditHead) -> Broken {
    if reached.sequence == kept.sequence {
        return Broken::Altered { sequence: reached.sequence };
    }
    let found = if reached.sequence > kept.sequence { reached.sequence } else { 0 };
    Broken::Missing { expected: reached.sequence.min(kept.sequence) + 1, found }
}

async fn fetch_after(
    connection: &mut Connection<'_>,
    after_sequence: u64,
    limit: usize,
) -> Result<Vec<AuditRecord>, StoreError> {
    let query = query(rows::audit::AFTER).bind(to_column(after_sequence)).bind(to_column(limit as u64));
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::audit::read).collect()
}
