//! Operators: people and scripts that may do something, and the tokens that prove it.

use crate::clock::Timestamp;
use crate::ids::{OperatorId, TokenId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an operator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The platform's own systems: send events, nothing else.
    Platform,
    /// Looks.
    Viewer,
    /// Claims and decides.
    Reviewer,
    /// Overturns, approves, assigns.
    Lead,
    /// Manages operators and tokens.
    Admin,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 5] = [Self::Platform, Self::Viewer, Self::Reviewer, Self::Lead, Self::Admin];

    /// The role's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Lead => "lead",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Somebody who may do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Under which name they act.
    pub operator_id: OperatorId,
    /// How they are shown.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Whether their tokens no longer count.
    pub is_disabled: bool,
}

/// A token as the record knows it: never the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its name, for lists and for revoking it.
    pub token_id: TokenId,
    /// Whose.
    pub operator_id: OperatorId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ceases to count; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// The secret of a token: 256 random bits, shown to its holder once.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret([u8; 32]);

impl TokenSecret {
    /// What a token's text begins with, so that scanners for leaked secrets know it.
    pub const PREFIX: &'static str = "cordon_";

    /// The secret made of these random bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The text for its holder: the prefix and 64 hexadecimal digits.
    pub fn reveal(&self) -> String {
        self.0.iter().fold(Self::PREFIX.to_owned(), |text, byte| text + &format!("{byte:02x}"))
    }
}

impl fmt::Debug for TokenSecret {
    /// Never prints the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("TokenSecret(secret)")
    }
}
