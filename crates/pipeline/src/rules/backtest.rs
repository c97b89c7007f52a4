//! A draft over the journal: how often its rules would have held, and what people decided about those accounts.

use super::{RuleSets, compile};
use crate::{Evaluator, PipelineError};
use cordon_detect::Detection;
use cordon_detect::extract::actor_of;
use cordon_journal::{EntryRef, OffsetRange, TOMBSTONE, WholeJournal};
use cordon_model::account::Standing;
use cordon_model::binomial::Share;
use cordon_model::clock::Timestamp;
use cordon_model::entry::{Control, EntryKind};
use cordon_model::event::Event;
use cordon_model::ids::Offset;
use cordon_model::rule_set::{RuleFile, RuleSet};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Entries between two reports of progress.
const PROGRESS_ENTRIES: u64 = 1 << 12;
/// Accounts that a rule's row names.
const EXAMPLES_MAX: usize = 3;
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

/// A draft over the journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Backtest {
    /// Events that counted.
    pub events: u64,
    /// Events before them, which only filled counters, labels and links.
    pub warm_up: u64,
    /// Every rule of the draft, by name.
    pub rules: Vec<RuleBacktest>,
}

#[derive(Default)]
struct Tally {
    hits: u64,
    accounts: BTreeSet<String>,
}

/// The world as the draft would have seen it.
struct Replay<'s> {
    state: &'s Evaluator,
    detection: Detection,
    rules: RuleSets,
    since: Timestamp,
    tallies: BTreeMap<String, Tally>,
    found: Backtest,
}

/// Runs a draft over the whole journal under the link settings in force, and counts from `since` on; what came before
/// fills counters, labels and links, however long the windows. What other rule sets labelled is not there. `progress`
/// hears now and then which entry was read.
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
    let names = program.rule_names().map(|name| (name.to_string(), Tally::default()));
    let tallies = names.collect();
    let mut rules = RuleSets::default();
    let set = RuleSet::live(files);
    rules.activate(&set, Offset(0), Timestamp(0));
    let detection = Detection::new(Arc::clone(state.settings()), *state.detection().key());
    let found = Backtest { events: 0, warm_up: 0, rules: Vec::new() };
    let mut replay = Replay { state, detection, rules, since, tallies, found };
    let all = OffsetRange { first: journal.entries().first, last: state.offset() };
    journal.scan(all, |entry| {
        if entry.offset.0.is_multiple_of(PROGRESS_ENTRIES) {
            progress(entry.offset);
        }
        replay.take(entry);
        Ok::<_, PipelineError>(ControlFlow::Continue(()))
    })?;
    Ok(replay.finish())
}

impl Replay<'_> {
    fn take(&mut self, entry: EntryRef<'_>) {
        match entry.kind {
            EntryKind::Control => self.control(entry),
            EntryKind::Event if entry.payload == TOMBSTONE => {}
            EntryKind::Event => self.event(entry),
        }
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

    fn event(&mut self, entry: EntryRef<'_>) {
        let settings = Arc::clone(self.detection.settings());
        let Ok(event) = Event::read(entry.payload, entry.received_at) else { return };
        let Ok(observed) = self.detection.reduce(&event) else { return };
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
        let tallies = &mut self.tallies;
        self.rules.observe(entry, &self.detection, &mut |_, evaluation| {
            for rule in evaluation.hits().into_iter().filter(|_| counts) {
                let tally = tallies.entry(rule.to_string()).or_default();
                tally.hits += 1;
                tally.accounts.extend(actor_of(&settings, &event).map(str::to_owned));
            }
        });
    }

    fn finish(self) -> Backtest {
        let Self { state, tallies, mut found, .. } = self;
        let standing = |account: &str| {
            let detection = state.detection();
            detection.account(account).map_or(Standing::Unjudged, |account| detection.standing(account))
        };
        for (rule, tally) in tallies {
            let mut by_standing: BTreeMap<bool, u64> = BTreeMap::new();
            let (mut fresh, mut known) = (Vec::new(), Vec::new());
            for account in &tally.accounts {
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
                rule,
                hits: tally.hits,
                accounts: tally.accounts.len() as u64,
                new_accounts: fresh.len() as u64,
                violating,
                cleared,
                precision: wilson(violating, violating + cleared),
                examples: fresh.into_iter().chain(known).take(EXAMPLES_MAX).collect(),
            });
        }
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
