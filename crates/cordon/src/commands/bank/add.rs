//! `cordon bank add`: entries as typed.

use super::{Keeper, days_from};
use crate::cli::bank::{Add, Terms};
use crate::commands::Shared;
use crate::commands::admin::say;
use crate::exit::Exit;
use anyhow::{Context, Result};
use cordon_detect::banks::NewBankEntry;
use cordon_model::bank::{Bank, BankEntry, BankEntryId, SignalKind};
use cordon_model::clock::Timestamp;
use serde_json::json;
use std::sync::PoisonError;

/// Runs the command: all values, or none.
pub(super) fn run(shared: &Shared, options: Add) -> Result<Exit> {
    let mut keeper = Keeper::open(shared)?;
    let bank = keeper.bank(&options.bank)?;
    let now = keeper.now();
    let mut entries = Vec::with_capacity(options.values.len());
    for (number, value) in (1..).zip(options.values) {
        let new = new_entry(&options.terms, options.kind, value, now);
        let entry = keeper.make(&bank, new, now).map_err(anyhow::Error::msg);
        entries.push(entry.with_context(|| format!("value {number} cannot stand; nothing was added"))?);
    }
    let entry_ids: Vec<BankEntryId> = entries.iter().map(|entry| entry.entry_id).collect();
    keeper.put(&bank, entries)?;
    keeper.close()?;
    let names: Vec<String> = entry_ids.iter().map(BankEntryId::to_string).collect();
    let text = format!("{} stands in {} and matches from here on", names.join(", "), bank.bank_id);
    say(shared, json!({ "bank_id": bank.bank_id, "entry_ids": entry_ids }), &text)
}

/// An entry on the options' terms.
pub(super) fn new_entry(terms: &Terms, kind: SignalKind, value: String, now: Timestamp) -> NewBankEntry {
    NewBankEntry {
        kind,
        value,
        source: terms.source.clone(),
        expires_at: terms.expires.or_else(|| terms.days.map(|days| days_from(now, days))),
        roll_out: terms.roll_out,
        disabled_until: None,
        note: terms.note.clone(),
    }
}

impl Keeper {
    /// Checks and names an entry.
    ///
    /// Errors: what is wrong with it, in words. Never quotes the value.
    pub(super) fn make(&self, bank: &Bank, new: NewBankEntry, now: Timestamp) -> Result<BankEntry, String> {
        if new.expires_at.is_some_and(|at| at <= now) {
            return Err("it would be expired already".to_owned());
        }
        let state = self.data.pipeline.state();
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        state.detection().banks().make_entry(state.detection().key(), bank, new, now)
    }
}
