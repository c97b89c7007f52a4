//! Fingerprints of texts and pictures: near-duplicates meet, whatever their copyists changed.

mod media;
mod sketch;
mod table;

pub(crate) use media::{MediaGroup, NearMedia, NearMediaDump};
pub(crate) use sketch::BANDS as SKETCH_BANDS;
pub use sketch::Sketch;
pub(crate) use table::{NearText, NearTexts, NearTextsDump, Spread};
