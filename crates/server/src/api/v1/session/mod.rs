//! Sessions of the console.

pub(super) mod close;
pub(super) mod open;
