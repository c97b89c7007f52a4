//! Banks: known content, held against what accounts do.
//!
//! An event is reduced to [`Signals`] on any thread; the state holds them against entries in the journal's order.
//! An entry matches from the control entry on that puts it, without any rebuilding. Matches are counted; those of
//! an entry in force, once an account, become a candidate. Raw values stand in the journal alone: here are hashes,
//! sketches, and the offset of the entry that names the value.

mod evidence;
pub mod hash;
mod looked_up;
pub(crate) mod pdq_index;
mod signals;
mod snapshot;
mod store;
mod texts;

pub use evidence::describe_matches;
pub use looked_up::{BankFacts, BankMatch, EntryFacts, Likeness, MatchCount};
pub use pdq_index::PdqIndex;
pub use signals::Signals;
pub(crate) use signals::{TextSignal, picture};
pub(crate) use snapshot::BanksDump;
pub use store::{Banks, NewBankEntry};
pub use texts::TextBank;
