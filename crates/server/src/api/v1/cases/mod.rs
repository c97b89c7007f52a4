//! Cases.

pub(super) mod claim;
pub(super) mod claim_next;
pub(super) mod decide;
pub(super) mod heartbeat;
pub(super) mod list;
pub(super) mod notes;
pub(super) mod pass_on;
pub(super) mod read;
pub(super) mod release;
pub(super) mod seen;
pub(super) mod view;
