//! What stands in the journal: every input, in one total order.

use crate::bank::{Bank, BankEntry, BankEntryId};
use crate::clock::Timestamp;
use crate::ids::{AccountId, BankId, DecisionId, EntryId, Offset};
use crate::rule_set::{ManualLabel, RuleMode, RuleSet};
use serde::{Deserialize, Serialize};

/// One input as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub offset: Offset,
    /// When it arrived: the one clock that windows, labels and `keep` go by. Never decreases.
    pub received_at: Timestamp,
    /// Event or control entry.
    pub kind: EntryKind,
    /// The sender's id, or the id of what the control entry reports; counts once.
    pub id: EntryId,
    /// Keyed hash of the payload: tells a repeat from a conflict.
    pub content_hash: u64,
    /// An event's line as received, or a [`Control`] as JSON.
    pub payload: Vec<u8>,
}

/// Who wrote an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum EntryKind {
    /// The platform: an event or a report.
    Event = 0,
    /// cordon: what people decided, or time passing.
    Control = 1,
}

impl EntryKind {
    /// The kind with that number on disk.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Event),
            1 => Some(Self::Control),
            _ => None,
        }
    }
}

/// What cordon itself writes into the journal, so that a replay knows it too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "control", rename_all = "snake_case", deny_unknown_fields)]
pub enum Control {
    /// Time passed: what expires, expires. Hourly.
    Tick,
    /// From here on links are drawn by these settings (the text of `links.yaml`); derived state is rebuilt.
    LinkSettingsActivated {
        /// The whole file.
        yaml: String,
    },
    /// Somebody decided; learning and the suspended accounts' links follow it.
    DecisionMade(JudgedAccounts),
    /// A decision was overturned: everything learned from it is taken back, exactly.
    DecisionOverturned {
        /// Which one.
        decision_id: DecisionId,
    },
    /// An account's data goes: out of links, profiles and dictionaries at once.
    AccountErased {
        /// Whose.
        account_id: AccountId,
    },
    /// The key of the hashes was replaced; all that was derived under the old one is made anew from the journal.
    KeyRotated,
    /// A bank is made, or all but its kind is changed.
    BankPut(Bank),
    /// Entries of a bank are added or replaced, and match from here on; at most
    /// [`crate::limits::BANK_ENTRIES_PUT_MAX`].
    BankEntriesPut {
        /// Whose.
        bank_id: BankId,
        /// What.
        entries: Vec<BankEntry>,
    },
    /// Entries of a bank match no longer.
    BankEntriesRemoved {
        /// Whose.
        bank_id: BankId,
        /// Which.
        entry_ids: Vec<BankEntryId>,
    },
    /// From here on events are evaluated by this rule set, in the place of the one of its mode.
    RuleSetActivated(RuleSet),
    /// From here on no rule set is evaluated in that mode.
    RuleSetWithdrawn {
        /// Which.
        mode: RuleMode,
    },
    /// A version of the rules goes into another mode, in the place of the one there; its text stands where it was
    /// activated first.
    RuleSetMoved {
        /// Which.
        version: u32,
        /// Whither; withdrawn if none.
        to: Option<RuleMode>,
    },
    /// A person set a label, or took it off.
    LabelSet(ManualLabel),
    /// A bank goes, with all its entries.
    BankRemoved {
        /// Which.
        bank_id: BankId,
    },
}

/// What a decision says about accounts, as far as similarity learns from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedAccounts {
    /// The decision.
    pub decision_id: DecisionId,
    /// The accounts it is about.
    pub account_ids: Vec<AccountId>,
    /// What it found.
    pub outcome: Outcome,
    /// The evidence that the decider saw, as the levels that learning counts: (entity type, level).
    pub seen: Vec<(String, u8)>,
    /// Bits with which similarity had proposed the account; `None` where only reports had.
    #[serde(default)]
    pub weight: Option<f64>,
}

/// What a decision found, as far as similarity cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No violation, or a restoration.
    Cleared,
    /// A violation that left the account in place.
    Violating,
    /// A suspension.
    Suspended,
}
