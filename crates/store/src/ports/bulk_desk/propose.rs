//! Writing a batch down.

use super::find;
use crate::Record;
use crate::backend::{Connection, failed};
use crate::ports::policies::fetch_policy;
use crate::rows;
use crate::script::Script;
use crate::subjects::Subjects;
use crate::write::Writing;
use cordon_enforce::Refusal;
use cordon_enforce::bulk::{self, BatchRefusal, Proposal};
use cordon_enforce::intake::Subject;
use cordon_enforce::ports::StoreError;
use cordon_model::batch::{Batch, NewBatch};
use cordon_model::clock::Timestamp;
use cordon_model::ids::AccountId;
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn propose(record: &Record, new: NewBatch, now: Timestamp) -> Result<Batch, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    if find(&mut transaction, &new.batch_id).await?.is_some() {
        return Err(Refusal::from(BatchRefusal::Taken { batch_id: new.batch_id }).into());
    }
    let policy = fetch_policy(&mut transaction, &new.policy).await?;
    let known = known(&mut transaction, &new).await?;
    let proposal = bulk::propose(new, policy.as_ref(), &known, now)?;
    let batch = write(&mut transaction, Script::default(), proposal, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(batch)
}

pub(super) async fn revise(record: &Record, new: NewBatch, now: Timestamp) -> Result<Batch, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let before = super::fetch(&mut transaction, &new.batch_id).await?;
    let policy = fetch_policy(&mut transaction, &new.policy).await?;
    let known = known(&mut transaction, &new).await?;
    let proposal = bulk::revise(&before, new, policy.as_ref(), &known, now)?;
    let mut script = Script::default();
    script.add(rows::batch::DELETE_MEMBERS, |values| values.bind(before.batch_id.0.clone()));
    let batch = write(&mut transaction, script, proposal, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(batch)
}

/// The named accounts that the record knows, with their open cases.
async fn known(
    connection: &mut Connection<'_>,
    new: &NewBatch,
) -> Result<BTreeMap<AccountId, Subject>, StoreError> {
    let ids: BTreeSet<&AccountId> = new.accounts.iter().map(|account| &account.account_id).collect();
    let mut subjects = Subjects::load(connection, &ids, &BTreeSet::new()).await?;
    let known = ids.into_iter().filter_map(|account_id| {
        let is_known = subjects.knows(account_id);
        is_known.then(|| (account_id.clone(), subjects.take(account_id)))
    });
    Ok(known.collect())
}

async fn write(
    connection: &mut Connection<'_>,
    mut script: Script,
    proposal: Proposal,
    now: Timestamp,
) -> Result<Batch, StoreError> {
    let Proposal { batch, members, note } = proposal;
    script.add_rows(&rows::batch::TABLE, std::slice::from_ref(&batch), rows::batch::bind);
    script.add_rows(&rows::batch::MEMBERS, &members, |values, member| {
        rows::batch::bind_member(values, &batch.batch_id, member)
    });
    let mut writing = Writing::default();
    writing.note(note);
    writing.write(connection, script, now).await?;
    Ok(batch)
}
