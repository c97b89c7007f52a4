//! Cluster cases: clusters that somebody wants reviewed.

pub(in crate::api::v1) mod claim;
pub(in crate::api::v1) mod decide;
pub(in crate::api::v1) mod list;
pub(in crate::api::v1) mod open;
pub(in crate::api::v1) mod read;
mod view;
