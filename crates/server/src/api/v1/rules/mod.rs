//! Rule sets: checked, tried, published, moved between live, shadow and draft, while events go on coming.

pub(super) mod change;
pub(super) mod check;
pub(super) mod list;
pub(super) mod publish;
pub(super) mod read;
pub(super) mod stats;
mod text;
pub(super) mod trial;
mod view;
