//! Banks of known content: kept and asked while events go on coming.

pub(super) mod add;
pub(super) mod change;
pub(super) mod list;
pub(super) mod look_up;
pub(super) mod put;
pub(super) mod show;
