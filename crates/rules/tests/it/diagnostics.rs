//! What is said of bad rule sets.
