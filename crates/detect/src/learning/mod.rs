//! What decisions teach, in whole numbers, so that taking a decision back takes back exactly what it taught.

mod calibration;

pub(crate) use calibration::Curve;

use crate::links::AccountNumber;
use calibration::Calibration;
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::entry::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Decisions' worth of belief that the prior weights carry.
const PRIOR_DECISIONS: f64 = 20.0;
/// Most bits by which learning moves one row, either way.
const SHIFT_BITS_MAX: f64 = 3.0;

/// One decision that stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Judgement {
    pub(crate) accounts: Vec<u32>,
    pub(crate) outcome: JudgedAs,
    /// (entity type, level) of the evidence that the decider saw.
    pub(crate) seen: Vec<(u8, u8)>,
    /// Bits with which similarity had proposed the case, rounded as calibration counts them; none where it had not.
    pub(crate) weight: Option<f32>,
    /// Who made it.
    pub(crate) by: JudgedBy,
}

/// Who made a decision; of two on the same account the greater holds: a decision made here outranks the platform's
/// history, and of that the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum JudgedBy {
    /// The platform, before cordon or without it: it seeds returns but teaches no weight.
    Platform(Timestamp),
    /// A reviewer, here.
    Reviewer,
}

/// [`Outcome`], as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum JudgedAs {
    Cleared,
    Violating,
    Suspended,
}

impl From<Outcome> for JudgedAs {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Cleared => Self::Cleared,
            Outcome::Violating => Self::Violating,
            Outcome::Suspended => Self::Suspended,
        }
    }
}

/// The decisions that stand, and the counts that follow from them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Learning {
    /// By keyed hash of the decision's id.
    judgements: BTreeMap<u64, Judgement>,
    /// The decisions about an account, in the order of arrival.
    by_account: BTreeMap<u32, Vec<u64>>,
    /// (violations, none) seen with evidence of an entity type at a level.
    counts: BTreeMap<(u8, u8), [u64; 2]>,
    /// (violations, none) in all decisions whose evidence was seen: the others say nothing about how often
    /// evidence of some level comes with a violation.
    totals: [u64; 2],
    calibration: Calibration,
}

impl Learning {
    /// Takes a decision in; one that stands already changes nothing. Says whether it was new.
    pub(crate) fn learn(&mut self, decision: u64, judgement: Judgement) -> bool {
        if self.judgements.contains_key(&decision) {
            return false;
        }
        self.add(&judgement, 1);
        for account in &judgement.accounts {
            self.by_account.entry(*account).or_default().push(decision);
        }
        self.judgements.insert(decision, judgement);
        true
    }

    /// Takes a decision back, exactly; gives the accounts that it was about.
    pub(crate) fn unlearn(&mut self, decision: u64) -> Vec<u32> {
        let Some(judgement) = self.judgements.remove(&decision) else { return Vec::new() };
        self.add(&judgement, -1);
        for account in &judgement.accounts {
            let Some(decisions) = self.by_account.get_mut(account) else { continue };
            decisions.retain(|other| *other != decision);
            if decisions.is_empty() {
                self.by_account.remove(account);
            }
        }
        judgement.accounts
    }

    fn add(&mut self, judgement: &Judgement, sign: i64) {
        let column = usize::from(judgement.outcome == JudgedAs::Cleared);
        let bump = |cells: &mut [u64; 2]| {
            if let Some(cell) = cells.get_mut(column) {
                *cell = cell.saturating_add_signed(sign);
            }
        };
        if !judgement.seen.is_empty() {
            bump(&mut self.totals);
        }
        for level in &judgement.seen {
            let cells = self.counts.entry(*level).or_default();
            bump(cells);
            if *cells == [0, 0] {
                self.counts.remove(level);
            }
        }
        if let Some(bits) = judgement.weight {
            self.calibration.count(f64::from(bits), judgement.outcome != JudgedAs::Cleared, sign);
        }
    }

    /// How an account stands: by the decision about it that outranks the others, of equals the newest, and not by
    /// one that was overturned.
    pub(crate) fn standing(&self, account: AccountNumber) -> Standing {
        let decisions = self.by_account.get(&account.0).into_iter().flatten();
        let judgements = decisions.filter_map(|decision| self.judgements.get(decision));
        match judgements.max_by_key(|judgement| judgement.by).map(|judgement| judgement.outcome) {
            None => Standing::Unjudged,
            Some(JudgedAs::Cleared) => Standing::Cleared,
            Some(JudgedAs::Violating) => Standing::Violating,
            Some(JudgedAs::Suspended) => Standing::Suspended,
        }
    }

    /// Whether a decision made here stands about the account.
    pub(crate) fn is_decided_here(&self, account: AccountNumber) -> bool {
        let decisions = self.by_account.get(&account.0).into_iter().flatten();
        let mut judgements = decisions.filter_map(|decision| self.judgements.get(decision));
        judgements.any(|judgement| judgement.by == JudgedBy::Reviewer)
    }

    /// Bits by which decisions have moved evidence of that type and level from its prior weight.
    pub(crate) fn shift(&self, kind: u8, level: u8) -> f64 {
        let [with, without] = self.counts.get(&(kind, level)).copied().unwrap_or_default();
        let [violations, none] = self.totals;
        let smoothed = |count: u64| count as f64 + PRIOR_DECISIONS;
        let ratio = smoothed(with) / smoothed(violations) * smoothed(none) / smoothed(without);
        libm::log2(ratio).clamp(-SHIFT_BITS_MAX, SHIFT_BITS_MAX)
    }

