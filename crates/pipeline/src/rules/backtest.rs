//! A draft over the journal: how often its rules would have held, and what people decided about those accounts.

use super::{ActiveSet, DAY_MICROS, Program, RuleSets, compile};
use crate::{Evaluator, PipelineError};
use cordon_detect::extract::actor_of;
use cordon_detect::settings::LinkSettings;
use cordon_detect::{Detection, Observation};
use cordon_journal::{EntryRef, JournalError, OffsetRange, TOMBSTONE, WholeJournal};
use cordon_model::account::Standing;
use cordon_model::binomial::Share;
use cordon_model::clock::Timestamp;
use cordon_model::entry::{Control, Entry, EntryKind};
use cordon_model::event::Event;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_model::rule_set::{RuleFile, RuleMode, RuleSet};
use cordon_rules::Evaluation;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZero;
use std::sync::Arc;

/// Entries that one thread reads and prepares at a time.
const PART_ENTRIES: u64 = 1 << 11;
/// Accounts that a rule's row names.
const EXAMPLES_MAX: usize = 3;
/// Pairs of rules whose overlap is told, those that share the most hits.
const OVERLAPS_MAX: usize = 1_000;
/// A rule may take effect on so many times the events of its busiest day in the back-test before it is stopped…
const LIMIT_TIMES: u64 = 5;
/// …and on so many more: what held once a month may hold twice on one day.
const LIMIT_SLACK: u64 = 20;
/// Quantile of the normal distribution for an interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// `hits` of `all` as a share with its Wilson interval of 95 %; `None` of nothing.
pub fn wilson(hits: u64, all: u64) -> Option<Share> {
    if all == 0 {
        return None;
    }
    let (n, share) = (all as f64, hits as f64 / all as f64);
    let (z2, scale) = (Z * Z, 1.0 + Z * Z / n);
    let middle = (share + z2 / (2.0 * n)) / scale;
    let half = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt() / scale;
    Some(Share { share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
}

/// What one rule would have done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleBacktest {
    /// Its name.
    pub rule: String,
    /// Events for which it held.
    pub hits: u64,
    /// The most events of one day for which it held, days by arrival in UTC.
    pub busiest_day: u64,
    /// On how many events of a day it should take effect at most: five times its busiest day, and 20.
    pub daily_limit: u64,
    /// Accounts that acted in them.
    pub accounts: u64,
    /// Of these, accounts about which no decision stands: what it would have brought up anew.
    pub new_accounts: u64,
    /// Of these, accounts that were found violating or stand suspended.
    pub violating: u64,
    /// Of these, accounts that were cleared.
    pub cleared: u64,
    /// The share of the violating among those decided.
    pub precision: Option<Share>,
    /// Some of the accounts, those without a decision first.
    pub examples: Vec<String>,
}

/// How far two rules say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// A rule of the draft.
    pub rule: String,
    /// Another one.
    pub other: String,
    /// Whether the other one is a rule of the live set; one of the draft where not.
    pub is_other_live: bool,
    /// Events for which both held.
    pub hits: u64,
    /// Accounts in whose events both held, be it in different ones.
    pub accounts: u64,
}

/// A draft over the journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Backtest {
    /// Events that counted.
    pub events: u64,
    /// Events before them, which only filled counters, labels and links.
    pub warm_up: u64,
    /// Every rule of the draft, by name.
    pub rules: Vec<RuleBacktest>,
    /// Pairs of a rule of the draft and another of the draft or of the live set that share events, those that share the
    /// most first, at most 1,000.
    pub overlaps: Vec<Overlap>,
}

impl Backtest {
    /// The daily limits that follow for the rules of the draft.
    pub fn daily_limits(&self) -> BTreeMap<String, u64> {
        self.rules.iter().map(|rule| (rule.rule.clone(), rule.daily_limit)).collect()
    }
}

#[derive(Default)]
struct Tally {
    hits: u64,
    /// The day of `today`.
    day: i64,
    today: u64,
    busiest_day: u64,
    /// Numbers of accounts.
    accounts: BTreeSet<u32>,
}

impl Tally {
    fn add(&mut self, day: i64, account: Option<u32>) {
        if day != self.day {
            (self.day, self.today) = (day, 0);
        }
        self.hits += 1;
        self.today += 1;
        self.busiest_day = self.busiest_day.max(self.today);
        self.accounts.extend(account);
    }
}

