//! The state of similarity, entry by entry.

use crate::awaited::Awaited;
use crate::banks::{BankMatch, Banks, Signals};
use crate::extract::{self, Extracted};
use crate::fingerprints::{MediaGroup, NearMedia, NearText, NearTexts};
use crate::learning::{JudgedAs, JudgedBy, Judgement, Learning};
use crate::links::{AccountNumber, EntityNumber, LinkIndex, Sighting};
use crate::profiles::Profiles;
use crate::proposals::{self, AuditLane, Drawn, Proposal, Unswept};
use crate::returns::{self, HeldReturns, Proposed, Return, Suspensions};
use crate::settings::{LinkKind, LinkSettings};
use cordon_model::account::Standing;
use cordon_model::clock::{Day, Timestamp};
use cordon_model::entry::{Control, JudgedAccounts, Outcome};
use cordon_model::event::{Event, EventType, Reject};
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_model::json::Json;
use cordon_model::limits;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Name space of decision ids among keyed hashes.
const SPACE_DECISION: u8 = 254;

/// An event reduced to what state needs of it. Made on any thread; applied in the journal's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// What kind of event.
    pub kind: EventType,
    /// What it says about its actor.
    pub extracted: Extracted,
    /// What of it is held against the banks.
    pub signals: Signals,
    /// Whether it came too late to fire effects.
    pub is_late: bool,
    /// The account that a report or an imported decision is about.
    pub subject: Option<u64>,
    /// The decision that it brings from elsewhere.
    pub imported: Option<ImportedDecision>,
}

/// A decision that the platform made before cordon, or without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedDecision {
    /// Keyed hash of its event's id.
    pub name: u64,
    /// What it found.
    pub outcome: Outcome,
    /// When the platform decided: of several the latest holds, in whatever order they arrive.
    pub decided_at: Timestamp,
}

impl Observation {
    /// Reduces an event.
    ///
    /// Errors: [`Reject`] where it names too many entities.
    pub fn of(settings: &LinkSettings, key: &HashKey, event: &Event<'_>) -> Result<Self, Reject> {
        Self::with(Signals::of_event(key, event), settings, key, event)
    }

    /// Reduces an event for whoever has no bank with entries: without signals, of which a text's sketch is the dearest
    /// part. As [`Observation::of`] in everything else.
    ///
    /// Errors: as [`Observation::of`].
    pub fn without_signals(
        settings: &LinkSettings,
        key: &HashKey,
        event: &Event<'_>,
    ) -> Result<Self, Reject> {
        Self::with(Signals::default(), settings, key, event)
    }

    fn with(
        signals: Signals,
        settings: &LinkSettings,
        key: &HashKey,
        event: &Event<'_>,
    ) -> Result<Self, Reject> {
        let extracted = extract::extract_beside(settings, key, event, signals.text.as_ref())?;
        let account = |path: [&str; 2]| event.body.path(&path).and_then(Json::as_str);
        let hash = |id: &str| extract::account_hash(key, id);
        let (subject, imported) = match event.kind {
            EventType::ReportCreated => (account(["report", "account_id"]).map(hash), None),
            EventType::DecisionImported => {
                let outcome = match account(["decision", "outcome"]) {
                    Some("suspended") => Outcome::Suspended,
                    _ => Outcome::Cleared,
                };
                let name = key.hash64(SPACE_DECISION, event.id.as_bytes());
                let decision = ImportedDecision { name, outcome, decided_at: event.time };
                (account(["decision", "account_id"]).map(hash), Some(decision))
            }
            _ => (None, None),
        };
        Ok(Self { kind: event.kind, extracted, signals, is_late: event.is_late, subject, imported })
    }
}

/// What applying an entry turned up.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// The report's subject is known.
    ReportOnKnown(AccountNumber),
    /// The report's subject is not known yet: it waits.
    ReportOnUnknown,
    /// An account on which reports wait has appeared.
    Appeared(AccountNumber),
    /// An account on which reports waited never came; the offset is that of the newest of them.
    NeverAppeared(Offset),
    /// A young account is probably a return.
    Return(Return),
    /// An account resembles newly suspended ones.
    Similar(Proposal),
    /// An account was drawn at random among the active ones.
    Drawn(Drawn),
    /// An account's own content matches entries of banks, likest first; at least one.
    Banked(AccountNumber, Vec<BankMatch>),
}

