//! Cluster cases: accounts that were proposed together and are reviewed side by side, each judged for itself.

use crate::clock::Timestamp;
use crate::entity::Evidence;
use crate::ids::{AccountId, CaseId, ClusterCaseId, OperatorId};
use serde::{Deserialize, Serialize};

/// How a cluster was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterKind {
    /// Without a seed: the same objects at the same time, again and again.
    Coordination,
    /// Around one account, by the links of the index.
    Seed,
    /// Without a seed: rare entities in common, whenever they were used.
    Community,
}

impl ClusterKind {
    /// All kinds.
    pub const ALL: [ClusterKind; 3] = [Self::Coordination, Self::Seed, Self::Community];

    /// The kind's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Coordination => "coordination",
            Self::Seed => "seed",
            Self::Community => "community",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a cluster case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterStatus {
    /// At least one member's case is open.
    Open,
    /// Every member's case has ended.
    Closed,
}

impl ClusterStatus {
    /// Both states.
    pub const ALL: [ClusterStatus; 2] = [Self::Open, Self::Closed];

    /// The state's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// Why a cluster case is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterCloseReason {
    /// Every member's case was decided.
    Decided,
    /// Some were decided, others ended without a decision, as their accounts' data were erased.
    Ended,
}

impl ClusterCloseReason {
    /// Both reasons.
    pub const ALL: [ClusterCloseReason; 2] = [Self::Decided, Self::Ended];

    /// The reason's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Ended => "ended",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// How strongly one account belongs to its cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterShare {
    /// Bits that tie it to the others: of chance, not of a violation.
    pub belonging: f64,
    /// Members it is tied to.
    pub partners: u32,
    /// Objects that it shares with other members.
    pub objects: u32,
}

/// A cluster that somebody wants reviewed, as it was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewClusterCase {
    /// How it was found.
    pub kind: ClusterKind,
    /// Seconds within which its members acted together; `None` where none was set.
    pub window_seconds: Option<u32>,
    /// Bits: how unlikely chance is to tie these accounts together.
    pub weight: f64,
    /// Pairs of members that are tied together, of all: `0.0..=1.0`.
    pub density: f64,
    /// The first thing done together.
    pub first: Option<Timestamp>,
    /// The last one.
    pub last: Option<Timestamp>,
    /// Distinct days; 0 where not known.
    pub days: u32,
    /// Those that belong most strongly first: 2 to [`crate::limits::CLUSTER_CASE_MEMBERS_MAX`], each once.
    pub members: Vec<NewClusterMember>,
    /// What the members share: at least one row.
    pub evidence: Vec<Evidence>,
}

/// A member of a cluster that somebody wants reviewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewClusterMember {
    /// The account.
    pub account_id: AccountId,
    /// How strongly it belongs.
    pub share: ClusterShare,
    /// What ties this one to the others, beside what all share; may be empty.
    pub evidence: Vec<Evidence>,
}

/// One review of accounts that were proposed together. It decides nothing: its members' cases do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterCase {
    /// Its name: that of the cluster, and which of its reviews this is.
    pub cluster_case_id: ClusterCaseId,
    /// The cluster: a hash of kind, window and members, 16 hexadecimal digits.
    pub cluster_id: String,
    /// How it was found.
    pub kind: ClusterKind,
    /// Seconds within which its members acted together; `None` where none was set.
    pub window_seconds: Option<u32>,
    /// Bits: how unlikely chance is to tie these accounts together.
    pub weight: f64,
    /// Pairs of members that are tied together, of all: `0.0..=1.0`.
    pub density: f64,
    /// The first thing done together.
    pub first: Option<Timestamp>,
    /// The last one.
    pub last: Option<Timestamp>,
    /// Distinct days; 0 where not known.
    pub days: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// By whom.
    pub opened_by: OperatorId,
    /// Where it stands.
    pub status: ClusterStatus,
    /// When its last member's case ended.
    pub closed_at: Option<Timestamp>,
    /// Why it is closed.
    pub close_reason: Option<ClusterCloseReason>,
    /// How often it was claimed as a whole.
    pub claim_count: u32,
    /// Accounts in it.
    pub member_count: u32,
    /// What the members share, frozen as it was seen. Empty in lists, and once a member's data was erased.
    pub evidence: Vec<Evidence>,
}

/// An account in a cluster case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterMember {
    /// The account.
    pub account_id: AccountId,
    /// Its case; `None` where it was suspended already and nothing was left to decide.
    pub case_id: Option<CaseId>,
    /// How strongly it belongs.
    pub share: ClusterShare,
}
