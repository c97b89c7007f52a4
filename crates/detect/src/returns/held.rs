//! Returns that were found and are kept: likely ones as history, possible ones to be watched.

use super::{Return, Tier};
use crate::links::AccountNumber;
use cordon_model::clock::{Day, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days that a possible return is watched after it was last found.
const WATCHED_DAYS: u16 = 90;

/// A return that is kept on an account.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldReturn {
    /// How much spoke for it, at most.
    pub tier: Tier,
    /// The earlier accounts, with the bits that spoke for each; likeliest first.
    pub earlier: Vec<(AccountNumber, f64)>,
    /// When it was first found.
    pub found_at: Timestamp,
    /// When it was raised from possible to likely; `None` for one that was never raised.
    pub raised_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    tier: Tier,
    earlier: Vec<(u32, f64)>,
    found_at: Timestamp,
    raised_at: Option<Timestamp>,
    last_found: Day,
}

/// All of them, by account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct HeldReturns(BTreeMap<u32, Kept>);

impl HeldReturns {
    /// Keeps what was found at `now`. A return once likely stays so: a reviewer has it before him.
    pub(crate) fn hold(&mut self, found: &Return, now: Timestamp) {
        let earlier: Vec<(u32, f64)> = found.earlier.iter().map(|(other, bits)| (other.0, *bits)).collect();
        let (tier, last_found) = (found.tier, now.day());
        let Some(kept) = self.0.get_mut(&found.account.0) else {
            let kept = Kept { tier, earlier, found_at: now, raised_at: None, last_found };
            self.0.insert(found.account.0, kept);
            return;
        };
        kept.last_found = last_found;
        if tier < kept.tier {
            return;
        }
        if tier > kept.tier {
            (kept.tier, kept.raised_at) = (tier, Some(now));
        }
        kept.earlier = earlier;
    }

    pub(crate) fn get(&self, account: AccountNumber) -> Option<HeldReturn> {
        let kept = self.0.get(&account.0)?;
        let earlier = kept.earlier.iter().map(|(other, bits)| (AccountNumber(*other), *bits)).collect();
        Some(HeldReturn { tier: kept.tier, earlier, found_at: kept.found_at, raised_at: kept.raised_at })
    }

    pub(crate) fn accounts(&self) -> impl Iterator<Item = AccountNumber> + '_ {
        self.0.keys().copied().map(AccountNumber)
    }

    pub(crate) fn forget(&mut self, account: AccountNumber) {
        self.0.remove(&account.0);
    }

    /// Possible returns that nothing has spoken for lately are watched no longer.
    pub(crate) fn expire(&mut self, today: Day) {
        self.0
            .retain(|_, kept| kept.tier == Tier::Likely || today.days_since(kept.last_found) <= WATCHED_DAYS);
    }
}
