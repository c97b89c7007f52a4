//! Appeals: challenges to decisions, one for each, decided by somebody who had no part in the decision.

use crate::case::Claim;
use crate::clock::Timestamp;
use crate::ids::{AccountId, AppealId, DecisionId, OperatorId};
use serde::{Deserialize, Serialize};

/// Where an appeal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealStatus {
    /// Waits for a person.
    Open,
    /// The appellant took it back.
    Withdrawn,
    /// The decision stands.
    Upheld,
    /// The decision was taken back.
    Overturned,
}

impl AppealStatus {
    /// All states.
    pub const ALL: [AppealStatus; 4] = [Self::Open, Self::Withdrawn, Self::Upheld, Self::Overturned];

    /// The state's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Withdrawn => "withdrawn",
            Self::Upheld => "upheld",
            Self::Overturned => "overturned",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// By which way an appeal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealChannel {
    /// By the signed link of the notice.
    Link,
    /// By the platform, on its holder's behalf.
    Platform,
}

/// An appeal against one decision. Who made the decision is not in it: whoever decides the appeal does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// Its name.
    pub appeal_id: AppealId,
    /// Against which decision.
    pub decision_id: DecisionId,
    /// Whose.
    pub account_id: AccountId,
    /// How it came.
    pub channel: AppealChannel,
    /// What the appellant says, `1..=`[`crate::limits::TEXT_CHARS_MAX`] characters; empty once erased.
    #[serde(skip)]
    pub text: String,
    /// When it came.
    pub filed_at: Timestamp,
    /// When it is to be decided.
    pub due_at: Timestamp,
    /// When its lateness is an alarm.
    pub alarm_at: Timestamp,
    /// Whether many people follow the account, so that an error does much harm.
    pub is_urgent: bool,
    /// Where it stands.
    pub status: AppealStatus,
    /// Who looks at it.
    pub claim: Option<Claim>,
    /// Times that it was claimed.
    pub claim_count: u32,
    /// Who decided it, and when.
    pub decided: Option<AppealDecided>,
    /// Why it was so decided; empty before, and once erased.
    #[serde(skip)]
    pub reasons: String,
    /// When it was noticed that it is beyond `alarm_at`.
    pub late_since: Option<Timestamp>,
}

/// Who decided an appeal, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealDecided {
    /// Who; `system` where the decision had been overturned meanwhile.
    pub decided_by: OperatorId,
    /// When.
    pub decided_at: Timestamp,
}

impl Appeal {
    /// Whether it should have been decided by `now`.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.status == AppealStatus::Open && self.due_at <= now
    }
}
