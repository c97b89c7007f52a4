//! Events.

pub(super) mod append;
mod decode;
mod look_up;
mod verdicts;
