//! Reports.

pub(super) mod file;
mod repeat;