    /// The curve from bits to probability, where enough decisions stand behind one.
    pub(crate) fn curve(&self) -> Option<Curve> {
        self.calibration.curve()
    }

    /// Accounts about which a decision stands, in order of number.
    pub(crate) fn judged(&self) -> impl Iterator<Item = AccountNumber> + '_ {
        self.by_account.keys().copied().map(AccountNumber)
    }

    /// Decisions that stand.
    pub(crate) fn len(&self) -> usize {
        self.judgements.len()
    }
}

/// How rare an entity is, in the steps that learning counts by: 0 for one account, then one more for each doubling.
pub(crate) fn level(accounts: u32) -> u8 {
    accounts.max(1).ilog2() as u8
}

/// The levels of several entities, each once, rising.
pub(crate) fn levels(accounts: impl Iterator<Item = u32>) -> Vec<u8> {
    let levels: BTreeSet<u8> = accounts.map(level).collect();
    levels.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judgement(account: u32, outcome: JudgedAs, seen: Vec<(u8, u8)>) -> Judgement {
        Judgement { accounts: vec![account], outcome, seen, weight: Some(9.0), by: JudgedBy::Reviewer }
    }

    fn any_judgement() -> impl Strategy<Value = Judgement> {
        let outcome =
            prop_oneof![Just(JudgedAs::Cleared), Just(JudgedAs::Violating), Just(JudgedAs::Suspended)];
        (0u32..5, outcome, prop::collection::vec((0u8..4, 0u8..4), 0..5))
            .prop_map(|(account, outcome, seen)| judgement(account, outcome, seen))
    }

    proptest! {
        #[test]
        fn an_overturned_decision_takes_back_exactly_what_it_taught(
            before in prop::collection::vec(any_judgement(), 0..20),
            overturned in any_judgement(),
            after in prop::collection::vec(any_judgement(), 0..20),
        ) {
            let (mut learning, mut without) = (Learning::default(), Learning::default());
            for (id, one) in (0..).zip(&before) {
                learning.learn(id, one.clone());
                without.learn(id, one.clone());
            }
            learning.learn(1_000, overturned);
            for (id, one) in (2_000..).zip(&after) {
                learning.learn(id, one.clone());
                without.learn(id, one.clone());
            }
            learning.unlearn(1_000);
            prop_assert_eq!(learning, without);
        }
    }

    #[test]
    fn a_decision_counts_once_and_the_newest_says_how_an_account_stands() {
        let mut learning = Learning::default();
        assert!(learning.learn(1, judgement(7, JudgedAs::Cleared, vec![])));
        assert!(!learning.learn(1, judgement(7, JudgedAs::Cleared, vec![])));
        learning.learn(2, judgement(7, JudgedAs::Suspended, vec![]));
        assert_eq!(learning.standing(AccountNumber(7)), Standing::Suspended);
        learning.unlearn(2);
        assert_eq!(learning.standing(AccountNumber(7)), Standing::Cleared);
    }

    #[test]
    fn a_decision_made_here_outranks_imported_ones_and_of_those_the_latest_holds() {
        let imported = |outcome, at| Judgement {
            by: JudgedBy::Platform(Timestamp::from_seconds(at)),
            ..judgement(7, outcome, vec![])
        };
        let mut learning = Learning::default();
        learning.learn(1, imported(JudgedAs::Cleared, 20));
        learning.learn(2, imported(JudgedAs::Suspended, 10));
        assert_eq!(learning.standing(AccountNumber(7)), Standing::Cleared, "the earlier one arrived later");
        learning.learn(3, judgement(7, JudgedAs::Violating, vec![]));
        learning.learn(4, imported(JudgedAs::Suspended, 30));
        assert_eq!(learning.standing(AccountNumber(7)), Standing::Violating);
        learning.unlearn(3);
        assert_eq!(learning.standing(AccountNumber(7)), Standing::Suspended);
    }

    #[test]
    fn ten_thousand_imported_decisions_move_no_weight() {
        let mut learning = Learning::default();
        for id in 0..40 {
            learning.learn(id, judgement(1, JudgedAs::Suspended, vec![(0, 1)]));
        }
        let before = (learning.shift(0, 1), learning.shift(0, 2), learning.shift(3, 0));
        for id in 100..10_100 {
            let by = JudgedBy::Platform(Timestamp::from_seconds(5));
            let judgement = Judgement { by, weight: None, ..judgement(id, JudgedAs::Suspended, vec![]) };
            learning.learn(u64::from(id), judgement);
        }
        assert_eq!((learning.shift(0, 1), learning.shift(0, 2), learning.shift(3, 0)), before);
    }

    #[test]
    fn evidence_seen_with_violations_gains_and_with_innocence_loses() {
        let mut learning = Learning::default();
        for id in 0..50 {
            learning.learn(id, judgement(1, JudgedAs::Suspended, vec![(0, 1)]));
            learning.learn(100 + id, judgement(2, JudgedAs::Cleared, vec![(1, 1)]));
        }
        assert!(learning.shift(0, 1) > 1.0 && learning.shift(1, 1) < -1.0);
        assert_eq!(Learning::default().shift(0, 1), 0.0);
    }
}
