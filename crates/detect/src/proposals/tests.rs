use super::*;
use crate::state::tests::Platform;
use crate::{Detection, Finding};
use cordon_model::entry::{Control, Outcome};
use cordon_model::ids::Offset;
use std::collections::BTreeMap;

const DAY: i64 = 86_400;

/// The next midnight's tick, when a look is due.
fn midnight(platform: &mut Platform) -> Vec<Finding> {
    platform.now = Timestamp::from_seconds((platform.now.seconds() / DAY + 1) * DAY);
    platform.detection.control(Offset(0), platform.now, &Control::Tick)
}

fn similar(findings: &[Finding]) -> Vec<&Proposal> {
    let proposals = findings.iter().map(|finding| match finding {
        Finding::Similar(proposal) => Some(proposal),
        _ => None,
    });
    proposals.flatten().collect()
}

fn drawn(findings: &[Finding]) -> Vec<Drawn> {
    let drawn = findings.iter().map(|finding| match finding {
        Finding::Drawn(drawn) => Some(*drawn),
        _ => None,
    });
    drawn.flatten().collect()
}

fn report(platform: &mut Platform, account: &str) {
    platform.send("report.created", &format!(r#""report":{{"account_id":"{account}"}}"#));
}

#[test]
fn a_draw_is_even_and_a_replay_draws_the_same() {
    let mut platform = Platform::new();
    for n in 0..50 {
        platform.log_in(&format!("a{n}"), &format!("10.0.{n}.1"), &format!("d{n}"));
    }
    let mut times: BTreeMap<AccountNumber, u32> = BTreeMap::new();
    let everybody = || platform.detection.links().accounts();
    for hour in 0..4_000 {
        let now = Timestamp::from_seconds(hour * 3_600);
        let first = drawn::draw(&platform.detection, now, 5, everybody());
        assert_eq!(first, drawn::draw(&platform.detection, now, 5, everybody()));
        assert!(first.len() == 5 && first.iter().all(|one| one.propensity == 0.1));
        first.iter().for_each(|one| *times.entry(one.account).or_default() += 1);
    }
    // 400 expected, with a deviation of 19.
    assert!(times.len() == 50 && times.values().all(|times| (305..495).contains(times)), "{times:?}");
    let all = drawn::draw(&platform.detection, platform.now, 80, everybody());
    assert!(all.len() == 50 && all.iter().all(|one| one.propensity == 1.0));
}

#[test]
fn a_share_of_all_cases_is_drawn_among_the_active_that_nothing_points_at() {
    let mut platform = Platform::new();
    platform.crowd();
    midnight(&mut platform);
    for n in 0..90 {
        report(&mut platform, &format!("ordinary{n}"));
        report(&mut platform, &format!("ordinary{n}"));
    }
    platform.decide("d", "ordinary99", Outcome::Cleared);
    // 90 × 0.02 ÷ 0.98 is 1.84: one now, and the rest is owed to the next draw.
    let first = drawn(&midnight(&mut platform));
    assert_eq!(first.len(), 1);
    let number = |name: &str, detection: &Detection| detection.account(name).unwrap();
    let reported: Vec<_> = (0..90).map(|n| number(&format!("ordinary{n}"), &platform.detection)).collect();
    let cleared = number("ordinary99", &platform.detection);
    for one in &first {
        assert!(!reported.contains(&one.account) && one.account != cleared);
        assert_eq!(one.propensity, 1.0 / 1_409.0);
    }
    for n in 90..100 {
        report(&mut platform, &format!("ordinary{n}"));
    }
    assert_eq!(drawn(&midnight(&mut platform)).len(), 1);
    assert_eq!(drawn(&midnight(&mut platform)), [], "nothing was pointed at since");
}

#[test]
fn nobody_who_is_gone_or_long_silent_is_drawn() {
    let mut platform = Platform::new();
    platform.log_in("silent", "10.0.0.1", "d");
    for _ in 0..40 {
        platform.now = platform.now.plus_seconds(DAY);
    }
    platform.log_in("deleted", "10.0.0.2", "e");
    platform.send("account.deleted", r#""account":{"id":"deleted"}"#);
    for n in 0..100 {
        platform.log_in(&format!("reported{n}"), &format!("10.1.{n}.2"), &format!("f{n}"));
        report(&mut platform, &format!("reported{n}"));
    }
    assert_eq!(drawn(&midnight(&mut platform)), []);
}

/// Suspended accounts, each with one neighbour that shares its device and nothing else.
fn neighbours(platform: &mut Platform) {
    platform.crowd();
    for n in 0..10 {
        platform.log_in(&format!("bad{n}"), &format!("172.16.{n}.1"), &format!("shared{n}"));
        platform.log_in(&format!("near{n}"), &format!("172.17.{n}.1"), &format!("shared{n}"));
    }
    for n in 0..10 {
        platform.decide(&format!("d{n}"), &format!("bad{n}"), Outcome::Suspended);
    }
}

fn under(weight_min: f64, uncertain_share: f64) -> Platform {
    let mut settings = crate::settings::LinkSettings::bundled();
    settings.proposals.weight_min = weight_min;
    settings.proposals.uncertain_share = uncertain_share;
    let mut platform = Platform::under(settings);
    neighbours(&mut platform);
    platform
}

#[test]
fn some_of_those_just_below_the_threshold_are_drawn_with_their_chance_on_record() {
    let found = midnight(&mut under(1.0, 0.0));
    let weights: Vec<f64> = similar(&found).iter().map(|one| one.scored.weight).collect();
    assert!(!weights.is_empty(), "the neighbours resemble the suspended");
    let heaviest = weights.iter().copied().fold(0.0, f64::max);
    let threshold = heaviest + 2.0;

    assert_eq!(similar(&midnight(&mut under(threshold, 0.0))), Vec::<&Proposal>::new());
    let mut platform = under(threshold, 0.1);
    let found = midnight(&mut platform);
    let proposals = similar(&found);
    assert_eq!(proposals.len(), 2, "one place in ten of twenty");
    for one in &proposals {
        assert!(one.scored.weight < threshold && one.scored.weight >= threshold - 6.0);
        assert!(one.propensity > 0.0 && one.propensity < 1.0, "{}", one.propensity);
        assert!(!one.scored.rows.is_empty(), "a reviewer sees why");
    }
    let again: Vec<_> = proposals.iter().map(|one| one.scored.account).collect();
    for n in 0..10 {
        platform.decide(&format!("o{n}"), &format!("bad{n}"), Outcome::Suspended);
    }
    let found = midnight(&mut platform);
    assert!(similar(&found).iter().all(|one| !again.contains(&one.scored.account)), "asked once");
}

#[test]
fn a_share_that_is_none_is_refused_with_its_name() {
    let bundled = include_str!("../../../../policies/links.yaml");
    for (line, wrong) in [
        ("uncertain_share: 0.05", "uncertain_share: 0.7"),
        ("audit_share: 0.02", "audit_share: -0.1"),
        ("uncertain_bits: 6", "uncertain_bits: 0"),
    ] {
        let error = crate::settings::LinkSettings::parse(&bundled.replace(line, wrong)).unwrap_err();
        let name = wrong.split(':').next().unwrap();
        assert!(error.to_string().contains(name), "{error}");
    }
}
