use super::super::Act;
use super::super::Acts;
use super::*;

const DAY: u32 = 86_400;

fn options() -> CoordinationOptions {
    CoordinationOptions { window_seconds: 60, objects_min: 2, days_min: 2, accounts_min: 3 }
}

/// 4,000 accounts that each share 6 of 2,000 objects at times of their own.
fn crowd(acts: &mut Acts) {
    for account in 1_000..5_000_u32 {
        for share in 0..6_u32 {
            let object = u64::from((account * 7_919 + share * 104_729) % 2_000);
            let at = account.wrapping_mul(2_654_435_761).wrapping_add(share * 40_503_001) % (30 * DAY);
            acts.push(0, Act { object, at, account });
        }
    }
}

/// Of 40 accounts, 8 act on each of 60 objects within seven minutes; which 8 differs each time.
fn ring(acts: &mut Acts, spread_seconds: u32) {
    for wave in 0..60_u32 {
        for slot in 0..8_u32 {
            let account = slot * 5 + (wave * (slot % 4 + 1) + wave / 5 * (slot + 1)) % 5;
            let dealt = (wave * 8 + slot).wrapping_mul(2_654_435_761) >> 7;
            let at = wave * DAY / 2 + dealt % spread_seconds;
            acts.push(0, Act { object: 10_000 + u64::from(wave), at, account });
        }
    }
}

fn found(parts: &[&dyn Fn(&mut Acts)]) -> Vec<Group> {
    let mut acts = Acts::default();
    parts.iter().for_each(|part| part(&mut acts));
    let table = ActTable::of(acts);
    find(&table, &Chance::of(&table, options().window_seconds), &options())
}

#[test]
fn a_ring_whose_members_seldom_meet_in_pairs_is_one_group() {
    let groups = found(&[&crowd, &|acts| ring(acts, 420)]);
    let members: Vec<u32> = groups.iter().flat_map(|group| group.members.keys().copied()).collect();
    assert_eq!(groups.len(), 1);
    assert!(members.len() >= 30 && members.iter().all(|account| *account < 40), "{members:?}");
}

#[test]
fn those_who_share_as_much_at_times_of_their_own_are_none() {
    assert!(found(&[&crowd]).is_empty());
    assert!(found(&[&crowd, &|acts| ring(acts, 12 * 3_600)]).is_empty());
}

#[test]
fn whoever_acts_on_everything_is_no_member() {
    let busy = |acts: &mut Acts| {
        for object in (0..2_000_u64).chain(10_000..10_060) {
            acts.push(0, Act { object, at: (object as u32 * 104_729) % (30 * DAY), account: 500 });
        }
    };
    let groups = found(&[&crowd, &|acts| ring(acts, 420), &busy]);
    assert!(groups.iter().all(|group| !group.members.contains_key(&500)));
}

#[test]
fn objects_that_everybody_acts_on_at_once_make_nobody_a_group() {
    // News: 200 objects, each acted on by twenty of 300 readers within a minute.
    let news = |acts: &mut Acts| {
        for object in 0..200_u32 {
            for slot in 0..20_u32 {
                let account = 600 + (object * 37 + slot * 13) % 300;
                acts.push(0, Act { object: 20_000 + u64::from(object), at: object * 9_000 + slot, account });
            }
        }
    };
    assert!(found(&[&crowd, &news]).is_empty());
}
