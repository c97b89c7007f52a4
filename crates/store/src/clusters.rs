//! Cluster cases end with the last of their members, by whatever road that one ended.

use crate::backend::{Connection, failed, query};
use crate::insert::fetch_by_keys;
use crate::rows;
use crate::subjects::Subjects;
use crate::text::Columns;
use cordon_enforce::change::Change;
use cordon_enforce::clusters::close;
use cordon_enforce::ports::StoreError;
use cordon_model::case::CaseStatus;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{CaseId, ClusterCaseId};
use std::collections::{BTreeMap, BTreeSet};

/// Closes the cluster cases whose last members' cases are among those that end here. To be asked before they are
/// written, in the same transaction.
pub(crate) async fn close_ended(
    connection: &mut Connection<'_>,
    subjects: &Subjects,
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    let ended: BTreeMap<&CaseId, CaseStatus> =
        subjects.ended().iter().map(|case| (&case.case_id, case.status)).collect();
    let mut changes = Vec::new();
    for cluster_case_id in touched(connection, &ended).await? {
        let statuses = statuses(connection, &cluster_case_id, &ended).await?;
        changes.extend(close(&cluster_case_id, statuses, now));
    }
    Ok(changes)
}

/// Open cluster cases that hold any of these cases.
async fn touched(
    connection: &mut Connection<'_>,
    ended: &BTreeMap<&CaseId, CaseStatus>,
) -> Result<BTreeSet<ClusterCaseId>, StoreError> {
    let keys: Vec<&str> = ended.keys().map(|case_id| case_id.as_str()).collect();
    let rows = fetch_by_keys(connection, rows::cluster_case::OPEN_WITH_CASES, &keys, "").await?;
    let id = |row| Columns::of(row, "cluster_case_id").text("cluster_case_id").map(Into::into);
    rows.iter().map(id).collect()
}

/// How the members' cases stand once `ended` is written.
async fn statuses(
    connection: &mut Connection<'_>,
    cluster_case_id: &ClusterCaseId,
    ended: &BTreeMap<&CaseId, CaseStatus>,
) -> Result<Vec<CaseStatus>, StoreError> {
    let query = query(rows::cluster_case::CASE_STATUSES).bind(cluster_case_id.as_str());
    let rows = query.fetch_all(connection).await.map_err(failed)?;
    let status = |row| {
        let columns = Columns::of(row, "case_id");
        let case_id = CaseId(columns.text("case_id")?);
        match ended.get(&case_id) {
            Some(status) => Ok(*status),
            None => columns.named("status", CaseStatus::from_name),
        }
    };
    rows.iter().map(status).collect()
}
