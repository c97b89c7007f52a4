//! Returns: a young account held against every suspended one, as its entries come.
//!
//! Nothing is scanned: a new link to an entity that suspended accounts used leads straight to them. What is found
//! is a candidate with evidence, never an action.

use crate::Detection;
use crate::links::{AccountNumber, EntityNumber};
use crate::similar::weigh::{SeedEntities, capped, shared_entities};
use cordon_model::account::Standing;
use cordon_model::clock::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An account is young for this many days after its first event.
pub const YOUNG_DAYS: u16 = 14;
/// Bits by which the evidence must have grown before the same account is proposed again.
const AGAIN_BITS: f64 = 4.0;
/// Entities with more accounts than this lead to nobody by themselves.
const LEADING_ACCOUNTS_MAX: u32 = 1_000;
/// Most suspended accounts that one entry is held against.
const COMPARED_MAX: usize = 200;
/// Most earlier accounts that a return names.
const EARLIER_MAX: usize = 5;

/// A young account that is probably held by the holder of a suspended one.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    /// The young account.
    pub account: AccountNumber,
    /// The suspended accounts it may continue, with the bits that speak for each; likeliest first, at least one.
    pub earlier: Vec<(AccountNumber, f64)>,
}

/// What was proposed already, so that the same evidence is proposed once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Proposed(BTreeMap<u32, u16>);

impl Proposed {
    /// Whether this weight is news about the account; if so it is noted.
    pub(crate) fn is_news(&mut self, account: AccountNumber, bits: f64) -> bool {
        let (bits, before) = (bits.max(0.0) as u16, self.0.get(&account.0).copied());
        let is_news = before.is_none_or(|before| f64::from(bits) >= f64::from(before) + AGAIN_BITS);
        if is_news {
            self.0.insert(account.0, bits);
        }
        is_news
    }

    pub(crate) fn forget(&mut self, account: AccountNumber) {
        self.0.remove(&account.0);
    }
}

/// Whether `account` is young enough on `today` to be a return.
pub fn is_young(detection: &Detection, account: AccountNumber, today: Day) -> bool {
    let facts = detection.links().account_facts(account);
    facts.standing == Standing::Unjudged && !facts.is_gone && today.days_since(facts.first) <= YOUNG_DAYS
}

/// Holds a young account against the suspended accounts that its new links lead to.
pub(crate) fn look_up(
    detection: &mut Detection,
    account: AccountNumber,
    new: &[EntityNumber],
) -> Option<Return> {
    let led_to = suspended_behind(detection, new);
    if led_to.is_empty() {
        return None;
    }
    let mut earlier: Vec<(AccountNumber, f64)> =
        led_to.into_iter().map(|other| (other, pair_bits(detection, account, other))).collect();
    earlier.retain(|(_, bits)| *bits >= detection.settings.proposals.return_weight_min);
    earlier.sort_by(|one, two| two.1.total_cmp(&one.1).then(one.0.cmp(&two.0)));
    earlier.truncate(EARLIER_MAX);
    let (_, bits) = *earlier.first()?;
    detection.proposed.is_news(account, bits).then_some(Return { account, earlier })
}

fn suspended_behind(detection: &Detection, new: &[EntityNumber]) -> Vec<AccountNumber> {
    let mut found = Vec::new();
    for entity in new {
        let facts = detection.links().entity(*entity);
        if facts.suspended == 0 || facts.accounts > LEADING_ACCOUNTS_MAX {
            continue;
        }
        let accounts = detection.links().postings(*entity).map(AccountNumber);
        found.extend(
            accounts.filter(|other| detection.links().account_facts(*other).standing == Standing::Suspended),
        );
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(COMPARED_MAX);
    found
}

/// Bits by which two accounts' links speak for one holder.
pub fn pair_bits(detection: &Detection, one: AccountNumber, two: AccountNumber) -> f64 {
    let seeds = SeedEntities::collect(detection, &[(two, 1.0)]);
    let groups = shared_entities(detection, &seeds, one);
    groups.iter().map(|(group, rows)| capped(detection, *group, rows)).sum()
}
