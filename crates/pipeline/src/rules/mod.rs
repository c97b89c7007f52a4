//! Rules in the pipeline: one live rule set and one in shadow, each activated by an entry that holds its whole text.
//!
//! The one design decision: a rule set is an input like any other. It stands in the journal, is checked before it is
//! written, and everything that it counts, labels or asks for is a function of the entries behind it. A set in shadow
//! is evaluated and counted, and nothing comes of it.
//!
//! Refuses to do: acting. What a live rule asks for is a label, a signal to the platform, or a case for people.

mod answer;
mod backtest;
mod breaker;
mod counters;
mod host;
mod labels;
mod publish;
mod query;
mod trial;

pub use answer::{AnswerTo, EventAnswer, LabelAnswer, LiveAnswer};
pub use backtest::{Backtest, Overlap, RuleBacktest, backtest, wilson};
pub use breaker::StoppedRule;
pub use cordon_rules::{Diagnostic, Program, Query, Severity};
pub use host::WindowHost;
pub use labels::LabelStatus;
pub use publish::{change, check_reviews, publish};
pub use query::{Asked, Base, By, Found, Group, Match, Running, query};
pub use trial::{Trial, TrialAnswer, TrialError};

use breaker::Breaker;
use cordon_detect::Detection;
use cordon_journal::EntryRef;
use cordon_model::clock::Timestamp;
use cordon_model::effect::RuleSignalKind;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_model::limits;
use cordon_model::rule_set::{ManualLabel, RuleFile, RuleMode, RuleSet};
use cordon_rules::{Action, Document, Evaluation, LabelEffect, MatchedRule, Sources};
use counters::Counters;
use host::{JournalHost, NamedCounters};
use labels::{Labels, Mutation, Reason};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use tracing::warn;

/// Microseconds of a day: how long an account that a rule sent to review is not sent again under the same policy, and
/// how often what is over is let go of.
const DAY_MICROS: i64 = 86_400_000_000;
/// Name space of what was sent to review among keyed hashes.
const SPACE_REVIEW: u8 = 244;
/// Where effects are counted whose names are too many to tell apart.
const OTHER_EFFECTS: &str = "other";

/// How often a rule held, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hits {
    /// Events for which it held.
    pub count: u64,
    /// The first of them, where there is one.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
}

/// What a rule set did since it was activated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleCounts {
    /// Events evaluated; late ones are not.
    pub events: u64,
    /// Unexpected failures of single expressions.
    pub errors: u64,
    /// By rule; those that never held are there, too.
    pub hits: BTreeMap<String, Hits>,
    /// What was asked for, or in shadow would have been: `verdict:reject`, `label:UserId/spam/1`, `review:spam`.
    pub effects: BTreeMap<String, u64>,
}

/// A rule set in force.
#[derive(Clone, Debug)]
pub struct ActiveSet {
    kept: KeptSet,
    program: Arc<Program>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct KeptSet {
    version: u32,
    set: RuleSet,
    activated_at: Timestamp,
    counters: Counters,
    counts: RuleCounts,
    breaker: Breaker,
}

impl ActiveSet {
    /// Its number among all that were ever activated, from 1.
    pub fn version(&self) -> u32 {
        self.kept.version
    }

    /// Its whole text, mode and owner.
    pub fn set(&self) -> &RuleSet {
        &self.kept.set
    }

    /// When it was activated.
    pub fn activated_at(&self) -> Timestamp {
        self.kept.activated_at
    }

    /// What it did since.
    pub fn counts(&self) -> &RuleCounts {
        &self.kept.counts
    }

    /// Rules that went beyond their daily limit: nothing comes of them until the set is put in force again.
    pub fn stopped(&self) -> &BTreeMap<String, StoppedRule> {
        self.kept.breaker.stopped()
    }

    /// Windowed counters that are held for it.
    pub fn counter_count(&self) -> usize {
        self.kept.counters.len()
    }

    /// Whether it is evaluated at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.kept.set.expires_at.is_none_or(|at| now < at)
    }

