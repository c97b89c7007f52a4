use super::coordination::{CoordinationOptions, find};
use super::table::ActTable;
use super::{Act, Acts};
use proptest::prelude::*;

const DAY: u32 = 86_400;

/// A crowd of 60 that each share 12 of 30 popular objects over 20 days, every one at a time of its own.
fn crowd(acts: &mut Acts) {
    for account in 100..160_u32 {
        for share in 0..12_u32 {
            let object = u64::from((account * 7 + share * 5) % 30);
            let at = (account * 7_919 + share * 104_729) % (20 * DAY);
            acts.push(0, Act { object, at, account });
        }
    }
}

/// Accounts 1 to 5 share an object of their own within 20 s on each of ten days.
fn ring(acts: &mut Acts) {
    for day in 0..10_u32 {
        for account in 1..=5_u32 {
            let at = day * DAY + 40_000 + account * 4;
            acts.push(0, Act { object: 1_000 + u64::from(day), at, account });
        }
    }
}

fn table(parts: &[fn(&mut Acts)]) -> ActTable {
    let mut acts = Acts::default();
    parts.iter().for_each(|part| part(&mut acts));
    ActTable::of(acts)
}

fn members(table: &ActTable, options: &CoordinationOptions) -> Vec<Vec<u32>> {
    let found = find(table, options);
    let sorted = |mut accounts: Vec<u32>| {
        accounts.sort_unstable();
        accounts
    };
    found
        .clusters
        .iter()
        .map(|one| sorted(one.members.iter().map(|member| member.account).collect()))
        .collect()
}

#[test]
fn a_ring_that_keeps_acting_at_once_is_one_cluster_and_the_crowd_is_none() {
    let options = CoordinationOptions::default();
    assert_eq!(members(&table(&[crowd, ring]), &options), [[1, 2, 3, 4, 5]]);
    assert!(members(&table(&[crowd]), &options).is_empty());
}

#[test]
fn evidence_counts_objects_days_and_what_nobody_else_shared() {
    let found = find(&table(&[crowd, ring]), &CoordinationOptions::default());
    let cluster = &found.clusters[0];
    let shared = cluster.shared[0];
    assert_eq!((shared.objects, shared.exclusive, shared.days, cluster.days), (10, 10, 10, 10));
    assert_eq!((cluster.density, cluster.members[0].partners, cluster.members[0].objects), (1.0, 4, 10));
    assert!(cluster.weight > 20.0, "{}", cluster.weight);
}

#[test]
fn acting_at_once_on_one_day_alone_is_not_sustained() {
    fn burst(acts: &mut Acts) {
        for object in 0..10_u32 {
            for account in 1..=5_u32 {
                acts.push(0, Act { object: 1_000 + u64::from(object), at: object * 600 + account, account });
            }
        }
    }
    assert!(members(&table(&[crowd, burst]), &CoordinationOptions::default()).is_empty());
    let once = CoordinationOptions { days_min: 1, ..CoordinationOptions::default() };
    assert_eq!(members(&table(&[crowd, burst]), &once), [[1, 2, 3, 4, 5]]);
}

#[test]
fn one_post_with_many_objects_is_one_moment() {
    fn posts(acts: &mut Acts) {
        for day in 0..2_u32 {
            for object in 0..9_u64 {
                for account in 1..=5_u32 {
                    let at = day * DAY + 500 + account;
                    acts.push(0, Act { object: 1_000 + u64::from(day) * 10 + object, at, account });
                }
            }
        }
    }
    assert!(members(&table(&[crowd, posts]), &CoordinationOptions::default()).is_empty());
}

#[test]
fn whose_acts_fall_apart_when_times_are_dealt_anew_is_no_cluster() {
    fn shared(acts: &mut Acts) {
        // The same objects as the ring's, each account on a day of its own.
        for day in 0..10_u32 {
            for account in 1..=5_u32 {
                let at = (day + account) * DAY + 40_000;
                acts.push(0, Act { object: 1_000 + u64::from(day), at, account });
            }
        }
    }
    assert!(members(&table(&[crowd, shared]), &CoordinationOptions::default()).is_empty());
}

#[test]
fn kinds_of_object_count_in_one_graph() {
    fn mixed(acts: &mut Acts) {
        for day in 0..10_u32 {
            for account in 1..=4_u32 {
                let at = day * DAY + 40_000 + account * 4;
                acts.push((day % 2) as u8, Act { object: 1_000 + u64::from(day), at, account });
            }
        }
    }
    let found = find(&table(&[crowd, mixed]), &CoordinationOptions::default());
    let kinds: Vec<(u8, u32)> = found.clusters[0].shared.iter().map(|one| (one.kind, one.objects)).collect();
    assert_eq!(kinds, [(0, 5), (1, 5)]);
}

#[test]
fn two_rings_that_one_busy_account_ties_together_come_out_as_two() {
    fn rings(acts: &mut Acts) {
        for day in 0..12_u32 {
            for account in 1..=12_u32 {
                let group = u64::from(account > 6);
                let at = day * DAY + 40_000 + account * 2;
                acts.push(0, Act { object: 1_000 + u64::from(day) * 2 + group, at, account });
            }
        }
        // Account 1 joins the second ring three times.
        for day in 0..3_u32 {
            acts.push(0, Act { object: 1_001 + u64::from(day) * 2, at: day * DAY + 40_010, account: 1 });
        }
    }
    let found = members(&table(&[crowd, rings]), &CoordinationOptions::default());
    assert!(found.contains(&vec![7, 8, 9, 10, 11, 12]), "{found:?}");
}

#[test]
fn a_cluster_has_the_same_name_whatever_else_is_found() {
    let name = |parts: &[fn(&mut Acts)]| {
        let found = find(&table(parts), &CoordinationOptions::default());
        found.clusters[0].name(|account| u64::from(account) * 31)
    };
    fn more(acts: &mut Acts) {
        (200..230_u32).for_each(|account| acts.push(0, Act { object: 3, at: account * 5_000, account }));
    }
    assert_eq!(name(&[crowd, ring]), name(&[crowd, ring, more]));
}

proptest! {
    #[test]
    fn the_order_in_which_acts_came_changes_nothing(random_seed in 0_u64..1_000) {
        let mut acts = Acts::default();
        crowd(&mut acts);
        ring(&mut acts);
        let mut list: Vec<(u8, Act)> =
            acts.into_kinds().into_iter().flat_map(|(kind, acts)| acts.into_iter().map(move |act| (kind, act))).collect();
        list.sort_by_key(|(_, act)| (act.object ^ random_seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(act.at));
        let mut other = Acts::default();
        list.into_iter().for_each(|(kind, act)| other.push(kind, act));
        let options = CoordinationOptions::default();
        prop_assert_eq!(find(&ActTable::of(other), &options), find(&table(&[crowd, ring]), &options));
    }

    #[test]
    fn dealing_times_anew_keeps_who_acted_on_what_and_when_objects_were_acted_on(random_seed in any::<u64>()) {
        let before = table(&[crowd, ring]);
        let after = before.shuffled(random_seed);
        for (one, two) in before.objects().iter().zip(after.objects()) {
            let column = |table: &ActTable, of: fn(&super::table::Done) -> u32, object| {
                let mut values: Vec<u32> = table.acts_on(object).iter().map(of).collect();
                values.sort_unstable();
                values
            };
            prop_assert_eq!(column(&before, |act| act.at, one), column(&after, |act| act.at, two));
            prop_assert_eq!(column(&before, |act| act.account, one), column(&after, |act| act.account, two));
        }
    }
}
