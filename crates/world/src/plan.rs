//! What each account does on a day, and in which second: drawn from the account and the day alone.

use crate::accounts::{Account, Accounts, NEVER};
use crate::config;
use crate::identity::Key;
use crate::population::{HolderId, Population, Role};
use crate::stream::{Purpose, Stream, keyed};

/// What somebody is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Deed {
    Arrive,
    LogIn,
    Follow,
    Post,
    Wave,
    Update,
    DeletePost,
    Report,
    JoinCampaign,
    DeleteAccount,
}

/// One deed of the day; 12 bytes. Sorts by time, then account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Planned {
    /// Second of the hour.
    pub(crate) second: u16,
    /// Drawn from the account, so that deeds of one second have the same order in every run.
    tie: u32,
    pub(crate) deed: Deed,
    pub(crate) ordinal: u8,
    /// Index of the account.
    pub(crate) index: u32,
}

/// The deeds of one day, by hour.
#[derive(Clone, Debug)]
pub(crate) struct DayPlan {
    hours: [Vec<Planned>; 24],
}

/// Posts, follows and log-ins of one account and day at most, each.
const DEEDS_MAX: u32 = 200;
/// Deeds with a fixed time that come after the freely placed posts of a day have ordinals from here.
pub(crate) const WAVE_ORDINALS_START: u8 = 220;
/// Waves of the spam ring in a day.
pub(crate) const WAVES_PER_DAY: u8 = 3;
const SECONDS_PER_DAY: u32 = 86_400;
const FIRST_FOLLOWS: u32 = 6;

/// How many posts of its own choice an account makes on a day that it fully sees.
pub(crate) fn posts_on(seed: u64, key: Key, account: &Account, day: u32) -> u32 {
    let mut stream = Stream::new(seed, Purpose::DayPlan, key.bits(), u64::from(day));
    let mean = f64::from(account.persona.posts_per_day) * mood(&mut stream);
    stream.around(mean).min(DEEDS_MAX)
}

/// Good days and bad days; 1 on average.
fn mood(stream: &mut Stream) -> f64 {
    2.0 * stream.unit()
}

impl DayPlan {
    /// An empty plan.
    pub(crate) fn new() -> Self {
        Self { hours: std::array::from_fn(|_| Vec::new()) }
    }

    /// Takes out the deeds of an hour, in order; give the memory back with [`Self::put_back`].
    pub(crate) fn take_hour(&mut self, hour: u32) -> Vec<Planned> {
        let mut deeds = self.hours.get_mut(hour as usize).map(std::mem::take).unwrap_or_default();
        deeds.sort_unstable();
        deeds
    }

    /// Gives back the memory of an hour that is over.
    pub(crate) fn put_back(&mut self, hour: u32, mut deeds: Vec<Planned>) {
        let used = deeds.len();
        deeds.clear();
        // The first day, on which everybody appears, needs several times the room of the others.
        if deeds.capacity() > 3 * used {
            deeds.shrink_to(used + used / 2);
        }
        if let Some(slot) = self.hours.get_mut(hour as usize) {
            *slot = deeds;
        }
    }

    /// Bytes held.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.hours.iter().map(|deeds| deeds.capacity() * size_of::<Planned>()).sum()
    }

    /// Plans the day of the account at `index`, suspended or not: whether it may act is asked when the time comes.
    pub(crate) fn add_account(&mut self, population: &Population, accounts: &Accounts, index: u32, day: u32) {
        let Some(account) = accounts.get(index).filter(|account| account.arrival_day() <= day) else {
            return;
        };
        if account.deleted_at != NEVER {
            return;
        }
        let key = accounts.identity(index).key;
        let from =
            if account.arrival_day() == day { Some(account.arrives_at % SECONDS_PER_DAY) } else { None };
        let mut planner =
            Planner { plan: self, index, tie: keyed(0, Purpose::DayPlan, key.bits(), 0) as u32, from };
        planner.plan_arrival(account);
        planner.plan_habits(population, key, account, day);
        planner.plan_reports(population, account, key, day);
        if account.persona.behaviour == Role::Spammer {
            planner.plan_waves(population, key, day);
        }
    }
}

/// One account's day.
struct Planner<'a> {
    plan: &'a mut DayPlan,
    index: u32,
    tie: u32,
    /// The second of the day at which the account arrives, where that is today.
    from: Option<u32>,
}

