//! How one signs in oneself.

pub(super) mod password;
pub(super) mod second_factor;
