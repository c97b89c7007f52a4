//! The platform's written rules.

pub(super) mod list;
