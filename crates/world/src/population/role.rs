//! What part somebody plays.

use std::fmt;

/// The part that a holder plays, under whatever name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Writes for the movement and addresses strangers. A violator.
    Recruiter,
    /// Repeats and reposts what recruiters write. A violator.
    Amplifier,
    /// Belongs to the ring that posts the same addresses at the same time. A violator.
    Spammer,
    /// Writes about the movement for readers; shares its hashtags, follows its accounts.
    Journalist,
    /// Studies the movement.
    Researcher,
    /// Speaks against the movement.
    Critic,
    /// Follows the movement, hardly posts, breaks no rule.
    Lurker,
    /// Sends false reports together with others; what it posts breaks no rule.
    Brigader,
    /// Anybody else.
    Ordinary,
}

impl Role {
    /// All roles, violators first.
    pub const ALL: [Role; 9] = [
        Self::Recruiter,
        Self::Amplifier,
        Self::Spammer,
        Self::Journalist,
        Self::Researcher,
        Self::Critic,
        Self::Lurker,
        Self::Brigader,
        Self::Ordinary,
    ];

    /// The role's name in `truth.csv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recruiter => "recruiter",
            Self::Amplifier => "amplifier",
            Self::Spammer => "spammer",
            Self::Journalist => "journalist",
            Self::Researcher => "researcher",
            Self::Critic => "critic",
            Self::Lurker => "lurker",
            Self::Brigader => "brigader",
            Self::Ordinary => "ordinary",
        }
    }

    /// Whether what it posts breaks the rules.
    pub const fn is_violator(self) -> bool {
        self.is_of_movement() || matches!(self, Self::Spammer)
    }

    /// Whether it breaks the rules for the movement.
    pub const fn is_of_movement(self) -> bool {
        matches!(self, Self::Recruiter | Self::Amplifier)
    }

    /// Whether it writes about the movement without belonging to it.
    pub const fn is_watcher(self) -> bool {
        matches!(self, Self::Journalist | Self::Researcher | Self::Critic)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}
