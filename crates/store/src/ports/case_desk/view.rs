//! Everything about a case or an account.

use crate::backend::{Connection, Pool, failed, query, query_scalar};
use crate::desk;
use crate::insert::fetch_by_keys;
use crate::rows;
use crate::text::to_column;
use cordon_enforce::accounts::AccountRecord;
use cordon_enforce::decisions::History;
use cordon_enforce::ports::{CaseFile, CaseRow, StoreError};
use cordon_model::audit::AuditRecord;
use cordon_model::case::{Case, FiledReport, Incarnation};
use cordon_model::case_note::CaseNote;
use cordon_model::decision::Decision;
use cordon_model::hold::Hold;
use cordon_model::ids::{AccountId, CaseId, DecisionId};
use cordon_model::limits;

/// The file on a case, all of it as of one instant.
pub(super) async fn fetch_case_file(
    readers: &Pool,
    case_id: &CaseId,
) -> Result<Option<CaseFile>, StoreError> {
    let mut snapshot = readers.begin().await.map_err(failed)?;
    let Some(case) = desk::fetch_case(&mut snapshot, case_id).await? else { return Ok(None) };
    let account = fetch_account(&mut snapshot, &case.account_id).await?;
    let History { decisions, actions } = fetch_history(&mut snapshot, &case.account_id).await?;
    Ok(Some(CaseFile {
        account: account.unwrap_or_else(|| AccountRecord::new(case.account_id.clone())),
        reports: fetch_reports(&mut snapshot, case_id).await?,
        incarnations: fetch_incarnations(&mut snapshot, &case.account_id).await?,
        holds: fetch_holds(&mut snapshot, &case.account_id).await?,
        audit: fetch_audit(&mut snapshot, &case).await?,
        notes: fetch_notes(&mut snapshot, case_id).await?,
        appealed: fetch_appealed(&mut snapshot, &case.account_id).await?,
        decisions,
        actions,
        case,
    }))
}

pub(super) async fn fetch_open_case(
    readers: &Pool,
    account_id: &AccountId,
) -> Result<Option<CaseRow>, StoreError> {
    let mut connection = readers.acquire().await.map_err(failed)?;
    let keys = [account_id.as_str()];
    let rows = fetch_by_keys(&mut connection, rows::case::OPEN_OF_ACCOUNTS, &keys, "").await?;
    rows.first().map(rows::case::read_listed).transpose()
}

pub(crate) async fn fetch_account(
    connection: &mut Connection<'_>,
    account_id: &AccountId,
) -> Result<Option<AccountRecord>, StoreError> {
    let rows = fetch_by_keys(connection, rows::account::BY_IDS, &[account_id.as_str()], "").await?;
    rows.first().map(rows::account::read).transpose()
}

pub(crate) async fn fetch_history(
    connection: &mut Connection<'_>,
    account_id: &AccountId,
) -> Result<History, StoreError> {
    let decisions = query(rows::decision::OF_ACCOUNT).bind(account_id.as_str());
    let decisions = decisions.fetch_all(&mut *connection).await.map_err(failed)?;
    let actions = query(rows::action::OF_ACCOUNT).bind(account_id.as_str());
    let actions = actions.fetch_all(connection).await.map_err(failed)?;
    Ok(History {
        decisions: decisions.iter().map(rows::decision::read).collect::<Result<_, _>>()?,
        actions: actions.iter().map(rows::action::read).collect::<Result<_, _>>()?,
    })
}

pub(crate) async fn fetch_decision(
    connection: &mut Connection<'_>,
    decision_id: &DecisionId,
) -> Result<Option<Decision>, StoreError> {
    let query = query(rows::decision::BY_ID).bind(decision_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(rows::decision::read).transpose()
}

/// Notes on the case, oldest first.
pub(super) async fn fetch_notes(
    connection: &mut Connection<'_>,
    case_id: &CaseId,
) -> Result<Vec<CaseNote>, StoreError> {
    let query = query(rows::case_note::OF_CASE).bind(case_id.as_str());
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::case_note::read).collect()
}

/// Decisions on the account against which an appeal waits.
pub(super) async fn fetch_appealed(
    connection: &mut Connection<'_>,
    account_id: &AccountId,
) -> Result<Vec<DecisionId>, StoreError> {
    let decisions = query_scalar(rows::appeal::APPEALED).bind(account_id.as_str());
    let decisions: Vec<String> = decisions.fetch_all(connection).await.map_err(failed)?;
    Ok(decisions.into_iter().map(DecisionId).collect())
}

async fn fetch_reports(
    connection: &mut Connection<'_>,
    case_id: &CaseId,
) -> Result<Vec<FiledReport>, StoreError> {
    let query = query(rows::report::OF_CASE).bind(case_id.as_str()).bind(page());
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::report::read).collect()
}

async fn fetch_holds(
    connection: &mut Connection<'_>,
    account_id: &AccountId,
) -> Result<Vec<Hold>, StoreError> {
    let query = query(rows::hold::OF_ACCOUNT).bind(account_id.as_str()).bind(page());
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::hold::read).collect()
}

async fn fetch_incarnations(
    connection: &mut Connection<'_>,
    account_id: &AccountId,
) -> Result<Vec<Incarnation>, StoreError> {
    let query = query(rows::incarnation::OF_ACCOUNT).bind(account_id.as_str()).bind(page());
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::incarnation::read).collect()
}

async fn fetch_audit(connection: &mut Connection<'_>, case: &Case) -> Result<Vec<AuditRecord>, StoreError> {
    let query = query(rows::audit::OF_SUBJECTS)
        .bind(case.account_id.as_str())
        .bind(case.case_id.as_str())
        .bind(page());
    query.fetch_all(connection).await.map_err(failed)?.iter().map(rows::audit::read).collect()
}

fn page() -> i64 {
    to_column(limits::PAGE_MAX as u64)
}
