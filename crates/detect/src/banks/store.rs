//! All banks, their entries, and the ways from a value to the entries that have it.

mod proposed;

use super::looked_up::{BankFacts, BankMatch, EntryFacts, Likeness, MatchCount, is_in_force};
use super::pdq_index::PdqIndex;
use super::signals::{self, Signals, Value};
use super::texts::TextIndex;
use crate::fingerprints::Spread;
use cordon_model::bank::{Bank, BankEntry, BankEntryId, RollOut, SignalKind};
use cordon_model::clock::Timestamp;
use cordon_model::hashing::HashKey;
use cordon_model::ids::{BankId, Offset};
use cordon_model::limits;
pub(super) use proposed::Proposed;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Name spaces among keyed hashes: names of entries, and who is reached by a share.
const SPACE_ENTRY: u8 = 224;
const SPACE_SHARE: u8 = 225;
/// Stands for the end of a list.
const END: u32 = u32::MAX;

type Heads = HashMap<u64, u32, BuildHasherDefault<Spread>>;

/// An entry before it has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBankEntry {
    /// What it is compared by.
    pub kind: SignalKind,
    /// The value as typed.
    pub value: String,
    /// Where it comes from; the bank's source where left out.
    pub source: Option<String>,
    /// From when on it matches nothing.
    pub expires_at: Option<Timestamp>,
    /// Whom its matches reach.
    pub roll_out: RollOut,
    /// Until when it matches nothing.
    pub disabled_until: Option<Timestamp>,
    /// A word to whoever looks after it.
    pub note: Option<String>,
}

/// An entry as state knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    entry_id: u64,
    bank: u16,
    kind: SignalKind,
    value: Value,
    roll_out: RollOut,
    added_at: Timestamp,
    expires_at: Option<Timestamp>,
    disabled_until: Option<Timestamp>,
    witness: Offset,
    live: MatchCount,
    shadow: MatchCount,
    /// The next entry with the same hash. Made anew when a snapshot is read, as is `place`.
    #[serde(skip)]
    next: u32,
    /// Where the text index has it.
    #[serde(skip)]
    place: u32,
}

impl Stored {
    fn exact(&self) -> Option<u64> {
        match &self.value {
            Value::Exact(hash) => Some(*hash),
            Value::Text(text) => Some(text.exact),
            Value::Picture(_) => None,
        }
    }
}

/// Banks and their entries.
#[derive(Clone, Debug, Default)]
pub struct Banks {
    pub(super) banks: Vec<Option<Bank>>,
    pub(super) entries: Vec<Option<Stored>>,
    /// Numbers of entries that are gone, to be given again.
    pub(super) free: Vec<u32>,
    pub(super) proposed: Proposed,
    /// Entries by name, and by what is equal.
    by_id: Heads,
    exact: Heads,
    pictures: PdqIndex,
    texts: TextIndex,
}

/// What may be asked.
impl Banks {
    /// Whether no bank has an entry: then nothing is compared.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Entries of all banks together.
    pub fn entry_count(&self) -> usize {
        self.by_id.len()
    }

    /// How many banks there are.
    pub fn bank_count(&self) -> usize {
        self.banks.iter().flatten().count()
    }

    /// The bank of that id.
    pub fn bank(&self, bank_id: &str) -> Option<&Bank> {
        self.banks.iter().flatten().find(|bank| bank.bank_id.as_str() == bank_id)
    }

    /// All banks with their totals at `now`, by id. Costs a pass over all entries.
    pub fn facts(&self, now: Timestamp) -> Vec<BankFacts> {
        let mut facts: Vec<Option<BankFacts>> =
            self.banks.iter().map(|bank| bank.clone().map(empty)).collect();
        for entry in self.entries.iter().flatten() {
            let Some(Some(bank)) = facts.get_mut(usize::from(entry.bank)) else { continue };
            bank.entries += 1;
            if is_in_force(entry.expires_at, entry.disabled_until, now) {
                let is_live = entry.roll_out == RollOut::Live;
                *(if is_live { &mut bank.live_entries } else { &mut bank.rolling_entries }) += 1;
            }
            bank.live.add(&entry.live);
            bank.shadow.add(&entry.shadow);
        }
        let mut facts: Vec<BankFacts> = facts.into_iter().flatten().collect();
        facts.sort_by(|one, two| one.bank.bank_id.cmp(&two.bank.bank_id));
        facts
    }

