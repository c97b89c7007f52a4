//! Banks: known content, held against what accounts do.

pub mod hash;
mod pdq_index;

pub use pdq_index::PdqIndex;
