//! What a world is asked to be, and how hard it is: every figure that shapes it, by name.

use cordon_model::clock::Timestamp;

/// What one simulated platform is made from. Equal configurations give equal bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorldConfig {
    /// People who hold an account at the start or sign up later, returns not counted. At least
    /// [`ACCOUNTS_MIN`]; fewer are rounded up.
    pub accounts: u32,
    /// Length in days, `1..=`[`DAYS_MAX`]; more are cut.
    pub days: u32,
    /// Where all chance comes from.
    pub random_seed: u64,
    /// The first instant, rounded down to a full hour.
    pub starts_at: Timestamp,
    /// Whether violators and returns behave and connect like anybody, so that detection must fall to chance.
    pub is_null: bool,
}

impl Default for WorldConfig {
    /// Twenty thousand accounts over thirty days: about one million events.
    fn default() -> Self {
        Self {
            accounts: 20_000,
            days: 30,
            random_seed: 1,
            starts_at: Timestamp::from_seconds(1_772_323_200),
            is_null: false,
        }
    }
}

impl WorldConfig {
    /// The same with every figure inside its bounds.
    pub(crate) fn bounded(self) -> Self {
        let hour_start = self.starts_at.seconds().div_euclid(3_600) * 3_600;
        Self {
            accounts: self.accounts.clamp(ACCOUNTS_MIN, ACCOUNTS_MAX),
            days: self.days.clamp(1, DAYS_MAX),
            starts_at: Timestamp::from_seconds(hour_start),
            ..self
        }
    }
}

/// Fewest accounts of a world: below it no role would have members.
pub const ACCOUNTS_MIN: u32 = 800;
/// Most accounts of a world.
pub const ACCOUNTS_MAX: u32 = 50_000_000;
/// Most days of a world: seconds since its start are kept in 32 bits.
pub const DAYS_MAX: u32 = 3_650;

/// Share of holders who break the rules.
pub const VIOLATORS_SHARE: f64 = 0.005;
/// Of the violators, the share that recruits for the movement.
pub const RECRUITERS_OF_VIOLATORS: f64 = 0.3;
/// Of the violators, the share that belongs to the spam ring; the rest amplify the movement.
pub const SPAMMERS_OF_VIOLATORS: f64 = 0.2;
/// Journalists, researchers and critics for each violator.
pub const WATCHERS_PER_VIOLATOR: f64 = 2.2;
/// Lurkers (they follow the movement and break no rule) for each violator.
pub const LURKERS_PER_VIOLATOR: f64 = 1.0;
/// Share of holders who take part in malicious mass reports.
pub const BRIGADERS_SHARE: f64 = 0.0012;
/// Share of a watcher's distinct hashtags that violators use too: the least that is promised.
pub const WATCHER_HASHTAGS_SHARED_MIN: f64 = 0.6;
/// Share of the accounts a watcher follows that violators follow too: the least that is promised.
pub const WATCHER_FOLLOWS_SHARED_MIN: f64 = 0.3;
/// Share of accounts that log in from networks of at least [`SHARED_NETWORK_ACCOUNTS_MIN`] accounts.
pub const SHARED_NETWORK_SHARE: f64 = 0.3;
/// Accounts from which on a network counts as shared.
pub const SHARED_NETWORK_ACCOUNTS_MIN: u32 = 200;
/// Share of violators who are never seen on another network than a shared one.
pub const VIOLATORS_ON_SHARED_NETWORKS_ONLY: f64 = 0.1;
/// Share of returns that keep the device.
pub const RETURN_KEEPS_DEVICE: f64 = 0.35;
/// Share of returns that keep the /24 network.
pub const RETURN_KEEPS_NETWORK: f64 = 0.40;
/// Share of returns that keep the stem of the handle.
pub const RETURN_KEEPS_STEM: f64 = 0.50;
/// Share of returns that follow at least [`OLD_FRIENDS_MIN`] accounts that the predecessor followed.
pub const RETURN_FOLLOWS_FRIENDS: f64 = 0.60;
/// Share of returns that share nothing but behaviour.
pub const RETURN_SHARES_NOTHING: f64 = 0.15;
/// Common follows from which on a return follows its old friends.
pub const OLD_FRIENDS_MIN: usize = 3;
/// Share of reports whose subject breaks no rule.
pub const REPORTS_FALSE: f64 = 0.5;
/// Share of reports that brigades send; all of them false.
pub const REPORTS_FROM_BRIGADES: f64 = 0.05;
/// Chance that a scripted reviewer errs, on violators and on innocents alike.
pub const REVIEWER_ERROR: f64 = 0.05;
/// Share of people who appeal once they are suspended without having broken a rule.
pub const APPEALING_SHARE: f64 = 0.6;
/// Hours from such a suspension to the appeal.
pub const APPEAL_HOURS: u32 = 24;
/// Reports that one account sends in a day, on average.
pub const REPORTS_PER_ACCOUNT_DAY: f64 = 0.005;
/// Share of holders who sign up after the first day.
pub const NEWCOMERS_SHARE: f64 = 0.08;
/// Share of violators who come back within hours, every time.
pub const STUBBORN_OF_VIOLATORS: f64 = 0.3;
/// Share of violators of the movement who try to frame a journalist.
pub const FRAMERS_OF_VIOLATORS: f64 = 0.5;
