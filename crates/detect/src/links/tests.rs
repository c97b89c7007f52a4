use super::*;
use crate::Detection;
use crate::settings::LinkSettings;
use cordon_model::hashing::HashKey;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn seen(day: u16) -> Sighting {
    Sighting { day: Day(day), received: Day(day), offset: Offset(u64::from(day) + 1) }
}

fn draw(index: &mut LinkIndex, account: u64, entity: u64, day: u16) -> Drawn {
    let number = index.accounts.number_of(account, seen(day));
    index.draw(number, 1, entity, seen(day))
}

#[test]
fn a_link_is_drawn_once_and_counted_after() {
    let mut index = LinkIndex::default();
    assert!(draw(&mut index, 7, 70, 3).is_new);
    let again = draw(&mut index, 7, 70, 1);
    assert!(!again.is_new);
    let link = index.links(AccountNumber(0)).next().unwrap();
    assert_eq!((link.first, link.last, link.count), (Day(1), Day(3), 2));
    assert_eq!(index.postings(again.entity).collect::<Vec<_>>(), [0]);
}

#[test]
fn an_entity_goes_with_its_last_link_and_its_number_is_reused() {
    let mut index = LinkIndex::default();
    let drawn = draw(&mut index, 7, 70, 3);
    index.cut_all(AccountNumber(0));
    assert_eq!((index.entity_count(), index.entities.find(1, 70)), (0, None));
    assert_eq!(draw(&mut index, 8, 80, 4).entity, drawn.entity);
}

#[test]
fn an_accounts_links_are_bounded_and_the_least_recent_goes() {
    let mut index = LinkIndex::default();
    for entity in 0..=limits::ACCOUNT_LINKS_MAX as u64 {
        draw(&mut index, 7, 1_000 + entity, 1 + entity.min(5) as u16);
    }
    assert_eq!(index.links(AccountNumber(0)).len(), limits::ACCOUNT_LINKS_MAX);
    assert_eq!(index.entities.find(1, 1_000), None);
}

#[test]
fn an_entity_counts_how_its_accounts_stand() {
    let mut index = LinkIndex::default();
    let entity = draw(&mut index, 7, 70, 3).entity;
    draw(&mut index, 8, 70, 3);
    for standing in [Standing::Suspended, Standing::Suspended, Standing::Cleared, Standing::Unjudged] {
        index.set_standing(AccountNumber(0), standing);
        let facts = index.entity(entity);
        assert_eq!(u16::from(standing == Standing::Suspended), facts.suspended);
        assert_eq!(u16::from(standing == Standing::Cleared), facts.cleared);
    }
}

#[test]
fn a_common_entity_keeps_its_count_alone_until_its_last_account_leaves() {
    let mut index = LinkIndex::default();
    let count = limits::ENTITY_ACCOUNTS_MAX as u64 + 1;
    let entity = (0..count).map(|account| draw(&mut index, account, 70, 3).entity).last().unwrap();
    assert_eq!(index.postings(entity).len(), 0);
    assert_eq!((index.entity(entity).accounts, index.entity(entity).is_common), (count as u32, true));
    index = through_snapshot(index);
    (0..count as u32 - 1).for_each(|account| index.cut_all(AccountNumber(account)));
    assert_eq!((index.entity(entity).accounts, index.entity(entity).is_common), (1, true));
    assert!(index.postings(entity).is_empty());
    index.cut_all(AccountNumber(count as u32 - 1));
    assert_eq!((index.entity_count(), index.link_count()), (0, 0));
}

