//! What the record keeps of an account beside its cases: standing, sanctions in force, legal hold.

mod erase;
mod hold;
mod legal_hold;
mod protect;
mod sanctions;
mod standing;
mod strikes;

use cordon_model::account::Standing;
use cordon_model::case::SourceSet;
use cordon_model::clock::Timestamp;
use cordon_model::hold::Hold;
use cordon_model::ids::{AccountId, CaseId, DecisionId, OperatorId};
use serde::{Deserialize, Serialize};

pub use erase::erase;
pub use hold::begin_hold;
pub(crate) use hold::end_hold;
pub use legal_hold::{lift_legal_hold, place_legal_hold};
pub use protect::set_protected;
pub use sanctions::{Sanction, apply_action};
pub use standing::import_standing;
pub(crate) use standing::restate;
#[cfg(test)]
pub(crate) use standing::standing_of;
pub use strikes::{CitedPolicies, Strike, StrikeTally, propose_step, strikes_in_force, tally};

/// An account as the record knows it. Exists from the first report, candidate or import on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// Whose.
    pub account_id: AccountId,
    /// What stands, from `sanctions` and `judged`.
    pub standing: Standing,
    /// The judgement that later reports and candidates are held against.
    pub judged: Option<Judged>,
    /// When the platform decided what was last taken over from it: counts again once no decision made here stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_at: Option<Timestamp>,
    /// What is in force, oldest first.
    pub sanctions: Vec<Sanction>,
    /// Followers, as last reported; `None` where unknown.
    pub reach: Option<u64>,
    /// Whether a single reviewer may not act on it.
    pub is_protected: bool,
    /// Reports since the last judgement that repeat what was judged.
    pub repeat_report_count: u32,
    /// The last hold that rules asked for, in force or over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// What forbids erasing it.
    pub legal_hold: Option<LegalHold>,
    /// When an erasure was asked for that the hold forbade; done when the hold is lifted.
    pub erasure_withheld_at: Option<Timestamp>,
    /// When its data was last erased.
    pub erased_at: Option<Timestamp>,
}

/// The last judgement on an account, as far as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The decision; `None` for an import or after an overturn that leaves no decision standing.
    pub decision_id: Option<DecisionId>,
    /// The case that holds later repeats.
    pub case_id: Option<CaseId>,
    /// When.
    pub at: Timestamp,
    /// Bits: what was weighed.
    pub weight: f64,
    /// What had pointed at the account.
    pub sources: SourceSet,
}

/// A duty to keep an account's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Who placed it.
    pub placed_by: OperatorId,
    /// When.
    pub placed_at: Timestamp,
    /// On what ground.
    pub reason: String,
}

impl Judged {
    /// The judgement that an import is.
    pub(crate) fn imported(at: Timestamp) -> Self {
        Self { decision_id: None, case_id: None, at, weight: 0.0, sources: SourceSet::default() }
    }
}

impl AccountRecord {
    /// An account of which nothing is known.
    pub fn new(account_id: AccountId) -> Self {
        Self {
            account_id,
            standing: Standing::Unjudged,
            judged: None,
            imported_at: None,
            sanctions: Vec::new(),
            reach: None,
            is_protected: false,
            repeat_report_count: 0,
            hold: None,
            legal_hold: None,
            erasure_withheld_at: None,
            erased_at: None,
        }
    }
}
