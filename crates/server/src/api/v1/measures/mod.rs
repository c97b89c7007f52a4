//! `/v1/measures`: what the record says of how well it goes.

pub(super) mod prevalence;
pub(super) mod quality;
pub(super) mod queues;
pub(super) mod reliability;
