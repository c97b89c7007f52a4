//! Appeals as the API shows them: without the name of whoever made the decision.

use crate::api::names;
use crate::api::v1::evidence::{Evidence, shown};
use cordon_model::appeal::{self, AppealStatus};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, DecisionKind};
use serde::Serialize;
use utoipa::ToSchema;

/// A challenge to a decision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Appeal {
    /// Its name.
    #[schema(examples("0000000000001f0a0000-d-appeal"))]
    appeal_id: String,
    /// Against which decision.
    decision_id: String,
    /// Whose.
    account_id: String,
    /// `link` of the notice, or by the `platform`.
    #[schema(schema_with = channel)]
    channel: appeal::AppealChannel,
    /// What the appellant says; empty once erased.
    #[schema(examples("It was not me: my account had been taken over."))]
    text: String,
    /// When it came.
    filed_at: String,
    /// When it is to be decided.
    due_at: String,
    /// Whether that has passed while it waits.
    is_late: bool,
    /// Whether many people follow the account: such appeals come first.
    is_urgent: bool,
    /// Where it stands.
    #[schema(schema_with = names::appeal_status)]
    status: AppealStatus,
    /// Until when somebody has taken it.
    claimed_until: Option<String>,
    /// When it was decided.
    decided_at: Option<String>,
    /// Why it was so decided; empty before.
    reasons: String,
}

fn channel() -> utoipa::openapi::Object {
    names::one_of(["link", "platform"])
}

impl Appeal {
    pub(crate) fn at(appeal: appeal::Appeal, now: Timestamp) -> Self {
        Self {
            is_late: appeal.is_late(now),
            appeal_id: appeal.appeal_id.0,
            decision_id: appeal.decision_id.0,
            account_id: appeal.account_id.0,
            channel: appeal.channel,
            text: appeal.text,
            filed_at: appeal.filed_at.to_string(),
            due_at: appeal.due_at.to_string(),
            is_urgent: appeal.is_urgent,
            status: appeal.status,
            claimed_until: appeal.claim.map(|claim| claim.expires_at.to_string()),
            decided_at: appeal.decided.map(|decided| decided.decided_at.to_string()),
            reasons: appeal.reasons,
        }
    }
}

/// What was decided, without the name of who decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContestedDecision {
    /// What.
    #[schema(schema_with = names::decision_kind)]
    kind: DecisionKind,
    /// The policy that it cites.
    policy_id: String,
    /// The version cited.
    policy_version: u32,
    /// What it rests on.
    evidence: Vec<Evidence>,
    /// Why.
    rationale: String,
    /// When.
    decided_at: String,
    /// Whether it still stands.
    stands: bool,
}

impl From<Decision> for ContestedDecision {
    fn from(decision: Decision) -> Self {
        Self {
            stands: decision.stands(),
            kind: decision.kind,
            policy_id: decision.policy.policy_id.0,
            policy_version: decision.policy.version.0,
            evidence: shown(decision.evidence),
            rationale: decision.rationale,
            decided_at: decision.decided_at.to_string(),
        }
    }
}

/// An appeal with what it is against.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppealFile {
    /// The appeal.
    pub(crate) appeal: Appeal,
    /// The decision.
    pub(crate) decision: ContestedDecision,
}

/// What an appellant hears: that it came, and until when it is to be decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// The appeal's name.
    #[schema(examples("0000000000001f0a0000-d-appeal"))]
    pub(crate) appeal_id: String,
    /// Where it stands.
    #[schema(schema_with = names::appeal_status)]
    pub(crate) status: AppealStatus,
    /// When it came.
    #[schema(examples("2016-02-06T12:00:00Z"))]
    pub(crate) filed_at: String,
    /// When it is to be decided.
    #[schema(examples("2016-02-13T12:00:00Z"))]
    pub(crate) due_at: String,
}

impl From<appeal::Appeal> for Receipt {
    fn from(appeal: appeal::Appeal) -> Self {
        Self {
            appeal_id: appeal.appeal_id.0,
            status: appeal.status,
            filed_at: appeal.filed_at.to_string(),
            due_at: appeal.due_at.to_string(),
        }
    }
}
