//! An analyst's question to the whole journal: for which events an expression holds, when, and with which values.
//!
//! Where the expression hangs on nothing but the event itself, parts of the journal are read side by side; where it
//! counts or asks for labels and links, the journal is read once, in order, as it would have been seen.

use super::counters::Counters;
use super::host::{JournalHost, NamedCounters};
use super::labels::Labels;
use super::{RuleSets, action};
use crate::{Evaluator, PipelineError};
use cordon_detect::extract::actor_of;
use cordon_detect::settings::LinkSettings;
use cordon_detect::{Detection, Observation};
use cordon_journal::{EntryRef, OffsetRange, TOMBSTONE, WholeJournal};
use cordon_model::clock::Timestamp;
use cordon_model::entry::{Control, EntryKind};
use cordon_model::event::Event;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_model::rule_set::RuleMode;
use cordon_rules::{Clock, Document, Host, Query, Sources};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Values told apart; events with further ones count as `other`.
const GROUPS_MAX: usize = 100_000;
/// Characters of a value that are told.
const VALUE_CHARS_MAX: usize = 200;
/// Entries that one thread takes at a time.
const PART_ENTRIES: u64 = 1 << 14;
/// Entries after which a thread asks whether to stop: few, because one event may cost tens of milliseconds.
const STOP_ENTRIES: u64 = 1 << 3;
/// What events count under that have no value, or one too many.
const NO_VALUE: &str = "(none)";

/// By what matching events are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By nothing: they are listed.
    Event,
    /// By the hour of their arrival.
    Hour,
    /// By the day of their arrival.
    Day,
    /// By the value of the name that the query tells.
    Value,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// From when on events count, by their arrival.
    pub since: Timestamp,
    /// By what they are counted.
    pub by: By,
    /// How many groups, or newest events, are told.
    pub top: usize,
}

/// An event for which the expression holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Match {
    /// Its place in the journal.
    pub offset: Offset,
    /// When it arrived.
    pub received_at: String,
    /// Its own id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Who acted, where it says.
    pub account_id: Option<String>,
}

/// Matching events that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The value, or when the hour or day begins.
    pub value: String,
    /// How many.
    pub count: u64,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Events looked at.
    pub events: u64,
    /// Of these, those for which the expression holds.
    pub matches: u64,
    /// Of those looked at, events of which something could not be evaluated.
    pub failed: u64,
    /// Groups: by time in its order, by value the largest first.
    pub groups: Vec<Group>,
    /// Matching events whose values are too many to tell apart.
    pub other: u64,
    /// The newest matching events, oldest first, where they are not grouped.
    pub newest: Vec<Match>,
}

/// What a query takes of the state, so that events go on being evaluated while it runs.
#[derive(Clone, Debug)]
pub struct Base {
    /// Files of the live rule set, whose names a query knows; none where there is no such set.
    pub names: Sources,
    /// The last entry that is looked at.
    pub last: Offset,
    settings: Arc<LinkSettings>,
    key: HashKey,
}

impl Base {
    /// Takes it; the state is free again afterwards.
    #[must_use]
    pub fn of(state: &Evaluator) -> Self {
        let live = state.rules().and_then(|rules| rules.active(RuleMode::Live));
        let files = live.map(|set| set.set().files.iter()).into_iter().flatten();
        let names = files.fold(Sources::new(), |names, file| names.with(&file.path, &file.text));
        let (settings, key) = (Arc::clone(state.settings()), *state.detection().key());
        Self { names, last: state.offset(), settings, key }
    }
}

/// How a query runs.
#[derive(Clone, Copy)]
pub struct Running<'r> {
    /// Threads that read side by side, at least one.
    pub threads: usize,
    /// Hears now and then how many entries were read; several threads call it.
    pub progress: &'r (dyn Fn(u64) + Sync),
    /// Asked every few entries; once it holds, the query ends without an answer.
    pub must_stop: &'r (dyn Fn() -> bool + Sync),
}

