//! What the platform is told of a rule's signal.

use super::{NewOutboxRow, OutboxKind};
use cordon_model::effect::RuleSignal;
use cordon_model::ids::EffectId;
use serde::{Deserialize, Serialize};

/// The body of a signal's webhook. It carries no action and no standing: `is_decision` is always false, whatever the
/// signal is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalBody {
    /// The signal's id; equal to the idempotency key.
    pub id: String,
    /// `signal.verdict`, `signal.custom`, or `signal.rule_stopped`: `name` went beyond its daily limit and was put in
    /// shadow, which says nothing about the account.
    #[serde(rename = "type")]
    pub kind: String,
    /// Always false: a rule held, nobody decided.
    pub is_decision: bool,
    /// The account that the event is about.
    pub account_id: String,
    /// The platform's own id of the event.
    pub event_id: String,
    /// The verdict, or the signal's name.
    pub name: String,
    /// What goes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The rules that held.
    pub rules: Vec<String>,
    /// The version of the rule set.
    pub rule_set: u32,
    /// When the event arrived, RFC 3339.
    pub at: String,
}

/// The row that tells the platform of a signal. Its stream is not that of the account's actions, so that no flood of
/// signals holds a decision back.
pub fn signal_row(effect_id: EffectId, signal: &RuleSignal) -> NewOutboxRow {
    let id = format!("signal-{}", effect_id.to_text());
    let body = SignalBody {
        id: id.clone(),
        kind: format!("signal.{}", signal.kind.name()),
        is_decision: false,
        account_id: signal.account_id.to_string(),
        event_id: signal.event_id.to_string(),
        name: signal.name.clone(),
        detail: signal.detail.clone(),
        rules: signal.rules.clone(),
        rule_set: signal.rule_set,
        at: signal.at.to_string(),
    };
    NewOutboxRow {
        kind: OutboxKind::Webhook,
        stream: format!("signal:{}", signal.account_id),
        key: id,
        payload: serde_json::to_string(&body).unwrap_or_default(),
    }
}
