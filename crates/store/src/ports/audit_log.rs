//! Reading, checking, proving and signing for the audit.

use crate::Record;
use crate::audit::fetch_head;
use crate::backend::{Connection, failed, query};
use crate::rows;
use crate::rows::audit::{bind_checkpoint, read_checkpoint};
use crate::script::Script;
use crate::text::to_column;
use async_trait::async_trait;
use cordon_enforce::audit::{
    Broken, Checkpoint, CheckpointKey, Frontier, Kept, Node, Path, TreeHead, Verifier, check, leaf,
    read_unchecked,
};
use cordon_enforce::ports::{AuditLog, Inclusion, StoreError};
use cordon_model::audit::AuditRecord;
use cordon_model::clock::Timestamp;
use cordon_model::limits;
use std::collections::BTreeMap;

/// Records read at a time while walking all of them.
const WALK_RECORDS: usize = 10_000;

#[async_trait]
impl AuditLog for Record {
    async fn list_audit(&self, after_sequence: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        fetch_after(&mut connection, after_sequence, limit.clamp(1, limits::PAGE_MAX)).await
    }

    async fn verify_audit(&self, key: Option<&Verifier>) -> Result<Result<Frontier, Broken>, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(failed)?;
        verify(&mut snapshot, key).await
    }

    async fn sign_checkpoint(
        &self,
        key: &CheckpointKey,
        now: Timestamp,
    ) -> Result<Option<Checkpoint>, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let tree = fetch_head(&mut transaction).await?;
        let covered = fetch_last(&mut transaction).await?.map_or(0, |newest| newest.size);
        if tree.size() == covered {
            return Ok(None);
        }
        let note = key.sign(TreeHead { size: tree.size(), root: tree.root() });
        let checkpoint = Checkpoint { size: tree.size(), note, signed_at: now };
        let mut script = Script::default();
        script.add_rows(&rows::audit::CHECKPOINTS, std::slice::from_ref(&checkpoint), bind_checkpoint);
        script.run(&mut transaction).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(checkpoint))
    }

    async fn list_checkpoints(&self, after_size: u64, limit: usize) -> Result<Vec<Checkpoint>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        fetch_checkpoints(&mut connection, after_size, limit.clamp(1, limits::PAGE_MAX)).await
    }

    async fn last_checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        fetch_last(&mut self.readers.acquire().await.map_err(failed)?).await
    }

    async fn prove_inclusion(&self, sequence: u64, size: u64) -> Result<Option<Inclusion>, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(failed)?;
        let (Some(index), true) = (sequence.checked_sub(1), size <= fetch_head(&mut snapshot).await?.size())
        else {
            return Ok(None);
        };
        let (Some(path), Some(record)) =
            (Path::of_inclusion(index, size), fetch_at(&mut snapshot, sequence).await?)
        else {
            return Ok(None);
        };
        let nodes = fetch_nodes(&mut snapshot, &path).await?;
        Ok(nodes.map(|path| Inclusion { record, size, path }))
    }

    async fn prove_consistency(&self, first: u64, second: u64) -> Result<Option<Vec<Node>>, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(failed)?;
        match Path::of_consistency(first, second) {
            Some(path) if second <= fetch_head(&mut snapshot).await?.size() => {
                fetch_nodes(&mut snapshot, &path).await
            }
            _ => Ok(None),
        }
    }
}

/// Walks over all records that `connection` sees, which must be those of one instant.
pub(crate) async fn verify(
    connection: &mut Connection<'_>,
    key: Option<&Verifier>,
) -> Result<Result<Frontier, Broken>, StoreError> {
    let mut walk = Walk::begin(connection, key).await?;
    let found = walk.all(connection).await?;
    let kept = fetch_head(connection).await?;
    Ok(found.and_then(|()| walk.end(&kept)))
}

/// A walk over all records, which meets each checkpoint when it has taken in what the checkpoint covers.
struct Walk<'k> {
    tree: Frontier,
    key: Option<&'k Verifier>,
    /// Checkpoints that are still to be met, the smallest last.
    ahead: Vec<Checkpoint>,
}