    fn count(&mut self, evaluation: &Evaluation<'_, '_>, asked: &Effects, now: Timestamp) {
        let counts = &mut self.kept.counts;
        counts.events += 1;
        counts.errors += evaluation.error_count() as u64;
        for name in evaluation.hits() {
            let hits = counts.hits.entry(name.to_string()).or_default();
            hits.first = if hits.count == 0 { now } else { hits.first };
            hits.count += 1;
            hits.last = now;
        }
        for name in asked.names() {
            let is_known = counts.effects.contains_key(&name);
            let is_full = counts.effects.len() >= limits::RULE_EFFECTS_COUNTED_MAX;
            let name = if is_full && !is_known { OTHER_EFFECTS.to_owned() } else { name };
            *counts.effects.entry(name).or_default() += 1;
        }
    }
}

/// A rule set that is or was in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// Its number, from 1.
    pub version: u32,
    /// The entry that holds its text.
    pub offset: Offset,
    /// Live, shadow or draft; the last one where it has ended.
    pub mode: RuleMode,
    /// Whose it is.
    pub owner: String,
    /// When it came into its mode.
    pub activated_at: Timestamp,
    /// From when on it is not evaluated any more.
    pub expires_at: Option<Timestamp>,
    /// Its files.
    pub files: u32,
    /// Its rules.
    pub rules: u32,
    /// When another took its place, or it was withdrawn.
    pub ended_at: Option<Timestamp>,
}

impl Publication {
    /// Whether it holds its mode at `now`: neither ended nor expired.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.expires_at.is_none_or(|at| now < at)
    }
}

/// Something that a live rule asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Request {
    /// The platform is told.
    Signal { kind: RuleSignalKind, name: String, detail: Option<String>, rules: Vec<MatchedRule> },
    /// People are to look at the account.
    Review { policy: String, queue: Option<String>, priority: u32, rules: Vec<MatchedRule> },
    /// The account is to reach fewer people for `length` microseconds, while people look at it.
    Hold { policy: String, length: i64, queue: Option<String>, rules: Vec<MatchedRule> },
}

/// What one event makes a rule set ask for.
#[derive(Default)]
struct Effects {
    labels: Vec<LabelEffect>,
    requests: Vec<Request>,
}

impl Effects {
    fn of(evaluation: &Evaluation<'_, '_>) -> Self {
        if !evaluation.has_effects() {
            return Self::default();
        }
        let signal = |found: cordon_rules::SignalEffect| Request::Signal {
            kind: if found.is_verdict { RuleSignalKind::Verdict } else { RuleSignalKind::Custom },
            name: clip(found.name, limits::RULE_SIGNAL_NAME_CHARS_MAX),
            detail: found.detail.map(|detail| clip(detail, limits::RULE_SIGNAL_DETAIL_CHARS_MAX)),
            rules: found.rules,
        };
        let review = |found: cordon_rules::ReviewEffect| Request::Review {
            policy: found.policy,
            queue: found.queue,
            priority: found.priority,
            rules: found.rules,
        };
        let hold = |found: cordon_rules::HoldEffect| Request::Hold {
            policy: found.policy,
            length: found.length,
            queue: found.queue,
            rules: found.rules,
        };
        let signals = evaluation.signals().into_iter().map(signal);
        // What concerns a person comes first, so that no flood of signals crowds it out.
        let requests = evaluation.holds().into_iter().map(hold);
        let requests = requests.chain(evaluation.reviews().into_iter().map(review)).chain(signals);
        let requests = requests.take(limits::RULE_REQUESTS_MAX).collect();
        Self { labels: evaluation.labels().into_iter().filter(|label| label.applies).collect(), requests }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        let label = |label: &LabelEffect| {
            format!("label:{}/{}/{}", label.entity_type, label.label, u8::from(label.is_added))
        };
        let request = |request: &Request| match request {
            Request::Signal { kind, name, .. } => format!("{}:{name}", kind.name()),
            Request::Review { policy, .. } => format!("review:{policy}"),
            Request::Hold { policy, .. } => format!("hold:{policy}"),
        };
        self.labels.iter().map(label).chain(self.requests.iter().map(request))
    }
}

/// Requests of one event, and the version of the rule set that makes them.
pub(crate) struct Requests {
    pub(crate) version: u32,
    pub(crate) requests: Vec<Request>,
    /// Rules that the event stopped, with their daily limits.
    pub(crate) stopped: Vec<(String, u64)>,
    /// The same for a sender who waits for it.
    pub(crate) answer: LiveAnswer,
}

