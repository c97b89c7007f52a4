use super::*;
use crate::links::AccountNumber;
use crate::settings::LinkSettings;
use crate::{Detection, Observation};
use cordon_model::clock::Timestamp;
use cordon_model::entity::EvidenceGroup;
use cordon_model::event::Event;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use proptest::prelude::*;

const KEY: HashKey = HashKey::from_bytes([5; 16]);

/// A platform in a few lines: every call is one entry, a minute after the last.
struct Platform {
    detection: Detection,
    offset: u64,
    now: Timestamp,
}

/// Whole numbers that look random and are always the same.
fn scatter(seed: u64) -> u64 {
    let mixed = (seed ^ 0x5851_F42D_4C95_7F2D).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33
}

impl Platform {
    fn new() -> Self {
        let detection = Detection::new(LinkSettings::bundled(), KEY);
        Self { detection, offset: 0, now: Timestamp::from_seconds(1_454_630_400) }
    }

    fn send(&mut self, kind: &str, body: &str) {
        self.offset += 1;
        self.now = self.now.plus_seconds(60);
        let line = format!(r#"{{"id":"e{}","type":"{kind}","time":"{}",{body}}}"#, self.offset, self.now);
        let event = Event::read(line.as_bytes(), self.now).unwrap();
        let observed = Observation::of(self.detection.settings(), &KEY, &event).unwrap();
        self.detection.observe(Offset(self.offset), self.now, &observed);
    }

    fn post(&mut self, account: &str, text: &str, more: &str) {
        self.send(
            "post.created",
            &format!(r#""account":{{"id":"{account}"}},"post":{{"text":"{text}"{more}}}"#),
        );
    }

    fn account(&self, id: &str) -> AccountNumber {
        self.detection.account(id).unwrap()
    }

    /// Six posts of words from the everyday and from a topic of one's own.
    fn write(&mut self, account: &str, seed: u64, topic: &str, more: &str) {
        for post in 0..6 {
            let word = |n: u64| scatter(seed * 1_000 + post * 50 + n);
            let everyday = (0..8).map(|n| format!("{} ", spelled(word(n) % 300)));
            let own = (10..14).map(|n| format!("{topic}{} ", spelled(word(n) % 25)));
            let text: String = everyday.chain(own).collect();
            self.post(account, text.trim(), more);
        }
    }

    /// A ring of 30 with a topic of its own, in a crowd of 400 with eight topics.
    fn peopled(more: &str) -> Self {
        let mut platform = Self::new();
        for n in 0..400 {
            platform.write(
                &format!("person{n}"),
                n,
                ["tea", "bus", "oak", "ink", "sun", "fox", "jam", "key"][n as usize % 8],
                more,
            );
        }
        for n in 0..30 {
            platform.write(&format!("ring{n}"), 5_000 + n, "zeal", more);
        }
        platform
    }

    fn seeds(&self, names: std::ops::Range<u32>) -> Vec<Seed> {
        names.map(|n| Seed::confirmed(self.account(&format!("ring{n}")))).collect()
    }

    fn rank(&self, options: &RankOptions) -> Ranking {
        rank(&self.detection, &self.seeds(0..8), options)
    }

    fn scored(&self, account: &str) -> Scored {
        let options = RankOptions { top: usize::MAX, is_exhaustive: true, ..RankOptions::default() };
        let number = self.account(account);
        self.rank(&options).candidates.into_iter().find(|one| one.account == number).unwrap()
    }
}

fn spelled(number: u64) -> String {
    let letter = |n: u64| char::from(b'a' + (n % 26) as u8);
    [letter(number), letter(number / 26), letter(number / 7 + 3)].into_iter().collect()
}

#[test]
fn those_who_write_like_the_seeds_come_first_and_below_even_odds() {
    let platform = Platform::peopled("");
    for is_exhaustive in [false, true] {
        let ranking = platform.rank(&RankOptions { is_exhaustive, ..RankOptions::default() });
        let ring: Vec<AccountNumber> = (8..30).map(|n| platform.account(&format!("ring{n}"))).collect();
        let first = ranking.candidates.iter().take(22);
        assert_eq!(first.filter(|one| ring.contains(&one.account)).count(), 22);
        assert!(ranking.candidates.iter().all(|one| one.probability <= 0.5), "topic alone accuses nobody");
        assert!(ranking.seeds.iter().all(|seed| seed.weight == 1.0), "{:?}", ranking.seeds);
    }
}

#[test]
fn one_and_two_seeds_rank_by_likeness_to_their_mean() {
    let platform = Platform::peopled("");
    for count in [1, 2] {
        let ranking = rank(&platform.detection, &platform.seeds(0..count), &RankOptions::default());
        let ring: Vec<AccountNumber> = (0..30).map(|n| platform.account(&format!("ring{n}"))).collect();
        assert!(ranking.candidates.iter().take(10).all(|one| ring.contains(&one.account)));
    }
}

#[test]
fn terms_lead_to_those_who_write_like_the_seeds_before_all_others() {
    let platform = Platform::peopled("");
    let options = RankOptions::default();
    for count in [1, 8] {
        let seeds = rank::distinct(&platform.detection, &platform.seeds(0..count));
        let query = rank::Query::prepare(&platform.detection, seeds, &options);
        let linked = vec![0.0; platform.detection.links().account_count()];
        let led = candidates::likeliest(&platform.detection, &query, &linked, 22);
        let ring = (count..30).map(|n| platform.account(&format!("ring{n}")));
        assert_eq!(ring.filter(|account| led.contains(account)).count(), led.len(), "of {count} seeds");
    }
}

#[test]
fn rows_sum_to_the_weight_and_terms_with_the_rest_to_their_row() {
    let ranking = Platform::peopled("").rank(&RankOptions::default());
    for one in &ranking.candidates {
        assert_eq!(one.weight.to_bits(), one.rows.iter().map(|row| row.bits).sum::<f64>().to_bits());
        for row in &one.rows {
            let sum: f64 = match &row.basis {
                row::Basis::Terms { terms, rest } => terms.iter().map(|(_, bits)| bits).sum::<f64>() + rest,
                row::Basis::Entities { entities, .. } => entities.iter().map(|(_, bits)| bits).sum(),
                row::Basis::Since(_) => row.bits,
            };
            assert!((sum - row.bits).abs() < 1e-9);
        }
    }
}

#[test]
fn the_same_state_and_a_restored_snapshot_rank_the_same_to_the_bit() {
    let platform = Platform::peopled("");
    let bytes = platform.detection.snapshot(1).unwrap();
    let restored = Detection::restore(&bytes, LinkSettings::bundled(), 1, KEY).unwrap();
    let options = RankOptions::default();
    let first = format!("{:?}", platform.rank(&options));
    assert_eq!(first, format!("{:?}", platform.rank(&options)));
    assert_eq!(first, format!("{:?}", rank(&restored, &platform.seeds(0..8), &options)));
    let mut backwards = platform.seeds(0..8);
    backwards.reverse();
    assert_eq!(first, format!("{:?}", rank(&platform.detection, &backwards, &options)), "order of seeds");
}

#[test]
fn seeds_gone_and_suspended_accounts_are_no_candidates() {
    let mut platform = Platform::peopled("");
    platform.send("account.deleted", r#""account":{"id":"ring20"}"#);
    platform.send("decision.imported", r#""decision":{"account_id":"ring21","outcome":"suspended"}"#);
    let found = |options: &RankOptions| -> Vec<AccountNumber> {
        platform.rank(options).candidates.iter().map(|one| one.account).collect()
    };
    let [seed, gone, suspended] = ["ring0", "ring20", "ring21"].map(|id| platform.account(id));
    let usual = found(&RankOptions::default());
    assert!(![seed, gone, suspended].iter().any(|account| usual.contains(account)));
    let with = found(&RankOptions { includes_suspended: true, ..RankOptions::default() });
    assert!(with.contains(&suspended) && !with.contains(&gone));
}

#[test]
fn groups_that_are_not_asked_for_do_not_count() {
    let platform = Platform::peopled("");
    let groups = Some(vec![EvidenceGroup::Device, EvidenceGroup::Url]);
    let ranking = platform.rank(&RankOptions { groups, is_exhaustive: true, ..RankOptions::default() });
    assert!(ranking.candidates.iter().all(|one| one.rows.is_empty() && one.weight == 0.0));
}

#[test]
fn a_device_shared_with_one_seed_weighs_more_than_any_likeness() {
    let mut platform = Platform::peopled("");
    for (account, device) in [("ring0", "d-1"), ("person7", "d-1"), ("person8", "d-2")] {
        platform.send(
            "account.logged_in",
            &format!(r#""account":{{"id":"{account}"}},"session":{{"device":"{device}"}}"#),
        );
    }
    let (shares, does_not) = (platform.scored("person7"), platform.scored("person8"));
    let device = shares.rows.iter().find(|row| row.group == EvidenceGroup::Device).expect("a row");
    assert!(device.bits > 4.0, "{device:?}");
    assert!(does_not.rows.iter().all(|row| row.group != EvidenceGroup::Device));
}

/// What the crowd of violators does to him is the same in kind; only the target differs.
fn hounded(act: &dyn Fn(&mut Platform, &str)) -> Scored {
    let mut platform = Platform::peopled("");
    platform.write("journalist", 9_000, "zeal", "");
    for n in 0..1_000 {
        act(&mut platform, &format!("violator{n}"));
    }
    (0..8).for_each(|n| act(&mut platform, &format!("ring{n}")));
    platform.scored("journalist")
}

#[test]
fn what_violators_do_to_a_journalist_changes_nothing_about_him() {
    let acts = |kind: &'static str, whom: &'static str| {
        move |platform: &mut Platform, who: &str| match kind {
            "mention" => platform.post(who, "look", &format!(r#","mentions":["{whom}"]"#)),
            "repost" => platform.post(who, "look", &format!(r#","repost_of":"{whom}/1""#)),
            "follow" => platform.send(
                "follow.created",
                &format!(r#""account":{{"id":"{who}"}},"follow":{{"account_id":"{whom}"}}"#),
            ),
            _ => platform.send(
                "report.created",
                &format!(r#""report":{{"account_id":"{whom}","reporter":{{"id":"{who}"}}}}"#),
            ),
        }
    };
    for kind in ["mention", "repost", "follow", "report"] {
        let (him, somebody) = (hounded(&acts(kind, "journalist")), hounded(&acts(kind, "somebody")));
        assert_eq!(format!("{him:?}"), format!("{somebody:?}"), "{kind}");
    }
}

#[test]
fn language_fields_change_nothing() {
    let plain = Platform::peopled("").rank(&RankOptions::default());
    let told =
        Platform::peopled(r#","lang":"xx","language":"yy","place":"zz""#).rank(&RankOptions::default());
    assert_eq!(format!("{plain:?}"), format!("{told:?}"));
}

#[test]
fn a_seed_that_fits_none_of_the_others_is_left_out_and_said_to_be() {
    let platform = Platform::peopled("");
    let mut seeds = platform.seeds(0..8);
    seeds.push(Seed::confirmed(platform.account("person3")));
    let ranking = rank(&platform.detection, &seeds, &RankOptions::default());
    let stranger = ranking.seeds.iter().find(|seed| seed.account == platform.account("person3")).unwrap();
    assert_eq!((stranger.trust, stranger.weight), (1.0, 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn innocents_who_use_an_entity_lower_its_bits(innocents in 1usize..40) {
        let mut platform = Platform::new();
        let log_in = |platform: &mut Platform, account: &str, ip: &str| {
            platform.send("account.logged_in", &format!(r#""account":{{"id":"{account}"}},"session":{{"ip":"{ip}"}}"#));
        };
        (0..200).for_each(|n| log_in(&mut platform, &format!("other{n}"), &format!("10.1.{n}.1")));
        log_in(&mut platform, "ring0", "192.0.2.1");
        log_in(&mut platform, "suspect", "192.0.2.1");
        let before = platform.scored_by_one("suspect");
        (0..innocents).for_each(|n| log_in(&mut platform, &format!("innocent{n}"), "192.0.2.1"));
        prop_assert!(platform.scored_by_one("suspect") < before);
    }
}

impl Platform {
    fn scored_by_one(&self, account: &str) -> f64 {
        let options = RankOptions { is_exhaustive: true, top: usize::MAX, ..RankOptions::default() };
        let ranking = rank(&self.detection, &self.seeds(0..1), &options);
        ranking.candidates.iter().find(|one| one.account == self.account(account)).unwrap().weight
    }
}
