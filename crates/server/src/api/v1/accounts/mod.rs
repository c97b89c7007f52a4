//! Accounts.

pub(super) mod cluster;
pub(super) mod notices;
pub(super) mod read;
pub(super) mod returns;
pub(super) mod similar;
pub(super) mod strikes;
pub(super) mod timeline;
pub(super) mod view;