    /// A bank's entries, oldest first, at most `count`. Costs a pass over all entries.
    pub fn entries(&self, bank_id: &str, count: usize) -> Vec<EntryFacts> {
        let Some(number) = self.bank_number(bank_id) else { return Vec::new() };
        let own = self.entries.iter().flatten().filter(|entry| entry.bank == number);
        let mut facts: Vec<EntryFacts> = own.filter_map(|entry| self.facts_of(entry)).collect();
        facts.sort_by_key(|entry| (entry.added_at, entry.entry_id));
        facts.truncate(count);
        facts
    }

    /// The entry of that name.
    pub fn entry(&self, entry_id: BankEntryId) -> Option<EntryFacts> {
        self.stored(entry_id.0).and_then(|(_, entry)| self.facts_of(entry))
    }

    /// Makes an entry out of what somebody wants to add to `bank`: checked, named.
    ///
    /// Errors: what is wrong with it, in words. Never quotes the value.
    pub fn make_entry(
        key: &HashKey,
        bank: &Bank,
        new: NewBankEntry,
        added_at: Timestamp,
    ) -> Result<BankEntry, String> {
        if new.kind.bank_kind() != bank.kind {
            return Err(format!("a bank of kind {} holds no {}", bank.kind.name(), new.kind));
        }
        let (_, normalised) = signals::read(key, new.kind, &new.value)?;
        let name = format!("{}\0{}\0{normalised}", bank.bank_id, new.kind);
        let entry = BankEntry {
            entry_id: BankEntryId(key.hash64(SPACE_ENTRY, name.as_bytes())),
            kind: new.kind,
            value: new.value.trim().to_owned(),
            source: new.source.unwrap_or_else(|| bank.source.clone()),
            added_at,
            expires_at: new.expires_at,
            roll_out: new.roll_out,
            disabled_until: new.disabled_until,
            note: new.note,
        };
        entry.check()?;
        Ok(entry)
    }

    /// What content matches at `now`, entries out of force left out, likest first, at most
    /// [`limits::BANK_MATCHES_SHOWN_MAX`]. Changes no count.
    pub fn look_up(&self, signals: &Signals, now: Timestamp) -> Vec<BankMatch> {
        self.matches(self.hits(signals, now))
    }

    /// Entries in force that content matches, each once with its best likeness, by number.
    fn hits(&self, signals: &Signals, now: Timestamp) -> Vec<(u32, Likeness)> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut hits = Vec::new();
        let texts = signals.text.iter().map(|text| text.exact);
        for hash in signals.exact.iter().copied().chain(texts) {
            self.each_equal(hash, &mut |number| hits.push((number, Likeness::Same)));
        }
        for picture in &signals.pictures {
            self.pictures
                .search(*picture, &mut |number, distance| hits.push((number, Likeness::Distance(distance))));
        }
        if let Some(sketch) = signals.text.as_ref().and_then(|text| text.sketch.as_ref()) {
            self.texts.search(sketch, &mut |number, agreement| {
                hits.push((number, Likeness::DiffersPercent(100 - agreement)));
            });
        }
        hits.sort_unstable();
        hits.dedup_by_key(|(number, _)| *number);
        hits.retain(|(number, _)| {
            let entry = self.entries.get(*number as usize).and_then(Option::as_ref);
            entry.is_some_and(|entry| is_in_force(entry.expires_at, entry.disabled_until, now))
        });
        hits
    }

    fn each_equal(&self, hash: u64, found: &mut dyn FnMut(u32)) {
        let mut number = self.exact.get(&hash).copied().unwrap_or(END);
        while let Some(Some(entry)) = self.entries.get(number as usize) {
            found(number);
            number = entry.next;
        }
    }

    /// Hits by name, likest first: in an order that does not lean on numbers.
    fn matches(&self, hits: Vec<(u32, Likeness)>) -> Vec<BankMatch> {
        let found = hits.into_iter().filter_map(|(number, likeness)| {
            let entry = self.entries.get(number as usize)?.as_ref()?;
            let bank_id = self.bank_of(entry)?.bank_id.clone();
            Some(BankMatch { entry_id: BankEntryId(entry.entry_id), bank_id, kind: entry.kind, likeness })
        });
        let mut matches: Vec<BankMatch> = found.collect();
        matches.sort_by(|one, two| {
            one.likeness.cmp(&two.likeness).then_with(|| one.entry_id.cmp(&two.entry_id))
        });
        matches.truncate(limits::BANK_MATCHES_SHOWN_MAX);
        matches
    }

    fn facts_of(&self, entry: &Stored) -> Option<EntryFacts> {
        Some(EntryFacts {
            entry_id: BankEntryId(entry.entry_id),
            bank_id: self.bank_of(entry)?.bank_id.clone(),
            kind: entry.kind,
            added_at: entry.added_at,
            expires_at: entry.expires_at,
            roll_out: entry.roll_out,
            disabled_until: entry.disabled_until,
            witness: entry.witness,
            live: entry.live,
            shadow: entry.shadow,
        })
    }

    fn bank_of(&self, entry: &Stored) -> Option<&Bank> {
        self.banks.get(usize::from(entry.bank))?.as_ref()
    }

    fn bank_number(&self, bank_id: &str) -> Option<u16> {
        let is_it = |bank: &Option<Bank>| bank.as_ref().is_some_and(|bank| bank.bank_id.as_str() == bank_id);
        self.banks.iter().position(is_it).and_then(|number| u16::try_from(number).ok())
    }

    fn stored(&self, entry_id: u64) -> Option<(u32, &Stored)> {
        let number = *self.by_id.get(&entry_id)?;
        Some((number, self.entries.get(number as usize)?.as_ref()?))
    }

    /// Bytes in use, without allocator overhead.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Option<Stored>>()
            + (self.by_id.capacity() + self.exact.capacity()) * (size_of::<(u64, u32)>() + 1)
            + self.pictures.bytes()
            + self.texts.bytes()
    }
}

