//! What changes banks: entries of the journal alone.

use super::{Banks, END, Stored};
use crate::banks::looked_up::BankMatch;
use crate::banks::signals::{self, Signals, Value};
use cordon_model::bank::{Bank, BankEntry, BankEntryId, RollOut};
use cordon_model::clock::Timestamp;
use cordon_model::hashing::HashKey;
use cordon_model::ids::{BankId, Offset};
use cordon_model::limits;

/// Name space among keyed hashes: who is reached by a share.
const SPACE_SHARE: u8 = 225;

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
    pub(in crate::banks) fn place_entry(&mut self, number: u32, mut entry: Stored) {
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
