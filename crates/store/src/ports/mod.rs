//! The ports, one file each.

mod audit_log;
mod case_desk;
mod cluster_desk;
mod counts;
mod operators;
mod outbox;
mod pipeline_record;
mod policies;
