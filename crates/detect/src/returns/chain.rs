//! Chains: the returns of one holder are one history.

use super::{HeldReturn, Tier, is_suspended, of};
use crate::Detection;
use crate::links::AccountNumber;
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most earlier accounts that a chain is walked through.
pub const CHAIN_ACCOUNTS_MAX: usize = 64;

/// Since when accounts stand suspended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Suspensions(BTreeMap<u32, Timestamp>);

impl Suspensions {
    /// An account stands as said, by a decision made at `at`; none for one that was taken back.
    pub(crate) fn restand(&mut self, account: AccountNumber, standing: Standing, at: Option<Timestamp>) {
        if standing != Standing::Suspended {
            self.0.remove(&account.0);
        } else if let Some(at) = at {
            let since = self.0.entry(account.0).or_insert(at);
            *since = at.max(*since);
        }
    }
}

/// The history of one holder, as far as returns tell it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The suspended accounts that came before, in the order of their suspension, each with its instant where known;
    /// at least one, each once, at most [`CHAIN_ACCOUNTS_MAX`].
    pub earlier: Vec<(AccountNumber, Option<Timestamp>)>,
}

impl Chain {
    /// Which account of the holder this one is, from 2.
    pub fn ordinal(&self) -> usize {
        self.earlier.len() + 1
    }

    /// When the last of the earlier accounts was suspended.
    pub fn last_suspended_at(&self) -> Option<Timestamp> {
        self.earlier.iter().filter_map(|(_, at)| *at).max()
    }
}

/// When the suspension that stands on an account was decided; `None` for one that is not suspended.
pub fn suspended_at(detection: &Detection, account: AccountNumber) -> Option<Timestamp> {
    detection.suspensions.0.get(&account.0).copied()
}

/// The accounts that came before `account`, walked from return to return; `None` where it is none.
///
/// A possible return continues its likeliest earlier account only; from there on likely returns alone count, since
/// what is doubtful twice is no history.
pub fn chain(detection: &Detection, account: AccountNumber) -> Option<Chain> {
    let mut waiting = continued(of(detection, account)?);
    let mut found = BTreeSet::new();
    while let Some(earlier) = waiting.pop() {
        if found.len() >= CHAIN_ACCOUNTS_MAX {
            break;
        }
        if earlier == account || !is_suspended(detection, earlier) || !found.insert(earlier) {
            continue;
        }
        let before = of(detection, earlier).filter(|held| held.tier == Tier::Likely);
        waiting.extend(before.into_iter().flat_map(continued));
    }
    let mut earlier: Vec<(AccountNumber, Option<Timestamp>)> =
        found.into_iter().map(|one| (one, suspended_at(detection, one))).collect();
    earlier.sort_by_key(|(one, at)| (*at, *one));
    (!earlier.is_empty()).then_some(Chain { earlier })
}

fn continued(held: HeldReturn) -> Vec<AccountNumber> {
    let most = if held.tier == Tier::Likely { held.earlier.len() } else { 1 };
    held.earlier.into_iter().take(most).map(|(earlier, _)| earlier).collect()
}