/// Rule sets in force with all that they count, and the labels that they set.
#[derive(Clone, Debug, Default)]
pub struct RuleSets {
    live: Option<ActiveSet>,
    shadow: Option<ActiveSet>,
    labels: Labels,
    /// When an account was last sent to review under a policy.
    reviewed: BTreeMap<u64, i64>,
    published: Vec<Publication>,
    versions: u32,
    /// The last day on which what is over was let go of.
    swept: i64,
}

/// Borrowed and owned form of the snapshot: the same fields in the same order.
type Saved<'s> = (
    Option<&'s KeptSet>,
    Option<&'s KeptSet>,
    &'s Labels,
    &'s BTreeMap<u64, i64>,
    &'s [Publication],
    u32,
    i64,
);
type Restored = (Option<KeptSet>, Option<KeptSet>, Labels, BTreeMap<u64, i64>, Vec<Publication>, u32, i64);

impl RuleSets {
    /// The set in force in a mode.
    pub fn active(&self, mode: RuleMode) -> Option<&ActiveSet> {
        match mode {
            RuleMode::Live => self.live.as_ref(),
            RuleMode::Shadow => self.shadow.as_ref(),
            RuleMode::Draft => None,
        }
    }

    /// The set of that version, if it is remembered.
    pub fn publication(&self, version: u32) -> Option<&Publication> {
        self.published.iter().find(|one| one.version == version)
    }

    /// Every set that was activated, oldest first, the newest [`limits::RULE_PUBLICATIONS_KEPT_MAX`].
    pub fn published(&self) -> &[Publication] {
        &self.published
    }

    /// Entities that carry a label, or carried one not long ago.
    pub fn labelled(&self) -> usize {
        self.labels.len()
    }

    /// How the labels of an entity stand at `now`: name, status, and when it is over.
    pub fn labels_of(
        &self,
        key: &HashKey,
        entity_type: &str,
        entity_id: &str,
        now: Timestamp,
    ) -> Vec<(String, LabelStatus)> {
        let is_on = |reason: &Reason| reason.expires_at.is_none_or(|at| at > now.0);
        let labels = self.labels.of(host::entity_key(key, entity_type, entity_id));
        labels
            .filter(|(_, state)| state.reasons.values().any(is_on))
            .map(|(name, state)| (name.clone(), state.status))
            .collect()
    }

    /// Puts a set in the place of the one of its mode; windows go on, counts begin anew. A set that does not check
    /// leaves the one in force where it is: it was sound when it was written, and only another version of the
    /// language can find fault with it.
    pub(crate) fn activate(&mut self, set: &RuleSet, offset: Offset, now: Timestamp) {
        let Some(program) = still_sound(&set.files, offset) else { return };
        self.versions += 1;
        let (version, size) = (self.versions, program.size());
        self.published.push(Publication {
            version,
            offset,
            mode: RuleMode::Draft,
            owner: set.owner.clone(),
            activated_at: now,
            expires_at: set.expires_at,
            files: size.files as u32,
            rules: size.rules as u32,
            ended_at: None,
        });
        let excess = self.published.len().saturating_sub(limits::RULE_PUBLICATIONS_KEPT_MAX);
        self.published.drain(..excess);
        self.put(version, set, program, now);
    }

    /// A version goes into another mode with the windows that it has, or is withdrawn where no `set` is given: that has
    /// the mode and the text.
    pub(crate) fn place(&mut self, version: u32, set: Option<&RuleSet>, now: Timestamp) {
        let Some(one) = self.publication(version) else { return };
        let offset = one.offset;
        let Some(set) = set else {
            self.leave(version);
            let one = self.published.iter_mut().find(|one| one.version == version);
            one.into_iter().for_each(|one| one.ended_at = one.ended_at.or(Some(now)));
            return;
        };
        if let Some(program) = still_sound(&set.files, offset) {
            self.put(version, set, program, now);
        }
    }

    fn put(&mut self, version: u32, set: &RuleSet, program: Arc<Program>, now: Timestamp) {
        let own = self.leave(version);
        let mode = set.mode;
        if mode != RuleMode::Draft {
            self.end(mode, now);
        }
        if let Some(one) = self.published.iter_mut().find(|one| one.version == version) {
            (one.mode, one.activated_at, one.ended_at) = (mode, now, None);
        }
        let Some(slot) = self.slot(mode) else { return };
        let hits = program.rule_names().map(|name| (name.to_string(), Hits::default())).collect();
        let counts = RuleCounts { hits, ..RuleCounts::default() };
        let counters = own.or(slot.take()).map(|before| before.kept.counters).unwrap_or_default();
        let breaker = Breaker::default();
        let kept = KeptSet { version, set: set.clone(), activated_at: now, counters, counts, breaker };
        *slot = Some(ActiveSet { kept, program });
    }