impl Planner<'_> {
    fn add(&mut self, second_of_day: u32, deed: Deed, ordinal: u32) {
        if self.from.is_some_and(|from| second_of_day <= from && deed != Deed::Arrive) {
            return;
        }
        let second_of_day = second_of_day.min(SECONDS_PER_DAY - 1);
        let deed = Planned {
            second: (second_of_day % 3_600) as u16,
            tie: self.tie,
            deed,
            ordinal: ordinal as u8,
            index: self.index,
        };
        if let Some(hour) = self.plan.hours.get_mut((second_of_day / 3_600) as usize) {
            hour.push(deed);
        }
    }

    /// The first hour: there it is, logs in, follows those it knows.
    fn plan_arrival(&mut self, account: &Account) {
        let Some(from) = self.from else { return };
        self.add(from, Deed::Arrive, 0);
        self.add(from + 1, Deed::LogIn, 0);
        let first_follows = match account.persona.behaviour {
            Role::Ordinary | Role::Brigader => 2 + self.tie % 4,
            _ => FIRST_FOLLOWS,
        };
        for slot in 0..first_follows {
            self.add(from + 60 + 90 * slot + self.tie % 60, Deed::Follow, slot);
        }
    }

    fn plan_habits(&mut self, population: &Population, key: Key, account: &Account, day: u32) {
        let mut stream = Stream::new(population.seed(), Purpose::DayPlan, key.bits(), u64::from(day));
        let mean = f64::from(account.persona.posts_per_day) * mood(&mut stream);
        let posts = stream.around(mean).min(DEEDS_MAX);
        let log_ins = stream.around((0.12 + 0.16 * mean).min(3.0));
        let follows = stream.around(f64::from(account.persona.follows_per_day));
        let first = if self.from.is_some() { (1, FIRST_FOLLOWS) } else { (0, 0) };
        for (deed, start, count) in
            [(Deed::Post, 0, posts), (Deed::LogIn, first.0, log_ins), (Deed::Follow, first.1, follows)]
        {
            for ordinal in start..start + count {
                let second = awake_second(&mut stream, account.persona.peak_hour);
                self.add(second, deed, ordinal);
                if deed == Deed::Post && ordinal == 0 {
                    self.plan_regret(&mut stream, second);
                }
            }
        }
        for (deed, chance) in [(Deed::Update, 0.004), (Deed::DeleteAccount, 0.0002)] {
            if stream.chance(chance) {
                self.add(awake_second(&mut stream, account.persona.peak_hour), deed, 0);
            }
        }
    }

    /// Now and then the first post of a day is deleted soon after.
    fn plan_regret(&mut self, stream: &mut Stream, posted_at: u32) {
        let deleted_at = posted_at + 60 + stream.below(3_000);
        if stream.chance(0.02) && self.from.is_none() && deleted_at < SECONDS_PER_DAY {
            self.add(deleted_at, Deed::DeletePost, 0);
        }
    }

    fn plan_reports(&mut self, population: &Population, account: &Account, key: Key, day: u32) {
        let mut stream = Stream::new(population.seed(), Purpose::Report, key.bits(), u64::from(day));
        let is_reader = matches!(account.persona.behaviour, Role::Ordinary | Role::Journalist | Role::Critic);
        if is_reader && stream.chance(config::REPORTS_PER_ACCOUNT_DAY) {
            self.add(awake_second(&mut stream, account.persona.peak_hour), Deed::Report, 0);
        }
        if account.persona.behaviour == Role::Brigader
            && day % CAMPAIGN_EVERY_DAYS == 1
            && stream.chance(campaign_turnout(population))
        {
            let start = keyed(population.seed(), Purpose::Campaign, u64::from(day), 0) % 80_000;
            self.add(start as u32 + stream.below(2_400), Deed::JoinCampaign, 0);
        }
    }

    /// The ring acts within minutes of its wave's start.
    fn plan_waves(&mut self, population: &Population, key: Key, day: u32) {
        for wave in 0..WAVES_PER_DAY {
            let slot = u64::from(day) << 8 | u64::from(wave);
            let start = keyed(population.seed(), Purpose::Wave, slot, 0) % 80_000;
            let mut member = Stream::new(population.seed(), Purpose::Wave, slot, key.bits() + 1);
            if member.chance(0.8) {
                let ordinal = u32::from(WAVE_ORDINALS_START + wave);
                self.add(start as u32 + member.below(420), Deed::Wave, ordinal);
            }
        }
    }
}

/// A second of the day, mostly within eight hours of the peak.
fn awake_second(stream: &mut Stream, peak_hour: u8) -> u32 {
    let (first, second) = (stream.below(8 * 3_600), stream.below(8 * 3_600));
    let from_start = u32::from(peak_hour) * 3_600 + first + second + SECONDS_PER_DAY - 8 * 3_600;
    from_start % SECONDS_PER_DAY
}

/// Days from one campaign of mass reports to the next.
const CAMPAIGN_EVERY_DAYS: u32 = 2;

/// The share of brigaders who join, so that brigades send their share of all reports.
fn campaign_turnout(population: &Population) -> f64 {
    let honest_and_wrong = f64::from(population.config.accounts) * config::REPORTS_PER_ACCOUNT_DAY;
    let wanted_per_day =
        honest_and_wrong * config::REPORTS_FROM_BRIGADES / (1.0 - config::REPORTS_FROM_BRIGADES);
    let brigaders = f64::from(population.quotas.count(Role::Brigader).max(1));
    wanted_per_day * f64::from(CAMPAIGN_EVERY_DAYS) / brigaders
}

/// The second of the world at which a holder's first account appears: on the first day, or as a newcomer later.
pub(crate) fn arrival(population: &Population, holder: HolderId) -> u32 {
    let mut stream = Stream::new(population.seed(), Purpose::Persona, u64::from(holder.0), u64::MAX);
    let later_days = population.config.days.saturating_sub(1);
    if later_days > 0 && stream.chance(config::NEWCOMERS_SHARE) {
        SECONDS_PER_DAY + stream.below(later_days) * SECONDS_PER_DAY + stream.below(SECONDS_PER_DAY)
    } else {
        stream.below(SECONDS_PER_DAY)
    }
}
