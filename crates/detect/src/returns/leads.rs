//! Whom a young account's links lead to. Old friends are looked at first: who returns follows again whom it followed
//! before, so that a suspended account some of whose friends the young one follows comes before the others.
//!
//! Source: Klausen, Marks and Zaman, Operations Research 2018, on finding returning accounts.

use super::is_suspended;
use crate::Detection;
use crate::links::{AccountNumber, EntityNumber};
use crate::settings::LinkKind;
use std::collections::BTreeMap;

/// Entities with more accounts than this lead to nobody by themselves.
const LEADING_ACCOUNTS_MAX: u32 = 1_000;
/// Most suspended accounts that one entry is held against.
pub(super) const COMPARED_MAX: usize = 200;
/// Links of the young account that say who comes first, the newest entities first.
const RANKING_LINKS_MAX: usize = 128;

/// The suspended accounts behind new links: at most [`COMPARED_MAX`], old friends' followers before others.
pub(super) fn suspended_behind(
    detection: &Detection,
    account: AccountNumber,
    new: &[EntityNumber],
) -> Vec<AccountNumber> {
    let mut found: Vec<AccountNumber> =
        new.iter().flat_map(|entity| suspended_on(detection, *entity)).collect();
    found.sort_unstable();
    found.dedup();
    found.retain(|other| *other != account);
    if found.len() > COMPARED_MAX {
        found = nearest(detection, account, found);
    }
    found
}

/// The suspended accounts that use an entity few use.
fn suspended_on(detection: &Detection, entity: EntityNumber) -> Vec<AccountNumber> {
    let facts = detection.links().entity(entity);
    if facts.suspended == 0 || facts.accounts > LEADING_ACCOUNTS_MAX {
        return Vec::new();
    }
    let accounts = detection.links().postings(entity).map(AccountNumber);
    accounts.filter(|other| is_suspended(detection, *other)).collect()
}

/// Those with whom the account shares the most, weighted by rarity: friends first, then everything else, then the
/// newest.
fn nearest(detection: &Detection, account: AccountNumber, found: Vec<AccountNumber>) -> Vec<AccountNumber> {
    let population = detection.links().account_count().max(2) as f64;
    let mut shared: BTreeMap<AccountNumber, (f64, f64)> =
        found.into_iter().map(|other| (other, (0.0, 0.0))).collect();
    let links = detection.links().links(account);
    let passed_over = links.len().saturating_sub(RANKING_LINKS_MAX);
    for link in links.skip(passed_over) {
        let facts = detection.links().entity(link.entity);
        let rarity = libm::log2(population / f64::from(facts.accounts.max(1))).max(0.0);
        let is_friend =
            detection.settings().link(facts.kind).is_some_and(|kind| kind.kind == LinkKind::Follow);
        for other in suspended_on(detection, link.entity) {
            if let Some((friends, all)) = shared.get_mut(&other) {
                *all += rarity;
                *friends += if is_friend { rarity } else { 0.0 };
            }
        }
    }
    let mut ranked: Vec<(AccountNumber, (f64, f64))> = shared.into_iter().collect();
    ranked.sort_by(|(one, of_one), (two, of_two)| {
        of_two.0.total_cmp(&of_one.0).then(of_two.1.total_cmp(&of_one.1)).then(two.cmp(one))
    });
    ranked.into_iter().take(COMPARED_MAX).map(|(other, _)| other).collect()
}
