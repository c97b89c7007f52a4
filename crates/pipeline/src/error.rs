//! What can stop the pipeline.

use cordon_enforce::ports::StoreError;
use cordon_journal::JournalError;
use cordon_model::ids::Offset;

/// Why the pipeline did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The journal could not be written or read; nothing of the batch was acknowledged.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The record could not be written. What was acknowledged is in the journal and will be committed later.
    #[error(transparent)]
    Record(#[from] StoreError),
    /// Link settings that do not parse.
    #[error(transparent)]
    Settings(#[from] cordon_detect::settings::SettingsError),
    /// A rule set that does not check; the one in force stays.
    #[error("the rule set has {} mistakes, and the one in force stays", found.len())]
    RuleSet {
        /// All of them.
        found: Vec<cordon_rules::Diagnostic>,
    },
    /// The record is ahead of the journal: they do not belong together, or the journal was cut.
    #[error("the record is at offset {record}, the journal ends at {journal}: they do not belong together")]
    RecordAhead {
        /// What the record has applied.
        record: Offset,
        /// Where the journal ends.
        journal: Offset,
    },
    /// No rule set of that version is remembered.
    #[error("there is no version {version} of the rules")]
    RuleSetUnknown {
        /// Which.
        version: u32,
    },
    /// What was asked is about something that there is not; nothing was done.
    #[error("{0}")]
    Missing(String),
    /// What was asked cannot stand; nothing was done.
    #[error("{0}")]
    Invalid(String),
    /// What was asked cannot stand beside what there is; nothing was done.
    #[error("{0}")]
    Refused(String),
    /// An entry of the journal that this binary cannot read.
    #[error("entry {offset} of the journal cannot be evaluated: {reason}")]
    Entry {
        /// Which.
        offset: Offset,
        /// Why; no content.
        reason: String,
    },
    /// State that cannot be written as a snapshot.
    #[error(transparent)]
    Snapshot(#[from] cordon_detect::SnapshotError),
    /// The disk is nearly full: intake is closed, everything else goes on.
    #[error("less than {} MiB are free: intake is closed until there is room", minimum >> 20)]
    DiskNearlyFull {
        /// Bytes that must be free.
        minimum: u64,
    },
}
