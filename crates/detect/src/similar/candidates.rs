//! Whom a query scores: those who share entities with the seeds, and those whose profile is most like theirs.

use super::profile::ProfileScore;
use super::rank::{Query, RankOptions};
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
        // Nobody below the sample's median is like the seeds.
        let alike = map_chunks(&everybody().collect::<Vec<_>>(), SCORED_AT_ONCE, |accounts| {
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
    let mut reached: Vec<(u32, f64)> = Vec::new();
    let mut followed = 0;
    for (bits, postings) in leading {
        followed += postings.len();
        if followed > POSTINGS_FOLLOWED_MAX {
            break;
        }
        reached.extend(postings.map(|account| (account, bits)));
    }
    // Stable: an account's bits are added heaviest first, whoever else was reached.
    reached.sort_by_key(|(account, _)| *account);
    let by_account = reached.chunk_by(|one, two| one.0 == two.0);
    let sums = by_account.filter_map(|same| {
        let account = same.first().map(|(account, _)| AccountNumber(*account))?;
        Some((account, same.iter().map(|(_, bits)| bits).sum::<f64>()))
    });
    let mut found: Vec<(AccountNumber, f64)> = sums.collect();
    found.sort_unstable_by(|one, two| two.1.total_cmp(&one.1).then(one.0.cmp(&two.0)));
    let eligible = found.into_iter().filter(|(account, _)| query.is_eligible(detection, *account));
    eligible.take(limits::CANDIDATES_MAX / 2).map(|(account, _)| account).collect()
}
