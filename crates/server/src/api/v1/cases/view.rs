//! Cases as the API shows them.

use crate::api::names;
use crate::api::v1::accounts::strikes::Strikes;
use crate::api::v1::accounts::view::{Account, Hold};
use crate::api::v1::decisions::view::{Action, Decision};
use crate::api::v1::evidence::{Evidence, shown};
use cordon_enforce::accounts::StrikeTally;
use cordon_enforce::ports;
use cordon_model::audit::AuditRecord;
use cordon_model::case::{self, CaseStatus, DeadlineBasis, FiledReport, ReportStatus};
use cordon_model::case_note::{CaseNote, NoteKind};
use cordon_model::entity::Source;
use cordon_model::policy::Severity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One review of one account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Case {
    /// Its name.
    case_id: String,
    /// The account under review.
    account_id: String,
    /// Where it waits.
    queue_id: String,
    /// Where it stands.
    #[schema(schema_with = names::case_status)]
    status: CaseStatus,
    /// Counts changes, from 1.
    version: u32,
    /// When it was admitted.
    opened_at: String,
    /// When it last changed.
    updated_at: String,
    /// When it was decided or closed.
    closed_at: Option<String>,
    /// What opened it.
    #[schema(schema_with = names::source)]
    opened_by: Source,
    /// Everything that has pointed at the account since.
    #[schema(schema_with = names::sources)]
    sources: Vec<Source>,
    /// Reports merged into it.
    report_count: u32,
    /// Bits: the highest weight of its candidates; 0 for reports alone.
    weight: f64,
    /// Highest probability of a violation.
    probability: f64,
    /// Whether `probability` rests on enough decisions to be one.
    is_calibrated: bool,
    /// For a return: the suspended accounts whose holder this probably is, likeliest first.
    incarnation_of: Vec<String>,
    /// The chance with which the case was admitted to review.
    propensity: f64,
    /// Followers, as last reported.
    reach: Option<u64>,
    /// Whether a single reviewer may not act on the account.
    is_protected: bool,
    /// The policy said to be broken.
    policy_id: Option<String>,
    /// How grave that would be.
    #[schema(schema_with = names::severity)]
    severity: Severity,
    /// By when it must be decided, where somebody may demand it.
    deadline: Option<Deadline>,
    /// The lease on it, lapsed or not.
    claim: Option<Claim>,
    /// The decision, once made.
    decision_id: Option<String>,
    /// What supports it, heaviest first. Empty in lists.
    evidence: Vec<Evidence>,
}

/// By when a case must be decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deadline {
    /// The last instant.
    at: String,
    /// What demands it.
    #[schema(schema_with = names::deadline_basis)]
    basis: DeadlineBasis,
}

/// A lease on a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Claim {
    /// Names this lease and no later one.
    claim_id: String,
    /// Who holds it.
    operator_id: String,
    /// When it was taken.
    claimed_at: String,
    /// When it lapses without a heartbeat.
    expires_at: String,
}

/// Which claim a request speaks of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimName {
    /// The claim, as claiming answered.
    pub(crate) claim_id: String,
}

/// Everything about one case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseFile {
    /// The case, with its evidence.
    case: Case,
    /// The account.
    account: Account,
    /// The account's strikes in force.
    strikes: Strikes,
    /// Reports, oldest first.
    reports: Vec<Report>,
    /// Suspended accounts whose holder this probably is, heaviest first.
    incarnations: Vec<Incarnation>,
    /// Decisions on the account, oldest first.
    decisions: Vec<Decision>,
    /// Actions on the account, oldest first.
    actions: Vec<Action>,
    /// Holds that rules asked for, newest first, in force or over.
    holds: Vec<Hold>,
    /// Notes on the case, oldest first.
    notes: Vec<Note>,
    /// What the audit says of the account and the case, newest first.
    audit: Vec<Audit>,
}

/// What those who work on a case write to each other.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Note {
    /// On which case.
    case_id: String,
    /// Its place among the case's notes, from 1.
    number: u32,
    /// `note`, `hand_over` or `escalation`.
    #[schema(schema_with = names::note_kind)]
    kind: NoteKind,
    /// By whom; null while an appeal waits against a decision on the account.
    author: Option<String>,
    /// Operators whom it mentions.
    mentions: Vec<String>,
    /// What it says; empty once the account's data was erased.
    text: String,
    /// When.
    written_at: String,
}

impl From<CaseNote> for Note {
    fn from(note: CaseNote) -> Self {
        Self {
            case_id: note.case_id.0,
            number: note.number,
            kind: note.kind,
            author: Some(note.author.0),
            mentions: note.mentions.into_iter().map(|operator_id| operator_id.0).collect(),
            text: note.text,
            written_at: note.written_at.to_string(),
        }
    }
}

