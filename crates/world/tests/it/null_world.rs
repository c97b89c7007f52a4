//! In a null world nothing but the truth tells violators and returns from anybody.

use crate::runs::{run, run_with_eager_platform, small, texts_at};
use cordon_model::event::EventType;
use cordon_world::{SlowPlatform, WorldConfig, simulate};
use std::collections::BTreeMap;

const TRAITS: [&str; 4] = ["device", "/24", "handle stem", "old friends"];

#[test]
fn a_return_shares_no_more_with_its_predecessor_than_with_a_stranger() {
    let config = WorldConfig { accounts: 8_000, days: 7, is_null: true, ..small() };
    let (world, meter) = run_with_eager_platform(config, 4);
    let strangers: Vec<_> = world.truths().map(|truth| truth.account_id).step_by(13).collect();
    let (mut with_predecessor, mut with_stranger, mut returns) = ([0u32; 4], [0u32; 4], 0u32);
    for (truth, stranger) in world.returns().zip(strangers.iter().cycle()) {
        let predecessor = truth.predecessor.unwrap();
        let Some(shared) = meter.shared_by(&truth.account_id, &predecessor) else { continue };
        let by_chance = meter.shared_by(&truth.account_id, stranger).unwrap_or_default();
        returns += 1;
        for position in 0..4 {
            with_predecessor[position] += u32::from(shared[position]);
            with_stranger[position] += u32::from(by_chance[position]);
        }
    }
    assert!(returns > 150, "{returns}");
    for (name, (own, chance)) in TRAITS.iter().zip(with_predecessor.into_iter().zip(with_stranger)) {
        assert!(own <= chance + returns / 40, "{name}: {own} of {returns}, {chance} by chance");
    }
}

#[test]
fn violators_post_and_tag_like_anybody() {
    let config = WorldConfig { accounts: 8_000, is_null: true, ..small() };
    // For violators (true) and others: posts, and posts with a hashtag of the movement's.
    let mut sums: BTreeMap<bool, [f64; 2]> = BTreeMap::new();
    let world = run(config, |world, sink| {
        for (_, line) in sink.lines().filter(|(entry, _)| entry.kind == EventType::PostCreated) {
            let id = crate::runs::text_at(line, &["account", "id"]).unwrap();
            let sum = sums.entry(world.truth(&id.into()).unwrap().is_violator).or_default();
            let tags = texts_at(line, &["post", "hashtags"]);
            sum[0] += 1.0;
            sum[1] += f64::from(u8::from(tags.iter().any(|tag| tag == "greybanner")));
        }
    });
    let violators = world.violators().count() as f64;
    let others = world.truths().count() as f64 - violators;
    let (of_violators, of_others) = (sums[&true], sums[&false]);
    let (rate, usual) = (of_violators[0] / violators, of_others[0] / others);
    assert!((0.3..3.0).contains(&(rate / usual)), "{rate} posts against {usual}");
    assert!(of_violators[1] / of_violators[0] < 0.05);
}

#[test]
fn the_slow_platform_finds_violators_by_the_dice_and_their_returns_keep_nothing() {
    let config = WorldConfig { accounts: 8_000, days: 10, is_null: true, ..small() };
    let (mut events, mut truth) = (std::io::sink(), std::io::sink());
    let platform = SlowPlatform::usual(2);
    let measured = simulate(config, platform, &mut events, &mut truth, true).unwrap().difficulty.unwrap();
    assert!(measured.returns > 10, "{measured}");
    assert!(measured.returns_share_nothing > 0.85, "{measured}");
}

#[test]
fn reports_hit_violators_no_more_than_anybody() {
    let config = WorldConfig { accounts: 20_000, days: 5, is_null: true, ..WorldConfig::default() };
    let (mut reports, mut right) = (0, 0);
    run(config, |world, sink| {
        for (_, line) in sink.lines().filter(|(entry, _)| entry.kind == EventType::ReportCreated) {
            let subject = crate::runs::text_at(line, &["report", "account_id"]).unwrap();
            reports += 1;
            right += u32::from(world.truth(&subject.into()).is_some_and(|truth| truth.is_violator));
        }
    });
    assert!(reports > 200 && right * 30 < reports, "{right} of {reports}");
}
