//! Returns: a young account held against every suspended one, as its entries come.
//!
//! Nothing is scanned: a new link to an entity that suspended accounts used leads straight to them. What is found
//! stands on one of two tiers. A *likely* return is a candidate with evidence, never an action; a *possible* one is
//! kept on the account and makes no case, until further links raise it. What is written never makes a return likely
//! by itself, however much of it is shared: those who copy a text are many, its author is one.

pub mod chain;
mod held;
mod leads;
mod timing;

pub(crate) use chain::Suspensions;
pub use held::HeldReturn;
pub(crate) use held::HeldReturns;

use crate::Detection;
use crate::links::{AccountNumber, EntityNumber};
use crate::settings::Caps;
use crate::similar::row::{Row, link_rows};
use crate::similar::weigh::{SeedEntities, SharedEntity, capped, shared_entities};
use cordon_model::account::Standing;
use cordon_model::clock::{Day, Timestamp};
use cordon_model::entity::EvidenceGroup;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An account is young for this many days after its first event.
pub const YOUNG_DAYS: u16 = 14;
/// Bits by which the evidence must have grown before the same account is proposed again.
const AGAIN_BITS: f64 = 4.0;
/// Most earlier accounts that a return names.
const EARLIER_MAX: usize = 5;

/// How much speaks for a return; the greater is the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Watched: kept on the account, no case.
    Possible,
    /// Held for review: a candidate.
    Likely,
}

impl Tier {
    /// Both, the stronger first.
    pub const ALL: [Self; 2] = [Self::Likely, Self::Possible];

    /// The tier of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }

    /// The name in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
        }
    }

    /// Where so much evidence stands by the stated thresholds; `None` for less than a possible return.
    pub fn of(thresholds: Thresholds, weight: PairWeight) -> Option<Self> {
        let is_more_than_content = weight.beside_content >= thresholds.beside_content;
        if weight.bits >= thresholds.likely && is_more_than_content {
            return Some(Self::Likely);
        }
        // What only content keeps from being likely is possible, whatever the lower threshold.
        (weight.bits >= thresholds.possible.min(thresholds.likely)).then_some(Self::Possible)
    }
}

/// Fewest bits of each tier, as things stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Of a likely return.
    pub likely: f64,
    /// Of a possible one.
    pub possible: f64,
    /// Of a likely return's bits, those that do not rest on what is written.
    pub beside_content: f64,
}

impl Thresholds {
    /// As the settings have them, on a platform of that size. Returns are as many as suspensions, whoever shares something
    /// with a suspended account by chance is one of all newcomers: on a platform of twice as many accounts one bit more
    /// is asked for the same share of wrong returns.
    pub fn of(detection: &Detection) -> Self {
        let settings = &detection.settings.proposals;
        let chance = libm::log2(detection.links().account_count().max(1) as f64);
        let beyond = settings.return_beyond_chance.map_or(0.0, |bits| chance + bits);
        Self {
            likely: settings.return_weight_min.max(beyond),
            possible: settings.return_possible_weight_min,
            beside_content: settings.return_beside_content_min,
        }
    }
}

/// Bits that speak for one holder of two accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairWeight {
    /// All of them: the sum of the groups, each within its cap.
    pub bits: f64,
    /// Those of all groups but `content`, and but `rhythm`, which follows what is written.
    pub beside_content: f64,
}

/// A young account that is probably held by the holder of a suspended one.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    /// The young account.
    pub account: AccountNumber,
    /// How much speaks for it.
    pub tier: Tier,
    /// The suspended accounts it may continue, with the bits that speak for each; likeliest first, at least one, all
    /// of the same tier.
    pub earlier: Vec<(AccountNumber, f64)>,
}

/// What was proposed already, so that the same evidence is proposed once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Proposed(BTreeMap<u32, u16>);

impl Proposed {
    /// Whether this weight is news about the account; if so it is noted.
    pub(crate) fn is_news(&mut self, account: AccountNumber, bits: f64) -> bool {
        let is_news = self.would_be_news(account, bits);
        if is_news {
            self.0.insert(account.0, bits.max(0.0) as u16);
        }
        is_news
    }

