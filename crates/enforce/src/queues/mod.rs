//! Queues: which one a case waits in, and its place there.
//!
//! Order within any queue: cases with a deadline first, the earliest deadline first; then the others by
//! [`rank()`], lowest first; ties by case id. Both are columns, so one index serves every page; [`order`] is the same
//! order for whoever sorts in memory.

mod rank;
mod route;
mod targets;

pub use rank::{AGEING_SECONDS, RankInput, order, rank};
pub use route::{
    CANDIDATES, ESCALATED, LEGAL, PARTNERS, QUEUES, RANDOM, REPORTS, RETURNS, more_pressing, route,
};
pub use targets::{QueueTarget, QueueTargets, TARGET_MINUTES_MAX, TargetBounds, TargetInvalid};
