//! Names of things, one type each, so that the compiler catches swapped arguments.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Position of an entry in the journal: 1 for the first, then without gaps. 0 means "before the first".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset(pub u64);

impl Offset {
    /// The offset after this one.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    )+};
}

text_ids! {
    /// The sender's own identifier of an event; what makes an entry count once.
    EntryId,
    /// The platform's identifier of an account.
    AccountId,
    /// The platform's identifier of whoever reported, or a partner's name.
    ReporterId,
    /// A person with a console login or a token; also the name under which a script acts.
    OperatorId,
    /// A written rule of the platform.
    PolicyId,
    /// A bank, by its short name.
    BankId,
    /// A report, as it stands in the record: the hexadecimal of an [`EffectId`].
    ReportId,
    /// A case: the hexadecimal of an [`EffectId`], or the name of a cluster case and a member's place in it.
    CaseId,
    /// A review of accounts that were proposed together.
    ClusterCaseId,
    /// A decision.
    DecisionId,
    /// An action.
    ActionId,
    /// A claim on a case.
    ClaimId,
    /// An appeal: the decision's name with `-appeal`.
    AppealId,
    /// A second look at a decided case: 32 hexadecimal digits that say nothing of it.
    SecondLookId,
    /// A batch of decisions.
    BatchId,
    /// A queue of cases.
    QueueId,
    /// A hold: the hexadecimal of an [`EffectId`].
    HoldId,
    /// A token of an operator; not its secret.
    TokenId,
}

/// What an evaluation asks the record to do, named by where it came from: the same entry asks twice for the
/// same thing under the same name, and the record does it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EffectId {
    /// The entry that asked.
    pub offset: Offset,
    /// Which of the entry's effects, from 0.
    pub ordinal: u16,
}

impl EffectId {
    /// The name under which the record keeps it: 20 hexadecimal digits that sort as the journal does.
    pub fn to_text(self) -> String {
        format!("{:016x}{:04x}", self.offset.0, self.ordinal)
    }

    /// The effect of that name.
    pub fn from_text(text: &str) -> Option<Self> {
        let (offset, ordinal) = text.split_at_checked(16)?;
        let offset = Offset(u64::from_str_radix(offset, 16).ok()?);
        let id = Self { offset, ordinal: u64::from_str_radix(ordinal, 16).ok()?.try_into().ok()? };
        (id.to_text() == text).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effects_name_reads_back_and_nothing_else_does() {
        let id = EffectId { offset: Offset(0x1f_00ff), ordinal: 0xab };
        assert_eq!(EffectId::from_text(&id.to_text()), Some(id));
        for text in ["", "00", "000000000000000g0000", "+00000000000000f0000", "é0000000000000000000"] {
            assert_eq!(EffectId::from_text(text), None, "{text}");
        }
    }
}
