//! What the platform is told of a hold.

use super::{NewOutboxRow, OutboxKind};
use cordon_model::hold::Hold;
use serde::{Deserialize, Serialize};

/// The body of a hold's webhook. It carries no action and no standing: `is_decision` is always false, and what it limits
/// is reach, never access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldBody {
    /// The hold's id and what became of it; equal to the idempotency key.
    pub id: String,
    /// `hold.begun`, or `hold.ended` where somebody decided before it was over by itself.
    #[serde(rename = "type")]
    pub kind: String,
    /// Always false: a rule held, nobody decided.
    pub is_decision: bool,
    /// Always `reach`: what the account posts may be shown to fewer; it may go on reading, writing and logging in.
    pub limits: String,
    /// Both messages of one hold have the same.
    pub hold_id: String,
    /// Who is held.
    pub account_id: String,
    /// The platform's own id of the event.
    pub event_id: String,
    /// The case in which people look at it.
    pub case_id: String,
    /// The policy that it may break.
    pub policy_id: String,
    /// The rules that held.
    pub rules: Vec<String>,
    /// The version of the rule set.
    pub rule_set: u32,
    /// When it began, RFC 3339.
    pub begins_at: String,
    /// When it is over, RFC 3339, at most a day later: no further message comes then, the platform ends it by itself.
    pub ends_at: String,
    /// When it was ended before that, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// The decision that ended it, where it was made in this record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<String>,
}

/// The row that tells the platform that a hold began, or that it was ended. Its stream is not that of the account's
/// actions, so that no decision waits for it.
pub fn hold_row(hold: &Hold) -> NewOutboxRow {
    let what = if hold.ended_at.is_some() { "ended" } else { "begun" };
    let id = format!("hold-{}-{what}", hold.hold_id);
    let body = HoldBody {
        id: id.clone(),
        kind: format!("hold.{what}"),
        is_decision: false,
        limits: "reach".to_owned(),
        hold_id: hold.hold_id.to_string(),
        account_id: hold.account_id.to_string(),
        event_id: hold.event_id.to_string(),
        case_id: hold.case_id.to_string(),
        policy_id: hold.policy_id.to_string(),
        rules: hold.rules.clone(),
        rule_set: hold.rule_set,
        begins_at: hold.begun_at.to_string(),
        ends_at: hold.expires_at.to_string(),
        ended_at: hold.ended_at.map(|at| at.to_string()),
        decision_id: hold.decision_id.as_ref().map(ToString::to_string),
    };
    NewOutboxRow {
        kind: OutboxKind::Webhook,
        stream: format!("hold:{}", hold.account_id),
        key: id,
        payload: serde_json::to_string(&body).unwrap_or_default(),
    }
}
