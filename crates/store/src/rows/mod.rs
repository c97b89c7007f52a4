//! How each thing of the model stands in its table: columns, binding, reading. No rules here.

pub(crate) mod account;
pub(crate) mod action;
pub(crate) mod appeal;
pub(crate) mod audit;
pub(crate) mod batch;
pub(crate) mod candidate;
pub(crate) mod case;
pub(crate) mod case_note;
pub(crate) mod cluster_case;
pub(crate) mod decision;
pub(crate) mod hold;
pub(crate) mod incarnation;
pub(crate) mod ladder;
pub(crate) mod outbox;
pub(crate) mod policy;
pub(crate) mod report;
pub(crate) mod second_look;
pub(crate) mod statement;
