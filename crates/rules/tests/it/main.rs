//! The crate from outside: rule sets, events, and what they give.

mod diagnostics;
mod expected;
mod language;
mod support;
