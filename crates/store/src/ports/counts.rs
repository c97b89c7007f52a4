//! Rows for figures.

use crate::Record;
use crate::backend::{DbRow, failed, query, query_scalar};
use crate::rows::account::standing_from_name;
use crate::rows::case::read_deadline;
use crate::rows::decision::read_policy;
use crate::text::{Columns, to_column};
use async_trait::async_trait;
use cordon_enforce::ports::{
    ActionFacts, CandidateFacts, CaseFacts, Counts, DecisionFacts, ReportFacts, StoreError, Totals,
};
use cordon_model::action::ActionKind;
use cordon_model::case::{CaseStatus, ReportStatus, SourceSet};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Automation, DecisionKind};
use cordon_model::entity::Source;
use cordon_model::limits;

const REPORTS: &str = "SELECT report_id, account_id, source, status, case_id, received_at FROM reports
    WHERE report_id > $1 ORDER BY report_id LIMIT $2";
const CANDIDATES: &str =
    "SELECT candidate_id, account_id, source, fate, case_id, weight, probability, propensity,
    proposed_at FROM candidates WHERE candidate_id > $1 ORDER BY candidate_id LIMIT $2";
const CASES: &str =
    "SELECT case_id, account_id, queue_id, status, opened_by, sources, report_count, propensity,
    probability, opened_at, first_claimed_at, closed_at, deadline_at, deadline_basis FROM cases
    WHERE case_id > $1 ORDER BY case_id LIMIT $2";
const DECISIONS: &str =
    "SELECT d.decision_id, d.case_id, d.account_id, d.kind, d.policy_id, d.policy_version,
    d.decided_by, d.automation, c.opened_by, d.sources, d.case_opened_at, d.decided_at, d.overturned_at,
    d.weight, c.probability, c.is_calibrated, c.propensity
    FROM decisions AS d JOIN cases AS c ON c.case_id = d.case_id
    WHERE d.decision_id > $1 ORDER BY d.decision_id LIMIT $2";
const ACTIONS: &str =
    "SELECT a.action_id, a.decision_id, a.account_id, a.kind, a.reverses, a.is_sent, a.taken_at,
    o.settled_at FROM actions AS a LEFT JOIN outbox AS o ON o.outbox_key = a.action_id AND o.status = 'done'
    WHERE a.action_id > $1 ORDER BY a.action_id LIMIT $2";
const OUTBOX: &str = "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE status = 'pending'";
const DEAD: &str = "SELECT COUNT(*) FROM outbox WHERE status = 'dead'";
const AUDIT: &str = "SELECT sequence FROM audit_head WHERE audit_head_id = 1";
const STANDINGS: &str =
    "SELECT standing, COUNT(*) AS accounts FROM accounts GROUP BY standing ORDER BY standing";
/// Rows per read.
const ROWS: u64 = limits::PAGE_MAX as u64 * 20;

#[async_trait]
impl Counts for Record {
    async fn reports_after(&self, cursor: &str) -> Result<Vec<ReportFacts>, StoreError> {
        self.rows_after(REPORTS, cursor).await?.iter().map(read_report).collect()
    }

    async fn candidates_after(&self, cursor: &str) -> Result<Vec<CandidateFacts>, StoreError> {
        self.rows_after(CANDIDATES, cursor).await?.iter().map(read_candidate).collect()
    }

    async fn cases_after(&self, cursor: &str) -> Result<Vec<CaseFacts>, StoreError> {
        self.rows_after(CASES, cursor).await?.iter().map(read_case).collect()
    }

    async fn decisions_after(&self, cursor: &str) -> Result<Vec<DecisionFacts>, StoreError> {
        self.rows_after(DECISIONS, cursor).await?.iter().map(read_decision).collect()
    }