/// What held, by rule and by pair.
#[derive(Default)]
struct Tallies {
    /// Rules of the draft, and behind them those of the live set.
    names: Vec<String>,
    drafted: usize,
    numbers: HashMap<(bool, String), usize>,
    tallies: Vec<Tally>,
    /// Events that two rules share: the smaller number first, which is one of the draft.
    shared: HashMap<(usize, usize), u64>,
    accounts: Vec<String>,
    account_numbers: HashMap<String, u32>,
}

impl Tallies {
    fn new(draft: &Program, live: Option<&Program>) -> Self {
        let mut found = Self { drafted: draft.size().rules, ..Self::default() };
        for (is_live, program) in [(false, Some(draft)), (true, live)] {
            for name in program.into_iter().flat_map(Program::rule_names) {
                found.numbers.insert((is_live, name.to_string()), found.names.len());
                found.names.push(name.to_string());
                found.tallies.push(Tally::default());
            }
        }
        found
    }

    fn number_of(&mut self, account: &str) -> u32 {
        if let Some(number) = self.account_numbers.get(account) {
            return *number;
        }
        let number = u32::try_from(self.accounts.len()).unwrap_or(u32::MAX);
        self.accounts.push(account.to_owned());
        self.account_numbers.insert(account.to_owned(), number);
        number
    }

    /// Numbers of the rules that held.
    fn held(&self, is_live: bool, evaluation: &Evaluation<'_, '_>) -> Vec<usize> {
        let number = |rule: Arc<str>| self.numbers.get(&(is_live, rule.to_string())).copied();
        evaluation.hits().into_iter().filter_map(number).collect()
    }

    /// Counts an event for which these rules held, in the order of their numbers.
    fn add(&mut self, held: &[usize], day: i64, account: Option<&str>) {
        if held.is_empty() {
            return;
        }
        let account = account.map(|account| self.number_of(account));
        for (at, rule) in held.iter().enumerate() {
            if let Some(tally) = self.tallies.get_mut(*rule) {
                tally.add(day, account);
            }
            for other in held.get(at + 1..).into_iter().flatten().filter(|_| *rule < self.drafted) {
                *self.shared.entry((*rule, *other)).or_default() += 1;
            }
        }
    }

    fn overlaps(&self) -> Vec<Overlap> {
        let mut pairs: Vec<(&(usize, usize), &u64)> = self.shared.iter().collect();
        pairs.sort_unstable_by_key(|((rule, other), hits)| (std::cmp::Reverse(**hits), *rule, *other));
        let told = |((rule, other), hits): (&(usize, usize), &u64)| {
            let [one, two] = [self.tallies.get(*rule)?, self.tallies.get(*other)?];
            Some(Overlap {
                rule: self.names.get(*rule)?.clone(),
                other: self.names.get(*other)?.clone(),
                is_other_live: *other >= self.drafted,
                hits: *hits,
                accounts: one.accounts.intersection(&two.accounts).count() as u64,
            })
        };
        pairs.into_iter().take(OVERLAPS_MAX).filter_map(told).collect()
    }
}

/// The world as the draft would have seen it.
struct Replay<'s> {
    state: &'s Evaluator,
    detection: Detection,
    rules: RuleSets,
    since: Timestamp,
    /// The last entry that was taken in.
    offset: Offset,
    tallies: Tallies,
    found: Backtest,
}

