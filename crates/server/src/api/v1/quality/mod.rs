//! Second looks at decided cases.

pub(in crate::api::v1) mod blind;
pub(super) mod disagreements;
pub(super) mod judge;
pub(super) mod next;
pub(super) mod settle;