/// Links, profiles, fingerprints and what decisions taught: everything similarity knows.
#[derive(Clone, Debug)]
pub struct Detection {
    pub(crate) settings: Arc<LinkSettings>,
    pub(crate) key: HashKey,
    pub(crate) links: LinkIndex,
    pub(crate) profiles: Vec<Profiles>,
    /// One table per near-text type, by type number.
    pub(crate) near_texts: BTreeMap<u8, NearTexts>,
    /// One table per near-media type, by type number.
    pub(crate) near_media: BTreeMap<u8, NearMedia>,
    pub(crate) banks: Banks,
    pub(crate) learning: Learning,
    pub(crate) proposed: Proposed,
    pub(crate) held_returns: HeldReturns,
    pub(crate) suspensions: Suspensions,
    pub(crate) unswept: Unswept,
    pub(crate) audit_lane: AuditLane,
    /// Accounts reported before they were seen.
    pub(crate) awaited: Awaited,
    /// Accounts whose data was erased: keyed hash, and the offset before which nothing of theirs may stay.
    pub(crate) erased: BTreeMap<u64, Offset>,
    /// The last day on which what expires was looked for.
    pub(crate) swept: Day,
}

impl Detection {
    /// Nothing known yet, under these settings and this key.
    pub fn new(settings: impl Into<Arc<LinkSettings>>, key: HashKey) -> Self {
        let settings = settings.into();
        let profiles = settings.profiles.iter().map(|store| Profiles::new(store.terms_max)).collect();
        let of_kind = |kind| {
            let links = (0..).zip(&settings.links);
            links.filter(move |(_, link)| link.kind == kind).map(|(number, _)| number)
        };
        let near_texts = of_kind(LinkKind::NearText).map(|number| (number, NearTexts::default())).collect();
        let near_media = of_kind(LinkKind::NearMedia).map(|number| (number, NearMedia::default())).collect();
        Self {
            settings,
            key,
            links: LinkIndex::default(),
            profiles,
            near_texts,
            near_media,
            banks: Banks::default(),
            learning: Learning::default(),
            proposed: Proposed::default(),
            held_returns: HeldReturns::default(),
            suspensions: Suspensions::default(),
            unswept: Unswept::default(),
            audit_lane: AuditLane::default(),
            awaited: Awaited::default(),
            erased: BTreeMap::new(),
            swept: Day(0),
        }
    }

    /// The settings in force.
    pub fn settings(&self) -> &Arc<LinkSettings> {
        &self.settings
    }

    /// The key of the hashes.
    pub fn key(&self) -> &HashKey {
        &self.key
    }

    /// The link index.
    pub fn links(&self) -> &LinkIndex {
        &self.links
    }

    /// The banks.
    pub fn banks(&self) -> &Banks {
        &self.banks
    }

    /// The profile store of that number.
    pub fn profiles(&self, store: u8) -> Option<&Profiles> {
        self.profiles.get(usize::from(store))
    }

    /// The account of that id, where it is known.
    pub fn account(&self, account_id: &str) -> Option<AccountNumber> {
        self.links.account(extract::account_hash(&self.key, account_id))
    }

    /// How an account stands.
    pub fn standing(&self, account: AccountNumber) -> Standing {
        self.links.account_facts(account).standing
    }

