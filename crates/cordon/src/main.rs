//! cordon: reported account in → similar accounts out, with evidence a reviewer can read → a decision somebody
//! answers for → an action that can be taken back.
//!
//! The binary wires the crates together: it opens data folders, reads files, prints tables. Read first: [`cli`].

#![allow(unreachable_pub, reason = "a binary has no public interface")]

mod bench;
mod cli;
mod commands;
mod data;
mod decision_templates;
mod demo;
mod evaluate;
mod exit;
mod graph;
mod input;
mod key;
mod policies;
mod print;
mod quality_rules;
mod queue_targets;
mod random;
mod record;
mod remote;

use clap::Parser;
use std::process::ExitCode;

/// Memory that was given back is kept for the next query: the system's allocator has the kernel zero it anew each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Whoever closed the stream does not want to read it.
            let _ = error.print();
            return exit::of_usage(&error).into();
        }
    };
    start_logging();
    match commands::run(cli) {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("cordon: {error:#}");
            exit::of_error(&error).into()
        }
    }
}

/// Telemetry goes to standard error, as `CORDON_LOG` says; warnings where it says nothing.
fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("CORDON_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
