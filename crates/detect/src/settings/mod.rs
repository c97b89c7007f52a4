//! `links.yaml`, read and checked: what links accounts on this platform.

mod file;

use crate::proposals::ProposalSettings;
use cordon_model::entity::EvidenceGroup;
use cordon_model::event::EventType;

/// The settings that ship with the binary: the text of `policies/links.yaml`.
pub const BUNDLED: &str = include_str!("../../../../policies/links.yaml");

/// Checked settings: every path split, every name resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSettings {
    /// Where an event names the account that acts.
    pub actor: Path,
    /// Chance that an account which nothing points to is a violator.
    pub prior: f64,
    /// Days that links of a group are kept after their last arrival, indexed as [`EvidenceGroup::ALL`].
    pub keep_days: [u16; 12],
    /// Days that a suspended account's links are kept.
    pub keep_suspended_days: u16,
    /// Most bits that a group may add.
    pub caps: Caps,
    /// Most bits that a group may add where a young account is held against one suspended account.
    pub return_caps: Caps,
    /// Entity types in the order of the file; the index is the type's number.
    pub links: Vec<LinkType>,
    /// Profile stores in the order of the file; the index is the store's number.
    pub profiles: Vec<ProfileStore>,
    /// What similarity proposes by itself.
    pub proposals: ProposalSettings,
}

/// Most bits that each group may add, indexed as [`EvidenceGroup::ALL`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Caps(pub [f64; 12]);

impl Caps {
    /// That of `group`.
    pub fn of(&self, group: EvidenceGroup) -> f64 {
        self.0.get(group as usize).copied().unwrap_or(0.0)
    }
}

/// One line under `links`.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkType {
    /// The type's name.
    pub name: String,
    /// The group that its evidence counts in.
    pub group: EvidenceGroup,
    /// Where the value stands.
    pub path: Path,
    /// What values are compared as.
    pub normalise: Normaliser,
    /// Prior chance that two accounts of one holder share such an entity.
    pub m: f64,
    /// How an entity is made of the value.
    pub kind: LinkKind,
    /// The number of the coarser type that this one contains.
    pub refines: Option<u8>,
    /// Event types read; empty for all.
    pub on: Vec<EventType>,
}

/// How an entity is made of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The value is the entity.
    Identifier,
    /// The value is an account that the actor chose to follow: only the first, then only the rarely followed.
    Follow,
    /// The value is text: the entity is the group of near-duplicates.
    NearText,
    /// The value is `pdq:` and the hash of a picture: the entity is the group of near-duplicates. Others are passed
    /// over.
    NearMedia,
    /// The entity is the value together with its moment.
    CoAction {
        /// Two acts this far apart or less count as one moment.
        window_seconds: u32,
    },
}

/// One line under `profiles`.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileStore {
    /// The store's name.
    pub name: String,
    /// The group that its evidence counts in.
    pub group: EvidenceGroup,
    /// Where the value stands.
    pub path: Path,
    /// How terms are made of it.
    pub normalise: Normaliser,
    /// Most terms kept for one account.
    pub terms_max: usize,
    /// Event types read; empty for all.
    pub on: Vec<EventType>,
}

/// Names to follow from the outside in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(pub Vec<String>);

impl Path {
    /// Splits `a.b.c`.
    pub fn parse(text: &str) -> Self {
        Self(text.split('.').map(str::to_owned).collect())
    }
}

/// What two values are compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normaliser {
    /// As they are.
    Exact,
    /// In lower case, trimmed.
    Lower,
    /// An IPv4 or IPv6 address in its one canonical form.
    Ip,
    /// The /24 of an IPv4 address, the /48 of an IPv6 address.
    IpNetwork,
    /// A handle without digits, separators, doubled letters and letter-like signs.
    HandleStem,
    /// A display name with look-alike characters folded, reduced to letters.
    NameSkeleton,
    /// A web address without scheme, `www.`, tracking parameters, fragment and trailing slash.
    Url,
    /// The host of a web address.
    Domain,
    /// Text, cut into words.
    Words,
    /// The hour of the day of an instant.
    Hour,
}

/// What is wrong with a settings file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not YAML of the expected shape; the text names line and column.
    #[error("links.yaml: {0}")]
    Shape(String),
    /// A line that cannot stand: what is wrong with it, and how to mend it.
    #[error("links.yaml: {line}: {reason}")]
    Line {
        /// The key under which the line stands.
        line: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl LinkSettings {
    /// Reads the text of a settings file.
    ///
    /// Errors: the first line that cannot stand, by its key.
    pub fn parse(yaml: &str) -> Result<Self, SettingsError> {
        file::read(yaml)
    }

    /// The settings that ship with the binary.
    #[expect(clippy::expect_used, reason = "the text is compiled in, and a test parses it")]
    pub fn bundled() -> Self {
        Self::parse(BUNDLED).expect("bundled settings parse")
    }

    /// The cap of `group`, in bits.
    pub fn cap(&self, group: EvidenceGroup) -> f64 {
        self.caps.of(group)
    }

    /// Days that links of `group` are kept.
    pub fn keep_days(&self, group: EvidenceGroup) -> u16 {
        self.keep_days.get(group as usize).copied().unwrap_or(0)
    }

    /// The entity type of that number.
    pub fn link(&self, number: u8) -> Option<&LinkType> {
        self.links.get(usize::from(number))
    }

    /// The number of the entity type of that name.
    pub fn link_number(&self, name: &str) -> Option<u8> {
        self.links.iter().position(|link| link.name == name).and_then(|index| u8::try_from(index).ok())
    }

    /// The number of the profile store of that name.
    pub fn profile_number(&self, name: &str) -> Option<u8> {
        self.profiles.iter().position(|store| store.name == name).and_then(|index| u8::try_from(index).ok())
    }

    /// The prior in bits: log2 of the odds.
    pub fn prior_bits(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }
}