impl Running<'_> {
    fn stops_at(&self, offset: Offset) -> bool {
        offset.0.is_multiple_of(STOP_ENTRIES) && (self.must_stop)()
    }

    fn flow(&self, offset: Offset) -> ControlFlow<()> {
        if self.stops_at(offset) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Runs a query over the whole journal; `None` where it was stopped. Late events are left out, as rules do not see them.
///
/// Errors: those of reading the journal. Entries that cannot be read any more are passed over.
pub fn query(
    base: &Base,
    journal: &WholeJournal,
    query: &Query,
    asked: Asked,
    running: Running<'_>,
) -> Result<Option<Found>, PipelineError> {
    let all = OffsetRange { first: journal.entries().first, last: base.last };
    let tally = if query.asks_host.is_empty() {
        let first = first_since(journal, all, asked.since)?;
        let range = OffsetRange { first, last: all.last };
        side_by_side(&base.settings, journal, range, query, asked, running)?
    } else {
        in_order(base, journal, all, query, asked, running)?
    };
    Ok(if (running.must_stop)() { None } else { Some(tally.finish(asked)) })
}

/// The first entry that arrived at `since` or later: arrivals never go back.
fn first_since(journal: &WholeJournal, all: OffsetRange, since: Timestamp) -> Result<Offset, PipelineError> {
    let (mut low, mut high) = (all.first.0, all.last.0.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        let mut is_before = false;
        journal.scan(OffsetRange { first: Offset(middle), last: Offset(middle) }, |entry| {
            is_before = entry.received_at < since;
            Ok::<_, PipelineError>(ControlFlow::Break(()))
        })?;
        if is_before {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(Offset(low))
}

fn side_by_side(
    settings: &Arc<LinkSettings>,
    journal: &WholeJournal,
    range: OffsetRange,
    query: &Query,
    asked: Asked,
    running: Running<'_>,
) -> Result<Tally, PipelineError> {
    let next = AtomicU64::new(range.first.0);
    let work = || -> Result<Tally, PipelineError> {
        let mut tally = Tally::default();
        loop {
            let first = next.fetch_add(PART_ENTRIES, Ordering::Relaxed);
            if first > range.last.0 || (running.must_stop)() {
                return Ok(tally);
            }
            let last = first.saturating_add(PART_ENTRIES - 1).min(range.last.0);
            journal.scan(OffsetRange { first: Offset(first), last: Offset(last) }, |entry| {
                if let Some(event) = event_of(&entry).filter(|event| !event.is_late) {
                    tally.ask(entry, &event, settings, query, asked, &mut Clock(entry.received_at.0));
                }
                Ok::<_, PipelineError>(running.flow(entry.offset))
            })?;
            (running.progress)(last - first + 1);
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..running.threads).map(|_| scope.spawn(work)).collect();
        let mut all = work()?;
        for other in others {
            match other.join() {
                Ok(tally) => all.add(tally?, asked),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(all)
    })
}

/// The world as the query would have seen it.
struct World {
    detection: Detection,
    rules: RuleSets,
    counters: Counters,
}

fn in_order(
    base: &Base,
    journal: &WholeJournal,
    all: OffsetRange,
    query: &Query,
    asked: Asked,
    running: Running<'_>,
) -> Result<Tally, PipelineError> {
    let settings = Arc::clone(&base.settings);
    let key = base.key;
    let detection = Detection::new(Arc::clone(&settings), key);
    let mut world = World { detection, rules: RuleSets::default(), counters: Counters::default() };
    let (mut tally, mut before) = (Tally::default(), Tally::default());
    journal.scan(all, |entry| {
        if entry.offset.0.is_multiple_of(PART_ENTRIES) {
            (running.progress)(PART_ENTRIES);
        }
        if running.stops_at(entry.offset) {
            return Ok(ControlFlow::Break(()));
        }
        world.control(&entry);
        let Some(event) = event_of(&entry) else { return Ok(ControlFlow::Continue(())) };
        let Ok(observed) = Observation::of(&settings, &key, &event) else {
            return Ok(ControlFlow::Continue(()));
        };
        world.detection.observe(entry.offset, entry.received_at, &observed);
        if !observed.is_late {
            let World { detection, rules, counters } = &mut world;
            let labels: &Labels = &rules.labels;
            let (now, offset) = (entry.received_at, entry.offset);
            let named = NamedCounters::default();
            let mut host = JournalHost { now, offset, detection, counters, labels, named, drawn: 0 };
            let tally = if now >= asked.since { &mut tally } else { &mut before };
            tally.ask(entry, &event, &settings, query, asked, &mut host);
        }
        Ok::<_, PipelineError>(ControlFlow::Continue(()))
    })?;
    Ok(tally)
}

impl World {
    /// What people and time change; what rule sets labelled is not there.
    fn control(&mut self, entry: &EntryRef<'_>) {
        if entry.kind != EntryKind::Control {
            return;
        }
        let Ok(control) = serde_json::from_slice::<Control>(entry.payload) else { return };
        let (key, now) = (*self.detection.key(), entry.received_at);
        match &control {
            Control::LabelSet(label) => self.rules.set_by_hand(&key, label, now),
            Control::AccountErased { account_id } => self.rules.forget(&key, account_id.as_str()),
            Control::Tick => {
                self.rules.tick(now);
                self.counters.expire(now.0);
            }
            _ => {}
        }
        self.detection.control(entry.offset, now, &control);
    }
}

fn event_of<'e>(entry: &EntryRef<'e>) -> Option<Event<'e>> {
    if entry.kind != EntryKind::Event || entry.payload == TOMBSTONE {
        return None;
    }
    Event::read(entry.payload, entry.received_at).ok()
}

#[derive(Default)]
struct Tally {
    events: u64,
    matches: u64,
    failed: u64,
    groups: BTreeMap<String, u64>,
    other: u64,
    newest: std::collections::BTreeSet<Match>,
}

impl Tally {
    fn ask(
        &mut self,
        entry: EntryRef<'_>,
        event: &Event<'_>,
        settings: &LinkSettings,
        query: &Query,
        asked: Asked,
        host: &mut dyn Host,
    ) {
        let Ok(document) = Document::parse(entry.payload) else { return };
        let evaluation = query.program.evaluate(action(&document, entry), host);
        self.events += 1;
        self.failed += u64::from(evaluation.error_count() > 0);
        if !query.holds(&evaluation) {
            return;
        }
        self.matches += 1;
        let group = match asked.by {
            By::Event => {
                let actor = actor_of(settings, event).map(str::to_owned);
                let kind = document.text("type").unwrap_or_default().to_owned();
                let received_at = entry.received_at.to_string();
                let id = event.id.clone();
                self.list(Match { offset: entry.offset, received_at, id, kind, account_id: actor }, asked);
                return;
            }
            By::Hour => start(entry.received_at, 3_600),
            By::Day => start(entry.received_at, 86_400),
            By::Value => query.value(&evaluation).unwrap_or_else(|| NO_VALUE.to_owned()),
        };
        self.group(super::clip(group, VALUE_CHARS_MAX), 1);
    }

    fn list(&mut self, found: Match, asked: Asked) {
        self.newest.insert(found);
        while self.newest.len() > asked.top {
            self.newest.pop_first();
        }
    }

    fn group(&mut self, value: String, count: u64) {
        if self.groups.len() >= GROUPS_MAX && !self.groups.contains_key(&value) {
            self.other += count;
        } else {
            *self.groups.entry(value).or_default() += count;
        }
    }

    fn add(&mut self, more: Self, asked: Asked) {
        self.events += more.events;
        self.matches += more.matches;
        self.failed += more.failed;
        self.other += more.other;
        more.groups.into_iter().for_each(|(value, count)| self.group(value, count));
        more.newest.into_iter().for_each(|found| self.list(found, asked));
    }

    fn finish(self, asked: Asked) -> Found {
        let mut groups: Vec<Group> =
            self.groups.into_iter().map(|(value, count)| Group { value, count }).collect();
        if asked.by == By::Value {
            groups.sort_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
            let cut = groups.iter().skip(asked.top).map(|group| group.count).sum::<u64>();
            groups.truncate(asked.top);
            return Found {
                other: self.other + cut,
                ..Found::of(self.events, self.matches, self.failed, groups)
            };
        }
        let newest = self.newest.into_iter().collect();
        Found { other: self.other, newest, ..Found::of(self.events, self.matches, self.failed, groups) }
    }
}

impl Found {
    fn of(events: u64, matches: u64, failed: u64, groups: Vec<Group>) -> Self {
        Self { events, matches, failed, groups, ..Self::default() }
    }
}

/// When the span of so many seconds begins that an instant lies in.
fn start(at: Timestamp, seconds: i64) -> String {
    let span = seconds * 1_000_000;
    Timestamp(at.0.div_euclid(span) * span).to_string()
}
