//! Notes: what those who work on a case write to each other. A note decides nothing and changes no case.

use crate::clock::Timestamp;
use crate::ids::{AccountId, CaseId, OperatorId};
use serde::{Deserialize, Serialize};

/// Why it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// To say something.
    Note,
    /// To say why somebody else now holds the case.
    HandOver,
    /// To say why the case now waits for a lead.
    Escalation,
}

impl NoteKind {
    /// All kinds.
    pub const ALL: [NoteKind; 3] = [Self::Note, Self::HandOver, Self::Escalation];

    /// The kind's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::HandOver => "hand_over",
            Self::Escalation => "escalation",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A note on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseNote {
    /// On which case.
    pub case_id: CaseId,
    /// Its place among the case's notes, from 1.
    pub number: u32,
    /// Whom the case is about.
    pub account_id: AccountId,
    /// Why it was written.
    pub kind: NoteKind,
    /// By whom.
    pub author: OperatorId,
    /// Operators that it names as `@name`, each once; whoever gets the case in a hand-over is one of them.
    pub mentions: Vec<OperatorId>,
    /// What it says; empty once the account's data was erased.
    pub text: String,
    /// When.
    pub written_at: Timestamp,
}
