//! Changing banks: what `cordon bank` and `/v1/banks` do once they have the folder.
//!
//! Everything here is a control entry: it holds from the next event on.

use crate::{Evaluator, Pipeline, PipelineError};
use cordon_detect::banks::{Banks, EntryFacts, NewBankEntry};
use cordon_enforce::ports::{Policies, StoreError};
use cordon_model::bank::{Bank, BankEntry, BankEntryId};
use cordon_model::clock::Timestamp;
use cordon_model::entry::Control;
use cordon_model::ids::PolicyId;
use cordon_model::limits;
use std::sync::PoisonError;

/// Whether the policy that a bank names is there. What is wrong, in words, or nothing.
///
/// Errors: those of the record.
pub async fn check_policy(
    policy_id: &PolicyId,
    policies: &dyn Policies,
) -> Result<Option<String>, StoreError> {
    if policies.fetch_current_policy(policy_id).await?.is_some() {
        return Ok(None);
    }
    let known = policies.list_policies().await?;
    let mut names: Vec<&str> =
        known.iter().filter(|policy| !policy.is_retired).map(|policy| policy.policy_id.as_str()).collect();
    names.dedup();
    Ok(Some(format!("there is no policy `{policy_id}`; there are {}", names.join(", "))))
}

/// Makes a bank, or changes all but the kind of one that there is; whether it is new.
///
/// Errors: [`PipelineError::Invalid`] for one that cannot stand, [`PipelineError::Refused`] for another kind and for too
/// many banks.
pub fn put_bank(pipeline: &mut Pipeline, bank: Bank, by: &str) -> Result<bool, PipelineError> {
    bank.check().map_err(PipelineError::Invalid)?;
    let id = bank.bank_id.as_str();
    let (known, count) =
        ask(pipeline, |state| (banks(state).bank(id).map(|known| known.kind), banks(state).bank_count()));
    match known {
        Some(kind) if kind != bank.kind => {
            return Err(PipelineError::Refused(format!(
                "the bank {id} is one of {}, and stays so: give the new one another name",
                kind.name()
            )));
        }
        None if count >= limits::BANKS_MAX => {
            let reason = format!("there are {} banks, as many as there may be", limits::BANKS_MAX);
            return Err(PipelineError::Refused(reason));
        }
        _ => {}
    }
    pipeline.append_once("bank", by, &Control::BankPut(bank))?;
    Ok(known.is_none())
}

/// The bank of that name.
///
/// Errors: [`PipelineError::Missing`], naming those that there are.
pub fn require_bank(state: &Evaluator, bank_id: &str) -> Result<Bank, PipelineError> {
    banks(state).bank(bank_id).cloned().ok_or_else(|| {
        let facts = banks(state).facts(Timestamp(0));
        let known: Vec<&str> = facts.iter().map(|facts| facts.bank.bank_id.as_str()).collect();
        PipelineError::Missing(match known.is_empty() {
            true => format!("there is no bank `{bank_id}`, nor any other: make it with `cordon bank create`"),
            false => format!("there is no bank `{bank_id}`; there are {}", known.join(", ")),
        })
    })
}

/// Checks and names an entry.
///
/// Errors: what is wrong with it, in words. Never quotes the value.
pub fn make_entry(
    state: &Evaluator,
    bank: &Bank,
    new: NewBankEntry,
    now: Timestamp,
) -> Result<BankEntry, String> {
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err("it would be expired already".to_owned());
    }
    banks(state).make_entry(state.detection().key(), bank, new, now)
}

/// What became of entries that somebody wanted to add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Those that stand.
    pub entry_ids: Vec<BankEntryId>,
    /// Those that cannot, by their place from 0, and why.
    pub rejected: Vec<(usize, String)>,
}

/// Adds entries to a bank; they match from here on. Those that cannot stand are left out where `is_partial`, or else
/// keep all from being added.
///
/// Errors: [`PipelineError::Missing`], [`PipelineError::Invalid`] naming the first entry that cannot stand,
/// [`PipelineError::Refused`] where the banks are full. Then nothing was added.
pub fn add_entries(
    pipeline: &mut Pipeline,
    bank_id: &str,
    new: Vec<NewBankEntry>,
    is_partial: bool,
    by: &str,
) -> Result<Added, PipelineError> {
    let now = pipeline.now();
    let (bank, made) = ask(pipeline, |state| {
        let bank = require_bank(state, bank_id)?;
        let made: Vec<_> = new.into_iter().map(|new| make_entry(state, &bank, new, now)).collect();
        Ok::<_, PipelineError>((bank, made))
    })?;
    let (mut added, mut entries) = (Added::default(), Vec::with_capacity(made.len()));
    for (place, made) in made.into_iter().enumerate() {
        match made {
            Ok(entry) => entries.push(entry),
            Err(reason) if is_partial => added.rejected.push((place, reason)),
            Err(reason) => {
                let which = place + 1;
                return Err(PipelineError::Invalid(format!(
                    "value {which} cannot stand; nothing was added: {reason}"
                )));
            }
        }
    }
    added.entry_ids = entries.iter().map(|entry| entry.entry_id).collect();
    put_entries(pipeline, &bank, entries, by)?;
    Ok(added)
}

