//! Rule sets as they stand in the journal: whole, so that a replay never depends on a file.

use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What becomes of what a rule set asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleMode {
    /// Labels are set, signals sent, cases opened.
    Live,
    /// It is counted, and nothing comes of it.
    Shadow,
    /// It is kept, and not evaluated.
    Draft,
}

impl RuleMode {
    /// All modes.
    pub const ALL: [RuleMode; 3] = [Self::Live, Self::Shadow, Self::Draft];

    /// The mode's name in options, tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Shadow => "shadow",
            Self::Draft => "draft",
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
    /// Live, shadow or draft.
    pub mode: RuleMode,
    /// Who answers for it.
    pub owner: String,
    /// From when on it is not evaluated any more; never if none.
    pub expires_at: Option<Timestamp>,
    /// On how many events of one day a rule may take effect at most, by its name, or by `*` for every rule that is not
    /// named: one that goes beyond is put in shadow by itself.
    #[serde(default)]
    pub daily_limits: BTreeMap<String, u64>,
    /// Its files, sorted by path.
    pub files: Vec<RuleFile>,
}

impl RuleSet {
    /// A live set of these files that nobody answers for and that never expires: for trials.
    pub fn live(files: Vec<RuleFile>) -> Self {
        let (mode, owner, daily_limits) = (RuleMode::Live, String::new(), BTreeMap::new());
        Self { mode, owner, expires_at: None, daily_limits, files }
    }

    /// What is wrong with a daily limit, in words: one of a rule that is not among `names`, or of nothing.
    pub fn wrong_limit(&self, names: &mut dyn Iterator<Item = &str>) -> Option<String> {
        let known: BTreeSet<&str> = names.chain(["*"]).collect();
        let unknown = self.daily_limits.keys().find(|name| !known.contains(name.as_str()));
        unknown.map(|name| format!("a daily limit names the rule `{name}`, which the set has not"))
    }
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
