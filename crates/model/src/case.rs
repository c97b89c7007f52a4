//! Cases: everything about the account that one review looks at.

use crate::clock::Timestamp;
use crate::entity::{Evidence, Source};
use crate::ids::{AccountId, CaseId, ClaimId, DecisionId, OperatorId, PolicyId, QueueId, ReportId};
use crate::policy::Severity;
use crate::report::Report;
use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// Waits for a decision, claimed or not. At most one per account.
    Open,
    /// Somebody decided.
    Decided,
    /// Nothing is left to decide: the account's data was erased.
    Closed,
}

impl CaseStatus {
    /// All states.
    pub const ALL: [CaseStatus; 3] = [Self::Open, Self::Decided, Self::Closed];

    /// The state's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided => "decided",
            Self::Closed => "closed",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// Why a case must be decided by a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineBasis {
    /// An authority's order: one hour, Regulation (EU) 2021/784 Art. 3(3).
    RemovalOrder,
    /// A trusted flagger's notice goes first, Regulation (EU) 2022/2065 Art. 22; the hours are the house's own.
    TrustedFlagger,
}

impl DeadlineBasis {
    /// The basis's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RemovalOrder => "removal_order",
            Self::TrustedFlagger => "trusted_flagger",
        }
    }

    /// The basis of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::RemovalOrder, Self::TrustedFlagger].into_iter().find(|basis| basis.name() == name)
    }
}

/// By when a case must be decided, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The last instant.
    pub at: Timestamp,
    /// What demands it.
    pub basis: DeadlineBasis,
}

/// A lease on a case. It holds while `expires_at` lies ahead and the case still names this claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Names this lease and no later one on the same case.
    pub claim_id: ClaimId,
    /// Who holds it.
    pub operator_id: OperatorId,
    /// When it was taken.
    pub claimed_at: Timestamp,
    /// When it lapses without a heartbeat.
    pub expires_at: Timestamp,
}

/// A set of [`Source`]s, kept as one bit each so that a column and an index can hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Source>", into = "Vec<Source>")]
pub struct SourceSet(u16);

impl SourceSet {
    /// The set of one.
    pub fn of(source: Source) -> Self {
        Self(1 << source as u16)
    }

    /// The set whose bits these are; unknown bits are dropped.
    pub fn from_bits(bits: i64) -> Self {
        Source::ALL.into_iter().filter(|source| bits & Self::of(*source).bits() != 0).collect()
    }

    /// One bit per source, in the order of [`Source::ALL`].
    pub fn bits(self) -> i64 {
        i64::from(self.0)
    }

    /// Adds `source`; whether it is new.
    pub fn insert(&mut self, source: Source) -> bool {
        let is_new = !self.contains(source);
        self.0 |= Self::of(source).0;
        is_new
    }

    /// Whether `source` is in the set.
    pub fn contains(self, source: Source) -> bool {
        self.0 & Self::of(source).0 != 0
    }

    /// Whether `source` is its one member.
    pub fn is_only(self, source: Source) -> bool {
        self == Self::of(source)
    }

    /// The members in the order of [`Source::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Source> {
        Source::ALL.into_iter().filter(move |source| self.contains(*source))
    }
}

impl FromIterator<Source> for SourceSet {
    fn from_iter<I: IntoIterator<Item = Source>>(sources: I) -> Self {
        sources.into_iter().fold(Self::default(), |set, source| Self(set.0 | Self::of(source).0))
    }
}

impl From<Vec<Source>> for SourceSet {
    fn from(sources: Vec<Source>) -> Self {
        sources.into_iter().collect()
    }
}

impl From<SourceSet> for Vec<Source> {
    fn from(set: SourceSet) -> Self {
        set.iter().collect()
    }
}

/// One review of one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its name.
    pub case_id: CaseId,
    /// The account under review.
    pub account_id: AccountId,
    /// Where it waits.
    pub queue_id: QueueId,
    /// Where it stands.
    pub status: CaseStatus,
    /// Counts changes, from 1.
    pub version: u32,
    /// When it was admitted.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was decided or closed.
    pub closed_at: Option<Timestamp>,
    /// What opened it.
    pub opened_by: Source,
    /// Everything that has pointed at the account since.
    pub sources: SourceSet,
    /// Reports merged into it.
    pub report_count: u32,
    /// Bits: the highest weight of its candidates; 0 for reports alone.
    pub weight: f64,
    /// Highest probability of a violation, `0.0..=1.0`.
    pub probability: f64,
    /// Whether `probability` rests on enough decisions to be one.
    pub is_calibrated: bool,
    /// For a return: the suspended accounts whose holder this probably is, likeliest first.
    pub incarnation_of: Vec<AccountId>,
    /// The chance with which the case was admitted to review, `0.0..=1.0`.
    pub propensity: f64,
    /// Followers, as last reported; `None` where unknown.
    pub reach: Option<u64>,
    /// Whether a single reviewer may not act on the account.
    pub is_protected: bool,
    /// The policy said to be broken, in the reporters' or the platform's word.
    pub policy_id: Option<PolicyId>,
    /// How grave that would be.
    pub severity: Severity,
    /// By when it must be decided, where somebody may demand it.
    pub deadline: Option<Deadline>,
    /// Place among cases without a deadline, lower first: an instant in microseconds, see `enforce::queues`.
    pub rank: i64,
    /// The lease on it, lapsed or not.
    pub claim: Option<Claim>,
    /// How often it was claimed; what keeps a lapsed claim from passing for a later one.
    pub claim_count: u32,
    /// When somebody looked at it first: its first claim.
    pub first_claimed_at: Option<Timestamp>,
    /// The decision, once made.
    pub decision_id: Option<DecisionId>,
    /// What supports it, heaviest first. Empty in lists.
    pub evidence: Vec<Evidence>,
}

impl Case {
    /// The claim that holds at `now`.
    pub fn claim_at(&self, now: Timestamp) -> Option<&Claim> {
        self.claim.as_ref().filter(|claim| claim.expires_at > now)
    }
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    /// Waits for an account that nobody has seen yet.
    Waiting,
    /// Part of a case that was open when it came.
    Attached,
    /// Repeats what was judged: kept with the decided case, and costs nobody time.
    Counted,
    /// The account never came.
    SubjectNeverAppeared,
}

impl ReportStatus {
    /// All states.
    pub const ALL: [ReportStatus; 4] =
        [Self::Waiting, Self::Attached, Self::Counted, Self::SubjectNeverAppeared];

    /// The state's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Attached => "attached",
            Self::Counted => "counted",
            Self::SubjectNeverAppeared => "subject_never_appeared",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A report in the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FiledReport {
    /// Its name in the record.
    pub report_id: ReportId,
    /// What arrived.
    pub report: Report,
    /// What became of it.
    pub status: ReportStatus,
    /// The case that holds it.
    pub case_id: Option<CaseId>,
}

/// One account probably held by the holder of another, suspended one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incarnation {
    /// The younger account.
    pub account_id: AccountId,
    /// The suspended one.
    pub predecessor_id: AccountId,
    /// Bits, as when it was proposed.
    pub weight: f64,
    /// The rows behind it.
    pub evidence: Vec<Evidence>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_set_survives_its_bits() {
        let set: SourceSet = [Source::User, Source::AuditLane].into_iter().collect();
        assert_eq!(SourceSet::from_bits(set.bits()), set);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Source::User, Source::AuditLane]);
        assert_eq!(SourceSet::from_bits(i64::MAX).iter().count(), Source::ALL.len());
    }
}
