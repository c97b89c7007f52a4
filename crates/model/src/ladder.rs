//! The ladder: what so many points of strikes propose. It proposes only; a person decides.

use crate::decision::DecisionKind;
use crate::limits::{LADDER_STEPS_MAX, SANCTION_DAYS_MAX, STRIKE_POINTS_MAX};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One step of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LadderStep {
    /// Points of the strikes in force that reach it, `1..=`[`STRIKE_POINTS_MAX`].
    pub points: u32,
    /// What it proposes: warn, restrict, suspend or terminate.
    pub kind: DecisionKind,
    /// For restrict and suspend: for how many days, `1..=`[`SANCTION_DAYS_MAX`]; `None` for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

impl LadderStep {
    /// Whether a decision for `days` falls short of what the step proposes.
    pub fn is_heavier_than(&self, kind: DecisionKind, days: Option<u32>) -> bool {
        // No end is longer than any number of days.
        let length = |days: Option<u32>| days.unwrap_or(u32::MAX);
        (self.kind, length(self.days)) > (kind, length(days))
    }
}

impl fmt::Display for LadderStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days {
            Some(1) => write!(out, "{} for 1 day", self.kind.name()),
            Some(days) => write!(out, "{} for {days} days", self.kind.name()),
            None => out.write_str(self.kind.name()),
        }
    }
}

/// Why steps make no ladder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LadderError {
    /// Nobody keeps so many apart.
    #[error("a ladder has at most {LADDER_STEPS_MAX} steps, not {steps}")]
    TooManySteps {
        /// How many there are.
        steps: usize,
    },
    /// Points out of range.
    #[error("a step is reached by 1 to {STRIKE_POINTS_MAX} points, not {points}")]
    PointsInvalid {
        /// How many were written.
        points: u32,
    },
    /// What no ladder can propose.
    #[error("the step at {points} points proposes warn, restrict, suspend or terminate, not {kind}", kind = kind.name())]
    KindUnfit {
        /// Which step.
        points: u32,
        /// What was written.
        kind: DecisionKind,
    },
    /// A time that is none, too long, or for what has none.
    #[error(
        "the step at {points} points is for {days} days: 1 to {SANCTION_DAYS_MAX}, and for restrict and suspend alone"
    )]
    DaysUnfit {
        /// Which step.
        points: u32,
        /// What was written.
        days: u32,
    },
    /// A step that does not lead up.
    #[error(
        "the step at {points} points does not lead up: each needs more points than the one before, and proposes more"
    )]
    NotRising {
        /// Which step.
        points: u32,
    },
}

/// Steps with rising points, each of which proposes more than the one below. Without steps nothing is proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Ladder(Vec<LadderStep>);

impl Ladder {
    /// The ladder of these steps, lowest first.
    ///
    /// Errors: the first step that cannot stand.
    pub fn new(steps: Vec<LadderStep>) -> Result<Self, LadderError> {
        if steps.len() > LADDER_STEPS_MAX {
            return Err(LadderError::TooManySteps { steps: steps.len() });
        }
        let mut below: Option<&LadderStep> = None;
        for step in &steps {
            check(step)?;
            let leads_up = |below: &LadderStep| {
                step.points > below.points && step.is_heavier_than(below.kind, below.days)
            };
            if !below.is_none_or(leads_up) {
                return Err(LadderError::NotRising { points: step.points });
            }
            below = Some(step);
        }
        Ok(Self(steps))
    }

    /// The steps, lowest first.
    pub fn steps(&self) -> &[LadderStep] {
        &self.0
    }

    /// The highest step that `points` reach.
    pub fn reached(&self, points: u32) -> Option<LadderStep> {
        self.0.iter().rev().find(|step| step.points <= points).copied()
    }

    /// The lowest step above `points`.
    pub fn next(&self, points: u32) -> Option<LadderStep> {
        self.0.iter().find(|step| step.points > points).copied()
    }
}

fn check(step: &LadderStep) -> Result<(), LadderError> {
    let LadderStep { points, kind, days } = *step;
    if !(1..=STRIKE_POINTS_MAX).contains(&points) {
        return Err(LadderError::PointsInvalid { points });
    }
    // A label would have to be named, and what is no violation is nothing to propose.
    use DecisionKind::{Restrict, Suspend, Terminate, Warn};
    if !matches!(kind, Warn | Restrict | Suspend | Terminate) {
        return Err(LadderError::KindUnfit { points, kind });
    }
    match days {
        Some(days) if !kind.may_end() || !(1..=SANCTION_DAYS_MAX).contains(&days) => {
            Err(LadderError::DaysUnfit { points, days })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(points: u32, kind: DecisionKind, days: Option<u32>) -> LadderStep {
        LadderStep { points, kind, days }
    }

    #[test]
    fn a_ladder_leads_up_and_is_climbed_from_below() {
        use DecisionKind::{Restrict, Suspend};
        let ladder =
            Ladder::new(vec![step(2, Restrict, Some(7)), step(3, Suspend, Some(7)), step(5, Suspend, None)])
                .unwrap();
        let reached = |points| ladder.reached(points).map(|step| step.points);
        let next = |points| ladder.next(points).map(|step| step.points);
        assert_eq!(
            [reached(0), reached(1), reached(2), reached(4), reached(9)],
            [None, None, Some(2), Some(3), Some(5)]
        );
        assert_eq!([next(0), next(2), next(4), next(5)], [Some(2), Some(3), Some(5), None]);
        assert_eq!(ladder.reached(3).unwrap().to_string(), "suspend for 7 days");
    }

    #[test]
    fn what_is_no_ladder_says_which_step() {
        use DecisionKind::{Label, Restrict, Suspend, Warn};
        let refused = |steps: Vec<LadderStep>| Ladder::new(steps).unwrap_err();
        assert_eq!(refused(vec![step(0, Warn, None)]), LadderError::PointsInvalid { points: 0 });
        assert_eq!(refused(vec![step(1, Label, None)]), LadderError::KindUnfit { points: 1, kind: Label });
        assert_eq!(refused(vec![step(1, Warn, Some(3))]), LadderError::DaysUnfit { points: 1, days: 3 });
        assert_eq!(
            refused(vec![step(1, Suspend, Some(367))]),
            LadderError::DaysUnfit { points: 1, days: 367 }
        );
        let falling = vec![step(2, Suspend, Some(7)), step(3, Restrict, None)];
        assert_eq!(refused(falling), LadderError::NotRising { points: 3 });
        assert_eq!(
            refused(vec![step(2, Warn, None), step(2, Suspend, None)]),
            LadderError::NotRising { points: 2 }
        );
        let many = (1..=100).map(|points| step(points, Suspend, Some(points))).collect();
        assert_eq!(refused(many), LadderError::TooManySteps { steps: 100 });
    }

    #[test]
    fn no_end_weighs_more_than_any_number_of_days() {
        use DecisionKind::{Restrict, Suspend, Warn};
        assert!(step(1, Suspend, Some(7)).is_heavier_than(Restrict, None));
        assert!(step(1, Restrict, None).is_heavier_than(Restrict, Some(30)));
        assert!(!step(1, Restrict, Some(7)).is_heavier_than(Restrict, None));
        assert!(!step(1, Warn, None).is_heavier_than(Warn, None));
    }
}
