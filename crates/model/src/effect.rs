//! What evaluating an entry asks the record to do.

use crate::clock::Timestamp;
use crate::entity::{Evidence, Source};
use crate::ids::{AccountId, EntryId, PolicyId, QueueId};
use crate::report::Report;
use serde::{Deserialize, Serialize};

/// One thing that an entry asks for. None of them decides about a person: candidates and returns become cases, and a hold
/// is over within a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// A report came in.
    Report(Report),
    /// An account on which reports were waiting has appeared.
    SubjectAppeared {
        /// Which account.
        account_id: AccountId,
    },
    /// Reports waited as long as they may for an account that never came.
    SubjectNeverAppeared {
        /// Which account.
        account_id: AccountId,
    },
    /// An account is proposed for review.
    Candidate(Candidate),
    /// A past decision of the platform was imported: history, not work.
    StandingImported {
        /// Whose.
        account_id: AccountId,
        /// `suspended`, `cleared` or `restored`.
        outcome: String,
        /// When the platform decided.
        decided_at: Timestamp,
    },
    /// A live rule wants the platform told something.
    Signal(RuleSignal),
    /// A live rule wants an account's reach limited for a while.
    Hold(RuleHold),
    /// An account's data was erased: what the record holds of it goes too, unless a legal hold forbids it.
    Erased {
        /// Whose.
        account_id: AccountId,
    },
    /// Somebody changed rules or banks: the audit tells who. It concerns no account.
    Changed(ControlChange),
}

/// What somebody changed by a control entry, as the audit tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlChange {
    /// Who, as audit records name them.
    pub actor: String,
    /// What was done.
    pub verb: ControlVerb,
    /// To which: `rules:<version>` or `bank:<id>`.
    pub subject: String,
    /// Ids, versions and counts that say more, as a JSON object; the entry's offset among them.
    pub details: String,
}

/// What a control entry may do to rules and banks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlVerb {
    /// A rule set was published.
    RulesPublished,
    /// A version of the rules went into another mode.
    RulesMoved,
    /// A version of the rules, or the set of a mode, was withdrawn.
    RulesWithdrawn,
    /// A bank was made or changed.
    BankPut,
    /// A bank went, with its entries.
    BankRemoved,
    /// Entries were added, replaced or disabled.
    BankEntriesPut,
    /// Entries were taken out.
    BankEntriesRemoved,
}

impl ControlVerb {
    /// The verb of the audit record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RulesPublished => "rules.published",
            Self::RulesMoved => "rules.moved",
            Self::RulesWithdrawn => "rules.withdrawn",
            Self::BankPut => "bank.put",
            Self::BankRemoved => "bank.removed",
            Self::BankEntriesPut => "bank_entries.put",
            Self::BankEntriesRemoved => "bank_entries.removed",
        }
    }
}

/// What a rule's signal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleSignalKind {
    /// The engine's answer to an event.
    Verdict,
    /// A name of the rule set's own.
    Custom,
    /// A rule went beyond its daily limit and was put in shadow by itself; says nothing about the account whose event
    /// it was.
    RuleStopped,
}

impl RuleSignalKind {
    /// The kind's name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Custom => "custom",
            Self::RuleStopped => "rule_stopped",
        }
    }
}

/// What a live rule tells the platform. Whatever its name, it is no decision, and no action comes of it here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSignal {
    /// The account that the event is about.
    pub account_id: AccountId,
    /// The event.
    pub event_id: EntryId,
    /// Verdict or custom.
    pub kind: RuleSignalKind,
    /// The verdict, or the signal's name.
    pub name: String,
    /// What goes with it.
    pub detail: Option<String>,
    /// The rules that held.
    pub rules: Vec<String>,
    /// The version of the rule set.
    pub rule_set: u32,
    /// When the event arrived.
    pub at: Timestamp,
}

/// What a live rule wants: that an account reaches fewer people for some hours, so that somebody can look first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHold {
    /// The account that acts in the event.
    pub account_id: AccountId,
    /// The event.
    pub event_id: EntryId,
    /// The policy that it may break.
    pub policy_id: PolicyId,
    /// The rules that held.
    pub rules: Vec<String>,
    /// The version of the rule set.
    pub rule_set: u32,
    /// When the event arrived.
    pub at: Timestamp,
    /// When the hold is to be over.
    pub until: Timestamp,
}

/// An account proposed for review, with the evidence. Not an accusation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The proposed account.
    pub account_id: AccountId,
    /// What proposed it: [`Source::Similar`], [`Source::Return`], [`Source::AuditLane`] and so on.
    pub source: Source,
    /// Bits: the sum of the evidence rows, without the prior.
    pub weight: f64,
    /// Probability of a violation, `0.0..=1.0`; a bounded stand-in while `is_calibrated` is false.
    pub probability: f64,
    /// Whether `probability` rests on enough decisions to be one.
    pub is_calibrated: bool,
    /// The rows, heaviest first.
    pub evidence: Vec<Evidence>,
    /// For a return: the suspended accounts whose holder this probably is, likeliest first.
    pub incarnation_of: Vec<AccountId>,
    /// For a match with a bank: the policy that what is banked breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<PolicyId>,
    /// The queue that a rule asks for; a case waits in the more pressing one of this and the usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_id: Option<QueueId>,
    /// Doublings of its expected harm by which a rule lets the case go ahead.
    #[serde(default)]
    pub priority: u32,
    /// The chance with which the case was admitted to review, `0.0..=1.0`; 1 unless it was drawn.
    pub propensity: f64,
    /// Followers, as last reported: how far a violation would reach. `None` where unknown.
    pub reach: Option<u64>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
}