impl<'k> Walk<'k> {
    async fn begin(connection: &mut Connection<'_>, key: Option<&'k Verifier>) -> Result<Self, StoreError> {
        let mut ahead = Vec::new();
        loop {
            let after = ahead.last().map_or(0, |last: &Checkpoint| last.size);
            let page = fetch_checkpoints(connection, after, WALK_RECORDS).await?;
            if page.is_empty() {
                break;
            }
            ahead.extend(page);
        }
        ahead.reverse();
        Ok(Self { tree: Frontier::default(), key, ahead })
    }

    async fn all(&mut self, connection: &mut Connection<'_>) -> Result<Result<(), Broken>, StoreError> {
        loop {
            let records = fetch_after(connection, self.tree.size(), WALK_RECORDS).await?;
            if records.is_empty() {
                return Ok(Ok(()));
            }
            if let Err(broken) = records.iter().try_for_each(|record| self.step(record)) {
                return Ok(Err(broken));
            }
        }
    }

    fn step(&mut self, record: &AuditRecord) -> Result<(), Broken> {
        check(&mut self.tree, record)?;
        match self.ahead.pop_if(|next| next.size == self.tree.size()) {
            Some(checkpoint) => self.meet(&checkpoint),
            None => Ok(()),
        }
    }

    fn meet(&self, checkpoint: &Checkpoint) -> Result<(), Broken> {
        let size = checkpoint.size;
        let signed = match self.key {
            Some(key) => key.open(&checkpoint.note),
            None => read_unchecked(&checkpoint.note),
        };
        let signed = signed.map_err(|_| Broken::Unsigned { size })?;
        let is_the_same = signed == TreeHead { size, root: self.tree.root() };
        if is_the_same { Ok(()) } else { Err(Broken::Forked { size }) }
    }

    /// What is wrong where the walk ends elsewhere than the frontier that is kept apart, or short of a checkpoint.
    fn end(mut self, kept: &Frontier) -> Result<Frontier, Broken> {
        let (reached, kept_size) = (self.tree.size(), kept.size());
        if reached != kept_size {
            let found = if reached > kept_size { reached } else { 0 };
            return Err(Broken::Missing { expected: reached.min(kept_size) + 1, found });
        }
        if self.tree != *kept {
            return Err(Broken::Altered { sequence: reached });
        }
        match self.ahead.pop() {
            Some(_) => Err(Broken::Missing { expected: reached + 1, found: 0 }),
            None => Ok(self.tree),
        }
    }
}

async fn fetch_after(
    connection: &mut Connection<'_>,
    after_sequence: u64,
    limit: usize,
) -> Result<Vec<AuditRecord>, StoreError> {
    let query = query(rows::audit::AFTER).bind(to_column(after_sequence)).bind(to_column(limit as u64));
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::audit::read).collect()
}

async fn fetch_at(connection: &mut Connection<'_>, sequence: u64) -> Result<Option<AuditRecord>, StoreError> {
    let found = fetch_after(connection, sequence.saturating_sub(1), 1).await?.pop();
    Ok(found.filter(|record| record.sequence == sequence))
}

async fn fetch_nodes(connection: &mut Connection<'_>, path: &Path) -> Result<Option<Vec<Node>>, StoreError> {
    let mut kept = BTreeMap::new();
    for sequence in path.records() {
        let Some(record) = fetch_at(connection, sequence).await? else { return Ok(None) };
        let corrupt = |_| StoreError::Corrupt { what: "audit record", id: sequence.to_string() };
        kept.insert(sequence, Kept { leaf: leaf(&record), top: record.top.parse().map_err(corrupt)? });
    }
    Ok(path.nodes(&kept))
}

async fn fetch_checkpoints(
    connection: &mut Connection<'_>,
    after_size: u64,
    limit: usize,
) -> Result<Vec<Checkpoint>, StoreError> {
    let query =
        query(rows::audit::CHECKPOINTS_AFTER).bind(to_column(after_size)).bind(to_column(limit as u64));
    query.fetch_all(connection).await.map_err(failed)?.iter().map(read_checkpoint).collect()
}

async fn fetch_last(connection: &mut Connection<'_>) -> Result<Option<Checkpoint>, StoreError> {
    let row = query(rows::audit::LAST_CHECKPOINT).fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(read_checkpoint).transpose()
}
