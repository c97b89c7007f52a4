//! What people decide and what follows from it: intake, cases, queues, claims, decisions, actions, audit, outbox.
//!
//! The one design decision: every change of state is a pure function from a state and an input to the next
//! state and a list of [`change::Change`]s; whoever keeps the record (behind [`ports`]) loads the state, calls
//! the function, and writes the result, the changes and their audit notes in one transaction. So the rules
//! can be proofread and property-tested without a database, and every database keeps the same rules.
//!
//! Refuses to do: act on a person without a decision. There is no path from a candidate or a report to
//! [`change::Change::ActionTaken`] except through [`decisions`]. Read first: [`intake`], then [`decisions`].

pub mod accounts;
pub mod appeals;
pub mod audit;
pub mod bulk;
pub mod cases;
pub mod change;
pub mod clusters;
pub mod decisions;
pub mod intake;
pub mod notices;
pub mod operators;
pub mod outbox;
pub mod ports;
pub mod quality;
pub mod queues;
mod refusal;
pub mod sign_in;

pub use refusal::Refusal;
