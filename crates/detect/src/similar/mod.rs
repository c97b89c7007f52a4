//! Similar accounts: candidates, scores, and the evidence for them.

pub mod weigh;
