//! What can go wrong with the record.

use crate::Refusal;
use cordon_model::ids::Offset;

/// Why the record did not do what was asked. Whatever the variant, nothing of the asked-for change is in it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The rules forbid the command; see the refusal.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The record is at another offset than the writer believed: another writer lives. Stop.
    #[error("the record is at offset {found}, not {expected}: another writer lives")]
    StaleWriter {
        /// What the writer believed.
        expected: Offset,
        /// What the record holds.
        found: Offset,
    },
    /// The disk is full. Try again later: the record goes on by itself once there is room.
    #[error("the record's disk is full")]
    StorageFull,
    /// More callers wait for the writer than may. Try again later.
    #[error("too many callers wait for the record's writer")]
    Busy,
    /// The record holds something that it should not be able to hold: a person must look.
    #[error("the record's {what} of {id} cannot be read")]
    Corrupt {
        /// Which column or table.
        what: &'static str,
        /// Of which row.
        id: String,
    },
    /// The database does not answer or is of another version.
    #[error("the record's database failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
