//! `cordon bank`: banks of known content, kept and asked, in the data folder or on the server that has it.

mod add;
mod ask;
mod change;
mod import;

use super::Shared;
use crate::cli::bank::{Bank as Command, BankCommand};
use crate::data::Data;
use crate::exit::Exit;
use crate::remote::Server;
use anyhow::Result;
use cordon_model::clock::{Clock, SystemClock, Timestamp};
use cordon_pipeline::Evaluator;
use std::sync::PoisonError;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;
/// Who changes banks in a data folder.
const BY: &str = "command-line";

/// Runs the command.
pub fn run(shared: &Shared, BankCommand { remote, command }: BankCommand) -> Result<Exit> {
    let server = Server::named(remote)?;
    let server = server.as_ref();
    match command {
        Command::Create(options) => change::create(shared, server, options),
        Command::Add(options) => add::run(shared, server, options),
        Command::Import(options) => import::run(shared, server, &options),
        Command::List(table) => ask::list(shared, server, table.csv),
        Command::Show(options) => ask::show(shared, server, &options),
        Command::Match(options) => ask::look_up(shared, server, &options),
        Command::Disable(options) => change::disable(shared, server, &options),
        Command::Remove(options) => change::remove(shared, server, &options),
    }
}

/// Asks the state of a data folder.
fn ask<T>(data: &Data, question: impl FnOnce(&Evaluator) -> T) -> T {
    question(&data.pipeline.state().read().unwrap_or_else(PoisonError::into_inner))
}

/// Changes a data folder's banks, and waits until that is kept.
fn change<T>(shared: &Shared, act: impl FnOnce(&mut Data) -> Result<T>) -> Result<T> {
    let mut data = Data::open_existing(shared)?;
    let done = act(&mut data)?;
    data.close()?;
    Ok(done)
}

/// So many days from now.
fn days_from_now(days: u32) -> Timestamp {
    SystemClock.now().plus_seconds(i64::from(days) * DAY_SECONDS)
}
