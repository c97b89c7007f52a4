//! Batches: many decisions proposed together, judged by a blind sample, approved by a second person, carried out in
//! slices, and taken back together.

use crate::clock::Timestamp;
use crate::decision::{DecisionKind, Overturn};
use crate::entity::{Evidence, Source};
use crate::ids::{AccountId, BatchId, DecisionId, OperatorId};
use crate::policy::PolicyRef;
use serde::{Deserialize, Serialize};

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    /// Its sample is being judged.
    Sampling,
    /// The sample is judged, and the bound on its errors lies above the limit.
    Refused,
    /// The sample is judged, and the bound lies within the limit: somebody else may approve it.
    Passed,
    /// Approved by a second person.
    Approved,
    /// Being carried out.
    Running,
    /// Stopped, by a person or by itself.
    Paused,
    /// Carried out.
    Done,
    /// Being taken back.
    TakingBack,
    /// Taken back.
    TakenBack,
}

impl BatchStatus {
    /// All states, in the order in which a batch meets them.
    pub const ALL: [BatchStatus; 9] = [
        Self::Sampling,
        Self::Refused,
        Self::Passed,
        Self::Approved,
        Self::Running,
        Self::Paused,
        Self::Done,
        Self::TakingBack,
        Self::TakenBack,
    ];

    /// The state's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sampling => "sampling",
            Self::Refused => "refused",
            Self::Passed => "passed",
            Self::Approved => "approved",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::TakingBack => "taking_back",
            Self::TakenBack => "taken_back",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether slices are to be worked off.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Running | Self::TakingBack)
    }
}

/// Why an account of a batch is not acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// The record knows nothing of it.
    Unknown,
    /// A single reviewer may not act on it, and a batch not at all.
    Protected,
    /// It is under legal hold.
    LegalHold,
    /// What the batch would decide is so already.
    AlreadySo,
    /// It has no open case with evidence, and the proposal gives none, or the evidence was erased since.
    NoEvidence,
    /// Somebody else is reviewing its case.
    Claimed,
    /// The sample found that the decision would be wrong.
    FoundWrong,
    /// It is closed for good, which only overturning that decision takes back.
    Terminated,
}

impl LeftOut {
    /// All reasons.
    pub const ALL: [LeftOut; 8] = [
        Self::Unknown,
        Self::Protected,
        Self::LegalHold,
        Self::AlreadySo,
        Self::NoEvidence,
        Self::Claimed,
        Self::FoundWrong,
        Self::Terminated,
    ];

    /// The reason's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Protected => "protected",
            Self::LegalHold => "legal_hold",
            Self::AlreadySo => "already_so",
            Self::NoEvidence => "no_evidence",
            Self::Claimed => "claimed",
            Self::FoundWrong => "found_wrong",
            Self::Terminated => "terminated",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Where a member of a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// Not of the list: refused when the batch was proposed.
    LeftOut,
    /// Waits for its decision.
    Waiting,
    /// Decided.
    Done,
    /// Passed over when its turn came.
    PassedOver,
    /// Its decision was taken back with the batch.
    TakenBack,
}

impl MemberStatus {
    /// All states.
    pub const ALL: [MemberStatus; 5] =
        [Self::LeftOut, Self::Waiting, Self::Done, Self::PassedOver, Self::TakenBack];

    /// The state's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeftOut => "left_out",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::PassedOver => "passed_over",
            Self::TakenBack => "taken_back",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What a reviewer found of a sampled account, not knowing what the batch would decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Who.
    pub judged_by: OperatorId,
    /// When.
    pub judged_at: Timestamp,
    /// What they would have decided.
    pub finding: DecisionKind,
    /// Whether the batch's decision would be wrong by that.
    pub is_wrong: bool,
}

/// One account of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Which account.
    pub account_id: AccountId,
    /// Its place in the list, from 0, by account id.
    pub place: u32,
    /// What pointed at it: what its case is opened by where it has none.
    pub source: Source,
    /// The name of its stratum.
    pub stratum: String,
    /// What the decision rests on, as it was when the batch was proposed.
    pub evidence: Vec<Evidence>,
    /// Where it stands.
    pub status: MemberStatus,
    /// For one left out or passed over: why.
    pub reason: Option<LeftOut>,
    /// Whether it was drawn into the sample.
    pub is_sampled: bool,
    /// What was found of it there.
    pub judgement: Option<Judgement>,
    /// Its decision, once made.
    pub decision_id: Option<DecisionId>,
    /// When that was.
    pub done_at: Option<Timestamp>,
}

