//! Similarity: who is like whom, and the evidence for it.
//!
//! The one design decision: everything here is a pure function of the journal. A [`Detection`] is built entry by
//! entry, knows accounts and entities by keyed hashes alone, and asks for nothing: what it finds are candidates,
//! which people look at. Values come back into view only through [`similar::Names`], which reads the journal.
//!
//! Refuses to do: I/O, clocks, randomness, enforcement; evidence from what others do to an account; language,
//! script, religion, nationality or place as evidence. Read first: [`settings`] (what links) and [`links`] (the
//! index).

mod awaited;
pub mod banks;
pub mod clusters;
pub mod extract;
pub mod fingerprints;
mod learning;
pub mod links;
mod parallel;
pub mod profiles;
pub mod proposals;
pub mod returns;
pub mod settings;
pub mod similar;
mod snapshot;
pub mod splitmix;
mod state;
mod stats;

pub use snapshot::SnapshotError;
pub use state::{Detection, Finding, ImportedDecision, Observation};
pub use stats::{IndexStats, Part};
