//! Decisions whose time is over.

use crate::Record;
use crate::backend::{failed, query};
use crate::rows;
use crate::script::Script;
use crate::subjects::Subjects;
use crate::text::to_column;
use crate::write::{SYSTEM, Writing};
use cordon_enforce::decisions;
use cordon_enforce::intake::Subject;
use cordon_enforce::ports::StoreError;
use cordon_model::clock::Timestamp;
use cordon_model::decision::Decision;
use cordon_model::limits;
use std::collections::BTreeSet;

/// Ends what is due in one transaction: killed before its end, the next look finds the same.
pub(super) async fn end_due(record: &Record, now: Timestamp) -> Result<usize, StoreError> {
    // Most looks find nothing, and need no writer for that.
    let mut reader = record.readers.acquire().await.map_err(failed)?;
    let first = query(rows::decision::IS_DUE).bind(now.0);
    if first.fetch_optional(&mut reader).await.map_err(failed)?.is_none() {
        return Ok(0);
    }
    drop(reader);
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    // Looked for anew: another process may have been faster.
    let due = query(rows::decision::DUE).bind(now.0).bind(to_column(limits::SANCTION_SWEEP_MAX as u64));
    let due = due.fetch_all(&mut *transaction).await.map_err(failed)?;
    let due: Vec<Decision> = due.iter().map(rows::decision::read).collect::<Result<_, _>>()?;
    let account_ids: BTreeSet<_> = due.iter().map(|decision| &decision.account_id).collect();
    let mut subjects = Subjects::load(&mut transaction, &account_ids, &BTreeSet::new()).await?;
    let mut writing = Writing::default();
    for decision in &due {
        let subject = subjects.take(&decision.account_id);
        let (account, changes) = decisions::end(subject.account, decision, now);
        writing.add(changes, SYSTEM);
        subjects.put(Subject { account, ..subject });
    }
    let mut script = Script::default();
    subjects.save(&mut script);
    writing.write(&mut transaction, script, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(due.len())
}