/// Members that are alike in source and language, and what the sample found of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stratum {
    /// `source` or `source/language`; `rest` for those too small to stand alone.
    pub name: String,
    /// Its members.
    pub members: u64,
    /// How many were drawn.
    pub sampled: u64,
    /// How many of these were judged.
    pub judged: u64,
    /// How many of these the batch's decision would wrong.
    pub wrong: u64,
}

/// Who approved what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub approved_by: OperatorId,
    /// When.
    pub approved_at: Timestamp,
    /// The hash of the list that was approved.
    pub list_hash: String,
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Members with a decision, taken back or not.
    pub done: u64,
    /// Members passed over.
    pub passed_over: u64,
    /// Members whose decision was taken back with the batch, or had been overturned before.
    pub taken_back: u64,
    /// Decisions overturned one by one, on appeal.
    pub overturned: u64,
}

/// Why a batch stands still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Who stopped it; `None` where it stopped itself.
    pub paused_by: Option<OperatorId>,
    /// When.
    pub paused_at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Somebody lifted the daily limits for a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakGlass {
    /// Who.
    pub broken_by: OperatorId,
    /// When.
    pub broken_at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Many decisions of one kind under one policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Its name.
    pub batch_id: BatchId,
    /// Where it stands.
    pub status: BatchStatus,
    /// What is decided on every member.
    pub kind: DecisionKind,
    /// For [`DecisionKind::Label`]: the label.
    pub label: Option<String>,
    /// Days after which what it decides ends by itself; `None` for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// The policy that every decision cites.
    pub policy: PolicyRef,
    /// Why, in the proposer's words.
    pub rationale: String,
    /// Highest share of wrong decisions that it may bear, `0.0..=`[`crate::limits::BATCH_ERROR_MAX`].
    pub error_max: f64,
    /// Who proposed it, and answers for its decisions.
    pub proposed_by: OperatorId,
    /// When.
    pub proposed_at: Timestamp,
    /// SHA-256 over kind, days, label, policy and the sorted ids of its members, hexadecimal.
    pub list_hash: String,
    /// Members: what was left out is not among them.
    pub member_count: u64,
    /// Accounts that were refused when it was proposed.
    pub left_out_count: u64,
    /// What the sample is drawn by: 32 hexadecimal digits, drawn after the list was fixed.
    pub seed: String,
    /// How often the sample was drawn, from 1.
    pub round: u32,
    /// The strata, by name.
    pub strata: Vec<Stratum>,
    /// The second person's word.
    pub approval: Option<Approval>,
    /// How far it has come.
    pub progress: Progress,
    /// Why it stands still, where it does.
    pub pause: Option<Pause>,
    /// Whether the daily limits were lifted for it.
    pub break_glass: Option<BreakGlass>,
    /// Who takes it back, when and why.
    pub take_back: Option<Overturn>,
}

/// An account as proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMember {
    /// Which.
    pub account_id: AccountId,
    /// What pointed at it; that of its open case where absent, else [`Source::Rule`].
    #[serde(default)]
    pub source: Option<Source>,
    /// Its language where known, in the platform's word.
    #[serde(default)]
    pub language: Option<String>,
    /// What speaks against it, in words; beside its open case's evidence.
    #[serde(default)]
    pub evidence: Option<String>,
}

/// A batch as proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBatch {
    /// Its name, drawn by the caller.
    pub batch_id: BatchId,
    /// What to decide on every account.
    pub kind: DecisionKind,
    /// For [`DecisionKind::Label`]: the label.
    pub label: Option<String>,
    /// Days after which each decision ends by itself, as in [`crate::decision::NewDecision`].
    pub days: Option<u32>,
    /// The policy to cite.
    pub policy: PolicyRef,
    /// Why, `1..=`[`crate::limits::TEXT_CHARS_MAX`] characters.
    pub rationale: String,
    /// Highest share of wrong decisions; [`crate::limits::BATCH_ERROR_DEFAULT`] where absent.
    pub error_max: Option<f64>,
    /// Whom it is about, at most [`crate::limits::BATCH_ACCOUNTS_MAX`]; one named twice counts once.
    pub accounts: Vec<NewMember>,
    /// Who proposes.
    pub proposed_by: OperatorId,
    /// 128 random bits that the sample is drawn by. Never the proposer's choice.
    pub seed: u128,
}
