//! What is known of banks, entries and matches, for whoever asks.

use cordon_model::bank::{Bank, BankEntryId, RollOut, SignalKind};
use cordon_model::clock::{Day, Timestamp};
use cordon_model::ids::{BankId, Offset};
use serde::{Deserialize, Serialize};

/// How often something matched, and when first and last; days by arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchCount {
    /// Events that matched.
    pub matches: u32,
    /// Day of the first, where there is one.
    pub first: Day,
    /// Day of the last.
    pub last: Day,
}

impl MatchCount {
    pub(crate) fn count(&mut self, today: Day) {
        self.add(&MatchCount { matches: 1, first: today, last: today });
    }

    /// The sum, over the days of both.
    pub(crate) fn add(&mut self, other: &MatchCount) {
        if other.matches == 0 {
            return;
        }
        self.first = if self.matches == 0 { other.first } else { self.first.min(other.first) };
        self.last = self.last.max(other.last);
        self.matches = self.matches.saturating_add(other.matches);
    }
}

/// How like content is to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The same value.
    Same,
    /// A picture whose PDQ hash differs in so many of 256 bits.
    Distance(u32),
    /// A text of which so many percent differ, as its sketch has it.
    DiffersPercent(u32),
}

/// Content within the stated distance of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankMatch {
    /// The entry.
    pub entry_id: BankEntryId,
    /// Its bank.
    pub bank_id: BankId,
    /// What it is compared by.
    pub kind: SignalKind,
    /// How like the content is.
    pub likeness: Likeness,
}

/// An entry, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFacts {
    /// Its name.
    pub entry_id: BankEntryId,
    /// Its bank.
    pub bank_id: BankId,
    /// What it is compared by.
    pub kind: SignalKind,
    /// When it was added.
    pub added_at: Timestamp,
    /// From when on it matches nothing.
    pub expires_at: Option<Timestamp>,
    /// Whom its matches reach.
    pub roll_out: RollOut,
    /// Until when it matches nothing.
    pub disabled_until: Option<Timestamp>,
    /// The control entry that names value, source and note.
    pub witness: Offset,
    /// Matches that reached an account.
    pub live: MatchCount,
    /// Matches that were counted alone.
    pub shadow: MatchCount,
}

impl EntryFacts {
    /// Whether it matches anything at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        is_in_force(self.expires_at, self.disabled_until, now)
    }
}

pub(super) fn is_in_force(
    expires_at: Option<Timestamp>,
    disabled_until: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    expires_at.is_none_or(|at| now < at) && disabled_until.is_none_or(|until| now >= until)
}

/// A bank, with totals of its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankFacts {
    /// The bank.
    pub bank: Bank,
    /// Its entries.
    pub entries: u64,
    /// Of these, live ones in force.
    pub live_entries: u64,
    /// Of these, in force and in shadow or rolled out to a share.
    pub rolling_entries: u64,
    /// Matches that reached an account.
    pub live: MatchCount,
    /// Matches that were counted alone.
    pub shadow: MatchCount,
}
