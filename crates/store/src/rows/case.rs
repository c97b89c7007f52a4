//! Cases. Evidence is the last column, so that lists need not read past it.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_column, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::case::{Case, CaseStatus, Claim, Deadline, DeadlineBasis, SourceSet};
use cordon_model::clock::Timestamp;
use cordon_model::entity::Source;
use cordon_model::policy::Severity;

macro_rules! listed_columns {
    () => {
        "case_id, account_id, queue_id, status, version, opened_at, updated_at, closed_at, opened_by, sources,
         report_count, weight, probability, is_calibrated, incarnation_of, propensity, reach, is_protected, policy_id,
         severity, deadline_at, deadline_basis, rank, claim_id, claimed_by, claimed_at, claim_expires_at, claim_count,
         first_claimed_at, decision_id"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "cases",
    columns: &[
        "case_id",
        "account_id",
        "queue_id",
        "status",
        "version",
        "opened_at",
        "updated_at",
        "closed_at",
        "opened_by",
        "sources",
        "report_count",
        "weight",
        "probability",
        "is_calibrated",
        "incarnation_of",
        "propensity",
        "reach",
        "is_protected",
        "policy_id",
        "severity",
        "deadline_at",
        "deadline_basis",
        "rank",
        "claim_id",
        "claimed_by",
        "claimed_at",
        "claim_expires_at",
        "claim_count",
        "first_claimed_at",
        "decision_id",
        "evidence",
    ],
    overwrite_on: Some("case_id"),
};

/// Open cases of accounts, with evidence. The status is compared as an expression, so that the planner goes by
/// account: by status it would read every open case there is.
pub(crate) const OPEN_OF_ACCOUNTS: &str = concat!(
    "SELECT ",
    listed_columns!(),
    ", evidence FROM cases WHERE status || '' = 'open' AND account_id IN "
);
/// Cases by their names, without evidence.
pub(crate) const LISTED_BY_IDS: &str = concat!("SELECT ", listed_columns!(), " FROM cases WHERE case_id IN ");
/// One case, with evidence.
pub(crate) const BY_ID: &str =
    concat!("SELECT ", listed_columns!(), ", evidence FROM cases WHERE case_id = $1");
/// A page over all queues; the first bound after the status is the cursor.
pub(crate) const PAGE: &str = concat!(
    "SELECT ",
    listed_columns!(),
    " FROM cases WHERE status = $1 AND (deadline_at, rank, case_id) > ($2, $3, $4) AND (sources & $5) <> 0
      ORDER BY deadline_at, rank, case_id LIMIT $6"
);
/// A page of one queue.
pub(crate) const PAGE_OF_QUEUE: &str = concat!(
    "SELECT ",
    listed_columns!(),
    " FROM cases WHERE status = $1 AND queue_id = $7 AND (deadline_at, rank, case_id) > ($2, $3, $4)
      AND (sources & $5) <> 0 ORDER BY deadline_at, rank, case_id LIMIT $6"
);
/// A page of the open cases at which a source points; `{bit}` is the source's, spelled out as in its index, and the status an
/// expression, so that the planner goes by that index. The bounds are those of [`PAGE_OF_QUEUE`], and a queue only where
/// the page is one's.
const PAGE_OF_SOURCE: &str = concat!(
    "SELECT ",
    listed_columns!(),
    " FROM cases WHERE closed_at IS NULL AND (sources & {bit}) <> 0 AND status || '' = $1
      AND (deadline_at, rank, case_id) > ($2, $3, $4) AND (sources & $5) <> 0{and}
      ORDER BY deadline_at, rank, case_id LIMIT $6"
);

/// A page of the open cases at which `source` points, of one queue or of all.
pub(crate) fn page_of_source(source: Source, is_of_queue: bool) -> String {
    let and = if is_of_queue { " AND queue_id = $7" } else { "" };
    let page = PAGE_OF_SOURCE.replace("{bit}", &SourceSet::of(source).bits().to_string());
    page.replace("{and}", and)
}

/// The first open case that nobody holds at `$1`, of those that `$and` lets through. Cases that nobody claimed and claims that
/// lapsed have an index each, as neither may be looked for among a million of the other. `closed_at` says the same as the status,
/// and keeps the planner from the indexes of pages, where it would walk past everything that somebody holds.
macro_rules! first_unclaimed {
    ($and:literal) => {
        concat!(
            "WITH lapsed AS MATERIALIZED (
                SELECT deadline_at, rank, case_id FROM cases
                WHERE closed_at IS NULL AND claim_expires_at > 0 AND claim_expires_at <= $1",
            $and,
            "), unclaimed AS (
                SELECT deadline_at, rank, case_id FROM cases
                WHERE closed_at IS NULL AND claim_expires_at = 0",
            $and,
            " ORDER BY deadline_at, rank, case_id LIMIT 1
            ) SELECT ",
            listed_columns!(),
            ", evidence FROM cases WHERE case_id = (
                SELECT case_id FROM (SELECT * FROM unclaimed UNION ALL SELECT * FROM lapsed) AS free
                ORDER BY deadline_at, rank, case_id LIMIT 1
            )"
        )
    };
}

