//! Hashes of media that near-duplicates share.

pub mod pdq;

pub use pdq::{Dihedral, Luma, Pdq, PdqHasher};
