//! Cluster cases as they stand.

use crate::backend::{Connection, Pool, failed, query};
use crate::insert::fetch_by_keys;
use crate::rows;
use crate::text::to_column;
use cordon_enforce::Refusal;
use cordon_enforce::ports::{ClusterCaseFile, ClusterCasePage, ClusterMemberFile, StoreError};
use cordon_model::account::Standing;
use cordon_model::case::Case;
use cordon_model::cluster_case::{ClusterCase, ClusterMember, ClusterStatus};
use cordon_model::ids::{AccountId, CaseId, ClusterCaseId};
use cordon_model::limits;
use std::collections::BTreeMap;

pub(super) async fn list(
    readers: &Pool,
    status: ClusterStatus,
    cursor: Option<&str>,
    limit: usize,
) -> Result<ClusterCasePage, StoreError> {
    let (opened_at, after) = match cursor {
        None => (i64::MIN, String::new()),
        Some(cursor) => place(cursor).ok_or(Refusal::CursorInvalid)?,
    };
    let limit = limit.clamp(1, limits::PAGE_MAX);
    let query = query(rows::cluster_case::PAGE)
        .bind(status.name())
        .bind(opened_at)
        .bind(after)
        .bind(to_column(limit as u64 + 1));
    let rows = query.fetch_all(readers).await.map_err(failed)?;
    let shown = rows.iter().take(limit).map(rows::cluster_case::read_listed);
    let cluster_cases: Vec<ClusterCase> = shown.collect::<Result<_, _>>()?;
    // One row more than asked for was read, to know whether there is a next page.
    let last = cluster_cases.last().filter(|_| rows.len() > limit);
    let next = last.map(|case| format!("{}:{}", case.opened_at.0, case.cluster_case_id));
    Ok(ClusterCasePage { cluster_cases, next })
}

fn place(cursor: &str) -> Option<(i64, String)> {
    let (opened_at, after) = cursor.split_once(':')?;
    Some((opened_at.parse().ok()?, after.to_owned()))
}

/// The file on a cluster case, all of it as of one instant.
pub(super) async fn fetch_file(
    readers: &Pool,
    cluster_case_id: &ClusterCaseId,
) -> Result<Option<ClusterCaseFile>, StoreError> {
    let mut snapshot = readers.begin().await.map_err(failed)?;
    let Some(cluster_case) = fetch(&mut snapshot, cluster_case_id).await? else { return Ok(None) };
    let members = fetch_members(&mut snapshot, cluster_case_id).await?;
    let standings = fetch_standings(&mut snapshot, &members).await?;
    let mut cases = fetch_cases(&mut snapshot, &members).await?;
    let audit = query(rows::audit::OF_SUBJECTS)
        .bind(cluster_case_id.as_str())
        .bind(cluster_case_id.as_str())
        .bind(to_column(limits::PAGE_MAX as u64));
    let audit = audit.fetch_all(&mut *snapshot).await.map_err(failed)?;
    let members = members.into_iter().map(|member| ClusterMemberFile {
        standing: standings.get(&member.account_id).copied().unwrap_or(Standing::Unjudged),
        case: member.case_id.as_ref().and_then(|case_id| cases.remove(case_id)),
        member,
    });
    Ok(Some(ClusterCaseFile {
        cluster_case,
        members: members.collect(),
        audit: audit.iter().map(rows::audit::read).collect::<Result<_, _>>()?,
    }))
}

pub(super) async fn fetch(
    connection: &mut Connection<'_>,
    cluster_case_id: &ClusterCaseId,
) -> Result<Option<ClusterCase>, StoreError> {
    let query = query(rows::cluster_case::BY_ID).bind(cluster_case_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(rows::cluster_case::read).transpose()
}

pub(super) async fn fetch_members(
    connection: &mut Connection<'_>,
    cluster_case_id: &ClusterCaseId,
) -> Result<Vec<ClusterMember>, StoreError> {
    let query = query(rows::cluster_case::MEMBERS_OF).bind(cluster_case_id.as_str());
    let rows = query.fetch_all(connection).await.map_err(failed)?;
    rows.iter().map(rows::cluster_case::read_member).collect()
}

async fn fetch_standings(
    connection: &mut Connection<'_>,
    members: &[ClusterMember],
) -> Result<BTreeMap<AccountId, Standing>, StoreError> {
    let keys: Vec<&str> = members.iter().map(|member| member.account_id.as_str()).collect();
    let rows = fetch_by_keys(connection, rows::account::BY_IDS, &keys, "").await?;
    let accounts = rows.iter().map(rows::account::read);
    accounts.map(|account| account.map(|account| (account.account_id, account.standing))).collect()
}

async fn fetch_cases(
    connection: &mut Connection<'_>,
    members: &[ClusterMember],
) -> Result<BTreeMap<CaseId, Case>, StoreError> {
    let keys: Vec<&str> =
        members.iter().filter_map(|member| member.case_id.as_ref()).map(CaseId::as_str).collect();
    let rows = fetch_by_keys(connection, rows::case::LISTED_BY_IDS, &keys, "").await?;
    let cases = rows.iter().map(rows::case::read_listed);
    cases.map(|case| case.map(|case| (case.case_id.clone(), case))).collect()
}
