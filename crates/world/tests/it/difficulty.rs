//! The measured difficulty is the promised one.

use crate::runs::{run, run_with_eager_platform, small, text_at, texts_at};
use cordon_world::{Difficulty, Role, SlowPlatform, WorldConfig, config, simulate};
use std::collections::BTreeMap;

fn near(measured: f64, promised: f64, tolerance: f64) {
    assert!((measured - promised).abs() <= tolerance, "measured {measured}, promised {promised}");
}

fn of_twenty_thousand() -> Difficulty {
    let world = WorldConfig { days: 10, ..WorldConfig::default() };
    let platform = SlowPlatform::usual(1);
    let (mut events, mut truth) = (std::io::sink(), std::io::sink());
    simulate(world, platform, &mut events, &mut truth, true).unwrap().difficulty.unwrap()
}

#[test]
fn twenty_thousand_accounts_are_as_hard_as_promised() {
    let measured = of_twenty_thousand();
    near(measured.violators_share, config::VIOLATORS_SHARE, 0.0003);
    assert!(measured.watchers_per_violator >= 2.0);
    assert!(measured.watcher_hashtags_shared >= config::WATCHER_HASHTAGS_SHARED_MIN, "{measured}");
    assert!(measured.watcher_follows_shared >= config::WATCHER_FOLLOWS_SHARED_MIN, "{measured}");
    near(measured.accounts_on_shared_networks, config::SHARED_NETWORK_SHARE, 0.02);
    near(measured.violators_on_shared_networks_only, config::VIOLATORS_ON_SHARED_NETWORKS_ONLY, 0.02);
    near(measured.reports_false, config::REPORTS_FALSE, 0.06);
    near(measured.reports_from_brigades, config::REPORTS_FROM_BRIGADES, 0.025);
    near(measured.reviewer_false_alarms, config::REVIEWER_ERROR, 0.01);
    near(measured.reviewer_misses, config::REVIEWER_ERROR, 0.05);
    // A third of a million and more in ten days is a million and more in thirty.
    assert!((330_000..480_000).contains(&measured.events), "{}", measured.events);
    assert!(measured.returns > 50, "{measured}");
}

#[test]
fn returns_keep_what_they_are_said_to_keep() {
    let world = WorldConfig { accounts: 20_000, days: 7, random_seed: 3, ..WorldConfig::default() };
    let (world, meter) = run_with_eager_platform(world, 4);
    let measured = meter.finish(&world);
    assert!(measured.returns > 400, "{}", measured.returns);
    near(measured.returns_keep_device, config::RETURN_KEEPS_DEVICE, 0.06);
    near(measured.returns_keep_network, config::RETURN_KEEPS_NETWORK, 0.06);
    near(measured.returns_keep_stem, config::RETURN_KEEPS_STEM, 0.06);
    near(measured.returns_follow_friends, config::RETURN_FOLLOWS_FRIENDS, 0.06);
    near(measured.returns_share_nothing, config::RETURN_SHARES_NOTHING, 0.05);
}

#[test]
fn stubborn_holders_come_back_several_times_a_day() {
    let (world, _) = run_with_eager_platform(small(), 2);
    let most = world.returns().map(|truth| truth.incarnation).max().unwrap();
    assert!(most >= 12, "{most} returns in six days");
}

#[test]
fn violators_follow_and_repost_the_framed_journalist() {
    let (mut follows, mut reposts) = (BTreeMap::new(), BTreeMap::new());
    let world = run(WorldConfig { accounts: 6_000, ..small() }, |world, sink| {
        for (_, line) in sink.lines() {
            let actor = text_at(line, &["account", "id"]).and_then(|id| world.truth(&id.into()));
            if !actor.is_some_and(|truth| truth.is_violator) {
                continue;
            }
            if let Some(whom) = text_at(line, &["follow", "account_id"]) {
                *follows.entry(whom).or_insert(0) += 1;
            }
            if let Some(post) = text_at(line, &["post", "repost_of"]) {
                let author = format!("u{}", &post[1..17]);
                *reposts.entry(author).or_insert(0) += 1;
            }
        }
    });
    let framed = world.truths().find(|truth| truth.is_framed).unwrap().account_id;
    let of = |counts: &BTreeMap<String, u32>, id: &str| counts.get(id).copied().unwrap_or(0);
    for other in world.truths().filter(|truth| truth.role.is_watcher() && !truth.is_framed) {
        assert!(of(&follows, framed.as_str()) > of(&follows, other.account_id.as_str()) + 1);
        assert!(of(&reposts, framed.as_str()) > of(&reposts, other.account_id.as_str()) + 5);
    }
}

#[test]
fn the_framed_journalist_is_mentioned_more_than_any_other() {
    let mut mentions: BTreeMap<String, u32> = BTreeMap::new();
    let world = run(WorldConfig { accounts: 6_000, ..small() }, |_, sink| {
        for mention in sink.lines().flat_map(|(_, line)| texts_at(line, &["post", "mentions"])) {
            *mentions.entry(mention).or_default() += 1;
        }
    });
    let of = |is_framed: bool| {
        let journalists = world.truths().filter(|t| t.role == Role::Journalist && t.is_framed == is_framed);
        journalists.filter_map(|t| mentions.get(t.account_id.as_str())).copied().max().unwrap_or(0)
    };
    assert!(of(true) > 50 && of(true) > 3 * of(false), "{} against {}", of(true), of(false));
}
