//! One file a command.

mod admin;
mod appeal;
pub mod audit;
mod bank;
mod batch;
mod cluster;
mod hold;
pub mod index;
pub mod ingest;
mod measure;
mod operator;
mod outbox;
mod policy;
mod quality;
mod query;
mod queues;
#[cfg(feature = "postgres")]
mod relocation;
mod returns;
mod rules;
pub mod serve;
mod simulate;
mod strikes;
mod surface;
mod timeline;
pub mod token;

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::record::RecordUrl;
use anyhow::Result;
use std::path::PathBuf;

/// What holds for every command.
pub struct Shared {
    /// The data folder.
    pub data: PathBuf,
    /// Where the record is, unless it is in the data folder.
    pub record: Option<RecordUrl>,
    /// Whether to print JSON.
    pub is_json: bool,
}

/// Runs a command.
pub fn run(cli: Cli) -> Result<Exit> {
    let shared =
        Shared { data: cli.data, record: RecordUrl::or_of_environment(cli.record)?, is_json: cli.json };
    match cli.command {
        Command::Ingest(options) => ingest::run(&shared, &options),
        Command::Surface(options) => surface::run(&shared, &options),
        Command::Cluster(options) => cluster::run(&shared, &options),
        Command::Returns(options) => returns::run(&shared, &options),
        Command::Timeline(options) => timeline::run(&shared, &options),
        Command::Demo(options) => crate::demo::run(&shared, &options),
        Command::Serve(options) => serve::run(&shared, &options),
        Command::Evaluate(crate::cli::Evaluate::Accounts(options)) => crate::evaluate::run(&shared, &options),
        Command::Evaluate(crate::cli::Evaluate::Coordination(options)) => {
            crate::evaluate::coordination::run(&shared, &options)
        }
        Command::Evaluate(crate::cli::Evaluate::Returns(options)) => {
            crate::evaluate::returns::run(&shared, &options)
        }
        Command::Bench(options) => crate::bench::run(&shared, &options),
        Command::Simulate(options) => simulate::run(&shared, &options),
        Command::Audit(command) => audit::run(&shared, command),
        Command::Appeal(command) => appeal::run(&shared, command),
        Command::Statement(command) => appeal::statement(&shared, command),
        Command::Bank(command) => bank::run(&shared, command),
        Command::Batch(command) => batch::run(&shared, command),
        Command::Quality(command) => quality::run(&shared, command),
        Command::Queues(options) => queues::run(&shared, &options),
        Command::Measure(command) => measure::run(&shared, command),
        Command::Index(crate::cli::Index::Stats) => index::stats(&shared),
        Command::Query(options) => query::run(&shared, &options),
        Command::Rules(command) => rules::run(&shared, command),
        Command::Admin(command) => admin::run(&shared, command),
    }
}
