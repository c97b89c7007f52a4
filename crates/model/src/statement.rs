//! Statements of reasons: what an account is told of a decision against it, or why it is not told yet.

use crate::clock::Timestamp;
use crate::decision::{Automation, DecisionKind};
use crate::ids::{AccountId, DecisionId};
use crate::policy::PolicyRef;
use serde::{Deserialize, Serialize};

/// What a decision does, in the fields of the DSA Transparency Database; a warning is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Restriction {
    /// The account carries a label (`decision_visibility`).
    #[serde(rename = "DECISION_VISIBILITY_CONTENT_LABELLED")]
    Labelled,
    /// Reach or functions are limited (`decision_provision`).
    #[serde(rename = "DECISION_PROVISION_PARTIAL_SUSPENSION")]
    PartlySuspended,
    /// The account is suspended (`decision_account`).
    #[serde(rename = "DECISION_ACCOUNT_SUSPENDED")]
    Suspended,
    /// The account is closed for good (`decision_account`).
    #[serde(rename = "DECISION_ACCOUNT_TERMINATED")]
    Terminated,
}

/// What brought the account to notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SourceType {
    /// A notice under Article 16.
    #[serde(rename = "SOURCE_ARTICLE_16")]
    Notice,
    /// A trusted flagger.
    #[serde(rename = "SOURCE_TRUSTED_FLAGGER")]
    TrustedFlagger,
    /// An authority, or another notification.
    #[serde(rename = "SOURCE_TYPE_OTHER_NOTIFICATION")]
    OtherNotification,
    /// The platform's own looking.
    #[serde(rename = "SOURCE_VOLUNTARY")]
    Voluntary,
}

/// What sort of account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AccountType {
    /// Of a business.
    #[serde(rename = "ACCOUNT_TYPE_BUSINESS")]
    Business,
    /// Of a private person.
    #[serde(rename = "ACCOUNT_TYPE_PRIVATE")]
    Private,
}

/// Why an account is lawfully not told, or not yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case", deny_unknown_fields)]
pub enum Withheld {
    /// An authority forbids it for a time; the notice leaves by itself once that is over.
    Gag {
        /// The law or order.
        basis: String,
        /// Who gave it.
        authority: String,
        /// When it ends.
        ends_at: Timestamp,
    },
    /// Nobody knows how to reach the holder (Article 17(2)).
    NoContact,
    /// Deceptive commercial content in high volume (Article 17(2)).
    DeceptiveHighVolume,
}

impl Withheld {
    /// The reason's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Gag { .. } => "gag",
            Self::NoContact => "no_contact",
            Self::DeceptiveHighVolume => "deceptive_high_volume",
        }
    }

    /// When the notice may leave; `None` where it never does by itself.
    pub const fn ends_at(&self) -> Option<Timestamp> {
        match self {
            Self::Gag { ends_at, .. } => Some(*ends_at),
            Self::NoContact | Self::DeceptiveHighVolume => None,
        }
    }
}

/// What the platform says of how to tell an account something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeProfile {
    /// The holder's language, ISO 639-1 in lower case; `None` where unknown.
    pub language: Option<String>,
    /// What sort of account it is.
    pub account_type: Option<AccountType>,
    /// Why it is not to be told.
    pub withheld: Option<Withheld>,
}

/// The statement of reasons on one decision (DSA Article 17), in the fields of the DSA Transparency Database. Names no
/// account but the decision's own, no reporter, and no evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// On which decision; there is one statement for each decision that weighs on an account.
    pub decision_id: DecisionId,
    /// Whom it is for.
    pub account_id: AccountId,
    /// Its id in the Transparency Database: unique, `[A-Za-z0-9_-]`, at most 500 characters.
    pub puid: String,
    /// What was decided.
    pub kind: DecisionKind,
    /// The same in the database's words; `None` for a warning.
    pub restriction: Option<Restriction>,
    /// The policy cited.
    pub policy: PolicyRef,
    /// `DECISION_GROUND_INCOMPATIBLE_CONTENT`: the platform's own terms are the ground of every decision.
    pub decision_ground: String,
    /// The policy's title, at most [`crate::limits::STATEMENT_GROUND_CHARS_MAX`] characters.
    pub ground: String,
    /// What the policy forbids, at most [`crate::limits::STATEMENT_EXPLANATION_CHARS_MAX`] characters.
    pub explanation: String,
    /// At most [`crate::limits::STATEMENT_FACTS_CHARS_MAX`] characters.
    pub facts: String,
    /// `STATEMENT_CATEGORY_…`
    pub category: String,
    /// `KEYWORD_…`
    pub category_specification: Vec<String>,
    /// ISO 639-1 in upper case, where known.
    pub content_language: Option<String>,
    /// Codes of countries; empty for everywhere.
    pub territorial_scope: Vec<String>,
    /// From which day, `YYYY-MM-DD`.
    pub application_date: String,
    /// Until which day; `None` for no end.
    pub end_date: Option<String>,
    /// What brought the account to notice.
    pub source_type: SourceType,
    /// Whether automated means found it.
    pub automated_detection: bool,
    /// How much of the decision a machine made.
    pub automated_decision: Automation,
    /// What sort of account it is.
    pub account_type: Option<AccountType>,
    /// In which language `text` is.
    pub language: String,
    /// Whether the account's own language was wanted and there is no template for it.
    pub is_language_fallback: bool,
    /// Why the account is not told, or not yet.
    pub withheld: Option<Withheld>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When the notice was handed to the outbox.
    pub notified_at: Option<Timestamp>,
    /// Until when the account may appeal: counted from the notice, or from the decision while there is none.
    pub appeal_until: Timestamp,
}
