//! Outside systems: how what was decided reaches the platform.
//!
//! The one design decision: nothing here is asked to deliver anything. A worker step takes what is due from the
//! outbox, tries each row once, and writes down what became of it; so it can be killed at any moment, run twice,
//! or run by two workers, and the receiver counts each row once by its idempotency key.
//!
//! Refuses to do: wait for ever, follow redirects, read long answers, or put content into an error. Read first:
//! [`webhook::deliver_due`], then [`webhook::Signature`] (what a platform checks).

pub mod webhook;
