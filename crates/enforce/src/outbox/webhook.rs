//! What the platform is told of an action.

use super::{NewOutboxRow, OutboxKind};
use cordon_model::action::Action;
use cordon_model::clock::Timestamp;
use cordon_model::decision::Decision;
use cordon_model::policy::PolicyRef;
use serde::{Deserialize, Serialize};

/// The body of a webhook. Names no reporter, no evidence and no other account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookBody {
    /// The action's id; equal to the idempotency key.
    pub id: String,
    /// `action.` and the action's kind: `action.suspend`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whom it concerns.
    pub account_id: String,
    /// The decision that it carries out or takes back.
    pub decision_id: String,
    /// The policy that the decision cites.
    pub policy: PolicyRef,
    /// When the decision was made, RFC 3339.
    pub decided_at: String,
    /// When the action was taken, RFC 3339; later than `decided_at` for a take-back.
    pub taken_at: String,
    /// For a label: which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For a take-back: the action that it undoes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
    /// For a suspension or restriction for a time: when it ends by itself, RFC 3339. The end comes as a webhook of its
    /// own, unless another decision keeps the same in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// True where the action takes back what was for a time, as that time is over: nobody found it wrong.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_time_over: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_false(is_so: &bool) -> bool {
    !*is_so
}

/// The row that tells the platform of `action`, which `decision` or its overturn took; `None` where it is not to hear
/// of it. `ends_at`: when what a sanction does ends by itself.
pub fn webhook_row(action: &Action, decision: &Decision, ends_at: Option<Timestamp>) -> Option<NewOutboxRow> {
    row(action, decision, ends_at.filter(|_| action.kind.is_sanction()), false)
}

/// The same for an action that ends what `decision` had done for a time, which is over.
pub fn time_over_row(action: &Action, decision: &Decision) -> Option<NewOutboxRow> {
    row(action, decision, None, true)
}

fn row(
    action: &Action,
    decision: &Decision,
    ends_at: Option<Timestamp>,
    is_time_over: bool,
) -> Option<NewOutboxRow> {
    if !action.is_sent {
        return None;
    }
    let body = WebhookBody {
        id: action.action_id.to_string(),
        kind: format!("action.{}", action.kind.name()),
        account_id: action.account_id.to_string(),
        decision_id: action.decision_id.to_string(),
        policy: decision.policy.clone(),
        decided_at: decision.decided_at.to_string(),
        taken_at: action.taken_at.to_string(),
        label: action.label.clone(),
        reverses: action.reverses.as_ref().map(ToString::to_string),
        ends_at: ends_at.map(|at| at.to_string()),
        is_time_over,
    };
    Some(NewOutboxRow {
        kind: OutboxKind::Webhook,
        stream: action.account_id.to_string(),
        key: action.action_id.to_string(),
        payload: serde_json::to_string(&body).unwrap_or_default(),
    })
}