    /// Takes a version out of the place where it is evaluated, if it is in one.
    fn leave(&mut self, version: u32) -> Option<ActiveSet> {
        let mut slots = [&mut self.live, &mut self.shadow].into_iter();
        slots.find(|slot| slot.as_ref().is_some_and(|active| active.kept.version == version))?.take()
    }

    /// Evaluates the set of a mode no more. Labels stay as they are.
    pub(crate) fn withdraw(&mut self, mode: RuleMode, now: Timestamp) {
        self.end(mode, now);
        if let Some(slot) = self.slot(mode) {
            *slot = None;
        }
    }

    fn end(&mut self, mode: RuleMode, now: Timestamp) {
        let open = self.published.iter_mut().filter(|held| held.mode == mode && held.ended_at.is_none());
        open.for_each(|held| held.ended_at = Some(now));
    }

    /// Where the set of a mode is evaluated.
    fn slot(&mut self, mode: RuleMode) -> Option<&mut Option<ActiveSet>> {
        match mode {
            RuleMode::Live => Some(&mut self.live),
            RuleMode::Shadow => Some(&mut self.shadow),
            RuleMode::Draft => None,
        }
    }

    /// Evaluates an event that is not late; what the live set asks for, where one is in force. `watch` sees each
    /// evaluation.
    pub(crate) fn observe(
        &mut self,
        entry: EntryRef<'_>,
        detection: &Detection,
        watch: &mut dyn FnMut(RuleMode, &Evaluation<'_, '_>),
    ) -> Option<Requests> {
        let now = entry.received_at;
        self.labels.catch_up(now.0);
        let document = Document::parse(entry.payload).ok()?;
        let action = action(&document, entry);
        let (mut asked_for, mut stopped) = (None, Vec::new());
        // Both see labels as they stood before the event.
        for mode in [RuleMode::Shadow, RuleMode::Live] {
            let Self { live, shadow, labels, .. } = &mut *self;
            let slot = if mode == RuleMode::Live { live } else { shadow };
            let Some(active) = slot.as_mut().filter(|active| active.is_in_force(now)) else { continue };
            let program = Arc::clone(&active.program);
            let counters = &mut active.kept.counters;
            let named = NamedCounters::default();
            let mut host =
                JournalHost { now, offset: entry.offset, detection, counters, labels, named, drawn: 0 };
            let evaluation = program.evaluate(action, &mut host);
            let mut asked = Effects::of(&evaluation);
            if mode == RuleMode::Live {
                let KeptSet { set, breaker, .. } = &mut active.kept;
                stopped = breaker.pass(&set.daily_limits, &mut asked, now);
            }
            active.count(&evaluation, &asked, now);
            watch(mode, &evaluation);
            if mode == RuleMode::Live {
                let version = active.kept.version;
                let answer = LiveAnswer::of(version, &asked, evaluation.error_count());
                asked_for = Some((answer, asked));
            }
        }
        let (answer, asked) = asked_for?;
        self.set_labels(detection.key(), asked.labels, now);
        Some(Requests { version: answer.rule_set, requests: asked.requests, stopped, answer })
    }

    fn set_labels(&mut self, key: &HashKey, effects: Vec<LabelEffect>, now: Timestamp) {
        let mut at_once = Vec::new();
        for effect in effects {
            if effect.entity_id.is_empty() {
                continue;
            }
            let due = now.0.saturating_add(effect.delay.unwrap_or(0).max(0));
            let expires_at = effect.expires_after.map(|after| due.saturating_add(after));
            let reason = Reason { created_at: due, expires_at };
            let mutation = Mutation {
                entity: host::entity_key(key, &effect.entity_type, &effect.entity_id),
                label: effect.label,
                status: if effect.is_added { LabelStatus::Added } else { LabelStatus::Removed },
                reasons: effect.rules.iter().map(|rule| (rule.name.to_string(), reason)).collect(),
            };
            match due > now.0 {
                true => self.labels.delay(due, mutation),
                false => at_once.push(mutation),
            }
        }
        self.labels.apply_all(at_once, now.0);
    }

