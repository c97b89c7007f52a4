//! Batches: many decisions at once, with a blind sample, a second person, and one command that takes all back.

pub(super) mod change;
pub(super) mod judge;
pub(super) mod list;
pub(super) mod members;
pub(super) mod propose;
pub(super) mod read;
pub(super) mod sample;
mod view;
