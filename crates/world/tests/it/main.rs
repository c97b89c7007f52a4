//! What the world promises, checked on what it emits.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test reads is known to be there"
)]

mod closed_loop;
mod difficulty;
mod events;
mod lookalike;
mod memory;
mod null_world;
mod runs;
mod same_arrivals;
mod samples;
