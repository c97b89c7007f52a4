//! The ports, one file each.

pub(crate) mod audit_log;
pub(crate) mod bulk_desk;
pub(crate) mod case_desk;
mod cluster_desk;
mod counts;
mod notice_desk;
mod operators;
mod outbox;
mod pipeline_record;
pub(crate) mod policies;
pub(crate) mod quality_desk;
mod sign_in;
