//! What things are: the words of `GLOSSARY.md` as types.
//!
//! Every other crate speaks in these types. The one design decision: a type here carries no behaviour that
//! needs I/O, a clock of its own or randomness, so that whatever is computed from a journal entry can be
//! computed again, to the byte.
//!
//! Refuses to do: storage, scoring, network. Read first: [`entry`] (what goes into the journal) and
//! [`event`] (what a platform sends).

pub mod account;
pub mod action;
pub mod appeal;
pub mod audit;
pub mod bank;
pub mod batch;
pub mod binomial;
pub mod case;
pub mod case_note;
pub mod clock;
pub mod cluster_case;
pub mod decision;
pub mod effect;
pub mod entity;
pub mod entry;
pub mod event;
pub mod hashing;
pub mod hold;
pub mod ids;
pub mod json;
pub mod ladder;
pub mod limits;
pub mod operator;
pub mod policy;
pub mod report;
pub mod rule_set;
pub mod second_look;
pub mod statement;
