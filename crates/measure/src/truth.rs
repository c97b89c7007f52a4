//! The story held against a truth, where one is known.

use crate::story::suspensions;
use crate::{Arrivals, Quantiles, RecordFacts};
use cordon_model::clock::Timestamp;
use cordon_model::ids::AccountId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is true of accounts: a simulation's ground truth, or a labelled sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Accounts that break policy.
    pub violators: BTreeSet<AccountId>,
    /// Accounts that continue a suspended one, each with that one.
    pub returns: BTreeMap<AccountId, AccountId>,
}

/// Figures that need a truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AgainstTruth {
    /// Violating accounts.
    pub violators: u64,
    /// Violating accounts that were suspended.
    pub violators_suspended: u64,
    /// Of the accounts suspended, the share that violated.
    pub precision: Option<f64>,
    /// Of the violating accounts, the share that was suspended.
    pub recall: Option<f64>,
    /// Suspended accounts that violated nothing.
    pub innocents_suspended: u64,
    /// Of these, taken back since.
    pub innocents_restored: u64,
    /// Accounts that continue a suspended one.
    pub returns: u64,
    /// Of these, suspended again.
    pub returns_caught: u64,
    /// Hours from a return's sign-up to its suspension.
    pub return_hours: Quantiles,
    /// Days that violating accounts were at large, all together: from sign-up, or the first event, to suspension, or
    /// the last event.
    pub violator_days: f64,
    /// Candidates that similarity or a return put up.
    pub surfaced: u64,
    /// Of these, the share that violated.
    pub surfaced_precision: Option<f64>,
}

impl AgainstTruth {
    /// Computes the figures.
    pub fn of(facts: &RecordFacts, arrivals: &Arrivals, truth: &Truth) -> Self {
        let mut suspended: BTreeMap<&AccountId, Timestamp> = BTreeMap::new();
        let mut restored: BTreeSet<&AccountId> = BTreeSet::new();
        for decision in suspensions(facts) {
            suspended.entry(&decision.account_id).or_insert(decision.decided_at);
            if decision.overturned_at.is_some() {
                restored.insert(&decision.account_id);
            }
        }
        let is_violator = |account: &AccountId| truth.violators.contains(account);
        let guilty = suspended.keys().filter(|account| is_violator(account)).count() as u64;
        let innocent: Vec<&&AccountId> = suspended.keys().filter(|account| !is_violator(account)).collect();
        let surfaced: BTreeSet<&AccountId> =
            facts.candidates.iter().map(|candidate| &candidate.account_id).collect();
        let rightly = surfaced.iter().filter(|account| is_violator(account)).count() as u64;
        let hours = |account: &AccountId| {
            let (ended, began) = (suspended.get(account)?, arrivals.signed_up.get(account)?);
            Some(ended.seconds_since(*began) / 3_600.0)
        };
        Self {
            violators: truth.violators.len() as u64,
            violators_suspended: guilty,
            precision: share(guilty, suspended.len() as u64),
            recall: share(guilty, truth.violators.len() as u64),
            innocents_suspended: innocent.len() as u64,
            innocents_restored: innocent.iter().filter(|account| restored.contains(**account)).count() as u64,
            returns: truth.returns.len() as u64,
            returns_caught: truth.returns.keys().filter(|account| suspended.contains_key(account)).count()
                as u64,
            return_hours: Quantiles::of(truth.returns.keys().filter_map(hours).collect()),
            violator_days: truth
                .violators
                .iter()
                .map(|account| at_large(account, &suspended, arrivals))
                .sum(),
            surfaced: surfaced.len() as u64,
            surfaced_precision: share(rightly, surfaced.len() as u64),
        }
    }
}

/// Days from an account's beginning to its end, as far as the journal goes.
fn at_large(account: &AccountId, suspended: &BTreeMap<&AccountId, Timestamp>, arrivals: &Arrivals) -> f64 {
    let Some((first, last)) = arrivals.span else { return 0.0 };
    let began = arrivals.signed_up.get(account).copied().unwrap_or(first);
    let ended = suspended.get(account).copied().unwrap_or(last);
    (ended.seconds_since(began) / 86_400.0).max(0.0)
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
