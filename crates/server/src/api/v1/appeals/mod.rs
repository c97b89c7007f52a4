//! Appeals.

pub(super) mod change;
pub(super) mod decide;
pub(super) mod file;
pub(super) mod list;
pub(super) mod read;
pub(super) mod view;
