//! Decisions and actions as the API shows them.

use crate::api::names;
use crate::api::v1::evidence::{Evidence, shown};
use cordon_model::action::{self, ActionKind};
use cordon_model::decision::{self, Automation, DecisionKind};
use cordon_model::entity::Source;
use cordon_model::ids::DecisionId;
use serde::Serialize;
use utoipa::ToSchema;

/// An accountable choice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decision {
    /// Its name.
    decision_id: String,
    /// The case that it closed.
    case_id: String,
    /// The account that it is about.
    account_id: String,
    /// What was decided.
    #[schema(schema_with = names::decision_kind)]
    kind: DecisionKind,
    /// The policy that it cites.
    policy_id: String,
    /// The version cited.
    policy_version: u32,
    /// What it rests on; empty only once the account's data was erased.
    evidence: Vec<Evidence>,
    /// SHA-256 of the evidence as it was decided on.
    evidence_hash: String,
    /// Why.
    rationale: String,
    /// Who answers for it; null while an appeal against it waits, as whoever may hear it is not to know.
    decided_by: Option<String>,
    /// How much of it a machine did.
    #[schema(schema_with = names::automation)]
    automation: Automation,
    /// When it was made.
    decided_at: String,
    /// When the case was opened.
    case_opened_at: String,
    /// What had pointed at the account by then.
    #[schema(schema_with = names::sources)]
    sources: Vec<Source>,
    /// Bits: the case's weight when it was decided.
    weight: f64,
    /// When what it does to the account ends by itself; null for no end.
    ends_at: Option<String>,
    /// When that time was found to be over; the decision stands all the same.
    ended_at: Option<String>,
    /// Set once it no longer stands.
    overturn: Option<Overturn>,
}

/// Who took a decision back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Overturn {
    /// Who.
    overturned_by: String,
    /// When.
    overturned_at: String,
    /// Why.
    reason: String,
}

/// What is done to an account because of a decision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Action {
    /// Its name; also the key under which the platform hears of it.
    action_id: String,
    /// The decision that it carries out or takes back.
    decision_id: String,
    /// Whom it concerns.
    account_id: String,
    /// What is done.
    #[schema(schema_with = names::action_kind)]
    kind: ActionKind,
    /// For a label: which.
    label: Option<String>,
    /// For a take-back: the action that it undoes.
    reverses: Option<String>,
    /// Whether the platform is told.
    is_sent: bool,
    /// When it was taken.
    taken_at: String,
}

/// A decision with what follows from it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionFile {
    /// The decision.
    pub(crate) decision: Decision,
    /// What it did, and what was done to take it back; oldest first.
    pub(crate) actions: Vec<Action>,
}

impl Decision {
    /// The decision as those see it who may yet hear an appeal: without who made it, where one waits.
    pub(crate) fn blind(decision: decision::Decision, appealed: &[DecisionId]) -> Self {
        let is_appealed = appealed.contains(&decision.decision_id);
        let shown = Self::from(decision);
        if is_appealed { Self { decided_by: None, ..shown } } else { shown }
    }
}

impl From<decision::Decision> for Decision {
    fn from(decision: decision::Decision) -> Self {
        Self {
            decision_id: decision.decision_id.0,
            case_id: decision.case_id.0,
            account_id: decision.account_id.0,
            kind: decision.kind,
            policy_id: decision.policy.policy_id.0,
            policy_version: decision.policy.version.0,
            evidence: shown(decision.evidence),
            evidence_hash: decision.evidence_hash,
            rationale: decision.rationale,
            decided_by: Some(decision.decided_by.0),
            automation: decision.automation,
            decided_at: decision.decided_at.to_string(),
            case_opened_at: decision.case_opened_at.to_string(),
            sources: decision.sources.iter().collect(),
            weight: decision.weight,
            ends_at: decision.ends_at.map(|at| at.to_string()),
            ended_at: decision.ended_at.map(|at| at.to_string()),
            overturn: decision.overturn.map(|overturn| Overturn {
                overturned_by: overturn.overturned_by.0,
                overturned_at: overturn.overturned_at.to_string(),
                reason: overturn.reason,
            }),
        }
    }
}

impl From<action::Action> for Action {
    fn from(action: action::Action) -> Self {
        Self {
            action_id: action.action_id.0,
            decision_id: action.decision_id.0,
            account_id: action.account_id.0,
            kind: action.kind,
            label: action.label,
            reverses: action.reverses.map(|id| id.0),
            is_sent: action.is_sent,
            taken_at: action.taken_at.to_string(),
        }
    }
}