/// Runs a draft over the whole journal under the link settings in force, and counts from `since` on; what came before
/// fills counters, labels and links, however long the windows. What other rule sets labelled is not there; the live set
/// is evaluated beside the draft, for what the two share, and sees the draft's labels. `progress` hears now and then which
/// entry was read.
///
/// Errors: [`PipelineError::RuleSet`] for a draft with mistakes; those of reading the journal. Entries that cannot be
/// read any more are passed over.
pub fn backtest(
    state: &Evaluator,
    journal: &WholeJournal,
    files: Vec<RuleFile>,
    since: Timestamp,
    progress: &mut dyn FnMut(Offset),
) -> Result<Backtest, PipelineError> {
    let program = compile(&files).map_err(|found| PipelineError::RuleSet { found })?;
    let mut rules = RuleSets::default();
    rules.activate(&RuleSet::live(files), Offset(0), Timestamp(0));
    // In the place of the set in shadow: it is evaluated, and nothing comes of it.
    let live = state.rules().and_then(|sets| sets.active(RuleMode::Live)).map(ActiveSet::set);
    let live = live.map(|set| RuleSet { mode: RuleMode::Shadow, expires_at: None, ..set.clone() });
    live.iter().for_each(|set| rules.activate(set, Offset(0), Timestamp(0)));
    let beside = live.and_then(|set| compile(&set.files).ok());
    let tallies = Tallies::new(&program, beside.as_ref());
    let detection = Detection::new(Arc::clone(state.settings()), *state.detection().key());
    let found = Backtest { events: 0, warm_up: 0, rules: Vec::new(), overlaps: Vec::new() };
    let offset = Offset(0);
    let mut replay = Replay { state, detection, rules, since, offset, tallies, found };
    let all = OffsetRange { first: journal.entries().first, last: state.offset() };
    let preparing = Preparing {
        journal,
        settings: Arc::clone(state.settings()),
        key: *state.detection().key(),
        has_banks: !state.detection().banks().is_empty(),
    };
    in_order(&preparing, all, &mut |part| {
        for (entry, prepared) in part {
            replay.take(EntryRef::from(&entry), prepared);
        }
        progress(replay.offset);
    })?;
    Ok(replay.finish())
}

/// What does not hang on the entries before: reading them, and what an event says.
struct Preparing<'j> {
    journal: &'j WholeJournal,
    settings: Arc<LinkSettings>,
    key: HashKey,
    has_banks: bool,
}

/// An event as far as it can be taken in beforehand.
struct Prepared {
    observed: Observation,
    actor: Option<String>,
    settings: Arc<LinkSettings>,
    has_banks: bool,
}

type Part = Vec<(Entry, Option<Prepared>)>;

impl Preparing<'_> {
    fn part(&self, range: OffsetRange) -> Result<Part, JournalError> {
        let entries = self.journal.read(range)?;
        Ok(entries
            .into_iter()
            .map(|entry| (self.prepare(&entry), entry))
            .map(|(made, entry)| (entry, made))
            .collect())
    }

    fn prepare(&self, entry: &Entry) -> Option<Prepared> {
        if entry.kind != EntryKind::Event || entry.payload == TOMBSTONE {
            return None;
        }
        let event = Event::read(&entry.payload, entry.received_at).ok()?;
        let make = if self.has_banks { Observation::of } else { Observation::without_signals };
        Some(Prepared {
            observed: make(&self.settings, &self.key, &event).ok()?,
            actor: actor_of(&self.settings, &event).map(str::to_owned),
            settings: Arc::clone(&self.settings),
            has_banks: self.has_banks,
        })
    }
}

/// Shows the parts of `all` to `visit` in their order; as many threads as there are cores read and prepare them, each a
/// part ahead at most.
fn in_order(
    preparing: &Preparing<'_>,
    all: OffsetRange,
    visit: &mut dyn FnMut(Part),
) -> Result<(), PipelineError> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let range = |number: u64| {
        let first = Offset(all.first.0 + number * PART_ENTRIES);
        let last = Offset(all.last.0.min(first.0 + PART_ENTRIES - 1));
        (first <= all.last).then_some(OffsetRange { first, last })
    };
    std::thread::scope(|scope| {
        let ends: Vec<_> = (0..threads)
            .map(|thread| {
                let (give, take) = std::sync::mpsc::sync_channel(1);
                scope.spawn(move || {
                    let mut number = thread;
                    while let Some(range) = range(number) {
                        // Nobody listens any more where an earlier part could not be read.
                        if give.send(preparing.part(range)).is_err() {
                            return;
                        }
                        number += threads;
                    }
                });
                take
            })
            .collect();
        for take in ends.iter().cycle() {
            match take.recv() {
                Ok(part) => visit(part?),
                Err(_) => return Ok(()),
            }
        }
        Ok(())
    })
}

