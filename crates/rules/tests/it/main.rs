//! The crate from outside: rule sets, events, and what they give.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod conformance;
mod diagnostics;
mod expected;
mod field;
mod language;
mod support;
