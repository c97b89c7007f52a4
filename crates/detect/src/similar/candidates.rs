//! Whom a query scores: those who share entities with the seeds, and those whose profile is most like theirs.

use super::profile::ProfileScore;
use super::rank::{Query, RankOptions};
use super::table::Table;
use crate::Detection;
use crate::links::{AccountNumber, Postings};
use crate::parallel::map_chunks;
use cordon_model::limits;
use std::collections::BTreeMap;

/// Entities with more accounts than this lead to nobody by themselves; they still count once somebody is scored.
const LEADING_ACCOUNTS_MAX: usize = 1_000;
/// Profiles scored by one thread at a time.
const SCORED_AT_ONCE: usize = 512;
/// Most postings followed for one query.
const POSTINGS_FOLLOWED_MAX: usize = 500_000;

/// Most profiles scored for one query: of a platform of so many accounts everybody's, of a larger one those that the
/// seeds' terms lead to.
const PROFILES_SCORED_MAX: usize = 32_768;
/// Most postings of terms followed for one query.
const TERM_POSTINGS_FOLLOWED_MAX: usize = 4_000_000;

/// A candidate, with its profile's score where that is known already.
pub(crate) type Chosen = (AccountNumber, Option<ProfileScore>);

/// Shape: each account once; seeds, gone accounts and (unless asked for) suspended ones never. At most
/// [`limits::CANDIDATES_MAX`], half of them by links, unless the query is exhaustive.
pub(crate) fn choose(detection: &Detection, query: &Query<'_>, options: &RankOptions) -> Vec<Chosen> {
    let everybody = || detection.links().accounts().filter(|account| query.is_eligible(detection, *account));
    if options.is_exhaustive {
        return everybody().map(|account| (account, None)).collect();
    }
    let mut chosen: BTreeMap<AccountNumber, Option<ProfileScore>> =
        linked(detection, query).into_iter().map(|account| (account, None)).collect();
    if !query.model.is_empty() {
        let asked = match detection.links().account_count() {
            0..=PROFILES_SCORED_MAX => everybody().collect(),
            _ => led_by_terms(detection, query, PROFILES_SCORED_MAX),
        };
        // Nobody below the sample's median is like the seeds.
        let alike = map_chunks(&asked, SCORED_AT_ONCE, |accounts| {
            let scored = accounts.iter().map(|account| (*account, query.model.score(*account)));
            scored.filter(|(_, score)| score.bits() > 0.0).collect::<Vec<_>>()
        });
        let mut alike: Vec<(AccountNumber, ProfileScore)> = alike.into_iter().flatten().collect();
        let left = limits::CANDIDATES_MAX - chosen.len();
        if alike.len() > left {
            alike.select_nth_unstable_by(left, |one, two| {
                two.1.bits().total_cmp(&one.1.bits()).then(one.0.cmp(&two.0))
            });
            alike.truncate(left);
        }
        chosen.extend(alike.into_iter().map(|(account, score)| (account, Some(score))));
    }
    chosen.into_iter().collect()
}

/// The `count` accounts that have most of the terms that speak for likeness to the seeds, by the terms' weights over the
/// root of how many terms they have, which is near to what their profile is divided by. Heavier terms are followed
/// first, common ones never.
pub(super) fn led_by_terms(detection: &Detection, query: &Query<'_>, count: usize) -> Vec<AccountNumber> {
    let mut weights = vec![0.0; detection.links().account_count()];
    let mut followed = 0;
    for (weight, store, term) in query.model.leading() {
        let Some(profiles) = detection.profiles(store) else { continue };
        let accounts = profiles.accounts(term);
        followed += accounts.len();
        if followed > TERM_POSTINGS_FOLLOWED_MAX {
            break;
        }
        accounts.for_each(|account| {
            if let Some(sum) = weights.get_mut(account as usize) {
                *sum += f64::from(weight);
            }
        });
    }
    let terms = |account: AccountNumber| -> usize {
        query.model.stores().filter_map(|store| Some(detection.profiles(store)?.vector(account).len())).sum()
    };
    let reached = (0..).map(AccountNumber).zip(weights).filter(|(_, weight)| *weight > 0.0);
    let found = reached.map(|(account, weight)| (account, weight / (terms(account).max(1) as f64).sqrt()));
    best(found.collect(), count, |account| query.is_eligible(detection, account))
}

/// The accounts that share most with the seeds, at most half of [`limits::CANDIDATES_MAX`].
fn linked(detection: &Detection, query: &Query<'_>) -> Vec<AccountNumber> {
    let mut leading: Vec<(f64, Postings<'_>)> = query
        .entities
        .iter()
        .filter_map(|(entity, _)| {
            let postings = detection.links().postings(entity);
            let bits = query.entities.shared(entity)?.bits;
            (bits > 0.0 && postings.len() <= LEADING_ACCOUNTS_MAX).then_some((bits, postings))
        })
        .collect();
    leading.sort_by(|one, two| two.0.total_cmp(&one.0));
    let mut followed = 0;
    let within = leading.into_iter().map_while(|(bits, postings)| {
        followed += postings.len();
        (followed <= POSTINGS_FOLLOWED_MAX).then_some((bits, postings))
    });
    let leading: Vec<(f64, Postings<'_>)> = within.collect();
    // An account's bits are added heaviest first, whoever else is reached.
    let mut table = Table::with_room(leading.iter().map(|(_, postings)| postings.len()).sum());
    let mut reached: Vec<(AccountNumber, f64)> = Vec::new();
    for (bits, postings) in leading {
        postings.for_each(|account| {
            let place = table.place_or(account, reached.len() as u32);
            match reached.get_mut(place as usize) {
                Some((_, sum)) => *sum += bits,
                None => reached.push((AccountNumber(account), bits)),
            }
        });
    }
    best(reached, limits::CANDIDATES_MAX / 2, |account| query.is_eligible(detection, account))
}

/// The `count` with the most bits, ties by number, among those whom `is_eligible` accepts: only as many are asked as
/// it takes.
fn best(
    mut found: Vec<(AccountNumber, f64)>,
    count: usize,
    is_eligible: impl Fn(AccountNumber) -> bool,
) -> Vec<AccountNumber> {
    let better_first = |one: &(AccountNumber, f64), two: &(AccountNumber, f64)| {
        two.1.total_cmp(&one.1).then(one.0.cmp(&two.0))
    };
    let mut chosen = Vec::new();
    let mut rest = found.as_mut_slice();
    while chosen.len() < count && !rest.is_empty() {
        let asked = (2 * count).min(rest.len());
        if asked < rest.len() {
            rest.select_nth_unstable_by(asked, better_first);
        }
        let (now, later) = rest.split_at_mut_checked(asked).unwrap_or_default();
        now.sort_unstable_by(better_first);
        chosen.extend(now.iter().map(|(account, _)| *account).filter(|account| is_eligible(*account)));
        rest = later;
    }
    chosen.truncate(count);
    chosen
}
