//! How soon the cases of a queue are to be looked at and decided.

use cordon_model::clock::Timestamp;
use cordon_model::ids::QueueId;
use std::collections::BTreeMap;

/// Longest target: a year, in minutes.
pub const TARGET_MINUTES_MAX: u32 = 366 * 24 * 60;

/// The target of one queue, from when a case was opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QueueTarget {
    /// Minutes until somebody claims it for the first time, `1..=TARGET_MINUTES_MAX`.
    pub first_look_minutes: u32,
    /// Minutes until it is decided, at least as many.
    pub decision_minutes: u32,
    /// The share of either after which the case is due soon, above 0 and below 1.
    pub due_soon_at: f64,
}

/// A target that cannot stand, and how to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetInvalid {
    /// No time at all, or more than a year.
    #[error("minutes must lie between 1 and {TARGET_MINUTES_MAX}")]
    Minutes,
    /// Nobody decides what nobody looked at.
    #[error("`decision_minutes` must not be less than `first_look_minutes`")]
    DecisionBeforeLook,
    /// Not a share.
    #[error("`due_soon_at` must lie between 0 and 1, both excluded")]
    Share,
}

impl QueueTarget {
    /// Says what is wrong.
    ///
    /// Errors: the first thing that cannot stand.
    pub fn check(self) -> Result<Self, TargetInvalid> {
        let minutes = 1..=TARGET_MINUTES_MAX;
        if !minutes.contains(&self.first_look_minutes) || !minutes.contains(&self.decision_minutes) {
            return Err(TargetInvalid::Minutes);
        }
        if self.decision_minutes < self.first_look_minutes {
            return Err(TargetInvalid::DecisionBeforeLook);
        }
        if !(self.due_soon_at > 0.0 && self.due_soon_at < 1.0) {
            return Err(TargetInvalid::Share);
        }
        Ok(self)
    }

    /// The instants that divide a queue's cases by when they were opened.
    pub fn bounds(self, now: Timestamp) -> TargetBounds {
        let before =
            |minutes: u32, share: f64| now.plus_seconds(-((f64::from(minutes) * 60.0 * share) as i64));
        TargetBounds {
            look_late: before(self.first_look_minutes, 1.0),
            decision_late: before(self.decision_minutes, 1.0),
            look_soon: before(self.first_look_minutes, self.due_soon_at),
            decision_soon: before(self.decision_minutes, self.due_soon_at),
        }
    }
}

/// Instants as of now: a case that was opened at one of them or earlier is late, or late soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetBounds {
    /// Late, unless somebody claimed it once.
    pub look_late: Timestamp,
    /// Late.
    pub decision_late: Timestamp,
    /// Late soon, unless somebody claimed it once.
    pub look_soon: Timestamp,
    /// Late soon.
    pub decision_soon: Timestamp,
}

/// The targets of all queues.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueTargets {
    /// Of queues that are not named.
    pub usual: QueueTarget,
    /// Of the others.
    pub by_queue: BTreeMap<QueueId, QueueTarget>,
}

impl QueueTargets {
    /// A queue's target.
    pub fn of(&self, queue_id: &QueueId) -> QueueTarget {
        self.by_queue.get(queue_id).copied().unwrap_or(self.usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: QueueTarget = QueueTarget { first_look_minutes: 15, decision_minutes: 60, due_soon_at: 0.8 };

    #[test]
    fn bounds_lie_as_far_back_as_the_target_or_its_share() {
        let bounds = HOUR.bounds(Timestamp::from_seconds(10_000));
        let seconds = [bounds.look_late, bounds.decision_late, bounds.look_soon, bounds.decision_soon];
        assert_eq!(seconds.map(Timestamp::seconds), [9_100, 6_400, 9_280, 7_120]);
    }

    #[test]
    fn a_target_that_nobody_could_meet_or_miss_is_refused() {
        assert_eq!(HOUR.check(), Ok(HOUR));
        let with = |change: fn(&mut QueueTarget)| {
            let mut target = HOUR;
            change(&mut target);
            target.check().unwrap_err()
        };
        assert_eq!(with(|target| target.first_look_minutes = 0), TargetInvalid::Minutes);
        assert_eq!(with(|target| target.decision_minutes = TARGET_MINUTES_MAX + 1), TargetInvalid::Minutes);
        assert_eq!(with(|target| target.first_look_minutes = 61), TargetInvalid::DecisionBeforeLook);
        for share in [0.0, 1.0, f64::NAN] {
            assert_eq!(QueueTarget { due_soon_at: share, ..HOUR }.check(), Err(TargetInvalid::Share));
        }
    }
}
