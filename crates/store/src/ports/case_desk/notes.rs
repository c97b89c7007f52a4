//! Notes on a case, and what moves it with one.

use super::view::fetch_notes;
use crate::Record;
use crate::backend::{Connection, Pool, failed, query, query_scalar};
use crate::desk::{change_case, fetch_case};
use crate::ports::operators::fetch_operator;
use crate::rows;
use crate::text::to_column;
use cordon_enforce::Refusal;
use cordon_enforce::cases::{self, NewNote, mentioned};
use cordon_enforce::change::Change;
use cordon_enforce::ports::StoreError;
use cordon_model::case::Case;
use cordon_model::case_note::{CaseNote, NoteKind};
use cordon_model::clock::Timestamp;
use cordon_model::ids::{CaseId, ClaimId, OperatorId};
use cordon_model::limits;

pub(super) async fn add(
    record: &Record,
    case_id: &CaseId,
    text: &str,
    by: &OperatorId,
    now: Timestamp,
) -> Result<CaseNote, StoreError> {
    let note = Wording { kind: NoteKind::Note, text, to: None };
    let (_, note) = with_note(record, case_id, &note, by, now, |case| Ok((case, Vec::new()))).await?;
    Ok(note)
}

pub(super) async fn pass_on(
    record: &Record,
    (case_id, claim_id): (&CaseId, &ClaimId),
    by: &OperatorId,
    (to, reason): (&OperatorId, &str),
    now: Timestamp,
) -> Result<Case, StoreError> {
    let mut connection = record.readers.acquire().await.map_err(failed)?;
    let unknown = || Refusal::OperatorUnfit { operator_id: to.clone() };
    let operator = fetch_operator(&mut connection, to).await?.ok_or_else(unknown)?;
    drop(connection);
    let note = Wording { kind: NoteKind::HandOver, text: reason, to: Some(to) };
    let pass = |case| cases::pass_on(case, claim_id, by, &operator, now);
    Ok(with_note(record, case_id, &note, by, now, pass).await?.0)
}

pub(super) async fn escalate(
    record: &Record,
    (case_id, claim_id): (&CaseId, &ClaimId),
    by: &OperatorId,
    reason: &str,
    now: Timestamp,
) -> Result<Case, StoreError> {
    let note = Wording { kind: NoteKind::Escalation, text: reason, to: None };
    let escalate = |case| cases::escalate(case, claim_id, by, now);
    Ok(with_note(record, case_id, &note, by, now, escalate).await?.0)
}

pub(super) async fn list_mentions(
    readers: &Pool,
    operator_id: &OperatorId,
) -> Result<Vec<CaseNote>, StoreError> {
    let query = query(rows::case_note::MENTIONING)
        .bind(operator_id.as_str())
        .bind(to_column(limits::PAGE_MAX as u64));
    query.fetch_all(readers).await.map_err(failed)?.iter().map(rows::case_note::read).collect()
}

/// What a note is to say, and who is meant besides those whom it names.
struct Wording<'a> {
    kind: NoteKind,
    text: &'a str,
    to: Option<&'a OperatorId>,
}

/// Runs a command on a case and puts a note beside it, in one transaction.
async fn with_note(
    record: &Record,
    case_id: &CaseId,
    wording: &Wording<'_>,
    by: &OperatorId,
    now: Timestamp,
    command: impl FnOnce(Case) -> Result<(Case, Vec<Change>), Refusal> + Send,
) -> Result<(Case, CaseNote), StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let unknown = || Refusal::CaseUnknown { case_id: case_id.clone() };
    let case = fetch_case(&mut transaction, case_id).await?.ok_or_else(unknown)?;
    let count = query_scalar(rows::case_note::COUNT).bind(case_id.as_str());
    let count: i64 = count.fetch_one(&mut *transaction).await.map_err(failed)?;
    let mentions = known(&mut transaction, wording).await?;
    let new = NewNote { kind: wording.kind, author: by, text: wording.text, mentions: &mentions };
    let noted = cases::note(&case, u32::try_from(count).unwrap_or(u32::MAX), &new, now)?;
    let case = change_case(&mut transaction, case, by, now, |case| {
        let (case, mut changes) = command(case)?;
        changes.push(noted);
        Ok((case, changes))
    })
    .await?;
    let notes = fetch_notes(&mut transaction, case_id).await?;
    transaction.commit().await.map_err(failed)?;
    Ok((case, notes.into_iter().next_back().ok_or_else(unknown)?))
}

/// Of those whom a note names the ones that are operators.
async fn known(
    connection: &mut Connection<'_>,
    wording: &Wording<'_>,
) -> Result<Vec<OperatorId>, StoreError> {
    let mut found: Vec<OperatorId> = wording.to.into_iter().cloned().collect();
    for name in mentioned(wording.text) {
        if !found.contains(&name) && fetch_operator(connection, &name).await?.is_some() {
            found.push(name);
        }
    }
    Ok(found)
}