/// Puts entries, as many control entries as they need.
///
/// Errors: [`PipelineError::Refused`] where they are too many for the banks; then none is put.
pub fn put_entries(
    pipeline: &mut Pipeline,
    bank: &Bank,
    entries: Vec<BankEntry>,
    by: &str,
) -> Result<(), PipelineError> {
    let held = ask(pipeline, |state| banks(state).entry_count());
    if held + entries.len() > limits::BANK_ENTRIES_MAX {
        return Err(PipelineError::Refused(format!(
            "banks hold {} entries at most, and have {held}: nothing was added",
            limits::BANK_ENTRIES_MAX
        )));
    }
    for entries in in_batches(entries) {
        let bank_id = bank.bank_id.clone();
        pipeline.append_once("bank", by, &Control::BankEntriesPut { bank_id, entries })?;
    }
    Ok(())
}

/// Lets entries match nothing until some time; one that is over puts them in force again.
///
/// Errors: [`PipelineError::Missing`] for a bank or an entry that there is not; then nothing was changed.
pub fn disable_entries(
    pipeline: &mut Pipeline,
    bank_id: &str,
    entry_ids: &[BankEntryId],
    until: Option<Timestamp>,
    by: &str,
) -> Result<(), PipelineError> {
    let (bank, entries) = ask(pipeline, |state| {
        let bank = require_entries(state, bank_id, entry_ids)?;
        let stated = |entry_id: &BankEntryId| {
            let facts = banks(state).entry(*entry_id);
            let stated = facts.map(|facts| stated(state, &facts)).transpose()?.flatten();
            let entry = stated.ok_or_else(|| {
                PipelineError::Missing(format!(
                    "what was put as {entry_id} is gone from the journal; nothing was changed"
                ))
            })?;
            Ok::<_, PipelineError>(BankEntry { disabled_until: until, ..entry })
        };
        let entries: Result<Vec<BankEntry>, PipelineError> = entry_ids.iter().map(stated).collect();
        Ok::<_, PipelineError>((bank, entries?))
    })?;
    for entries in in_batches(entries) {
        let bank_id = bank.bank_id.clone();
        pipeline.append_once("bank", by, &Control::BankEntriesPut { bank_id, entries })?;
    }
    Ok(())
}

/// Takes entries out of a bank for good.
///
/// Errors: [`PipelineError::Missing`] for a bank or an entry that there is not; then nothing was changed.
pub fn remove_entries(
    pipeline: &mut Pipeline,
    bank_id: &str,
    entry_ids: &[BankEntryId],
    by: &str,
) -> Result<(), PipelineError> {
    let bank = ask(pipeline, |state| require_entries(state, bank_id, entry_ids))?;
    for entry_ids in entry_ids.chunks(limits::BANK_ENTRIES_PUT_MAX) {
        let (bank_id, entry_ids) = (bank.bank_id.clone(), entry_ids.to_vec());
        pipeline.append_once("bank", by, &Control::BankEntriesRemoved { bank_id, entry_ids })?;
    }
    Ok(())
}

/// An entry as it was last put, read back from the journal; `None` where that is gone.
///
/// Errors: those of the journal.
pub fn stated(state: &Evaluator, facts: &EntryFacts) -> Result<Option<BankEntry>, PipelineError> {
    let Some(entry) = state.archive().journal.entry_at(facts.witness)? else { return Ok(None) };
    let Ok(Control::BankEntriesPut { entries, .. }) = serde_json::from_slice(&entry.payload) else {
        return Ok(None);
    };
    Ok(entries.into_iter().rfind(|entry| entry.entry_id == facts.entry_id))
}

fn require_entries(
    state: &Evaluator,
    bank_id: &str,
    entry_ids: &[BankEntryId],
) -> Result<Bank, PipelineError> {
    let bank = require_bank(state, bank_id)?;
    let is_own = |entry_id: &&BankEntryId| {
        banks(state).entry(**entry_id).is_some_and(|facts| facts.bank_id == bank.bank_id)
    };
    if let Some(entry_id) = entry_ids.iter().find(|entry_id| !is_own(entry_id)) {
        return Err(PipelineError::Missing(format!(
            "the bank {bank_id} has no entry {entry_id}; nothing was changed: `cordon bank show {bank_id}` lists them"
        )));
    }
    Ok(bank)
}

fn banks(state: &Evaluator) -> &Banks {
    state.detection().banks()
}

fn ask<T>(pipeline: &Pipeline, question: impl FnOnce(&Evaluator) -> T) -> T {
    question(&pipeline.state().read().unwrap_or_else(PoisonError::into_inner))
}

/// Entries by what one control entry may hold.
fn in_batches(entries: Vec<BankEntry>) -> Vec<Vec<BankEntry>> {
    let mut batches: Vec<Vec<BankEntry>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        bytes += entry.value.len();
        match batches.last_mut() {
            Some(batch)
                if batch.len() < limits::BANK_ENTRIES_PUT_MAX && bytes <= limits::BANK_BYTES_PUT_MAX =>
            {
                batch.push(entry);
            }
            _ => {
                bytes = entry.value.len();
                batches.push(vec![entry]);
            }
        }
    }
    batches
}
