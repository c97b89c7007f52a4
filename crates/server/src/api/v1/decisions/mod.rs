//! Decisions.

pub(super) mod overturn;
pub(super) mod read;
pub(super) mod statement;
pub(super) mod templates;
pub(super) mod view;
