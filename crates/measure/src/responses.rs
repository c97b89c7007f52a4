//! How soon people got to the cases of a period: by queue, and from day to day.
//!
//! Population: cases opened in the period, by the queue in which they wait or were decided. A case that still waits has
//! no time yet; in the shares of what was in time it counts as late once its target is over, and not at all before, so
//! that a young backlog neither flatters nor blames. Bias known: a case that moved counts for its last queue; quantiles
//! are of what was looked at or decided, so that a growing backlog shows in the shares first.

use crate::Quantiles;
use cordon_enforce::ports::{CaseFacts, Counts, StoreError};
use cordon_enforce::queues::{QueueTarget, QueueTargets};
use cordon_model::binomial::{self, Share};
use cordon_model::clock::{Day, Timestamp};
use cordon_model::ids::QueueId;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Of the intervals.
const CONFIDENCE: f64 = 0.95;
/// Days over which the pace is taken.
const PACE_DAYS: usize = 7;

/// How soon people got to the cases of a period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Responses {
    /// Where the period begins.
    #[serde(serialize_with = "as_text")]
    pub since: Timestamp,
    /// Where it ends, and as of when cases wait.
    #[serde(serialize_with = "as_text")]
    pub until: Timestamp,
    /// By queue, in the order of their names.
    pub queues: Vec<QueueResponses>,
    /// What came and went on each day of the period, the first one first.
    pub days: Vec<DayFlow>,
    /// Cases open at the end, whenever they were opened.
    pub open: u64,
    /// Days until nothing waits at the pace of the last seven days; `None` where as much or more comes as goes.
    pub days_to_empty: Option<f64>,
}

/// One queue's cases of the period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueueResponses {
    /// The queue.
    pub queue_id: QueueId,
    /// Cases opened.
    pub opened: u64,
    /// Of these, decided or closed.
    pub closed: u64,
    /// Hours from opened to the first claim.
    pub first_look_hours: Quantiles,
    /// Hours from opened to decided or closed.
    pub decision_hours: Quantiles,
    /// Of cases claimed or past the target, those claimed within it.
    pub looked_at_in_time: Option<Share>,
    /// Of cases closed or past the target, those closed within it.
    pub decided_in_time: Option<Share>,
}

/// What came and went on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DayFlow {
    /// The day, UTC.
    #[serde(serialize_with = "as_text")]
    pub day: Day,
    /// Cases opened.
    pub opened: u64,
    /// Cases decided or closed, whenever they were opened.
    pub closed: u64,
}

impl Responses {
    /// Reads the cases, page by page. Keeps two numbers for each case of the period.
    ///
    /// Errors: those of the record.
    pub async fn read(
        counts: &dyn Counts,
        targets: &QueueTargets,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut tally = Tally::of(since, until);
        let mut cursor = String::new();
        loop {
            let page = counts.cases_after(&cursor).await?;
            let Some(last) = page.last() else { return Ok(tally.finish()) };
            cursor.clone_from(&last.case_id.0);
            page.iter().for_each(|case| tally.count(targets, case));
        }
    }
}

/// What is added up case by case.
struct Tally {
    since: Timestamp,
    until: Timestamp,
    queues: BTreeMap<QueueId, QueueTally>,
    days: BTreeMap<Day, (u64, u64)>,
    open: u64,
}

#[derive(Default)]
struct QueueTally {
    opened: u64,
    looks: Waits,
    decisions: Waits,
}

/// How long cases waited for one thing.
#[derive(Default)]
struct Waits {
    hours: Vec<f64>,
    in_time: u64,
    settled: u64,
}

impl Waits {
    /// A wait that ended, or goes on at `now`.
    fn count(&mut self, opened_at: Timestamp, ended_at: Option<Timestamp>, now: Timestamp, minutes: u32) {
        let target = f64::from(minutes) * 60.0;
        let waited = ended_at.unwrap_or(now).seconds_since(opened_at).max(0.0);
        if ended_at.is_some() {
            self.hours.push(waited / 3_600.0);
        }
        let is_in_time = waited <= target;
        self.settled += u64::from(ended_at.is_some() || !is_in_time);
        self.in_time += u64::from(ended_at.is_some() && is_in_time);
    }

    fn share(&self) -> Option<Share> {
        binomial::share(self.in_time, self.settled, CONFIDENCE)
    }
}

impl Tally {
    fn of(since: Timestamp, until: Timestamp) -> Self {
        let last = Timestamp(until.0.saturating_sub(1)).day();
        let days = (since.day().0..=last.0.max(since.day().0)).map(|day| (Day(day), (0, 0)));
        Self { since, until, queues: BTreeMap::new(), days: days.collect(), open: 0 }
    }

    fn count(&mut self, targets: &QueueTargets, case: &CaseFacts) {
        let period = self.since..self.until;
        // As of the end of the period: what came later has not happened.
        let before = |at: &Timestamp| *at < self.until;
        let (seen_at, closed_at) = (case.first_claimed_at.filter(before), case.closed_at.filter(before));
        self.open += u64::from(case.opened_at < self.until && closed_at.is_none());
        if let Some(closed_at) = closed_at.filter(|at| period.contains(at)) {
            self.days.entry(closed_at.day()).or_default().1 += 1;
        }
        if !period.contains(&case.opened_at) {
            return;
        }
        self.days.entry(case.opened_at.day()).or_default().0 += 1;
        let QueueTarget { first_look_minutes, decision_minutes, .. } = targets.of(&case.queue_id);
        let tally = self.queues.entry(case.queue_id.clone()).or_default();
        tally.opened += 1;
        // A batch decides without a claim: the decision is its first look.
        tally.looks.count(case.opened_at, seen_at.or(closed_at), self.until, first_look_minutes);
        tally.decisions.count(case.opened_at, closed_at, self.until, decision_minutes);
    }

