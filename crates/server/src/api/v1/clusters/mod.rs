//! Clusters.

pub(super) mod cases;
pub(super) mod list;
pub(super) mod view;
pub(super) mod weaker;
