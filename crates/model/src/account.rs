//! What cordon knows an account's standing to be.

use serde::{Deserialize, Serialize};

/// An account's standing, from the decisions that stand about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// No decision stands.
    #[default]
    Unjudged,
    /// Reviewers looked and found no violation, or a suspension was taken back.
    Cleared,
    /// A violation was found that left the account in place.
    Violating,
    /// Suspended.
    Suspended,
}
