//! Rule sets as they stand in the journal: whole, so that a replay never depends on a file.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What becomes of what a rule set asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleMode {
    /// Labels are set, signals sent, cases opened.
    Live,
    /// It is counted, and nothing comes of it.
    Shadow,
}

impl RuleMode {
    /// Both modes.
    pub const ALL: [RuleMode; 2] = [Self::Live, Self::Shadow];

    /// The mode's name in options, tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Shadow => "shadow",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

impl fmt::Display for RuleMode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// One file of a rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFile {
    /// Its path below the folder of the set, with `/`.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// A rule set with all its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSet {
    /// Live or shadow.
    pub mode: RuleMode,
    /// Who answers for it.
    pub owner: String,
    /// From when on it is not evaluated any more; never if none.
    pub expires_at: Option<Timestamp>,
    /// Its files, sorted by path.
    pub files: Vec<RuleFile>,
}

/// A label that a person set or took off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualLabel {
    /// Type of the entity, as rules name it: `UserId`.
    pub entity_type: String,
    /// Its id.
    pub entity_id: String,
    /// The label.
    pub label: String,
    /// Set, or taken off.
    pub is_added: bool,
    /// When that is over; never if none.
    pub expires_at: Option<Timestamp>,
    /// Who did it.
    pub by: String,
}