#[test]
fn a_platform_of_many_accounts_costs_few_bytes_a_link() {
    let mut index = LinkIndex::default();
    for turn in 0..60_000u64 {
        let (account, spread) = (turn % 1_000, turn.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let entity = if turn % 2 == 0 { turn } else { 1_000_000 + (spread >> 50) };
        draw(&mut index, account, entity, 100 + (turn / 200) as u16);
    }
    let ((_, by_account), (_, by_entity)) = (index.accounts.bytes(), index.entities.bytes());
    let bytes = (by_account + by_entity) as f64 / index.link_count() as f64;
    assert!(bytes < 12.0, "{bytes:.1} bytes a link, {by_account} by account, {by_entity} by entity");
}

/// The same index, written and read; what was read writes the same bytes.
fn through_snapshot(index: LinkIndex) -> LinkIndex {
    let (settings, key) = (LinkSettings::bundled, HashKey::from_bytes([3; 16]));
    let detection = Detection { links: index, ..Detection::new(settings(), key) };
    let bytes = detection.snapshot(1).unwrap();
    let restored = Detection::restore(&bytes, settings(), 1, key).unwrap();
    assert!(restored.snapshot(1).unwrap() == bytes);
    restored.links
}

/// What the index must agree with: plain maps.
#[derive(Default)]
struct Twin {
    /// By account, by entity's hash.
    links: BTreeMap<u64, BTreeMap<u64, [u16; 4]>>,
    /// By entity's hash, in order of arrival.
    postings: BTreeMap<u64, Vec<u64>>,
    standings: BTreeMap<u64, Standing>,
}

impl Twin {
    fn draw(&mut self, account: u64, entity: u64, seen: Sighting) {
        let links = self.links.entry(account).or_default();
        let (day, received) = (seen.day.0, seen.received.0);
        if let Some([first, last, arrived, count]) = links.get_mut(&entity) {
            (*first, *last, *arrived, *count) = (day.min(*first), day.max(*last), received, *count + 1);
            return;
        }
        links.insert(entity, [day, day, received, 1]);
        self.postings.entry(entity).or_default().push(account);
    }

    fn cut(&mut self, account: u64, entity: u64) {
        if self.links.get_mut(&account).is_some_and(|links| links.remove(&entity).is_some()) {
            self.postings.get_mut(&entity).unwrap().retain(|other| *other != account);
        }
    }

    fn cut_where(&mut self, account: u64, is_cut: impl Fn(&[u16; 4]) -> bool) {
        let links = self.links.get(&account).cloned().unwrap_or_default();
        links.iter().filter(|(_, link)| is_cut(link)).for_each(|(entity, _)| self.cut(account, *entity));
    }

    fn standing(&self, account: u64) -> Standing {
        self.standings.get(&account).copied().unwrap_or_default()
    }

    fn count(&self, accounts: &[u64], standing: Standing) -> u16 {
        accounts.iter().filter(|account| self.standing(**account) == standing).count() as u16
    }

    fn check(&self, index: &LinkIndex) {
        let mut link_count = 0;
        for account in 0..ACCOUNTS {
            let links = index.links(AccountNumber(account as u32));
            assert_eq!(links.len(), links.clone().count());
            assert!(links.clone().is_sorted_by_key(|link| link.entity));
            link_count += links.len();
            let found: BTreeMap<u64, [u16; 4]> = links
                .map(|link| {
                    assert_eq!(index.link(AccountNumber(account as u32), link.entity), Some(link));
                    let days = [link.first.0, link.last.0, link.received.0, link.count];
                    (index.entity(link.entity).hash, days)
                })
                .collect();
            assert_eq!(found, self.links.get(&account).cloned().unwrap_or_default());
        }
        assert_eq!(index.link_count(), link_count);
        let used: Vec<_> = self.postings.iter().filter(|(_, accounts)| !accounts.is_empty()).collect();
        assert_eq!(index.entity_count(), used.len());
        for (hash, accounts) in used {
            let entity = index.find_entity(1, *hash).unwrap();
            let postings = index.postings(entity);
            assert_eq!(postings.len(), accounts.len());
            assert_eq!(postings.clone().map(u64::from).collect::<Vec<_>>(), *accounts);
            let mut by_fold = Vec::new();
            postings.for_each(|account| by_fold.push(u64::from(account)));
            assert_eq!(by_fold, *accounts);
            let facts = index.entity(entity);
            assert_eq!((facts.hash, facts.kind, facts.accounts), (*hash, 1, accounts.len() as u32));
            assert_eq!(facts.suspended, self.count(accounts, Standing::Suspended));
            assert_eq!(facts.cleared, self.count(accounts, Standing::Cleared));
        }
    }
}

/// Enough for numbers of two bytes.
const ACCOUNTS: u64 = 300;

/// What, which account, which entity, which day.
type Step = (u8, u64, u64, u16);

/// Accounts next to where numbers grow a byte, and all others; entities that many use, and lone ones.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let account = prop_oneof![0u64..4, 254u64..258, 0u64..ACCOUNTS];
    let entity = prop_oneof![0u64..3, 0u64..12, 0u64..2_000];
    prop::collection::vec((0u8..64, account, entity, 0u16..1_000), 1..900)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_index_agrees_with_plain_maps(steps in steps()) {
        let (mut index, mut twin) = (LinkIndex::default(), Twin::default());
        for account in 0..ACCOUNTS {
            index.accounts.number_of(account, seen(500));
        }
        for (what, account, entity, day) in steps {
            let number = AccountNumber(account as u32);
            // Late events: by their own time earlier than they arrive, and once in a while later.
            let seen = Sighting { day: Day((day + 3).saturating_sub(entity as u16 % 7)), ..seen(day) };
            match what {
                0..=44 => {
                    index.draw(number, 1, entity, seen);
                    twin.draw(account, entity, seen);
                }
                45..=54 => {
                    if let Some(found) = index.find_entity(1, entity) {
                        index.cut(number, found);
                    }
                    twin.cut(account, entity);
                }
                55 | 56 => {
                    index.cut_all(number);
                    twin.cut_where(account, |_| true);
                }
                57..=60 => {
                    let all = [Standing::Suspended, Standing::Cleared, Standing::Violating, Standing::Unjudged];
                    let standing = all[usize::from(day) % 4];
                    index.set_standing(number, standing);
                    twin.standings.insert(account, standing);
                }
                61 => {
                    let oldest = day / 4;
                    index.expire(&|_, link, standing| link.received.0 >= oldest || standing == Standing::Suspended);
                    for account in (0..ACCOUNTS).filter(|account| twin.standing(*account) != Standing::Suspended).collect::<Vec<_>>() {
                        twin.cut_where(account, |link| link[2] < oldest);
                    }
                }
                _ => index = through_snapshot(index),
            }
        }
        twin.check(&index);
        twin.check(&through_snapshot(index));
    }
}
