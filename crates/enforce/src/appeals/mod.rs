//! Appeals: filed once for each decision, decided by a person who had no part in it.

mod decide;
mod file;
mod refusal;
#[cfg(test)]
mod tests;

pub use decide::{Decided, Involved, Ruling, claim, decide, settle_moot, tell_outcome, withdraw};
pub use file::{NewAppeal, appeal_id, file, mark_late};
pub use refusal::AppealRefusal;