/// A report on the account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Report {
    /// Its name in the record.
    report_id: String,
    /// The reported item.
    item_id: Option<String>,
    /// The policy that it is said to break, in the platform's word.
    policy_id: Option<String>,
    /// What the reporter wrote.
    text: Option<String>,
    /// By which road it came.
    #[schema(schema_with = names::source)]
    source: Source,
    /// Who reported; absent for anonymous reports, and for every caller below the role lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    reporter_id: Option<String>,
    /// The receipt that the reporter holds; absent as `reporter_id` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    /// When it arrived.
    received_at: String,
    /// What became of it.
    #[schema(schema_with = names::report_status)]
    status: ReportStatus,
}

/// One account probably held by the holder of another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Incarnation {
    /// The younger account.
    account_id: String,
    /// The suspended one.
    predecessor_id: String,
    /// Bits, as when it was proposed.
    weight: f64,
    /// The rows behind it.
    evidence: Vec<Evidence>,
    /// When it was proposed.
    proposed_at: String,
}

/// Who did what, when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Audit {
    /// Its place in the audit.
    sequence: u64,
    /// When.
    at: String,
    /// Who: `operator:<id>`, `pipeline` or `system`; null while an appeal waits against a decision on the account.
    actor: Option<String>,
    /// What: `case.opened`.
    verb: String,
    /// To which.
    subject: String,
}

impl From<case::Case> for Case {
    fn from(case: case::Case) -> Self {
        Self {
            case_id: case.case_id.0,
            account_id: case.account_id.0,
            queue_id: case.queue_id.0,
            status: case.status,
            version: case.version,
            opened_at: case.opened_at.to_string(),
            updated_at: case.updated_at.to_string(),
            closed_at: case.closed_at.map(|at| at.to_string()),
            opened_by: case.opened_by,
            sources: case.sources.iter().collect(),
            report_count: case.report_count,
            weight: case.weight,
            probability: case.probability,
            is_calibrated: case.is_calibrated,
            incarnation_of: case.incarnation_of.into_iter().map(|id| id.0).collect(),
            propensity: case.propensity,
            reach: case.reach,
            is_protected: case.is_protected,
            policy_id: case.policy_id.map(|id| id.0),
            severity: case.severity,
            deadline: case
                .deadline
                .map(|deadline| Deadline { at: deadline.at.to_string(), basis: deadline.basis }),
            claim: case.claim.map(Claim::from),
            decision_id: case.decision_id.map(|id| id.0),
            evidence: shown(case.evidence),
        }
    }
}

impl From<case::Claim> for Claim {
    fn from(claim: case::Claim) -> Self {
        Self {
            claim_id: claim.claim_id.0,
            operator_id: claim.operator_id.0,
            claimed_at: claim.claimed_at.to_string(),
            expires_at: claim.expires_at.to_string(),
        }
    }
}

impl CaseFile {
    /// The file as somebody may see it from whom reporters are sealed, or not.
    pub(super) fn seal(file: ports::CaseFile, strikes: StrikeTally, is_kept_from_reporters: bool) -> Self {
        let reports = file.reports.into_iter().map(|filed| Report::seal(filed, is_kept_from_reporters));
        let incarnations = file.incarnations.into_iter().map(|one| Incarnation {
            account_id: one.account_id.0,
            predecessor_id: one.predecessor_id.0,
            weight: one.weight,
            evidence: shown(one.evidence),
            proposed_at: one.proposed_at.to_string(),
        });
        let appealed = file.appealed;
        let decisions = file.decisions.into_iter().map(|decision| Decision::blind(decision, &appealed));
        let audit = file.audit.into_iter().map(|record| Audit::blind(record, !appealed.is_empty()));
        let notes = file.notes.into_iter().map(Note::from);
        let blind = |note| if appealed.is_empty() { note } else { Note { author: None, ..note } };
        Self {
            notes: notes.map(blind).collect(),
            case: file.case.into(),
            account: file.account.into(),
            strikes: strikes.into(),
            reports: reports.collect(),
            incarnations: incarnations.collect(),
            decisions: decisions.collect(),
            actions: file.actions.into_iter().map(Action::from).collect(),
            holds: file.holds.into_iter().map(Hold::from).collect(),
            audit: audit.collect(),
        }
    }
}

impl Report {
    /// An entry's id may be the platform's own for a reporter's message: it is sealed with the reporter.
    pub(crate) fn seal(filed: FiledReport, is_kept_from_reporters: bool) -> Self {
        let report = filed.report;
        let (reporter_id, receipt) = if is_kept_from_reporters {
            (None, None)
        } else {
            (report.reporter_id.map(|id| id.0), Some(report.entry_id.0))
        };
        Self {
            report_id: filed.report_id.0,
            item_id: report.item_id,
            policy_id: report.policy_id.map(|id| id.0),
            text: report.text,
            source: report.source,
            reporter_id,
            receipt,
            received_at: report.received_at.to_string(),
            status: filed.status,
        }
    }
}

impl Audit {
    /// A record, without who did it where an appeal waits: whoever may hear it is not to know.
    pub(crate) fn blind(record: AuditRecord, is_appealed: bool) -> Self {
        Self {
            sequence: record.sequence,
            at: record.at.to_string(),
            actor: (!is_appealed).then_some(record.actor),
            verb: record.verb,
            subject: record.subject,
        }
    }
}
