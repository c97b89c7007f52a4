//! Changes become rows: sorted by table, written in one go, each with its audit note.

use crate::audit;
use crate::backend::{Connection, failed, query};
use crate::notices::state_reasons;
use crate::ports::quality_desk::draw_looks;
use crate::rows::candidate::Weighed;
use crate::rows::cluster_case::Placed as ClusterPlaced;
use crate::rows::outbox::Placed;
use crate::rows::{self};
use crate::script::Script;
use crate::text::Columns;
use cordon_enforce::audit::{Frontier, note};
use cordon_enforce::change::Change;
use cordon_enforce::outbox::NewOutboxRow;
use cordon_enforce::ports::StoreError;
use cordon_model::action::Action;
use cordon_model::appeal::Appeal;
use cordon_model::audit::AuditNote;
use cordon_model::case::{FiledReport, Incarnation, ReportStatus};
use cordon_model::case_note::CaseNote;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterCase, ClusterCloseReason, ClusterMember};
use cordon_model::decision::{Decision, Overturn};
use cordon_model::hold::Hold;
use cordon_model::ids::{AccountId, CaseId, ClusterCaseId, DecisionId, OperatorId, ReportId};
use cordon_model::statement::Statement;

/// How what follows by itself stands in the audit.
pub(crate) const SYSTEM: &str = "system";
/// Scrubs everything where no effect names a bound: sorts after every effect's text.
const NO_BOUND: &str = "~";
const SCRUB_CASES: &str =
    "UPDATE cases SET evidence = '[]', incarnation_of = '[]' WHERE account_id = ? AND status <> 'open'";
const ENDS: &str = "SELECT sequence, peaks, (SELECT COALESCE(MAX(sequence), 0) FROM outbox) AS last_in_outbox
    FROM audit_head WHERE audit_head_id = 1";

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
    cluster_cases: Vec<ClusterCase>,
    cluster_members: Vec<ClusterPlaced>,
    cluster_claims: Vec<(ClusterCaseId, u32)>,
    cluster_ends: Vec<(ClusterCaseId, Timestamp, ClusterCloseReason)>,
    decisions: Vec<Decision>,
    overturns: Vec<(DecisionId, Overturn)>,
    ends: Vec<(DecisionId, Timestamp)>,
    actions: Vec<Action>,
    holds: Vec<Hold>,
    statements: Vec<Statement>,
    appeals: Vec<Appeal>,
    case_notes: Vec<CaseNote>,
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

    /// The decisions taken in so far.
    pub(crate) fn decisions(&self) -> &[Decision] {
        &self.decisions
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
            Change::ClusterCaseOpened { cluster_case, members } => self.add_cluster(cluster_case, members),
            Change::ClusterCaseClaimed { cluster_case_id, claim_count, .. } => {
                self.cluster_claims.push((cluster_case_id, claim_count));
            }
            Change::ClusterCaseClosed { cluster_case_id, closed_at, reason } => {
                self.cluster_ends.push((cluster_case_id, closed_at, reason));
            }
            Change::DecisionMade(decision) => self.decisions.push(decision),
            Change::DecisionOverturned { decision_id, overturn, .. } => {
                self.overturns.push((decision_id, overturn));
            }
            Change::DecisionEnded { decision_id, ended_at, .. } => self.ends.push((decision_id, ended_at)),
            Change::ActionTaken(action) => self.actions.push(action),
            Change::HoldBegun(hold) | Change::HoldEnded(hold) => self.add_hold(hold),
            Change::StatementMade(statement) => self.statements.push(statement),
            Change::AppealMoved { appeal, .. } => self.appeals.push(appeal),
            Change::NoteWritten(note) => self.case_notes.push(note),
            Change::Queued(row) => self.outbox.push(row),
            Change::AccountErased { account_id, before } => self.scrubs.push((account_id, before)),
            // The rest is in the subject, which is saved whole.
            Change::CaseOpened { .. }
            | Change::CaseMerged { .. }
            | Change::CaseClosed { .. }
            | Change::CaseClaimed { .. }
            | Change::ClaimRenewed { .. }
            | Change::CaseReleased { .. }
            | Change::CaseHandedOver { .. }
            | Change::CaseEscalated { .. }
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

    /// Keeps what became of a hold that began and ended in one go: one statement may not write the same row twice.
    fn add_hold(&mut self, newer: Hold) {
        self.holds.retain(|older| older.hold_id != newer.hold_id);
        self.holds.push(newer);
    }

    fn add_cluster(&mut self, cluster_case: ClusterCase, members: Vec<ClusterMember>) {
        let cluster_case_id = &cluster_case.cluster_case_id;
        self.cluster_members.extend((1..).zip(members).map(|(place, member)| ClusterPlaced {
            cluster_case_id: cluster_case_id.clone(),
            place,
            member,
        }));
        self.cluster_cases.push(cluster_case);
    }

    /// Writes everything, behind what stands in `script`: there subjects are saved, as decisions and reports point
    /// at cases.
    ///
    /// Whatever way a decision came, if it weighs on an account its statement of reasons is made here.
    pub(crate) async fn write(
        mut self,
        connection: &mut Connection<'_>,
        mut script: Script,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let stated = state_reasons(connection, &self.decisions).await?;
        self.add(stated, SYSTEM);
        script.add_rows(&rows::report::TABLE, &self.reports, rows::report::bind);
        for settled in &self.settled {
            settle(&mut script, settled);
        }
        script.add_rows(&rows::candidate::TABLE, &self.candidates, rows::candidate::bind);
        script.add_rows(&rows::incarnation::TABLE, &self.incarnations, rows::incarnation::bind);
        self.write_clusters(&mut script);
        script.add_rows(&rows::decision::TABLE, &self.decisions, rows::decision::bind);
        draw_looks(connection, &mut script, &self.decisions, now).await?;
        for (decision_id, overturn) in &self.overturns {
            write_overturn(&mut script, decision_id, overturn);
        }
        for (decision_id, ended_at) in &self.ends {
            script.add(rows::decision::END, |values| values.bind(ended_at.0).bind(decision_id.as_str()));
        }
        script.add_rows(&rows::action::TABLE, &self.actions, rows::action::bind);
        script.add_rows(&rows::hold::TABLE, &self.holds, rows::hold::bind);
        script.add_rows(&rows::statement::TABLE, &self.statements, rows::statement::bind);
        script.add_rows(&rows::appeal::TABLE, &self.appeals, rows::appeal::bind);
        self.write_notes(&mut script);
        for (account_id, before) in &self.scrubs {
            scrub(&mut script, account_id, before.as_deref());
        }
        if !self.outbox.is_empty() || !self.notes.is_empty() {
            let ends = fetch_ends(connection).await?;
            enqueue(&mut script, ends.outbox, self.outbox, now);
            audit::append(&mut script, ends.audit, self.notes, now)?;
        }
        script.run(connection).await
    }
}