    async fn actions_after(&self, cursor: &str) -> Result<Vec<ActionFacts>, StoreError> {
        self.rows_after(ACTIONS, cursor).await?.iter().map(read_action).collect()
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(failed)?;
        let outbox = query(OUTBOX).fetch_one(&mut *snapshot).await.map_err(failed)?;
        let oldest: Option<i64> = outbox.try_get(1_usize).map_err(failed)?;
        let dead: i64 = query_scalar(DEAD).fetch_one(&mut *snapshot).await.map_err(failed)?;
        let audit: i64 = query_scalar(AUDIT).fetch_one(&mut *snapshot).await.map_err(failed)?;
        let standings = query(STANDINGS).fetch_all(&mut *snapshot).await.map_err(failed)?;
        let read_standing = |row: &DbRow| {
            let columns = Columns::of(row, "standing");
            Ok((columns.named("standing", standing_from_name)?, columns.unsigned("accounts")?))
        };
        Ok(Totals {
            outbox_pending: outbox.try_get::<i64>(0_usize).map_err(failed)?.unsigned_abs(),
            outbox_dead: dead.unsigned_abs(),
            outbox_oldest: oldest.map(Timestamp),
            audit_records: audit.unsigned_abs(),
            standings: standings.iter().map(read_standing).collect::<Result<_, StoreError>>()?,
        })
    }
}

impl Record {
    async fn rows_after(&self, statement: &'static str, cursor: &str) -> Result<Vec<DbRow>, StoreError> {
        let query = query(statement).bind(cursor).bind(to_column(ROWS));
        query.fetch_all(&self.readers).await.map_err(failed)
    }
}

fn read_report(row: &DbRow) -> Result<ReportFacts, StoreError> {
    let columns = Columns::of(row, "report_id");
    Ok(ReportFacts {
        report_id: columns.text("report_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        source: columns.named("source", Source::from_name)?,
        status: columns.named("status", ReportStatus::from_name)?,
        case_id: columns.text_or_null("case_id")?.map(Into::into),
        received_at: columns.time("received_at")?,
    })
}

fn read_candidate(row: &DbRow) -> Result<CandidateFacts, StoreError> {
    let columns = Columns::of(row, "candidate_id");
    Ok(CandidateFacts {
        candidate_id: columns.text("candidate_id")?,
        account_id: columns.text("account_id")?.into(),
        source: columns.named("source", Source::from_name)?,
        fate: columns.text("fate")?,
        case_id: columns.text_or_null("case_id")?.map(Into::into),
        weight: columns.number("weight")?,
        probability: columns.number("probability")?,
        propensity: columns.number("propensity")?,
        proposed_at: columns.time("proposed_at")?,
    })
}

fn read_case(row: &DbRow) -> Result<CaseFacts, StoreError> {
    let columns = Columns::of(row, "case_id");
    Ok(CaseFacts {
        case_id: columns.text("case_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        queue_id: columns.text("queue_id")?.into(),
        status: columns.named("status", CaseStatus::from_name)?,
        opened_by: columns.named("opened_by", Source::from_name)?,
        sources: SourceSet::from_bits(columns.integer("sources")?),
        report_count: columns.count("report_count")?,
        propensity: columns.number("propensity")?,
        probability: columns.number("probability")?,
        opened_at: columns.time("opened_at")?,
        first_claimed_at: columns.time_or_null("first_claimed_at")?,
        closed_at: columns.time_or_null("closed_at")?,
        deadline: read_deadline(&columns)?,
    })
}

fn read_decision(row: &DbRow) -> Result<DecisionFacts, StoreError> {
    let columns = Columns::of(row, "decision_id");
    Ok(DecisionFacts {
        decision_id: columns.text("decision_id")?.into(),
        case_id: columns.text("case_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        kind: columns.named("kind", DecisionKind::from_name)?,
        policy: read_policy(&columns)?,
        decided_by: columns.text("decided_by")?.into(),
        automation: columns.named("automation", Automation::from_name)?,
        opened_by: columns.named("opened_by", Source::from_name)?,
        sources: SourceSet::from_bits(columns.integer("sources")?),
        case_opened_at: columns.time("case_opened_at")?,
        weight: columns.number("weight")?,
        probability: columns.number("probability")?,
        is_calibrated: columns.truth("is_calibrated")?,
        propensity: columns.number("propensity")?,
        decided_at: columns.time("decided_at")?,
        overturned_at: columns.time_or_null("overturned_at")?,
    })
}

fn read_action(row: &DbRow) -> Result<ActionFacts, StoreError> {
    let columns = Columns::of(row, "action_id");
    Ok(ActionFacts {
        action_id: columns.text("action_id")?.into(),
        decision_id: columns.text("decision_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        kind: columns.named("kind", ActionKind::from_name)?,
        reverses: columns.text_or_null("reverses")?.map(Into::into),
        is_sent: columns.truth("is_sent")?,
        taken_at: columns.time("taken_at")?,
        delivered_at: columns.time_or_null("settled_at")?,
    })
}