    fn finish(self) -> Responses {
        let days: Vec<DayFlow> =
            self.days.into_iter().map(|(day, (opened, closed))| DayFlow { day, opened, closed }).collect();
        let queues = self.queues.into_iter().map(|(queue_id, tally)| QueueResponses {
            queue_id,
            opened: tally.opened,
            closed: tally.decisions.hours.len() as u64,
            looked_at_in_time: tally.looks.share(),
            decided_in_time: tally.decisions.share(),
            first_look_hours: Quantiles::of(tally.looks.hours),
            decision_hours: Quantiles::of(tally.decisions.hours),
        });
        Responses {
            since: self.since,
            until: self.until,
            queues: queues.collect(),
            days_to_empty: days_to_empty(&days, self.open),
            days,
            open: self.open,
        }
    }
}

fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Days until nothing waits if the last days go on.
fn days_to_empty(days: &[DayFlow], open: u64) -> Option<f64> {
    let last = days.get(days.len().saturating_sub(PACE_DAYS)..).unwrap_or_default();
    let (opened, closed) = last.iter().fold((0, 0), |sums, day| (sums.0 + day.opened, sums.1 + day.closed));
    let fewer_a_day = (closed as f64 - opened as f64) / last.len().max(1) as f64;
    (fewer_a_day > 0.0).then(|| open as f64 / fewer_a_day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_model::case::{CaseStatus, SourceSet};
    use cordon_model::entity::Source;

    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;

    fn targets() -> QueueTargets {
        let usual = QueueTarget { first_look_minutes: 60, decision_minutes: 120, due_soon_at: 0.5 };
        QueueTargets { usual, by_queue: BTreeMap::new() }
    }

    /// A case opened so many seconds after the start of day 100.
    fn case(opened: i64, looked: Option<i64>, closed: Option<i64>) -> CaseFacts {
        let at = |seconds: i64| Timestamp::from_seconds(100 * DAY + seconds);
        CaseFacts {
            case_id: format!("c{opened}").as_str().into(),
            account_id: "a".into(),
            queue_id: "reports".into(),
            status: if closed.is_some() { CaseStatus::Decided } else { CaseStatus::Open },
            opened_by: Source::User,
            sources: SourceSet::default(),
            report_count: 1,
            propensity: 1.0,
            probability: 0.5,
            opened_at: at(opened),
            first_claimed_at: looked.map(|after| at(opened + after)),
            closed_at: closed.map(|after| at(opened + after)),
            deadline: None,
        }
    }

    fn responses(days: i64, cases: &[CaseFacts]) -> Responses {
        let since = Timestamp::from_seconds(100 * DAY);
        let mut tally = Tally::of(since, since.plus_seconds(days * DAY));
        cases.iter().for_each(|case| tally.count(&targets(), case));
        tally.finish()
    }

    #[test]
    fn what_waits_is_late_once_its_target_is_over_and_not_counted_before() {
        let found = responses(
            1,
            &[
                case(0, Some(HOUR / 2), Some(HOUR)),
                case(HOUR, Some(2 * HOUR), Some(3 * HOUR)),
                case(2 * HOUR, None, None),
                case(DAY - HOUR / 2, None, None),
            ],
        );
        let queue = &found.queues[0];
        assert_eq!((queue.opened, queue.closed, found.open), (4, 2, 2));
        assert_eq!((queue.first_look_hours.median, queue.first_look_hours.p95), (Some(0.5), Some(2.0)));
        assert_eq!(queue.decision_hours.p95, Some(3.0));
        let shares = [queue.looked_at_in_time, queue.decided_in_time].map(|share| share.unwrap().share);
        assert_eq!(shares, [1.0 / 3.0, 1.0 / 3.0]);
    }

    #[test]
    fn what_happens_after_the_period_has_not_happened() {
        let found = responses(1, &[case(HOUR, Some(2 * DAY), Some(3 * DAY)), case(2 * DAY, None, None)]);
        let queue = &found.queues[0];
        assert_eq!((queue.opened, queue.closed, queue.first_look_hours.count), (1, 0, 0));
        assert_eq!((found.open, found.days.len()), (1, 1));
        assert_eq!(queue.decided_in_time.unwrap().share, 0.0);
    }

    #[test]
    fn days_without_a_case_are_there_and_the_pace_empties_the_queue_or_does_not() {
        let found = responses(
            4,
            &[
                case(0, None, Some(2 * DAY)),
                case(1, None, Some(2 * DAY + HOUR)),
                case(2, None, None),
                case(-DAY, None, Some(2 * DAY)),
            ],
        );
        let flow: Vec<(u64, u64)> = found.days.iter().map(|day| (day.opened, day.closed)).collect();
        assert_eq!(flow, [(3, 0), (0, 1), (0, 2), (0, 0)]);
        assert_eq!((found.open, found.days_to_empty), (1, None), "three came and three went");
        let emptying = responses(4, &[case(-DAY, None, Some(2 * DAY)), case(-DAY, None, None)]);
        assert_eq!(emptying.days_to_empty, Some(4.0), "one fewer in four days, one open");
    }
}
