//! Reports on accounts that nobody has seen yet: they wait a while for them.

use cordon_model::clock::Timestamp;
use cordon_model::ids::Offset;
use cordon_model::limits;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds that a report waits for its subject.
const WAIT_SECONDS: i64 = limits::UNKNOWN_SUBJECT_DAYS * 86_400;

/// The subjects waited for. Another report on the same account renews the wait of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Awaited {
    /// By keyed hash of the account: when its newest report arrived, and where it stands in the journal.
    newest: BTreeMap<u64, (Timestamp, Offset)>,
    /// The same by time, so that the end of a wait is found without looking at all.
    order: BTreeSet<(Timestamp, u64)>,
}

impl Awaited {
    /// A report on an account unknown so far.
    pub(crate) fn wait(&mut self, subject: u64, received_at: Timestamp, report: Offset) {
        if let Some((before, _)) = self.newest.insert(subject, (received_at, report)) {
            self.order.remove(&(before, subject));
        }
        self.order.insert((received_at, subject));
    }

    /// The account came, or is gone for good; whether it was waited for.
    pub(crate) fn end(&mut self, subject: u64) -> bool {
        let Some((at, _)) = self.newest.remove(&subject) else { return false };
        self.order.remove(&(at, subject))
    }

    /// The newest report on each subject that was waited for long enough; longest first.
    pub(crate) fn over(&mut self, now: Timestamp) -> Vec<Offset> {
        let mut ended = Vec::new();
        while let Some((at, subject)) = self.order.first().copied() {
            if now < at.plus_seconds(WAIT_SECONDS) {
                break;
            }
            self.order.pop_first();
            ended.extend(self.newest.remove(&subject).map(|(_, report)| report));
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_seconds(1_454_630_400 + day * DAY)
    }

    #[test]
    fn a_report_waits_seven_days_to_the_second() {
        let mut awaited = Awaited::default();
        awaited.wait(5, day(0), Offset(1));
        assert!(awaited.over(day(6)).is_empty());
        assert!(awaited.over(day(7).plus_seconds(-1)).is_empty());
        assert_eq!(awaited.over(day(7)), [Offset(1)]);
        assert!(awaited.over(day(8)).is_empty());
        assert_eq!(awaited, Awaited::default());
    }

    #[test]
    fn another_report_renews_the_wait_and_an_appearance_ends_it() {
        let mut awaited = Awaited::default();
        awaited.wait(5, day(0), Offset(1));
        awaited.wait(6, day(1), Offset(2));
        awaited.wait(5, day(3), Offset(3));
        assert_eq!(awaited.over(day(9)), [Offset(2)]);
        assert!(awaited.end(5) && !awaited.end(5) && !awaited.end(6));
        assert!(awaited.over(day(30)).is_empty());
    }
}
