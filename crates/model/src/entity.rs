//! Evidence groups, and evidence as a reviewer reads it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Entity types whose evidence is counted together and capped, because they lean on the same fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceGroup {
    /// Internet addresses and their networks.
    Network,
    /// Devices and browsers.
    Device,
    /// Mail addresses, telephone numbers, payment details.
    Contact,
    /// Handles and display names.
    Naming,
    /// What an account says of itself.
    Bio,
    /// What it writes: words, hashtags, near-duplicate texts.
    Content,
    /// Pictures, video, avatars.
    Media,
    /// Web addresses and their domains.
    Url,
    /// The same object at the same time.
    CoAction,
    /// Whom it follows, mentions and reposts.
    Social,
    /// When it is active.
    Rhythm,
    /// How soon after a suspension it came.
    Timing,
}

impl EvidenceGroup {
    /// All groups, in the order in which tables show them.
    pub const ALL: [EvidenceGroup; 12] = [
        Self::Network,
        Self::Device,
        Self::Contact,
        Self::Naming,
        Self::Bio,
        Self::Content,
        Self::Media,
        Self::Url,
        Self::CoAction,
        Self::Social,
        Self::Rhythm,
        Self::Timing,
    ];

    /// The group's name in settings, tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Device => "device",
            Self::Contact => "contact",
            Self::Naming => "naming",
            Self::Bio => "bio",
            Self::Content => "content",
            Self::Media => "media",
            Self::Url => "url",
            Self::CoAction => "co-action",
            Self::Social => "social",
            Self::Rhythm => "rhythm",
            Self::Timing => "timing",
        }
    }

    /// The group of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }
}

impl fmt::Display for EvidenceGroup {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// One row of what supports a score or a decision: copied, so that it stays as it was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The group that the row counts in.
    pub group: EvidenceGroup,
    /// The entity type's name in `links.yaml`, or the store's (`words`, `mentions`, `report`).
    pub entity_type: String,
    /// The shared entity's value; `None` where the row sums several or the value is no longer kept.
    pub entity: Option<String>,
    /// For rows without one entity: the terms that weigh most, heaviest first, with their bits.
    pub terms: Vec<(String, f64)>,
    /// Bits: log2 of a likelihood ratio, after caps.
    pub weight: f64,
    /// How rare the shared entities are, in the steps that learning counts by, each step once, rising; empty for rows
    /// of terms and reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<u8>,
    /// The row in words.
    pub text: String,
}

/// Where a report, case or candidate came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A user's report.
    User,
    /// A partner's report.
    Partner,
    /// An authority's report or order.
    Authority,
    /// A rule's hit.
    Rule,
    /// A match with a bank.
    Bank,
    /// Similarity to seeds.
    Similar,
    /// Links to a suspended account.
    Return,
    /// Drawn at random, to measure what nothing surfaced.
    AuditLane,
    /// The ladder of strikes, which a milder decision fell short of.
    Strikes,
}

impl Source {
    /// All sources.
    pub const ALL: [Source; 9] = [
        Self::User,
        Self::Partner,
        Self::Authority,
        Self::Rule,
        Self::Bank,
        Self::Similar,
        Self::Return,
        Self::AuditLane,
        Self::Strikes,
    ];

    /// The source's name in columns, tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Partner => "partner",
            Self::Authority => "authority",
            Self::Rule => "rule",
            Self::Bank => "bank",
            Self::Similar => "similar",
            Self::Return => "return",
            Self::AuditLane => "audit-lane",
            Self::Strikes => "strikes",
        }
    }

    /// The source of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}
