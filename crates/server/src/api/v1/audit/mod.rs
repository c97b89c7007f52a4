//! `/v1/audit`: who did what to whom, and proofs that anybody can check.

pub(super) mod checkpoint;
pub(super) mod list;
pub(super) mod prove;
pub(super) mod view;
