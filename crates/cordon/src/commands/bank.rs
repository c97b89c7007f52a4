//! `cordon bank`: banks of known content, kept and asked.

mod add;
mod ask;
mod change;
mod import;

use super::Shared;
use crate::cli::bank::Bank as Command;
use crate::data::Data;
use crate::exit::Exit;
use anyhow::{Context, Result, bail};
use cordon_detect::banks::Banks;
use cordon_model::bank::{Bank, BankEntry};
use cordon_model::clock::Timestamp;
use cordon_model::entry::Control;
use cordon_model::limits;
use cordon_pipeline::Durability;
use std::sync::PoisonError;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    match command {
        Command::Create(options) => change::create(shared, options),
        Command::Add(options) => add::run(shared, options),
        Command::Import(options) => import::run(shared, &options),
        Command::List(table) => ask::list(shared, table.csv),
        Command::Show(options) => ask::show(shared, &options),
        Command::Match(options) => ask::look_up(shared, &options),
        Command::Disable(options) => change::disable(shared, &options),
        Command::Remove(options) => change::remove(shared, &options),
    }
}

/// A data folder, and what is put into its banks.
struct Keeper {
    data: Data,
    /// Control entries appended so far: a part of their names.
    appended: usize,
}

impl Keeper {
    fn open(shared: &Shared) -> Result<Self> {
        Ok(Self { data: Data::open_existing(&shared.data)?, appended: 0 })
    }

    fn now(&self) -> Timestamp {
        self.data.pipeline.now()
    }

    /// Asks the banks as they stand.
    fn ask<T>(&self, question: impl FnOnce(&Banks) -> T) -> T {
        let state = self.data.pipeline.state();
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        question(state.detection().banks())
    }

    /// The bank of that name.
    ///
    /// Errors: that there is none, naming those that there are.
    fn bank(&self, bank_id: &str) -> Result<Bank> {
        self.ask(|banks| banks.bank(bank_id).cloned()).with_context(|| {
            let facts = self.ask(|banks| banks.facts(self.now()));
            let known: Vec<&str> = facts.iter().map(|facts| facts.bank.bank_id.as_str()).collect();
            match known.is_empty() {
                true => {
                    format!("there is no bank `{bank_id}`, nor any other: make it with `cordon bank create`")
                }
                false => format!("there is no bank `{bank_id}`; there are {}", known.join(", ")),
            }
        })
    }

    /// Appends a control entry; it holds from here on.
    fn append(&mut self, control: &Control) -> Result<()> {
        self.appended += 1;
        let id = format!("bank:{}:{}", self.now().0, self.appended);
        if !self.data.pipeline.append_control(&id, control)? {
            bail!("another change has the name {id}: nothing was done, run the command again");
        }
        Ok(())
    }

    /// Puts entries, as many control entries as they need.
    ///
    /// Errors: too many for the banks; then none is put.
    fn put(&mut self, bank: &Bank, entries: Vec<BankEntry>) -> Result<()> {
        let held = self.ask(Banks::entry_count);
        if held + entries.len() > limits::BANK_ENTRIES_MAX {
            bail!(
                "banks hold {} entries at most, and have {held}: nothing was added",
                limits::BANK_ENTRIES_MAX
            );
        }
        for entries in in_batches(entries) {
            self.append(&Control::BankEntriesPut { bank_id: bank.bank_id.clone(), entries })?;
        }
        Ok(())
    }

    /// Waits until everything is kept.
    fn close(mut self) -> Result<()> {
        self.data.pipeline.settle(Durability::Committed)?;
        self.data.close()
    }
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

/// So many days from `now`.
fn days_from(now: Timestamp, days: u32) -> Timestamp {
    now.plus_seconds(i64::from(days) * DAY_SECONDS)
}
