//! The record as figures are computed from it: rows with times, nothing summed up beforehand.
//!
//! Each read gives the rows after a cursor (the last row's id; empty for the first), by id, at most
//! [`cordon_model::limits::PAGE_MAX`] × 20, so that a reader streams the record with bounded memory.

use super::StoreError;
use async_trait::async_trait;
use cordon_model::account::Standing;
use cordon_model::action::ActionKind;
use cordon_model::case::{CaseStatus, Deadline, ReportStatus, SourceSet};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Automation, DecisionKind};
use cordon_model::entity::Source;
use cordon_model::ids::{AccountId, ActionId, CaseId, DecisionId, OperatorId, QueueId, ReportId};
use cordon_model::policy::PolicyRef;
use serde::{Deserialize, Serialize};

/// A report, as far as it is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFacts {
    /// Its name.
    pub report_id: ReportId,
    /// On whom.
    pub account_id: AccountId,
    /// By which road.
    pub source: Source,
    /// What became of it.
    pub status: ReportStatus,
    /// The case that holds it.
    pub case_id: Option<CaseId>,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// A candidate, as far as it is counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandidateFacts {
    /// Its name.
    pub candidate_id: String,
    /// Who.
    pub account_id: AccountId,
    /// What proposed it.
    pub source: Source,
    /// `opened`, `merged`, `ignored_suspended` or `ignored_cleared`.
    pub fate: String,
    /// The case that holds it.
    pub case_id: Option<CaseId>,
    /// Bits.
    pub weight: f64,
    /// Of a violation.
    pub probability: f64,
    /// The chance of admission.
    pub propensity: f64,
    /// When.
    pub proposed_at: Timestamp,
}

/// A case, as far as it is counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// Its name.
    pub case_id: CaseId,
    /// About whom.
    pub account_id: AccountId,
    /// Where it waits or waited.
    pub queue_id: QueueId,
    /// Where it stands.
    pub status: CaseStatus,
    /// What opened it.
    pub opened_by: Source,
    /// Everything that pointed there.
    pub sources: SourceSet,
    /// Reports merged into it.
    pub report_count: u32,
    /// The chance of admission.
    pub propensity: f64,
    /// Of a violation.
    pub probability: f64,
    /// When it was admitted.
    pub opened_at: Timestamp,
    /// When somebody claimed it for the first time.
    pub first_claimed_at: Option<Timestamp>,
    /// When it was decided or closed.
    pub closed_at: Option<Timestamp>,
    /// By when it had to be.
    pub deadline: Option<Deadline>,
}

/// A decision, as far as it is counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionFacts {
    /// Its name.
    pub decision_id: DecisionId,
    /// The case that it closed.
    pub case_id: CaseId,
    /// About whom.
    pub account_id: AccountId,
    /// What.
    pub kind: DecisionKind,
    /// Under which policy.
    pub policy: PolicyRef,
    /// Who.
    pub decided_by: OperatorId,
    /// How much of it a machine did.
    pub automation: Automation,
    /// What opened the case.
    pub opened_by: Source,
    /// What had pointed there.
    pub sources: SourceSet,
    /// When the case was opened.
    pub case_opened_at: Timestamp,
    /// Bits: the case's weight when it was decided; 0 where similarity gave it none.
    pub weight: f64,
    /// Of a violation, as the case said before it was decided.
    pub probability: f64,
    /// Whether decisions stood behind that probability.
    pub is_calibrated: bool,
    /// The chance with which the case was admitted.
    pub propensity: f64,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When it was overturned.
    pub overturned_at: Option<Timestamp>,
}

/// An action, as far as it is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionFacts {
    /// Its name.
    pub action_id: ActionId,
    /// The decision that it carries out.
    pub decision_id: DecisionId,
    /// Whom it concerns.
    pub account_id: AccountId,
    /// What.
    pub kind: ActionKind,
    /// The action that it undoes.
    pub reverses: Option<ActionId>,
    /// Whether the platform is told.
    pub is_sent: bool,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// When the platform had taken note of it.
    pub delivered_at: Option<Timestamp>,
}

/// Quick totals for metrics and health.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Rows waiting to leave the house.
    pub outbox_pending: u64,
    /// Rows that were given up.
    pub outbox_dead: u64,
    /// When the oldest pending row was written.
    pub outbox_oldest: Option<Timestamp>,
    /// Records in the audit.
    pub audit_records: u64,
    /// Accounts by standing, as far as the record knows them.
    pub standings: Vec<(Standing, u64)>,
}

/// Reads for figures.
///
/// Contract:
/// - `counts_stream_every_row_once`: following the cursor gives each row exactly once, by id.
#[async_trait]
pub trait Counts: Send + Sync {
    /// Reports after the cursor.
    async fn reports_after(&self, cursor: &str) -> Result<Vec<ReportFacts>, StoreError>;
    /// Candidates after the cursor.
    async fn candidates_after(&self, cursor: &str) -> Result<Vec<CandidateFacts>, StoreError>;
    /// Cases after the cursor.
    async fn cases_after(&self, cursor: &str) -> Result<Vec<CaseFacts>, StoreError>;
    /// Decisions after the cursor.
    async fn decisions_after(&self, cursor: &str) -> Result<Vec<DecisionFacts>, StoreError>;
    /// Actions after the cursor.
    async fn actions_after(&self, cursor: &str) -> Result<Vec<ActionFacts>, StoreError>;
    /// Totals of now.
    async fn totals(&self) -> Result<Totals, StoreError>;
}