    /// The same, noting nothing.
    pub(crate) fn would_be_news(&self, account: AccountNumber, bits: f64) -> bool {
        let (bits, before) = (bits.max(0.0) as u16, self.0.get(&account.0).copied());
        before.is_none_or(|before| f64::from(bits) >= f64::from(before) + AGAIN_BITS)
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

/// Holds a young account against the suspended accounts that its new links lead to, and against those it was watched
/// for. What is found is kept; gives a likely return that is news.
pub(crate) fn look_up(
    detection: &mut Detection,
    account: AccountNumber,
    new: &[EntityNumber],
    now: Timestamp,
) -> Option<Return> {
    let mut led_to = leads::suspended_behind(detection, account, new);
    if led_to.is_empty() {
        // Whom it is watched for is behind no new link: nothing has grown.
        return None;
    }
    led_to.extend(of(detection, account).into_iter().flat_map(|held| held.earlier).map(|(other, _)| other));
    led_to.sort_unstable();
    led_to.dedup();
    let found = strongest(detection, account, &led_to, now)?;
    detection.held_returns.hold(&found, now);
    let (_, bits) = *found.earlier.first()?;
    let is_proposed = found.tier == Tier::Likely && detection.proposed.is_news(account, bits);
    is_proposed.then_some(found)
}

/// The pairs of the strongest tier among them.
fn strongest(
    detection: &Detection,
    account: AccountNumber,
    others: &[AccountNumber],
    now: Timestamp,
) -> Option<Return> {
    let thresholds = Thresholds::of(detection);
    let weighed = others.iter().filter_map(|other| {
        let weight = pair_weight(detection, account, *other, now);
        Some((Tier::of(thresholds, weight)?, *other, weight.bits))
    });
    let weighed: Vec<(Tier, AccountNumber, f64)> = weighed.collect();
    let tier = weighed.iter().map(|(tier, ..)| *tier).max()?;
    let of_tier = weighed.into_iter().filter(|(of_pair, ..)| *of_pair == tier);
    let mut earlier: Vec<(AccountNumber, f64)> = of_tier.map(|(_, other, bits)| (other, bits)).collect();
    earlier.sort_by(|one, two| two.1.total_cmp(&one.1).then(one.0.cmp(&two.0)));
    earlier.truncate(EARLIER_MAX);
    Some(Return { account, tier, earlier })
}

/// The return that is kept on an account, with those of its earlier accounts that still stand suspended; `None` where
/// none does or none was found.
pub fn of(detection: &Detection, account: AccountNumber) -> Option<HeldReturn> {
    let mut held = detection.held_returns.get(account)?;
    held.earlier.retain(|(earlier, _)| is_suspended(detection, *earlier));
    (!held.earlier.is_empty()).then_some(held)
}

/// Accounts on which a return is kept, in order of number; what stands of each says [`of`].
pub fn held(detection: &Detection) -> impl Iterator<Item = AccountNumber> + '_ {
    detection.held_returns.accounts()
}

/// Whether the account stands suspended and its data was not erased.
fn is_suspended(detection: &Detection, account: AccountNumber) -> bool {
    let facts = detection.links().account_facts(account);
    facts.standing == Standing::Suspended && !detection.erased().contains_key(&facts.hash)
}

/// Bits with which all of an account's links speak for its being held by the holder of the suspended account most like
/// it; 0 where they lead to none. Whether it is young, and what was proposed already, plays no part.
pub fn suspended_bits(detection: &Detection, account: AccountNumber, now: Timestamp) -> f64 {
    let links: Vec<EntityNumber> = detection.links().links(account).map(|link| link.entity).collect();
    let others = leads::suspended_behind(detection, account, &links).into_iter();
    others.map(|other| pair_weight(detection, account, other, now).bits).fold(0.0, f64::max)
}

/// Bits by which two accounts' links speak for one holder, whenever they came.
pub fn pair_bits(detection: &Detection, one: AccountNumber, two: AccountNumber) -> f64 {
    let caps = &detection.settings.caps;
    shared_with(detection, one, two).iter().map(|(group, rows)| capped(caps.of(*group), rows)).sum()
}

/// Bits by which a young account's links, and how soon they came, speak for its continuing the suspended one.
pub fn pair_weight(
    detection: &Detection,
    young: AccountNumber,
    earlier: AccountNumber,
    now: Timestamp,
) -> PairWeight {
    let shared = shared_with(detection, young, earlier);
    let caps = strongest_alone(detection.settings.return_caps, &shared);
    let (mut weight, mut identity) = (PairWeight::default(), 0.0);
    for (group, rows) in &shared {
        let bits = capped(caps.of(*group), rows);
        weight.bits += bits;
        if !matches!(group, EvidenceGroup::Content | EvidenceGroup::Rhythm) {
            weight.beside_content += bits;
        }
        if timing::is_identity(*group) {
            identity += bits;
        }
    }
    weight.bits += timing::row(detection, earlier, now, identity).map_or(0.0, |row| row.bits);
    weight
}

/// The rows of that weight, heaviest first. `now` is when the young account was seen to do what links it.
pub fn rows(detection: &Detection, young: AccountNumber, earlier: AccountNumber, now: Timestamp) -> Vec<Row> {
    let shared = shared_with(detection, young, earlier);
    let mut rows = link_rows(&strongest_alone(detection.settings.return_caps, &shared), &shared);
    let identity = rows.iter().filter(|row| timing::is_identity(row.group)).map(|row| row.bits).sum();
    rows.extend(timing::row(detection, earlier, now, identity));
    rows
}

/// The caps, lowered to the strongest of what is shared in each group that tells who somebody is: whoever shares one exit
/// of a network shares them all, and three of them say no more than one.
fn strongest_alone(mut caps: Caps, shared: &BTreeMap<EvidenceGroup, Vec<SharedEntity>>) -> Caps {
    for (group, rows) in shared.iter().filter(|(group, _)| timing::is_identity(**group)) {
        let strongest = rows.iter().map(|row| row.bits).fold(f64::NEG_INFINITY, f64::max);
        if strongest > 0.0
            && let Some(cap) = caps.0.get_mut(*group as usize)
        {
            *cap = cap.min(strongest);
        }
    }
    caps
}

fn shared_with(
    detection: &Detection,
    one: AccountNumber,
    two: AccountNumber,
) -> BTreeMap<EvidenceGroup, Vec<SharedEntity>> {
    shared_entities(detection, &SeedEntities::collect(detection, &[(two, 1.0)]), one)
}

#[cfg(test)]
mod tests;
