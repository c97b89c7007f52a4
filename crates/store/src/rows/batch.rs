//! Batches and their members.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::batch::{Batch, Judgement, LeftOut, Member, MemberStatus};
use cordon_model::decision::DecisionKind;
use cordon_model::entity::Source;
use cordon_model::ids::BatchId;

macro_rules! member_columns {
    () => {
        "account_id, place, source, stratum, evidence, status, reason, is_sampled, judged_by, judged_at, finding,
         is_wrong, decision_id, done_at"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "batches",
    columns: &["batch_id", "status", "proposed_at", "state"],
    overwrite_on: Some("batch_id"),
};
pub(crate) const MEMBERS: Table = Table {
    name: "batch_members",
    columns: &[
        "batch_id",
        "account_id",
        "place",
        "source",
        "stratum",
        "evidence",
        "status",
        "reason",
        "is_sampled",
    ],
    overwrite_on: None,
};
pub(crate) const BY_ID: &str = "SELECT batch_id, state FROM batches WHERE batch_id = $1";
pub(crate) const NEWEST: &str =
    "SELECT batch_id, state FROM batches ORDER BY proposed_at DESC, batch_id LIMIT $1";
pub(crate) const UNDER_WAY: &str = "SELECT batch_id, state FROM batches
    WHERE status IN ('running', 'taking_back') ORDER BY proposed_at, batch_id";
pub(crate) const IN_STATE: &str = concat!(
    "SELECT ",
    member_columns!(),
    " FROM batch_members WHERE batch_id = $1 AND status = $2 AND account_id > $3 ORDER BY account_id LIMIT $4"
);
pub(crate) const UNJUDGED: &str = concat!(
    "SELECT ",
    member_columns!(),
    " FROM batch_members WHERE batch_id = $1 AND is_sampled AND judged_by IS NULL ORDER BY place LIMIT $2"
);
pub(crate) const MEMBER: &str =
    concat!("SELECT ", member_columns!(), " FROM batch_members WHERE batch_id = $1 AND account_id = $2");
/// The list without its evidence: what hash and sample are made of.
pub(crate) const LISTED: &str = "SELECT account_id, place, source, stratum, '[]' AS evidence, status, reason,
    is_sampled, judged_by, judged_at, finding, is_wrong, decision_id, done_at
    FROM batch_members WHERE batch_id = $1 AND status <> 'left_out' ORDER BY account_id";
pub(crate) const OF_DECISION: &str = "SELECT batch_id FROM batch_members WHERE decision_id = $1";
pub(crate) const DELETE_MEMBERS: &str = "DELETE FROM batch_members WHERE batch_id = ?";
pub(crate) const JUDGED: &str =
    "UPDATE batch_members SET judged_by = ?, judged_at = ?, finding = ?, is_wrong = ?
    WHERE batch_id = ? AND account_id = ?";
pub(crate) const SETTLED: &str =
    "UPDATE batch_members SET status = ?, reason = ?, decision_id = ?, done_at = ?
    WHERE batch_id = ? AND account_id = ?";
pub(crate) const SAMPLED: &str =
    "UPDATE batch_members SET is_sampled = TRUE WHERE batch_id = ? AND account_id IN ";
pub(crate) const SCRUB_MEMBERS: &str = "UPDATE batch_members SET evidence = '[]' WHERE account_id = ?";
pub(crate) const DONE_SINCE: &str =
    "SELECT COUNT(*) FROM batch_members WHERE done_at > $1 AND decision_id IS NOT NULL";
pub(crate) const DECIDED_BY_SINCE: &str =
    "SELECT COUNT(*) FROM decisions WHERE decided_by = $1 AND decided_at > $2";

pub(crate) fn bind(query: Query, batch: &Batch) -> Query {
    query
        .bind(batch.batch_id.0.clone())
        .bind(batch.status.name())
        .bind(batch.proposed_at.0)
        .bind(to_json(batch))
}

pub(crate) fn bind_member(query: Query, batch_id: &BatchId, member: &Member) -> Query {
    query
        .bind(batch_id.0.clone())
        .bind(member.account_id.0.clone())
        .bind(i64::from(member.place))
        .bind(member.source.name())
        .bind(member.stratum.clone())
        .bind(to_json(&member.evidence))
        .bind(member.status.name())
        .bind(member.reason.map(LeftOut::name))
        .bind(member.is_sampled)
}

pub(crate) fn read(row: &DbRow) -> Result<Batch, StoreError> {
    Columns::of(row, "batch_id").json("state")
}

pub(crate) fn read_member(row: &DbRow) -> Result<Member, StoreError> {
    let columns = Columns::of(row, "account_id");
    Ok(Member {
        account_id: columns.text("account_id")?.into(),
        place: columns.count("place")?,
        source: columns.named("source", Source::from_name)?,
        stratum: columns.text("stratum")?,
        evidence: columns.json("evidence")?,
        status: columns.named("status", MemberStatus::from_name)?,
        reason: columns.named_or_null("reason", LeftOut::from_name)?,
        is_sampled: columns.truth("is_sampled")?,
        judgement: read_judgement(&columns)?,
        decision_id: columns.text_or_null("decision_id")?.map(Into::into),
        done_at: columns.time_or_null("done_at")?,
    })
}

fn read_judgement(columns: &Columns<'_>) -> Result<Option<Judgement>, StoreError> {
    let Some(judged_by) = columns.text_or_null("judged_by")? else { return Ok(None) };
    Ok(Some(Judgement {
        judged_by: judged_by.into(),
        judged_at: columns.time("judged_at")?,
        finding: columns.named("finding", DecisionKind::from_name)?,
        is_wrong: columns.truth("is_wrong")?,
    }))
}