    /// A person sets a label or takes it off; no rule changes that until it is over.
    pub(crate) fn set_by_hand(&mut self, key: &HashKey, label: &ManualLabel, now: Timestamp) {
        let reason = Reason { created_at: now.0, expires_at: label.expires_at.map(|at| at.0) };
        let status = if label.is_added { LabelStatus::ManuallyAdded } else { LabelStatus::ManuallyRemoved };
        self.labels.catch_up(now.0);
        let mutation = Mutation {
            entity: host::entity_key(key, &label.entity_type, &label.entity_id),
            label: label.label.clone(),
            status,
            reasons: BTreeMap::from([(label.by.clone(), reason)]),
        };
        self.labels.apply(mutation, now.0);
    }

    /// Whether the account was not sent to review under the policy within a day; if so that is noted.
    pub(crate) fn is_new_review(
        &mut self,
        key: &HashKey,
        account_id: &str,
        policy: &str,
        now: Timestamp,
    ) -> bool {
        let name = key.hash64(SPACE_REVIEW, format!("{policy}\0{account_id}").as_bytes());
        let is_new = self.reviewed.get(&name).is_none_or(|last| now.0 >= last.saturating_add(DAY_MICROS));
        if is_new {
            self.reviewed.insert(name, now.0);
        }
        is_new
    }

    /// Time passed: delayed labels come, and once a day what is over goes.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        self.labels.catch_up(now.0);
        let active = [self.live.as_mut(), self.shadow.as_mut()];
        active.into_iter().flatten().for_each(|active| active.kept.counters.expire(now.0));
        let today = now.0.div_euclid(DAY_MICROS);
        if today > self.swept {
            self.swept = today;
            self.labels.expire(now.0);
            self.reviewed.retain(|_, last| now.0 < last.saturating_add(DAY_MICROS));
        }
    }

    /// Lets go of what is known of an id.
    pub(crate) fn forget(&mut self, key: &HashKey, account_id: &str) {
        self.labels.forget(host::label_id(key, account_id));
    }

    /// The whole state as bytes.
    pub(crate) fn snapshot(&self) -> Result<Vec<u8>, postcard::Error> {
        let saved: Saved<'_> = (
            self.live.as_ref().map(|active| &active.kept),
            self.shadow.as_ref().map(|active| &active.kept),
            &self.labels,
            &self.reviewed,
            &self.published,
            self.versions,
            self.swept,
        );
        postcard::to_stdvec(&saved)
    }

    /// State out of [`RuleSets::snapshot`]'s bytes; `None` where they are not such.
    pub(crate) fn restore(bytes: &[u8]) -> Option<Self> {
        let (live, shadow, labels, reviewed, published, versions, swept): Restored =
            postcard::from_bytes(bytes).ok()?;
        let ready = |kept: Option<KeptSet>| match kept {
            None => Some(None),
            Some(kept) => {
                let program = Arc::new(compile(&kept.set.files).ok()?);
                Some(Some(ActiveSet { kept, program }))
            }
        };
        Some(Self {
            live: ready(live)?,
            shadow: ready(shadow)?,
            labels,
            reviewed,
            published,
            versions,
            swept,
        })
    }
}

/// Whether a file of that path belongs to a rule set at all.
pub fn is_rule_file(path: &str) -> bool {
    Sources::wants(path)
}

/// Checks and compiles the files of a rule set.
///
/// Errors: every mistake found.
pub fn compile(files: &[RuleFile]) -> Result<Program, Vec<Diagnostic>> {
    let mut sources = Sources::new();
    for file in files {
        sources.add(&file.path, file.text.as_bytes());
    }
    Program::load(&sources)
}

/// The program of a set that was sound when it was written; `None`, and a warning, where it is so no longer.
fn still_sound(files: &[RuleFile], offset: Offset) -> Option<Arc<Program>> {
    let found = match compile(files) {
        Ok(program) => return Some(Arc::new(program)),
        Err(found) => found,
    };
    warn!(entry = offset.0, mistakes = found.len(), "a rule set no longer checks; the last good one stays");
    None
}

