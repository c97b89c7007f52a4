//! Accounts.

pub(super) mod read;
pub(super) mod similar;
pub(super) mod view;