/// What changes them: entries of the journal alone.
impl Banks {
    /// Counts an event's matches; gives those that reach its account and were not proposed before.
    pub(crate) fn observe(
        &mut self,
        key: &HashKey,
        (account, account_hash): (u32, u64),
        signals: &Signals,
        now: Timestamp,
    ) -> Vec<BankMatch> {
        let mut news = Vec::new();
        for (number, likeness) in self.hits(signals, now) {
            let Some(Some(entry)) = self.entries.get_mut(number as usize) else { continue };
            if !is_reached(key, entry, account_hash) {
                entry.shadow.count(now.day());
                continue;
            }
            entry.live.count(now.day());
            if self.proposed.remember(account, entry.entry_id) {
                news.push((number, likeness));
            }
        }
        self.matches(news)
    }

    /// Makes a bank, or changes all but the kind of one that there is. Beyond the bound nothing happens.
    pub(crate) fn put_bank(&mut self, bank: &Bank) {
        if let Some(known) = self.banks.iter_mut().flatten().find(|known| known.bank_id == bank.bank_id) {
            *known = Bank { kind: known.kind, ..bank.clone() };
            return;
        }
        match self.banks.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(bank.clone()),
            None => {
                if self.banks.len() < limits::BANKS_MAX {
                    self.banks.push(Some(bank.clone()));
                }
            }
        }
    }

    /// Takes a bank out, with its entries.
    pub(crate) fn remove_bank(&mut self, bank_id: &BankId) {
        let Some(bank) = self.bank_number(bank_id.as_str()) else { return };
        let own = self.entries.iter().flatten().filter(|entry| entry.bank == bank);
        let entry_ids: Vec<u64> = own.map(|entry| entry.entry_id).collect();
        entry_ids.into_iter().for_each(|entry_id| self.remove_entry(entry_id));
        if let Some(place) = self.banks.get_mut(usize::from(bank)) {
            *place = None;
        }
    }

    /// Takes entries in; they match from here on. What the bank cannot hold is passed over.
    pub(crate) fn put_entries(
        &mut self,
        key: &HashKey,
        bank_id: &BankId,
        entries: &[BankEntry],
        witness: Offset,
    ) {
        let Some(bank) = self.bank_number(bank_id.as_str()) else { return };
        let kind = self.bank(bank_id.as_str()).map(|bank| bank.kind);
        for entry in entries.iter().take(limits::BANK_ENTRIES_PUT_MAX) {
            let Ok((value, _)) = signals::read(key, entry.kind, &entry.value) else { continue };
            if Some(entry.kind.bank_kind()) == kind {
                self.put_entry(bank, entry, value, witness);
            }
        }
    }

    fn put_entry(&mut self, bank: u16, entry: &BankEntry, value: Value, witness: Offset) {
        let known = self.stored(entry.entry_id.0).map(|(_, stored)| stored.clone());
        let is_full = self.entry_count() >= limits::BANK_ENTRIES_MAX;
        if (known.is_none() && is_full) || known.as_ref().is_some_and(|known| known.bank != bank) {
            return;
        }
        if let Some(known) = &known {
            self.remove_entry(known.entry_id);
        }
        let stored = Stored {
            entry_id: entry.entry_id.0,
            bank,
            kind: entry.kind,
            value,
            roll_out: entry.roll_out,
            added_at: known.as_ref().map_or(entry.added_at, |known| known.added_at),
            expires_at: entry.expires_at,
            disabled_until: entry.disabled_until,
            witness,
            live: known.as_ref().map(|known| known.live).unwrap_or_default(),
            shadow: known.map(|known| known.shadow).unwrap_or_default(),
            next: END,
            place: END,
        };
        let number = self.free.pop().unwrap_or(self.entries.len() as u32);
        if self.entries.len() == number as usize {
            self.entries.push(None);
        }
        self.place_entry(number, stored);
    }

    /// Puts an entry under its number, and on all ways that lead to it.
    pub(super) fn place_entry(&mut self, number: u32, mut entry: Stored) {
        self.by_id.insert(entry.entry_id, number);
        entry.next = match entry.exact() {
            Some(hash) => self.exact.insert(hash, number).unwrap_or(END),
            None => END,
        };
        match &entry.value {
            Value::Picture(hash) => self.pictures.insert(*hash, number),
            Value::Text(text) => {
                entry.place = text.sketch.map_or(END, |sketch| self.texts.insert(sketch, number));
            }
            Value::Exact(_) => {}
        }
        if let Some(place) = self.entries.get_mut(number as usize) {
            *place = Some(entry);
        }
    }

    /// Takes entries of a bank out.
    pub(crate) fn remove_entries(&mut self, bank_id: &BankId, entry_ids: &[BankEntryId]) {
        let bank = self.bank_number(bank_id.as_str());
        for entry_id in entry_ids {
            if self.stored(entry_id.0).is_some_and(|(_, entry)| Some(entry.bank) == bank) {
                self.remove_entry(entry_id.0);
            }
        }
    }

    fn remove_entry(&mut self, entry_id: u64) {
        let Some(number) = self.by_id.remove(&entry_id) else { return };
        let Some(entry) = self.entries.get_mut(number as usize).and_then(Option::take) else { return };
        if let Some(hash) = entry.exact() {
            self.unlink(hash, number, entry.next);
        }
        match &entry.value {
            Value::Picture(hash) => {
                self.pictures.remove(*hash, number);
            }
            Value::Text(_) => self.texts.remove(entry.place),
            Value::Exact(_) => {}
        }
        self.free.push(number);
    }

    fn unlink(&mut self, hash: u64, number: u32, next: u32) {
        let mut at = self.exact.get(&hash).copied().unwrap_or(END);
        if at == number {
            if next == END {
                self.exact.remove(&hash)
            } else {
                self.exact.insert(hash, next)
            };
            return;
        }
        while let Some(Some(entry)) = self.entries.get_mut(at as usize) {
            if entry.next == number {
                entry.next = next;
                return;
            }
            at = entry.next;
        }
    }

    /// Forgets that an account was ever proposed.
    pub(crate) fn forget(&mut self, account: u32) {
        self.proposed.forget(account);
    }
}

/// Whether an entry's match reaches the account: in a share by a keyed hash of both.
fn is_reached(key: &HashKey, entry: &Stored, account_hash: u64) -> bool {
    match entry.roll_out {
        RollOut::Shadow => false,
        RollOut::Live => true,
        RollOut::Share(percent) => {
            let pair = [entry.entry_id.to_le_bytes(), account_hash.to_le_bytes()].concat();
            key.hash64(SPACE_SHARE, &pair) % 100 < u64::from(percent)
        }
    }
}

fn empty(bank: Bank) -> BankFacts {
    BankFacts {
        bank,
        entries: 0,
        live_entries: 0,
        rolling_entries: 0,
        live: MatchCount::default(),
        shadow: MatchCount::default(),
    }
}

#[cfg(test)]
mod tests;