/// The first one of any queue but the leads', which is asked for by its name.
pub(crate) const FIRST_UNCLAIMED: &str = first_unclaimed!(" AND queue_id <> 'escalated'");
/// The first one of queue `$2`.
pub(crate) const FIRST_UNCLAIMED_OF_QUEUE: &str = first_unclaimed!(" AND queue_id = $2");

pub(crate) fn bind(query: Query, case: &Case) -> Query {
    let query = query
        .bind(case.case_id.as_str())
        .bind(case.account_id.as_str())
        .bind(case.queue_id.as_str())
        .bind(case.status.name())
        .bind(i64::from(case.version))
        .bind(case.opened_at.0)
        .bind(case.updated_at.0)
        .bind(case.closed_at.map(|at| at.0))
        .bind(case.opened_by.name())
        .bind(case.sources.bits())
        .bind(i64::from(case.report_count))
        .bind(case.weight)
        .bind(case.probability)
        .bind(case.is_calibrated)
        .bind(to_json(&case.incarnation_of))
        .bind(case.propensity)
        .bind(case.reach.map(to_column))
        .bind(case.is_protected)
        .bind(case.policy_id.as_ref().map(|policy_id| policy_id.as_str()))
        .bind(case.severity.name())
        .bind(case.deadline.map_or(i64::MAX, |deadline| deadline.at.0))
        .bind(case.deadline.map(|deadline| deadline.basis.name()))
        .bind(case.rank);
    let claim = case.claim.as_ref();
    query
        .bind(claim.map(|claim| claim.claim_id.as_str()))
        .bind(claim.map(|claim| claim.operator_id.as_str()))
        .bind(claim.map(|claim| claim.claimed_at.0))
        .bind(claim.map_or(0, |claim| claim.expires_at.0))
        .bind(i64::from(case.claim_count))
        .bind(case.first_claimed_at.map(|at| at.0))
        .bind(case.decision_id.as_ref().map(|decision_id| decision_id.as_str()))
        .bind(to_json(&case.evidence))
}

/// Reads a row that was selected with its evidence.
pub(crate) fn read(row: &DbRow) -> Result<Case, StoreError> {
    let evidence = Columns::of(row, "case_id").json("evidence")?;
    Ok(Case { evidence, ..read_listed(row)? })
}

