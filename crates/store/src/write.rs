//! Changes become rows: sorted by table, written in few statements, each with its audit note.

use crate::audit;
use crate::backend::{Connection, failed};
use crate::insert::insert_all;
use crate::rows::candidate::Weighed;
use crate::rows::outbox::Placed;
use crate::rows::{self};
use crate::text::to_column;
use cordon_enforce::audit::note;
use cordon_enforce::change::Change;
use cordon_enforce::outbox::NewOutboxRow;
use cordon_enforce::ports::StoreError;
use cordon_model::action::Action;
use cordon_model::audit::AuditNote;
use cordon_model::case::{FiledReport, Incarnation, ReportStatus};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, Overturn};
use cordon_model::ids::{AccountId, CaseId, DecisionId, ReportId};

/// Scrubs everything where no effect names a bound: sorts after every effect's text.
const NO_BOUND: &str = "~";
const SCRUB_CASES: &str =
    "UPDATE cases SET evidence = '[]', incarnation_of = '[]' WHERE account_id = $1 AND status <> 'open'";

struct Settled {
    report_id: ReportId,
    status: ReportStatus,
    case_id: Option<CaseId>,
}

/// The rows of one transaction, by table.
#[derive(Default)]
pub(crate) struct Writing {
    reports: Vec<FiledReport>,
    settled: Vec<Settled>,
    candidates: Vec<Weighed>,
    incarnations: Vec<Incarnation>,
    decisions: Vec<Decision>,
    overturns: Vec<(DecisionId, Overturn)>,
    actions: Vec<Action>,
    outbox: Vec<NewOutboxRow>,
    scrubs: Vec<(AccountId, Option<String>)>,
    notes: Vec<AuditNote>,
}

impl Writing {
    /// Takes in what a machine asked for on behalf of `actor`.
    pub(crate) fn add(&mut self, changes: Vec<Change>, actor: &str) {
        for change in changes {
            self.notes.extend(note(&change, actor));
            self.sort(change);
        }
    }

    /// Takes in an audit note on something that no machine does.
    pub(crate) fn note(&mut self, note: AuditNote) {
        self.notes.push(note);
    }

    fn sort(&mut self, change: Change) {
        match change {
            Change::ReportFiled { report_id, report, status, case_id } => {
                self.reports.push(FiledReport { report_id, report, status, case_id });
            }
            Change::ReportSettled { report_id, status, case_id, .. } => {
                self.settled.push(Settled { report_id, status, case_id });
            }
            Change::CandidateWeighed { effect_id, candidate, fate, case_id } => {
                self.candidates.push(Weighed { candidate_id: effect_id, candidate, fate, case_id });
            }
            Change::IncarnationProposed(incarnation) => self.add_incarnation(incarnation),
            Change::DecisionMade(decision) => self.decisions.push(decision),
            Change::DecisionOverturned { decision_id, overturn, .. } => {
                self.overturns.push((decision_id, overturn));
            }
            Change::ActionTaken(action) => self.actions.push(action),
            Change::Queued(row) => self.outbox.push(row),
            Change::AccountErased { account_id, before } => self.scrubs.push((account_id, before)),
            // The rest is in the subject, which is saved whole.
            Change::CaseOpened { .. }
            | Change::CaseMerged { .. }
            | Change::CaseClosed { .. }
            | Change::CaseClaimed { .. }
            | Change::ClaimRenewed { .. }
            | Change::CaseReleased { .. }
            | Change::StandingChanged { .. }
            | Change::ProtectionChanged { .. }
            | Change::LegalHoldPlaced { .. }
            | Change::LegalHoldLifted { .. }
            | Change::ErasureWithheld { .. } => {}
        }
    }

    /// Keeps the newest of a pair: one statement may not write the same row twice.
    fn add_incarnation(&mut self, newer: Incarnation) {
        self.incarnations.retain(|older| {
            older.account_id != newer.account_id || older.predecessor_id != newer.predecessor_id
        });
        self.incarnations.push(newer);
    }

    /// Writes everything. Subjects must be saved before: decisions and reports point at cases.
    pub(crate) async fn write(self, connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
        insert_all(connection, &rows::report::TABLE, &self.reports, rows::report::bind).await?;
        for settled in &self.settled {
            settle(connection, settled).await?;
        }
        insert_all(connection, &rows::candidate::TABLE, &self.candidates, rows::candidate::bind).await?;
        insert_all(connection, &rows::incarnation::TABLE, &self.incarnations, rows::incarnation::bind)
            .await?;
        insert_all(connection, &rows::decision::TABLE, &self.decisions, rows::decision::bind).await?;
        for (decision_id, overturn) in &self.overturns {
            write_overturn(connection, decision_id, overturn).await?;
        }
        insert_all(connection, &rows::action::TABLE, &self.actions, rows::action::bind).await?;
        for (account_id, before) in &self.scrubs {
            scrub(connection, account_id, before.as_deref()).await?;
        }
        enqueue(connection, self.outbox, now).await?;
        audit::append(connection, self.notes, now).await
    }
}

async fn settle(connection: &mut Connection, settled: &Settled) -> Result<(), StoreError> {
    let query = sqlx::query(rows::report::SETTLE)
        .bind(settled.report_id.as_str())
        .bind(settled.status.name())
        .bind(settled.case_id.as_ref().map(|case_id| case_id.as_str()));
    query.execute(connection).await.map_err(failed).map(drop)
}

async fn write_overturn(
    connection: &mut Connection,
    decision_id: &DecisionId,
    overturn: &Overturn,
) -> Result<(), StoreError> {
    let query = sqlx::query(rows::decision::OVERTURN)
        .bind(decision_id.as_str())
        .bind(overturn.overturned_by.as_str())
        .bind(overturn.overturned_at.0)
        .bind(overturn.reason.as_str());
    query.execute(connection).await.map_err(failed).map(drop)
}

/// Takes texts and evidence of an account out; ids, times and hashes stay, so that figures and audit hold.
async fn scrub(
    connection: &mut Connection,
    account_id: &AccountId,
    before: Option<&str>,
) -> Result<(), StoreError> {
    for statement in [rows::report::SCRUB, rows::report::SCRUB_REPORTER] {
        let query = sqlx::query(statement).bind(account_id.as_str()).bind(before.unwrap_or(NO_BOUND));
        query.execute(&mut *connection).await.map_err(failed)?;
    }
    for statement in [SCRUB_CASES, rows::decision::SCRUB, rows::incarnation::SCRUB] {
        let query = sqlx::query(statement).bind(account_id.as_str());
        query.execute(&mut *connection).await.map_err(failed)?;
    }
    Ok(())
}

async fn enqueue(
    connection: &mut Connection,
    rows: Vec<NewOutboxRow>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let last: i64 =
        sqlx::query_scalar(rows::outbox::LAST_SEQUENCE).fetch_one(&mut *connection).await.map_err(failed)?;
    let first = u64::try_from(last).unwrap_or(0) + 1;
    let placed: Vec<Placed> =
        (first..).zip(rows).map(|(sequence, row)| Placed { sequence, row, now }).collect();
    debug_assert!(placed.last().is_none_or(|placed| to_column(placed.sequence) > last));
    insert_all(connection, &rows::outbox::TABLE, &placed, rows::outbox::bind).await
}
