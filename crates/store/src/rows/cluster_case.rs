//! Cluster cases and their members. Evidence is the last column, so that lists need not read past it.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::cluster_case::{
    ClusterCase, ClusterCloseReason, ClusterKind, ClusterMember, ClusterShare, ClusterStatus,
};
use cordon_model::ids::ClusterCaseId;

macro_rules! listed_columns {
    () => {
        "cluster_case_id, cluster_id, kind, window_seconds, weight, density, days, first_at, last_at, opened_at,
         opened_by, status, closed_at, close_reason, claim_count, member_count"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "cluster_cases",
    columns: &[
        "cluster_case_id",
        "cluster_id",
        "kind",
        "window_seconds",
        "weight",
        "density",
        "days",
        "first_at",
        "last_at",
        "opened_at",
        "opened_by",
        "status",
        "closed_at",
        "close_reason",
        "claim_count",
        "member_count",
        "evidence",
    ],
    overwrite_on: None,
};
pub(crate) const MEMBERS: Table = Table {
    name: "cluster_case_members",
    columns: &["cluster_case_id", "account_id", "place", "case_id", "belonging", "partners", "objects"],
    overwrite_on: None,
};

/// One cluster case, with evidence.
pub(crate) const BY_ID: &str =
    concat!("SELECT ", listed_columns!(), ", evidence FROM cluster_cases WHERE cluster_case_id = $1");
/// The open review of a cluster, with evidence.
pub(crate) const OPEN_OF_CLUSTER: &str = concat!(
    "SELECT ",
    listed_columns!(),
    ", evidence FROM cluster_cases WHERE cluster_id = $1 AND status = 'open'"
);
/// How often a cluster was reviewed, the open review included.
pub(crate) const REVIEWS: &str = "SELECT COUNT(*) FROM cluster_cases WHERE cluster_id = $1";
/// A page, oldest first; the bounds after the status are the cursor.
pub(crate) const PAGE: &str = concat!(
    "SELECT ",
    listed_columns!(),
    " FROM cluster_cases WHERE status = $1 AND (opened_at, cluster_case_id) > ($2, $3)
      ORDER BY opened_at, cluster_case_id LIMIT $4"
);
pub(crate) const MEMBERS_OF: &str =
    "SELECT account_id, case_id, belonging, partners, objects FROM cluster_case_members
     WHERE cluster_case_id = $1 ORDER BY place";
/// Open cluster cases that hold any of these cases.
pub(crate) const OPEN_WITH_CASES: &str = "SELECT DISTINCT m.cluster_case_id FROM cluster_case_members AS m
    JOIN cluster_cases AS c ON c.cluster_case_id = m.cluster_case_id
    WHERE c.status = 'open' AND m.case_id IN ";
/// How the members' cases of one cluster case stand.
pub(crate) const CASE_STATUSES: &str = "SELECT c.case_id, c.status FROM cluster_case_members AS m
    JOIN cases AS c ON c.case_id = m.case_id WHERE m.cluster_case_id = $1";
pub(crate) const CLOSE: &str = "UPDATE cluster_cases SET status = 'closed', closed_at = ?, close_reason = ?
    WHERE cluster_case_id = ?";
pub(crate) const CLAIM: &str = "UPDATE cluster_cases SET claim_count = ? WHERE cluster_case_id = ?";
/// What members share is each member's: it goes with the first whose data goes. The others' cases keep their copies.
pub(crate) const SCRUB: &str = "UPDATE cluster_cases SET evidence = '[]' WHERE cluster_case_id IN
    (SELECT cluster_case_id FROM cluster_case_members WHERE account_id = ?)";

pub(crate) fn bind(query: Query, case: &ClusterCase) -> Query {
    query
        .bind(case.cluster_case_id.as_str())
        .bind(case.cluster_id.as_str())
        .bind(case.kind.name())
        .bind(case.window_seconds.map(i64::from))
        .bind(case.weight)
        .bind(case.density)
        .bind(i64::from(case.days))
        .bind(case.first.map(|at| at.0))
        .bind(case.last.map(|at| at.0))
        .bind(case.opened_at.0)
        .bind(case.opened_by.as_str())
        .bind(case.status.name())
        .bind(case.closed_at.map(|at| at.0))
        .bind(case.close_reason.map(ClusterCloseReason::name))
        .bind(i64::from(case.claim_count))
        .bind(i64::from(case.member_count))
        .bind(to_json(&case.evidence))
}

/// A member with its cluster case and its place there.
pub(crate) struct Placed {
    pub(crate) cluster_case_id: ClusterCaseId,
    pub(crate) place: i64,
    pub(crate) member: ClusterMember,
}

pub(crate) fn bind_member(query: Query, placed: &Placed) -> Query {
    let member = &placed.member;
    query
        .bind(placed.cluster_case_id.as_str())
        .bind(member.account_id.as_str())
        .bind(placed.place)
        .bind(member.case_id.as_ref().map(|case_id| case_id.as_str()))
        .bind(member.share.belonging)
        .bind(i64::from(member.share.partners))
        .bind(i64::from(member.share.objects))
}

/// Reads a row that was selected with its evidence.
pub(crate) fn read(row: &DbRow) -> Result<ClusterCase, StoreError> {
    let evidence = Columns::of(row, "cluster_case_id").json("evidence")?;
    Ok(ClusterCase { evidence, ..read_listed(row)? })
}

/// Reads a row of a list; `evidence` stays empty.
pub(crate) fn read_listed(row: &DbRow) -> Result<ClusterCase, StoreError> {
    let columns = Columns::of(row, "cluster_case_id");
    let window = columns.integer_or_null("window_seconds")?;
    let window = window.map(|seconds| u32::try_from(seconds).map_err(|_| columns.corrupt("window_seconds")));
    Ok(ClusterCase {
        cluster_case_id: columns.text("cluster_case_id")?.into(),
        cluster_id: columns.text("cluster_id")?,
        kind: columns.named("kind", ClusterKind::from_name)?,
        window_seconds: window.transpose()?,
        weight: columns.number("weight")?,
        density: columns.number("density")?,
        days: columns.count("days")?,
        first: columns.time_or_null("first_at")?,
        last: columns.time_or_null("last_at")?,
        opened_at: columns.time("opened_at")?,
        opened_by: columns.text("opened_by")?.into(),
        status: columns.named("status", ClusterStatus::from_name)?,
        closed_at: columns.time_or_null("closed_at")?,
        close_reason: columns.named_or_null("close_reason", ClusterCloseReason::from_name)?,
        claim_count: columns.count("claim_count")?,
        member_count: columns.count("member_count")?,
        evidence: Vec::new(),
    })
}

pub(crate) fn read_member(row: &DbRow) -> Result<ClusterMember, StoreError> {
    let columns = Columns::of(row, "account_id");
    Ok(ClusterMember {
        account_id: columns.text("account_id")?.into(),
        case_id: columns.text_or_null("case_id")?.map(Into::into),
        share: ClusterShare {
            belonging: columns.number("belonging")?,
            partners: columns.count("partners")?,
            objects: columns.count("objects")?,
        },
    })
}
