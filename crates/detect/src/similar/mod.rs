//! Similar accounts: candidates, scores, and the evidence for them.
//!
//! A score is a sum of rows, each in bits, each explained. Read first: [`rank()`] (the question) and [`weigh`] (one
//! shared entity).

mod candidates;
mod corroborate;
pub mod evidence;
pub mod probability;
mod profile;
pub mod rank;
pub mod row;
mod table;
pub mod weigh;

pub use evidence::Names;
pub use rank::{RankOptions, Ranking, Scored, Seed, SeedFit, rank};

#[cfg(test)]
mod tests;
