//! The ports, one file each.

mod audit_log;
pub(crate) mod bulk_desk;
mod case_desk;
mod cluster_desk;
mod counts;
mod operators;
mod outbox;
mod pipeline_record;
mod policies;