/// Reads a row of a list; `evidence` stays empty.
pub(crate) fn read_listed(row: &DbRow) -> Result<Case, StoreError> {
    let columns = Columns::of(row, "case_id");
    Ok(Case {
        case_id: columns.text("case_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        queue_id: columns.text("queue_id")?.into(),
        status: columns.named("status", CaseStatus::from_name)?,
        version: columns.count("version")?,
        opened_at: columns.time("opened_at")?,
        updated_at: columns.time("updated_at")?,
        closed_at: columns.time_or_null("closed_at")?,
        opened_by: columns.named("opened_by", Source::from_name)?,
        sources: SourceSet::from_bits(columns.integer("sources")?),
        report_count: columns.count("report_count")?,
        weight: columns.number("weight")?,
        probability: columns.number("probability")?,
        is_calibrated: columns.truth("is_calibrated")?,
        incarnation_of: columns.json("incarnation_of")?,
        propensity: columns.number("propensity")?,
        reach: columns.integer_or_null("reach")?.and_then(|reach| u64::try_from(reach).ok()),
        is_protected: columns.truth("is_protected")?,
        policy_id: columns.text_or_null("policy_id")?.map(Into::into),
        severity: columns.named("severity", Severity::from_name)?,
        deadline: read_deadline(&columns)?,
        rank: columns.integer("rank")?,
        claim: read_claim(&columns)?,
        claim_count: columns.count("claim_count")?,
        first_claimed_at: columns.time_or_null("first_claimed_at")?,
        decision_id: columns.text_or_null("decision_id")?.map(Into::into),
        evidence: Vec::new(),
    })
}

/// The deadline, absent where it has no basis.
pub(crate) fn read_deadline(columns: &Columns<'_>) -> Result<Option<Deadline>, StoreError> {
    let at = Timestamp(columns.integer("deadline_at")?);
    let basis = columns.named_or_null("deadline_basis", DeadlineBasis::from_name)?;
    Ok(basis.map(|basis| Deadline { at, basis }))
}

fn read_claim(columns: &Columns<'_>) -> Result<Option<Claim>, StoreError> {
    let Some(claim_id) = columns.text_or_null("claim_id")? else { return Ok(None) };
    Ok(Some(Claim {
        claim_id: claim_id.into(),
        operator_id: columns.text("claimed_by")?.into(),
        claimed_at: columns.time("claimed_at")?,
        expires_at: columns.time("claim_expires_at")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AssertSqlSafe, Connection as _, Row, SqliteConnection};

    async fn plan(statement: &str) -> String {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::migrate!("./migrations/sqlite").run(&mut connection).await.unwrap();
        let query = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
        let rows = query.fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>("detail") + "\n").collect()
    }

    #[tokio::test]
    async fn cases_are_found_by_account_and_listed_by_place_without_sorting() {
        for keys in [1, 4, 16, 64] {
            let keys = vec!["'a'"; keys].join(", ");
            let plan = plan(&format!("{OPEN_OF_ACCOUNTS} ({keys})")).await;
            assert!(plan.contains("cases_of_account (account_id=?)"), "{plan}");
        }
        for statement in [PAGE, PAGE_OF_QUEUE] {
            let plan = plan(statement).await;
            assert!(plan.contains("SEARCH") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }

    #[tokio::test]
    async fn a_page_of_a_source_goes_by_its_index_alone() {
        for source in Source::ALL {
            for is_of_queue in [false, true] {
                let plan = plan(&page_of_source(source, is_of_queue)).await;
                let index = format!("INDEX cases_from_{} ", source.name().replace('-', "_"));
                assert!(plan.contains(&index) && !plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    }

    #[tokio::test]
    async fn a_case_to_claim_is_found_without_walking_past_those_that_somebody_holds() {
        let unclaimed = [
            (FIRST_UNCLAIMED, "SCAN cases USING INDEX cases_unclaimed"),
            (FIRST_UNCLAIMED_OF_QUEUE, "SEARCH cases USING INDEX cases_unclaimed_in_queue (queue_id=?)"),
        ];
        for (statement, step) in unclaimed {
            let plan = plan(statement).await;
            let lapsed = "INDEX cases_claimed (claim_expires_at>? AND claim_expires_at<?)";
            assert!(plan.contains(step) && plan.contains(lapsed), "{plan}");
            // What is sorted is what lapsed, and the one that nobody claimed.
            assert_eq!(plan.matches("TEMP B-TREE").count(), 1, "{plan}");
        }
    }
}
