//! What becomes of an entry as its file of history is written: kept, emptied of values whose time is over, erased.

use crate::Evaluator;
use cordon_detect::extract::{account_hash, redact};
use cordon_detect::settings::LinkSettings;
use cordon_journal::{Retention, SealedEntry, Treatment};
use cordon_model::clock::Day;
use cordon_model::entry::EntryKind;
use cordon_model::event::EventType;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file in which some values are over is rewritten for their sake once in so many days, or when all are.
const REWRITE_DAYS: i64 = 30;

/// The numbers of days for which things are kept: enough to tell when a file is due.
pub(super) struct Keeps(Vec<i64>);

impl Keeps {
    pub(super) fn of(settings: &LinkSettings) -> Self {
        let groups = settings.keep_days.iter().copied();
        Self(groups.chain([settings.keep_suspended_days]).map(i64::from).collect())
    }

    /// Whether a file needs to be written anew: given when its first and last entry arrived, and the day as of which
    /// it was last treated.
    pub(super) fn is_due(&self, received: (Day, Day), treated_on: Day, today: Day) -> bool {
        let [first, last, treated, today] =
            [received.0, received.1, treated_on, today].map(|day| i64::from(day.0));
        self.0.iter().any(|keep| {
            // Arrived before this day: over. What arrived before the other was over already.
            let (over_before, was_over_before) = (today - keep, treated - keep);
            let is_some_newly_over = first < over_before && last >= was_over_before;
            let is_all_over = last < over_before;
            is_some_newly_over && (is_all_over || today - treated >= REWRITE_DAYS)
        })
    }

    fn shortest(&self) -> i64 {
        self.0.iter().copied().min().unwrap_or(i64::MAX)
    }
}

/// The rules of one day: a copy of what they need, so that nobody waits for a file to be written.
pub(super) struct KeepRules {
    settings: Arc<LinkSettings>,
    shortest_keep: i64,
    key: HashKey,
    erased: BTreeMap<u64, Offset>,
    suspended: FxHashSet<u64>,
    today: Day,
}

impl KeepRules {
    pub(super) fn of(state: &Evaluator, today: Day) -> Self {
        let detection = state.detection();
        Self {
            settings: Arc::clone(detection.settings()),
            shortest_keep: Keeps::of(detection.settings()).shortest(),
            key: *detection.key(),
            erased: detection.erased().clone(),
            suspended: detection.suspended().collect(),
            today,
        }
    }
}

impl Retention for KeepRules {
    fn treat(&self, row: &SealedEntry) -> Treatment {
        let account = row.facts.account_id.as_ref().map(|id| account_hash(&self.key, id.as_str()));
        let erased = account.and_then(|hash| self.erased.get(&hash));
        if erased.is_some_and(|before| row.entry.offset < *before) {
            return Treatment::Tombstone;
        }
        let age = self.today.days_since(row.entry.received_at.day());
        let is_kept = i64::from(age) <= self.shortest_keep
            || account.is_some_and(|hash| {
                self.suspended.contains(&hash) && age <= self.settings.keep_suspended_days
            });
        if is_kept || row.entry.kind != EntryKind::Event {
            return Treatment::Keep;
        }
        let kind = EventType::from_name(&row.facts.event_type);
        redact(&self.settings, &self.key, kind, &row.entry.payload, age)
            .map_or(Treatment::Keep, Treatment::Replace)
    }

    fn as_of(&self) -> Day {
        self.today
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_due(today: u16, received: (Day, Day), treated_on: Day) -> bool {
        let settings = LinkSettings { keep_days: [30; 12], ..LinkSettings::bundled() };
        let settings = LinkSettings { keep_suspended_days: 365, ..settings };
        Keeps::of(&settings).is_due(received, treated_on, Day(today))
    }

    #[test]
    fn a_file_is_due_once_all_of_it_is_over_and_then_no_more() {
        let received = (Day(1_000), Day(1_001));
        assert!(!is_due(1_031, received, Day(1_002)), "not all is over");
        assert!(is_due(1_032, received, Day(1_002)));
        assert!(!is_due(1_033, received, Day(1_032)), "nothing more is over");
        assert!(is_due(1_367, received, Day(1_032)), "what suspended accounts left is over");
        assert!(!is_due(2_000, received, Day(1_367)));
    }

    #[test]
    fn a_file_of_many_months_is_due_once_a_month() {
        let received = (Day(1_000), Day(1_300));
        assert!(is_due(1_310, received, Day(0)), "sealed without any rules");
        assert!(!is_due(1_310, received, Day(1_300)));
        assert!(is_due(1_330, received, Day(1_300)));
    }
}
