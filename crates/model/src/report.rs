//! A notice that something breaks policy.

use crate::clock::Timestamp;
use crate::entity::Source;
use crate::ids::{AccountId, EntryId, PolicyId, ReporterId};
use serde::{Deserialize, Serialize};

/// A report as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The journal entry's id: also the receipt that the reporter holds.
    pub entry_id: EntryId,
    /// The reported account.
    pub account_id: AccountId,
    /// The reported item, where one is named.
    pub item_id: Option<String>,
    /// The policy that it is said to break, in the platform's word; unknown ones are kept as said.
    pub policy_id: Option<PolicyId>,
    /// What the reporter wrote.
    pub text: Option<String>,
    /// Who reported; `None` for an anonymous report. Sealed from the reported and from reviewers without the right.
    pub reporter_id: Option<ReporterId>,
    /// By which road it came: [`Source::User`], [`Source::Partner`] or [`Source::Authority`].
    pub source: Source,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Whether the account was known on arrival; if not, the report waits for it.
    pub is_subject_known: bool,
}