impl Replay<'_> {
    fn take(&mut self, entry: EntryRef<'_>, prepared: Option<Prepared>) {
        self.offset = entry.offset;
        match (entry.kind, prepared) {
            (EntryKind::Control, _) => self.control(entry),
            (EntryKind::Event, Some(prepared)) => self.event(entry, prepared),
            (EntryKind::Event, None) => {}
        }
    }

    /// What an event says under the settings and banks that were in force when it came.
    fn anew(&self, entry: EntryRef<'_>, prepared: Prepared) -> Option<Prepared> {
        let has_banks = !self.detection.banks().is_empty();
        let settings = self.detection.settings();
        if Arc::ptr_eq(settings, &prepared.settings) && (prepared.has_banks || !has_banks) {
            return Some(prepared);
        }
        let event = Event::read(entry.payload, entry.received_at).ok()?;
        let actor = actor_of(settings, &event).map(str::to_owned);
        let observed = self.detection.reduce(&event).ok()?;
        Some(Prepared { observed, actor, ..prepared })
    }

    fn control(&mut self, entry: EntryRef<'_>) {
        let Ok(control) = serde_json::from_slice::<Control>(entry.payload) else { return };
        let (key, now) = (*self.detection.key(), entry.received_at);
        match &control {
            Control::LabelSet(label) => self.rules.set_by_hand(&key, label, now),
            Control::AccountErased { account_id } => self.rules.forget(&key, account_id.as_str()),
            Control::Tick => self.rules.tick(now),
            _ => {}
        }
        self.detection.control(entry.offset, now, &control);
    }

    fn event(&mut self, entry: EntryRef<'_>, prepared: Prepared) {
        let Some(Prepared { observed, actor, .. }) = self.anew(entry, prepared) else { return };
        self.detection.observe(entry.offset, entry.received_at, &observed);
        if observed.is_late {
            return;
        }
        let counts = entry.received_at >= self.since;
        if counts {
            self.found.events += 1
        } else {
            self.found.warm_up += 1
        }
        let (tallies, mut held) = (&self.tallies, Vec::new());
        self.rules.observe(entry, &self.detection, &mut |mode, evaluation| {
            if counts {
                held.extend(tallies.held(mode == RuleMode::Shadow, evaluation));
            }
        });
        // The live set, in the place of the one in shadow, is evaluated first.
        held.sort_unstable();
        let day = entry.received_at.0.div_euclid(DAY_MICROS);
        self.tallies.add(&held, day, actor.as_deref());
    }

    fn finish(self) -> Backtest {
        let Self { state, tallies, mut found, .. } = self;
        let standing = |account: &str| {
            let detection = state.detection();
            detection.account(account).map_or(Standing::Unjudged, |account| detection.standing(account))
        };
        found.overlaps = tallies.overlaps();
        let drafted = tallies.names.iter().zip(&tallies.tallies).take(tallies.drafted);
        for (rule, tally) in drafted {
            let mut by_standing: BTreeMap<bool, u64> = BTreeMap::new();
            let (mut fresh, mut known) = (Vec::new(), Vec::new());
            let names = tally.accounts.iter().filter_map(|number| tallies.accounts.get(*number as usize));
            for account in names {
                match standing(account) {
                    Standing::Unjudged => fresh.push(account.clone()),
                    decided => {
                        *by_standing.entry(decided != Standing::Cleared).or_default() += 1;
                        known.push(account.clone());
                    }
                }
            }
            let count = |is_violating| by_standing.get(&is_violating).copied().unwrap_or_default();
            let (violating, cleared) = (count(true), count(false));
            found.rules.push(RuleBacktest {
                rule: rule.clone(),
                hits: tally.hits,
                busiest_day: tally.busiest_day,
                daily_limit: tally.busiest_day.saturating_mul(LIMIT_TIMES).saturating_add(LIMIT_SLACK),
                accounts: tally.accounts.len() as u64,
                new_accounts: fresh.len() as u64,
                violating,
                cleared,
                precision: wilson(violating, violating + cleared),
                examples: fresh.into_iter().chain(known).take(EXAMPLES_MAX).collect(),
            });
        }
        found.rules.sort_by(|one, other| one.rule.cmp(&other.rule));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        let share = wilson(8, 10).unwrap();
        assert_eq!(share.share, 0.8);
        // Brown, Cai and DasGupta's formula by hand.
        assert!((share.low - 0.490_16).abs() < 1e-4 && (share.high - 0.943_32).abs() < 1e-4, "{share:?}");
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(0, 5).unwrap().low, 0.0);
    }
}
