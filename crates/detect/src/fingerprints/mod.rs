//! Fingerprints of texts: near-duplicates meet, whatever their copyists changed.

mod sketch;
mod table;

pub use sketch::Sketch;
pub(crate) use table::{NearText, NearTexts, NearTextsDump};
