use super::*;
use crate::settings::{BUNDLED, LinkSettings};
use crate::state::tests::{Platform, returned};
use cordon_model::entry::Outcome;

fn settings(line: &str, value: &str) -> LinkSettings {
    let mut yaml: Vec<String> = BUNDLED.lines().map(str::to_owned).collect();
    let place = yaml.iter().position(|text| text.trim_start().starts_with(&format!("{line}:"))).unwrap();
    yaml[place] = format!("  {line}: {value}");
    LinkSettings::parse(&yaml.join("\n")).unwrap()
}

fn post(platform: &mut Platform, account: &str, text: &str) -> Option<Return> {
    let body = format!(r#""account":{{"id":"{account}"}},"post":{{"text":"{text}"}}"#);
    returned(&platform.send("post.created", &body)).cloned()
}

fn follow(platform: &mut Platform, account: &str, followed: &str) -> Option<Return> {
    let body = format!(r#""account":{{"id":"{account}"}},"follow":{{"account_id":"{followed}"}}"#);
    returned(&platform.send("follow.created", &body)).cloned()
}

fn kept(platform: &Platform, account: &str) -> Option<HeldReturn> {
    of(&platform.detection, platform.detection.account(account).unwrap())
}

/// A text of its own for each number: 14 invented words.
fn sermon(number: usize) -> String {
    let syllables = ["ka", "lo", "mi", "ru", "te", "zo", "fen", "bar", "sil", "gud", "hap", "wen", "yor"];
    let mut drawn = number * 7_919 + 1;
    let mut syllable = || {
        drawn = (drawn * 1_103_515_245 + 12_345) % 2_147_483_648;
        syllables[drawn / 65_536 % syllables.len()]
    };
    let mut word = || format!("{}{}{}", syllable(), syllable(), syllable());
    (0..14).map(|_| word()).collect::<Vec<_>>().join(" ")
}

#[test]
fn content_alone_never_makes_a_return_likely_however_low_the_threshold() {
    let mut platform = Platform::under(settings("return_weight_min", "2"));
    platform.crowd();
    for number in 0..20 {
        post(&mut platform, "first", &sermon(number));
    }
    platform.decide("d1", "first", Outcome::Suspended);
    for number in 0..20 {
        assert_eq!(post(&mut platform, "second", &sermon(number)), None);
    }
    let held = kept(&platform, "second").expect("watched");
    assert_eq!(held.tier, Tier::Possible);
    assert!(held.earlier[0].1 >= 12.0, "{} bits of content", held.earlier[0].1);
    // The same with a device beside it is likely: the test would fail for content, not for want of evidence.
    platform.log_in("third", "192.0.2.9", "device-x");
    platform.decide("d2", "third", Outcome::Suspended);
    assert!(returned(&platform.log_in("second", "192.0.2.9", "device-x")).is_some());
}

#[test]
fn settings_cannot_let_content_alone_make_a_return_likely() {
    let yaml = BUNDLED.replace("return_beside_content_min: 3", "return_beside_content_min: 0");
    let error = LinkSettings::parse(&yaml).unwrap_err().to_string();
    assert!(error.contains("return_beside_content_min"), "{error}");
}

#[test]
fn settings_from_before_there_were_two_tiers_are_read() {
    let without = |yaml: &str, line: &str| {
        yaml.lines().filter(|text| !text.trim_start().starts_with(line)).collect::<Vec<_>>().join("\n")
    };
    let yaml = without(&without(BUNDLED, "return_possible_weight_min:"), "return_beside_content_min:");
    assert_eq!(LinkSettings::parse(&yaml).unwrap().proposals, LinkSettings::bundled().proposals);
}

#[test]
fn a_possible_return_makes_no_finding_and_is_raised_when_evidence_grows() {
    let mut platform = Platform::under(settings("return_possible_weight_min", "6"));
    platform.crowd();
    platform.log_in("first", "192.0.2.9", "device-x");
    platform.decide("d1", "first", Outcome::Suspended);
    assert_eq!(returned(&platform.log_in("second", "198.51.100.4", "device-x")), None);
    let watched = kept(&platform, "second").expect("watched");
    assert_eq!((watched.tier, watched.raised_at), (Tier::Possible, None));
    let found_at = platform.now;
    let raised = platform.log_in("second", "192.0.2.9", "device-y");
    assert_eq!(returned(&raised).expect("a return").tier, Tier::Likely);
    let held = kept(&platform, "second").unwrap();
    assert_eq!((held.tier, held.found_at, held.raised_at), (Tier::Likely, found_at, Some(platform.now)));
}

#[test]
fn a_watched_return_survives_a_restart_and_ends_with_the_suspension_it_rests_on() {
    let mut platform = Platform::under(settings("return_possible_weight_min", "6"));
    platform.crowd();
    platform.log_in("first", "192.0.2.9", "device-x");
    platform.decide("d1", "first", Outcome::Suspended);
    platform.log_in("second", "198.51.100.4", "device-x");
    let bytes = platform.detection.snapshot(1).unwrap();
    let settings = platform.detection.settings().clone();
    platform.detection = Detection::restore(&bytes, settings, 1, *platform.detection.key()).unwrap();
    assert!(kept(&platform, "second").is_some());
    platform.decide("d2", "first", Outcome::Cleared);
    assert_eq!(kept(&platform, "second"), None);
}

/// 300 suspended accounts follow one hub; one of them, neither the first nor the last, also had friends of its own.
#[test]
fn followers_of_old_friends_are_looked_at_first() {
    let mut platform = Platform::new();
    platform.crowd();
    for number in 0..300 {
        let account = format!("member{number}");
        follow(&mut platform, &account, "hub");
        if number == 250 {
            ["ann", "ben", "cleo"].iter().for_each(|friend| {
                follow(&mut platform, &account, friend);
            });
        }
        platform.decide(&format!("d{number}"), &account, Outcome::Suspended);
    }
    let mut young = |friend: &str| follow(&mut platform, "young", friend);
    ["ann", "ben", "hub"].iter().for_each(|friend| assert_eq!(young(friend), None));
    let (detection, account) = (&platform.detection, |id: &str| platform.detection.account(id).unwrap());
    let links = detection.links().links(account("young"));
    let hub = links.map(|link| link.entity);
    let hub = hub.max_by_key(|entity| detection.links().entity(*entity).accounts).unwrap();
    let led_to = leads::suspended_behind(detection, account("young"), &[hub]);
    assert_eq!(led_to.len(), leads::COMPARED_MAX);
    assert_eq!(led_to[0], account("member250"));
}

#[test]
fn a_chain_of_returns_is_one_history_in_the_order_of_suspensions() {
    let mut platform = Platform::new();
    platform.crowd();
    // Each account shares a device and a network with the one before it only, so that the chain must be walked.
    let of = |number: usize| [format!("192.0.{}.9", number), format!("device-{number}")];
    let mut suspended = Vec::new();
    for number in 0..4 {
        let account = format!("holder{number}");
        let ([ip, device], [next_ip, next_device]) = (of(number), of(number + 1));
        let found = [platform.log_in(&account, &ip, &device)];
        assert_eq!(found.iter().any(|found| returned(found).is_some()), number > 0, "{account}");
        platform.log_in(&account, &next_ip, &next_device);
        if number < 3 {
            platform.decide(&format!("d{number}"), &account, Outcome::Suspended);
            suspended.push(platform.now);
        }
    }
    let detection = &platform.detection;
    let account = |id: &str| detection.account(id).unwrap();
    assert_eq!(chain::chain(detection, account("holder0")), None);
    let chain = chain::chain(detection, account("holder3")).unwrap();
    assert_eq!((chain.ordinal(), chain.last_suspended_at()), (4, Some(suspended[2])));
    let expected = (0..3).map(|number| (account(&format!("holder{number}")), Some(suspended[number])));
    assert_eq!(chain.earlier, expected.collect::<Vec<_>>());
}

#[test]
fn an_overturned_suspension_leaves_the_chain() {
    let mut platform = Platform::new();
    platform.crowd();
    for account in ["one", "two", "three"] {
        platform.log_in(account, "192.0.2.9", "device-x");
        platform.decide(&format!("d-{account}"), account, Outcome::Suspended);
    }
    let ordinal = |platform: &Platform| {
        let three = platform.detection.account("three").unwrap();
        chain::chain(&platform.detection, three).map(|chain| chain.ordinal())
    };
    assert_eq!(ordinal(&platform), Some(3));
    platform.decide("d4", "two", Outcome::Cleared);
    assert_eq!(ordinal(&platform), Some(2));
    platform.decide("d5", "one", Outcome::Cleared);
    assert_eq!(ordinal(&platform), None);
}

#[test]
fn three_exits_of_one_network_say_no_more_than_one() {
    let mut platform = Platform::new();
    platform.crowd();
    for exit in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        platform.log_in("first", exit, "device-x");
    }
    platform.decide("d1", "first", Outcome::Suspended);
    let mut bits = |exit: &str| {
        platform.log_in("second", exit, "device-y");
        let account = |id: &str| platform.detection.account(id).unwrap();
        pair_weight(&platform.detection, account("second"), account("first"), platform.now).bits
    };
    let one = bits("192.0.2.1");
    assert!(one > 5.0, "{one}");
    bits("192.0.2.2");
    let three = bits("192.0.2.3");
    assert!((three - one).abs() < 1.0, "{one} for one, {three} for three");
}

#[test]
fn a_larger_platform_asks_for_more_bits_and_none_for_fewer_than_the_settings() {
    let mut platform = Platform::new();
    let likely = |platform: &Platform| Thresholds::of(&platform.detection).likely;
    let least = platform.detection.settings().proposals.return_weight_min;
    platform.crowd();
    assert_eq!(likely(&platform), least);
    let mut platform = Platform::under(settings("return_beyond_chance", "12"));
    platform.crowd();
    let before = (likely(&platform), platform.detection.links().account_count());
    for number in 0..before.1 {
        platform.log_in(&format!("newcomer{number}"), "198.51.100.7", &format!("device-{number}"));
    }
    assert!(before.0 > least);
    assert!((likely(&platform) - before.0 - 1.0).abs() < 0.01, "twice as many accounts are one bit more");
}