impl Writing {
    fn write_notes(&self, script: &mut Script) {
        use rows::case_note::{MENTIONS, TABLE, bind, bind_mention};
        script.add_rows(&TABLE, &self.case_notes, bind);
        let of = |note| -> Vec<_> {
            let note: &CaseNote = note;
            note.mentions.iter().map(|operator_id| (note, operator_id)).collect()
        };
        let mentions: Vec<(&CaseNote, &OperatorId)> = self.case_notes.iter().flat_map(of).collect();
        script.add_rows(&MENTIONS, &mentions, bind_mention);
    }

    fn write_clusters(&self, script: &mut Script) {
        use rows::cluster_case::{CLAIM, CLOSE, MEMBERS, TABLE, bind, bind_member};
        script.add_rows(&TABLE, &self.cluster_cases, bind);
        script.add_rows(&MEMBERS, &self.cluster_members, bind_member);
        for (cluster_case_id, claim_count) in &self.cluster_claims {
            script.add(CLAIM, |values| values.bind(i64::from(*claim_count)).bind(cluster_case_id.0.clone()));
        }
        for (cluster_case_id, closed_at, reason) in &self.cluster_ends {
            script.add(CLOSE, |values| {
                values.bind(closed_at.0).bind(reason.name()).bind(cluster_case_id.0.clone())
            });
        }
    }
}

/// Where the tables that only grow end.
struct Ends {
    /// The last sequence number given in the outbox.
    outbox: u64,
    audit: Frontier,
}

async fn fetch_ends(connection: &mut Connection<'_>) -> Result<Ends, StoreError> {
    let row = query(ENDS).fetch_one(connection).await.map_err(failed)?;
    let outbox = Columns::of(&row, "peaks").unsigned("last_in_outbox")?;
    Ok(Ends { outbox, audit: rows::audit::read_head(&row)? })
}

fn settle(script: &mut Script, settled: &Settled) {
    script.add(rows::report::SETTLE, |values| {
        values
            .bind(settled.status.name())
            .bind(settled.case_id.as_ref().map(|case_id| case_id.as_str()))
            .bind(settled.report_id.as_str())
    });
}

fn write_overturn(script: &mut Script, decision_id: &DecisionId, overturn: &Overturn) {
    script.add(rows::decision::OVERTURN, |values| {
        values
            .bind(overturn.overturned_by.as_str())
            .bind(overturn.overturned_at.0)
            .bind(overturn.reason.as_str())
            .bind(decision_id.as_str())
    });
}

/// Takes texts and evidence of an account out; ids, times and hashes stay, so that figures and audit hold.
fn scrub(script: &mut Script, account_id: &AccountId, before: Option<&str>) {
    for statement in [rows::report::SCRUB, rows::report::SCRUB_REPORTER] {
        script.add(statement, |values| values.bind(account_id.as_str()).bind(before.unwrap_or(NO_BOUND)));
    }
    for statement in [
        SCRUB_CASES,
        rows::audit::SCRUB,
        rows::audit::SCRUB_SUCCESSORS,
        rows::decision::SCRUB,
        rows::appeal::SCRUB,
        rows::case_note::SCRUB,
        rows::second_look::SCRUB,
        rows::second_look::SCRUB_GOLDEN,
        rows::incarnation::SCRUB,
        rows::cluster_case::SCRUB,
        rows::batch::SCRUB_MEMBERS,
    ] {
        script.add(statement, |values| values.bind(account_id.as_str()));
    }
}

fn enqueue(script: &mut Script, last: u64, rows: Vec<NewOutboxRow>, now: Timestamp) {
    let placed: Vec<Placed> =
        (last + 1..).zip(rows).map(|(sequence, row)| Placed { sequence, row, now }).collect();
    script.add_rows(&rows::outbox::TABLE, &placed, rows::outbox::bind);
}
