//! Events.

pub(super) mod append;
mod decode;
