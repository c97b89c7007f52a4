//! How hard a world is, measured from the events that it emitted and from the truth; from nothing else.

mod meter;
mod seen;

pub use meter::DifficultyMeter;

use std::fmt;

/// The measured difficulty. All shares in `0.0..=1.0`; compare with the constants in [`crate::config`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difficulty {
    /// Accounts seen, returns included.
    pub accounts: usize,
    /// Events read.
    pub events: usize,
    /// Violators among first accounts.
    pub violators_share: f64,
    /// Journalists, researchers and critics for each violator, first accounts only.
    pub watchers_per_violator: f64,
    /// Of the distinct hashtags of a watcher, how many violators of the movement use too; mean over watchers.
    pub watcher_hashtags_shared: f64,
    /// Of the accounts that a watcher follows, how many violators of the movement follow too; mean over watchers.
    pub watcher_follows_shared: f64,
    /// Accounts seen on a /24 of at least [`crate::config::SHARED_NETWORK_ACCOUNTS_MIN`] accounts.
    pub accounts_on_shared_networks: f64,
    /// Violators (first accounts) never seen on another network than those.
    pub violators_on_shared_networks_only: f64,
    /// Returns of violators.
    pub returns: usize,
    /// Returns seen on a device of their predecessor.
    pub returns_keep_device: f64,
    /// Returns seen on a /24 of their predecessor.
    pub returns_keep_network: f64,
    /// Returns whose handle has the stem of their predecessor's.
    pub returns_keep_stem: f64,
    /// Returns that follow at least [`crate::config::OLD_FRIENDS_MIN`] accounts that their predecessor followed.
    pub returns_follow_friends: f64,
    /// Returns that share none of the four.
    pub returns_share_nothing: f64,
    /// Reports sent.
    pub reports: usize,
    /// Reports whose subject breaks no rule.
    pub reports_false: f64,
    /// Reports sent by brigades.
    pub reports_from_brigades: f64,
    /// Violators whom a scripted reviewer lets pass.
    pub reviewer_misses: f64,
    /// Innocents in whom a scripted reviewer sees violators.
    pub reviewer_false_alarms: f64,
}

impl Difficulty {
    /// Each figure with its name and the value that the configuration promises, where it promises one.
    pub fn rows(&self) -> Vec<(&'static str, f64, Option<f64>)> {
        use crate::config as promised;
        vec![
            ("accounts, returns included", self.accounts as f64, None),
            ("events", self.events as f64, None),
            ("violators among first accounts", self.violators_share, Some(promised::VIOLATORS_SHARE)),
            ("watchers for each violator", self.watchers_per_violator, Some(promised::WATCHERS_PER_VIOLATOR)),
            (
                "hashtags that watchers share, at least",
                self.watcher_hashtags_shared,
                Some(promised::WATCHER_HASHTAGS_SHARED_MIN),
            ),
            (
                "follows that watchers share, at least",
                self.watcher_follows_shared,
                Some(promised::WATCHER_FOLLOWS_SHARED_MIN),
            ),
            (
                "accounts on networks of 200 and more",
                self.accounts_on_shared_networks,
                Some(promised::SHARED_NETWORK_SHARE),
            ),
            (
                "violators on such networks only",
                self.violators_on_shared_networks_only,
                Some(promised::VIOLATORS_ON_SHARED_NETWORKS_ONLY),
            ),
            ("returns", self.returns as f64, None),
            ("returns that keep the device", self.returns_keep_device, Some(promised::RETURN_KEEPS_DEVICE)),
            ("returns that keep the /24", self.returns_keep_network, Some(promised::RETURN_KEEPS_NETWORK)),
            ("returns that keep the stem", self.returns_keep_stem, Some(promised::RETURN_KEEPS_STEM)),
            (
                "returns that follow old friends",
                self.returns_follow_friends,
                Some(promised::RETURN_FOLLOWS_FRIENDS),
            ),
            (
                "returns that share nothing else",
                self.returns_share_nothing,
                Some(promised::RETURN_SHARES_NOTHING),
            ),
            ("reports", self.reports as f64, None),
            ("reports that are false", self.reports_false, Some(promised::REPORTS_FALSE)),
            ("reports by brigades", self.reports_from_brigades, Some(promised::REPORTS_FROM_BRIGADES)),
            ("violators whom a reviewer misses", self.reviewer_misses, Some(promised::REVIEWER_ERROR)),
            ("innocents whom a reviewer blames", self.reviewer_false_alarms, Some(promised::REVIEWER_ERROR)),
        ]
    }
}

impl fmt::Display for Difficulty {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, measured, promised) in self.rows() {
            match promised {
                Some(promised) => writeln!(out, "{name:40} {measured:10.3}  (set {promised})")?,
                None => writeln!(out, "{name:40} {measured:10.0}")?,
            }
        }
        Ok(())
    }
}
