//! The journal: the one ordered log of every input, and what stands on disk beside it.
//!
//! An entry is acknowledged when it is on disk, and from then on it is never lost, whatever is killed or
//! unplugged when. The one design decision: every byte goes through [`Disk`], a small trait whose simulated
//! twin can lose power, fill up and fail at any single operation; the tests do so at each in turn.
//!
//! Refuses to do: knowing what a payload means, reading a clock, evaluating anything. Read first: [`log`]
//! (append and read) and [`disk`] (what may be asked of a disk, and what it may forget).

pub mod disk;
mod error;
pub mod history;
pub mod ids;
pub mod lock;
pub mod log;
pub mod snapshots;

pub use disk::{Disk, DiskFile, RealDisk};
pub use error::JournalError;
pub use history::{
    Facts, History, HistoryOptions, KeepAll, Retention, SealedEntry, Sealer, TOMBSTONE, Treatment,
    WholeJournal,
};
pub use ids::{IdMemory, IdMemoryOptions, Known};
pub use lock::DataFolderLock;
pub use log::{EntryRef, Journal, JournalOptions, JournalReader, NewEntry, OffsetRange, Recovery};

#[cfg(feature = "simulated-disk")]
pub use disk::simulated::{self, SimulatedDisk};
