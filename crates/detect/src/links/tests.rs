use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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
    let link = index.links(AccountNumber(0))[0];
    assert_eq!((link.first, link.last, link.count), (Day(1), Day(3), 2));
    assert_eq!(index.postings(again.entity), [0]);
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

/// What the index must agree with: two plain maps.
#[derive(Default)]
struct Twin(BTreeMap<u64, BTreeSet<u64>>);

proptest! {
    #[test]
    fn the_index_agrees_with_plain_maps(steps in prop::collection::vec((0u8..4, 0u64..6, 0u64..9, 0u16..50), 1..200)) {
        let (mut index, mut twin) = (LinkIndex::default(), Twin::default());
        for (what, account, entity, day) in steps {
            let number = index.accounts.number_of(account, seen(day));
            match what {
                0 | 1 => {
                    index.draw(number, 1, entity, seen(day));
                    twin.0.entry(account).or_default().insert(entity);
                }
                2 => {
                    if let Some(found) = index.entities.find(1, entity) {
                        index.cut(number, found);
                    }
                    twin.0.entry(account).or_default().remove(&entity);
                }
                _ => {
                    index.cut_all(number);
                    twin.0.remove(&account);
                }
            }
        }
        for account in 0..6 {
            let expected = twin.0.get(&account).cloned().unwrap_or_default();
            let links = index.account(account).map_or(&[][..], |number| index.links(number));
            let found: BTreeSet<u64> = links.iter().map(|link| index.entity(link.entity).hash).collect();
            prop_assert_eq!(&found, &expected);
        }
        for entity in 0..9 {
            let expected: BTreeSet<u64> = twin.0.iter().filter(|(_, set)| set.contains(&entity)).map(|(a, _)| *a).collect();
            let postings = index.entities.find(1, entity).map_or(&[][..], |number| index.postings(number));
            let found: BTreeSet<u64> = postings.iter().map(|n| index.account_facts(AccountNumber(*n)).hash).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
