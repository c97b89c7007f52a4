//! The outbox: what must leave the house, written with the change that causes it and delivered afterwards, as
//! often as it takes, under one idempotency key.

mod backoff;
mod hold;
mod signal;
mod webhook;

pub use backoff::{RETRY_SECONDS_MAX, retry_at};
pub use hold::{HoldBody, hold_row};
pub use signal::{SignalBody, signal_row};
pub use webhook::{WebhookBody, time_over_row, webhook_row};

use cordon_model::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// Who delivers a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxKind {
    /// The platform hears of an action, of a hold, or of a rule's signal.
    Webhook,
    /// The journal gets a control entry; the key is the entry's id.
    Journal,
}

impl OutboxKind {
    /// The kind's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Journal => "journal",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Webhook, Self::Journal].into_iter().find(|kind| kind.name() == name)
    }
}

/// Something that must leave the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOutboxRow {
    /// Who delivers it.
    pub kind: OutboxKind,
    /// Rows of one kind and stream are delivered in order: the account's id.
    pub stream: String,
    /// The idempotency key, unique in the outbox: the same on every attempt.
    pub key: String,
    /// What is delivered, as JSON.
    pub payload: String,
}

/// A row that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its place among all rows, rising.
    pub sequence: u64,
    /// Who delivers it.
    pub kind: OutboxKind,
    /// Its stream.
    pub stream: String,
    /// The idempotency key.
    pub key: String,
    /// What is delivered, as JSON.
    pub payload: String,
    /// Attempts made so far.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Timestamp,
    /// Why the last attempt failed; never content.
    pub last_error: Option<String>,
}
