//! Decisions: accountable choices, each with policy, evidence, decider and degree of automation.

use crate::case::SourceSet;
use crate::clock::Timestamp;
use crate::entity::Evidence;
use crate::entry::Outcome;
use crate::ids::{AccountId, CaseId, DecisionId, OperatorId};
use crate::operator::Role;
use crate::policy::PolicyRef;
use serde::{Deserialize, Serialize};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// The account broke no policy.
    NoViolation,
    /// A violation; the account is warned.
    Warn,
    /// A violation; the account carries a label.
    Label,
    /// A violation; the account's reach or functions are limited.
    Restrict,
    /// A violation; the account is suspended.
    Suspend,
    /// A violation; the account is closed for good. Only overturning takes it back.
    Terminate,
    /// Whatever is in force against the account ends.
    Restore,
}

impl DecisionKind {
    /// All kinds.
    pub const ALL: [DecisionKind; 7] = [
        Self::NoViolation,
        Self::Warn,
        Self::Label,
        Self::Restrict,
        Self::Suspend,
        Self::Terminate,
        Self::Restore,
    ];

    /// The kind's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoViolation => "no_violation",
            Self::Warn => "warn",
            Self::Label => "label",
            Self::Restrict => "restrict",
            Self::Suspend => "suspend",
            Self::Terminate => "terminate",
            Self::Restore => "restore",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it may be for a time.
    pub const fn may_end(self) -> bool {
        matches!(self, Self::Restrict | Self::Suspend)
    }

    /// Whether it says that the account broke a policy.
    pub const fn is_violation(self) -> bool {
        matches!(self, Self::Warn | Self::Label | Self::Restrict | Self::Suspend | Self::Terminate)
    }

    /// What similarity learns from it.
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::NoViolation | Self::Restore => Outcome::Cleared,
            Self::Warn | Self::Label | Self::Restrict => Outcome::Violating,
            Self::Suspend | Self::Terminate => Outcome::Suspended,
        }
    }
}

/// How much of a decision a machine made; the words of the DSA Transparency Database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automation {
    /// A person looked and chose.
    #[default]
    NotAutomated,
    /// A person approved what a machine had prepared for many accounts at once.
    PartiallyAutomated,
    /// A script decided under a named operator's responsibility.
    FullyAutomated,
}

impl Automation {
    /// All degrees.
    pub const ALL: [Automation; 3] = [Self::NotAutomated, Self::PartiallyAutomated, Self::FullyAutomated];

    /// The degree's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAutomated => "not_automated",
            Self::PartiallyAutomated => "partially_automated",
            Self::FullyAutomated => "fully_automated",
        }
    }

    /// The degree of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|degree| degree.name() == name)
    }
}

/// Who took a decision back, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overturn {
    /// Who.
    pub overturned_by: OperatorId,
    /// When.
    pub overturned_at: Timestamp,
    /// Why, in words.
    pub reason: String,
}

/// A decision as it stands in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Its name.
    pub decision_id: DecisionId,
    /// The case that it closed.
    pub case_id: CaseId,
    /// The account that it is about.
    pub account_id: AccountId,
    /// What was decided.
    pub kind: DecisionKind,
    /// The policy that it cites.
    pub policy: PolicyRef,
    /// What it rests on; never empty, unless the account's data was erased since.
    pub evidence: Vec<Evidence>,
    /// SHA-256 of the evidence as it was decided on, hexadecimal; outlives an erasure.
    pub evidence_hash: String,
    /// Why, in the decider's words; empty once erased.
    pub rationale: String,
    /// Who answers for it.
    pub decided_by: OperatorId,
    /// How much of it a machine did.
    pub automation: Automation,
    /// When it was made.
    pub decided_at: Timestamp,
    /// When the case was opened: with `decided_at` the time to a decision.
    pub case_opened_at: Timestamp,
    /// What had pointed at the account by then.
    pub sources: SourceSet,
    /// Bits: the case's weight when it was decided.
    pub weight: f64,
    /// When what it does to the account ends by itself; `None` for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When its time was found to be over; it stands all the same, as it was no mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Set once it no longer stands.
    pub overturn: Option<Overturn>,
}

impl Decision {
    /// Whether it has not been overturned.
    pub fn stands(&self) -> bool {
        self.overturn.is_none()
    }

    /// Whether what it does to the account has an end that has come by `now`.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|ends_at| ends_at <= now)
    }
}

/// What a decider hands in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewDecision {
    /// The case.
    pub case_id: CaseId,
    /// The claim under which it is decided.
    pub claim_id: crate::ids::ClaimId,
    /// Who decides; must hold the claim.
    pub decided_by: OperatorId,
    /// What they may do: [`DecisionKind::Terminate`] needs [`Role::Lead`] or more.
    pub decided_as: Role,
    /// What.
    pub kind: DecisionKind,
    /// The policy that it cites.
    pub policy: PolicyRef,
    /// What it rests on: at least one row.
    pub evidence: Vec<Evidence>,
    /// Why, `1..=`[`crate::limits::TEXT_CHARS_MAX`] characters.
    pub rationale: String,
    /// How much of it a machine did.
    pub automation: Automation,
    /// For [`DecisionKind::Label`]: the label to set.
    pub label: Option<String>,
    /// For [`DecisionKind::Restrict`] and [`DecisionKind::Suspend`]: days after which it ends by itself,
    /// `1..=`[`crate::limits::SANCTION_DAYS_MAX`]; `None` for no end.
    pub days: Option<u32>,
}