    /// Accounts about which a decision stands, in order of number.
    pub fn judged(&self) -> impl Iterator<Item = AccountNumber> + '_ {
        self.learning.judged()
    }

    /// Keyed hashes of the accounts that stand suspended: what they left behind is kept longer.
    pub fn suspended(&self) -> impl Iterator<Item = u64> + '_ {
        let facts = self.judged().map(|account| self.links.account_facts(account));
        facts.filter(|account| account.standing == Standing::Suspended).map(|account| account.hash)
    }

    /// Erased accounts by keyed hash, each with the offset before which nothing of theirs may stay.
    pub fn erased(&self) -> &BTreeMap<u64, Offset> {
        &self.erased
    }

    /// Whether enough decisions stand for a probability to be one.
    pub fn is_calibrated(&self) -> bool {
        self.learning.curve().is_some()
    }

    /// Reduces an event by the settings and banks in force: signals are made only where a bank has an entry.
    ///
    /// Errors: as [`Observation::of`].
    pub fn reduce(&self, event: &Event<'_>) -> Result<Observation, Reject> {
        if self.banks.is_empty() {
            Observation::without_signals(&self.settings, &self.key, event)
        } else {
            Observation::of(&self.settings, &self.key, event)
        }
    }

    /// Takes in one event.
    pub fn observe(
        &mut self,
        offset: Offset,
        received_at: Timestamp,
        observed: &Observation,
    ) -> Vec<Finding> {
        let seen = Sighting { day: observed.extracted.day, received: received_at.day(), offset };
        let mut findings = Vec::new();
        if let Some(actor) = observed.extracted.actor {
            let new = self.act(actor, observed, seen, &mut findings);
            if !observed.is_late {
                findings
                    .extend(self.look_for_return(actor, &new, seen.day, received_at).map(Finding::Return));
            }
            self.match_banks(actor, observed, received_at, &mut findings);
        }
        match (observed.kind, observed.subject) {
            (EventType::ReportCreated, Some(subject)) => {
                findings.push(self.report(subject, received_at, offset));
            }
            (EventType::DecisionImported, Some(subject)) => {
                self.import(subject, observed, seen, &mut findings)
            }
            _ => {}
        }
        self.note_pointed_at(&findings);
        findings
    }

    /// Keeps count of whom people are shown, so that a share of them can be drawn at random.
    fn note_pointed_at(&mut self, findings: &[Finding]) {
        for finding in findings {
            let account = match finding {
                Finding::ReportOnKnown(account)
                | Finding::Appeared(account)
                | Finding::Banked(account, _) => *account,
                Finding::Return(found) => found.account,
                Finding::Similar(proposal) => proposal.scored.account,
                Finding::ReportOnUnknown | Finding::NeverAppeared(_) | Finding::Drawn(_) => continue,
            };
            self.audit_lane.note(account);
        }
    }

    /// Holds a young account's new links against suspended accounts.
    fn look_for_return(
        &mut self,
        actor: u64,
        new: &[EntityNumber],
        today: Day,
        now: Timestamp,
    ) -> Option<Return> {
        let account = self.links.account(actor)?;
        let is_due = !new.is_empty() && returns::is_young(self, account, today);
        if is_due { returns::look_up(self, account, new, now) } else { None }
    }

    /// Applies what the actor did; gives the entities that are new to it.
    fn act(
        &mut self,
        actor: u64,
        observed: &Observation,
        seen: Sighting,
        findings: &mut Vec<Finding>,
    ) -> Vec<EntityNumber> {
        let account = self.enter(actor, seen, findings);
        if let Some(facts) = self.links.accounts.facts_mut(account) {
            if facts.is_gone && !observed.is_late {
                facts.come_back(seen);
            }
            facts.first = facts.first.min(seen.day);
            facts.received = seen.received;
            facts.events = facts.events.saturating_add(1);
            facts.followers = observed.extracted.followers.unwrap_or(facts.followers);
        }
        if observed.kind == EventType::AccountDeleted {
            self.leave(account);
            return Vec::new();
        }
        let new = self.draw_links(account, &observed.extracted, seen);
        for (store, hash) in &observed.extracted.terms {
            if let Some(profiles) = self.profiles.get_mut(usize::from(*store)) {
                profiles.count(account, *hash, seen);
            }
        }
        new
    }

    /// Holds what the account itself posted or shows against the banks.
    fn match_banks(
        &mut self,
        actor: u64,
        observed: &Observation,
        now: Timestamp,
        findings: &mut Vec<Finding>,
    ) {
        if observed.is_late || self.banks.is_empty() || observed.signals.is_empty() {
            return;
        }
        let Some(account) = self.links.account(actor) else { return };
        let matches = self.banks.observe(&self.key, (account.0, actor), &observed.signals, now);
        if !matches.is_empty() {
            findings.push(Finding::Banked(account, matches));
        }
    }

    /// The number of the account, known or new; a new one ends the wait of the reports on it.
    fn enter(&mut self, hash: u64, seen: Sighting, findings: &mut Vec<Finding>) -> AccountNumber {
        let account = self.links.accounts.number_of(hash, seen);
        if self.awaited.end(hash) {
            findings.push(Finding::Appeared(account));
        }
        account
    }

    /// Draws an event's links; gives the entities that are new to the account.
    fn draw_links(
        &mut self,
        account: AccountNumber,
        extracted: &Extracted,
        seen: Sighting,
    ) -> Vec<EntityNumber> {
        let mut new = Vec::new();
        let note = |drawn: crate::links::Drawn, new: &mut Vec<EntityNumber>| {
            if drawn.is_new {
                new.push(drawn.entity);
            }
        };
        self.links.foresee(&extracted.entities);
        for (kind, hash) in &extracted.entities {
            note(self.links.draw(account, *kind, *hash, seen), &mut new);
        }
        for (kind, hash, followed) in &extracted.follows {
            if self.is_telling_follow(account, *kind, *hash, *followed) {
                note(self.links.draw(account, *kind, *hash, seen), &mut new);
            }
        }
        if let Some((kind, sketch)) = &extracted.near_text
            && let Some(table) = self.near_texts.get_mut(kind)
            && let NearText::Group { hash, founder } = table.meet(account.0, sketch, seen.received)
        {
            if let Some(founder) = founder {
                self.links.draw(AccountNumber(founder), *kind, hash, seen);
            }
            note(self.links.draw(account, *kind, hash, seen), &mut new);
        }
        for (kind, picture) in &extracted.near_media {
            let table = self.near_media.get_mut(kind);
            let group = table.and_then(|table| table.meet(account.0, *picture, seen.received));
            let Some(MediaGroup { hash, founder }) = group else { continue };
            if let Some(founder) = founder {
                self.links.draw(AccountNumber(founder), *kind, hash, seen);
            }
            note(self.links.draw(account, *kind, hash, seen), &mut new);
        }
        new
    }

    /// Counts a follow; whether it tells anything: the first ones do, and those of accounts that few follow.
    fn is_telling_follow(&mut self, account: AccountNumber, kind: u8, hash: u64, followed: u64) -> bool {
        let Some(facts) = self.links.accounts.facts_mut(account) else { return false };
        facts.follows = facts.follows.saturating_add(1);
        if u32::from(facts.follows) <= limits::FIRST_FOLLOWS_MAX {
            return true;
        }
        let followers = self.links.account(followed).map(|number| self.links.account_facts(number).followers);
        let drawn = self.links.entities.find(kind, hash).map(|entity| self.links.entity(entity).accounts);
        let told = followers.filter(|count| *count != u32::MAX);
        told.or(drawn).unwrap_or(0) < limits::FOLLOWED_FOLLOWERS_MAX as u32
    }

    fn report(&mut self, subject: u64, received_at: Timestamp, offset: Offset) -> Finding {
        match self.links.account(subject) {
            Some(account) => Finding::ReportOnKnown(account),
            None => {
                self.awaited.wait(subject, received_at, offset);
                Finding::ReportOnUnknown
            }
        }
    }

    fn import(&mut self, subject: u64, observed: &Observation, seen: Sighting, findings: &mut Vec<Finding>) {
        let Some(decision) = observed.imported else { return };
        let account = self.enter(subject, seen, findings);
        // As the record has it: it may be the platform's echo of that decision, and must not outlive it.
        if self.learning.is_decided_here(account) {
            return;
        }
        let judgement = Judgement {
            accounts: vec![account.0],
            outcome: decision.outcome.into(),
            seen: Vec::new(),
            weight: None,
            by: JudgedBy::Platform(decision.decided_at),
        };
        self.learning.learn(decision.name, judgement);
        let is_suspension = decision.outcome == Outcome::Suspended;
        self.restand(account, is_suspension.then_some(decision.decided_at));
    }

    /// Takes in a control entry. New link settings change nothing here: whoever replays makes a new state under
    /// them and fills it from the journal.
    pub fn control(&mut self, offset: Offset, received_at: Timestamp, control: &Control) -> Vec<Finding> {
        match control {
            Control::Tick => return self.tick(received_at),
            Control::LinkSettingsActivated { .. }
            | Control::KeyRotated
            | Control::RuleSetActivated(_)
            | Control::RuleSetWithdrawn { .. }
            | Control::RuleSetMoved { .. }
            | Control::LabelSet(_) => {}
            Control::DecisionMade(judged) => self.decide(judged, received_at),
            Control::DecisionOverturned { decision_id } => {
                for account in self.learning.unlearn(self.decision_hash(decision_id.as_str())) {
                    self.restand(AccountNumber(account), None);
                }
            }
            Control::AccountErased { account_id } => self.erase(account_id.as_str(), offset),
            Control::BankPut(bank) => self.banks.put_bank(bank),
            Control::BankEntriesPut { bank_id, entries } => {
                self.banks.put_entries(&self.key, bank_id, entries, offset);
            }
            Control::BankEntriesRemoved { bank_id, entry_ids } => {
                self.banks.remove_entries(bank_id, entry_ids);
            }
            Control::BankRemoved { bank_id } => self.banks.remove_bank(bank_id),
        }
        Vec::new()
    }

    fn decide(&mut self, judged: &JudgedAccounts, at: Timestamp) {
        let ids = judged.account_ids.iter();
        let accounts: Vec<u32> =
            ids.filter_map(|id| self.account(id.as_str())).map(|number| number.0).collect();
        let level = |(name, level): &(String, u8)| Some((self.settings.link_number(name)?, *level));
        let seen = judged.seen.iter().filter_map(level).collect();
        let outcome = JudgedAs::from(judged.outcome);
        let judgement = Judgement {
            accounts: accounts.clone(),
            outcome,
            seen,
            weight: judged.weight.map(|bits| bits as f32),
            by: JudgedBy::Reviewer,
        };
        let name = self.decision_hash(judged.decision_id.as_str());
        self.learning.learn(name, judgement);
        let suspended_at = (judged.outcome == Outcome::Suspended).then_some(at);
        for account in accounts {
            self.restand(AccountNumber(account), suspended_at);
        }
    }

    fn decision_hash(&self, decision_id: &str) -> u64 {
        self.key.hash64(SPACE_DECISION, decision_id.as_bytes())
    }

    /// How an account stands follows from its decisions anew; `suspended_at` is that of the newest, if it suspends.
    fn restand(&mut self, account: AccountNumber, suspended_at: Option<Timestamp>) {
        let standing = self.learning.standing(account);
        self.suspensions.restand(account, standing, suspended_at);
        self.unswept.restand(account, self.standing(account), standing);
        self.links.set_standing(account, standing);
    }

    /// The holder deleted the account: its links go, unless a suspension keeps them.
    fn leave(&mut self, account: AccountNumber) {
        if let Some(facts) = self.links.accounts.facts_mut(account) {
            facts.is_gone = true;
        }
        if self.standing(account) != Standing::Suspended {
            self.forget(account);
        }
    }

    fn erase(&mut self, account_id: &str, offset: Offset) {
        let hash = extract::account_hash(&self.key, account_id);
        self.erased.insert(hash, offset);
        self.awaited.end(hash);
        let Some(account) = self.links.account(hash) else { return };
        self.forget(account);
        if let Some(facts) = self.links.accounts.facts_mut(account) {
            facts.is_gone = true;
            facts.witness = Offset(0);
            facts.followers = u32::MAX;
        }
    }

    fn forget(&mut self, account: AccountNumber) {
        self.links.cut_all(account);
        self.profiles.iter_mut().for_each(|profiles| profiles.forget(account));
        self.near_texts.values_mut().for_each(|table| table.forget(account.0));
        self.near_media.values_mut().for_each(|table| table.forget(account.0));
        self.banks.forget(account.0);
        self.proposed.forget(account);
        self.held_returns.forget(account);
    }

    /// Time passed: reports that waited long enough stop waiting, once a day what is past its `keep` goes, and now
    /// and then similarity proposes.
    fn tick(&mut self, received_at: Timestamp) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.awaited.over(received_at).into_iter().map(Finding::NeverAppeared).collect();
        if received_at.day() > self.swept {
            self.swept = received_at.day();
            self.expire(self.swept);
        }
        if self.settings.proposals.is_due(received_at.seconds().div_euclid(3_600)) {
            findings.extend(proposals::sweep(self, received_at).into_iter().map(Finding::Similar));
            self.note_pointed_at(&findings);
            findings.extend(proposals::audit(self, received_at).into_iter().map(Finding::Drawn));
        }
        findings
    }

    fn expire(&mut self, today: Day) {
        let Self { settings, links, profiles, near_texts, near_media, held_returns, .. } = self;
        held_returns.expire(today);
        links.expire(&|entity, link, standing| {
            let Some(kind) = settings.link(entity.kind) else { return false };
            let keep = settings.keep_days(kind.group).max(keep_of(settings, standing));
            let age = today.days_since(link.received);
            // A moment that nobody shared when it was over will never be shared.
            let is_spent = matches!(kind.kind, LinkKind::CoAction { .. }) && entity.accounts == 1 && age > 1;
            age <= keep && !is_spent
        });
        for (store, profiles) in settings.profiles.iter().zip(profiles) {
            let keep = settings.keep_days(store.group);
            profiles
                .expire(today, |account| keep.max(keep_of(settings, links.account_facts(account).standing)));
        }
        let keep = |kind: u8| settings.link(kind).map_or(0, |link| settings.keep_days(link.group));
        near_texts.iter_mut().for_each(|(kind, table)| table.expire(today, keep(*kind)));
        near_media.iter_mut().for_each(|(kind, table)| table.expire(today, keep(*kind)));
    }
}

/// Days that an account's own standing keeps its links.
fn keep_of(settings: &LinkSettings, standing: Standing) -> u16 {
    if standing == Standing::Suspended { settings.keep_suspended_days } else { 0 }
}

#[cfg(test)]
pub(crate) mod tests;