/// The event as an action: numbered by its place, at its own time unless that lies in the future.
fn action<'e>(document: &'e Document<'e>, entry: EntryRef<'_>) -> Action<'e> {
    let latest = entry.received_at.plus_seconds(limits::CLOCK_SKEW_SECONDS_MAX);
    let time = document.text("time").and_then(Timestamp::parse).filter(|time| *time <= latest);
    Action {
        id: i64::try_from(entry.offset.0).unwrap_or(i64::MAX),
        name: document.text("type").unwrap_or(""),
        time: time.unwrap_or(entry.received_at).0,
        data: document,
        secret_data: None,
    }
}

/// A description with the values in the place of the names: `posts 12 an hour`.
pub(crate) fn told(rule: &MatchedRule) -> String {
    let mut text = rule.description.clone();
    for (name, value) in &rule.features {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    clip(text, limits::RULE_SIGNAL_DETAIL_CHARS_MAX)
}

fn clip(text: String, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_detect::Observation;
    use cordon_detect::settings::LinkSettings;
    use cordon_model::entry::EntryKind;
    use cordon_model::event::Event;

    const RULES: &str = "Who: Entity[str] = EntityJson(type='UserId', path='$.account.id')\n\
        Text: str = JsonData(path='$.post.text')\n\
        Posts = Count(by=Who, window=TimeDelta(minutes=10))\n\
        Texts = CountDistinct(by=Who, value=Text, window=TimeDelta(minutes=10))\n\
        Seen = AccountEvents(account=Who)\n\
        Old = AccountAge(account=Who) > TimeDelta(days=1)\n\
        Standing = AccountStanding(account=Who)\nStem = HandleStem(handle='Grey_Heron88')\n";

    struct World {
        detection: Detection,
        rules: RuleSets,
    }

    fn world() -> World {
        let detection = Detection::new(LinkSettings::bundled(), HashKey::from_bytes([0; 16]));
        let files = vec![RuleFile { path: "main.sml".into(), text: RULES.into() }];
        let mut rules = RuleSets::default();
        rules.activate(&RuleSet::live(files), Offset(0), Timestamp(0));
        World { detection, rules }
    }

    /// The features of the `number`-th event, one a minute.
    fn take(world: &mut World, number: u64) -> serde_json::Value {
        let now = Timestamp::from_seconds(1_767_225_600 + 60 * number as i64);
        let text = number % 3;
        let line = format!(
            r#"{{"id":"e{number}","type":"post.created","time":"{now}","account":{{"id":"gull"}},"post":{{"text":"{text}"}}}}"#
        );
        let event = Event::read(line.as_bytes(), now).unwrap();
        let observed = Observation::of(world.detection.settings(), world.detection.key(), &event).unwrap();
        let offset = Offset(number + 1);
        world.detection.observe(offset, now, &observed);
        let (kind, payload) = (EntryKind::Event, line.as_bytes());
        let entry = EntryRef { offset, received_at: now, kind, id: "e", content_hash: 0, payload };
        let mut features = String::new();
        world.rules.observe(entry, &world.detection, &mut |_, found| found.write_features(&mut features));
        serde_json::from_str(&features).unwrap()
    }

    #[test]
    fn named_counters_slide_and_go_on_the_same_after_a_snapshot() {
        let mut whole = world();
        let seen: Vec<serde_json::Value> = (0..30).map(|number| take(&mut whole, number)).collect();
        let last = seen.last().unwrap();
        let counts = |name: &str| last[name].as_u64();
        // Of one event a minute ten lie within ten minutes, and these have three texts.
        assert_eq!((counts("Posts"), counts("Texts"), counts("Seen")), (Some(10), Some(3), Some(30)));
        assert_eq!((&last["Old"], &last["Stem"]), (&false.into(), &"greyheron".into()));
        assert_eq!(last["Standing"], "unjudged");

        let mut cut = world();
        (0..15).for_each(|number| drop(take(&mut cut, number)));
        cut.rules = RuleSets::restore(&cut.rules.snapshot().unwrap()).unwrap();
        let rest: Vec<serde_json::Value> = (15..30).map(|number| take(&mut cut, number)).collect();
        assert_eq!(rest, seen[15..]);
        assert_eq!(cut.rules.snapshot().unwrap(), whole.rules.snapshot().unwrap());
    }
}
