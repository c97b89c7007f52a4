//! `cordon audit` as typed.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with the audit.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Show records, oldest first.
    #[command(
        after_help = "Examples:\n  cordon audit list --after 100\n  cordon audit list --limit 500 --json"
    )]
    List(List),
    /// Walk all records and checkpoints, and name the first that is not as it was sealed.
    #[command(
        after_help = "Examples:\n  cordon audit verify\n  cordon audit verify --checkpoint kept-elsewhere.txt\n\nExit codes: 0 sound, 2 something is wrong, 3 could not run."
    )]
    Verify(Verify),
    /// Sign for all records there are, and print the checkpoint: keep it where nobody who can write here can.
    #[command(
        after_help = "Example:\n  cordon audit checkpoint > kept-elsewhere.txt\n\n`cordon serve` signs once an hour."
    )]
    Checkpoint,
    /// Print the public key of checkpoints: whoever checks a proof needs it.
    #[command(after_help = "Example:\n  cordon audit key > audit.vkey")]
    Key,
    /// Prove that a record is one of those that the newest checkpoint covers, as JSON.
    #[command(after_help = "Example:\n  cordon audit prove 42 > proof.json")]
    Prove(Prove),
    /// Prove that an older checkpoint's records are the first of the newest one's, as JSON.
    #[command(after_help = "Example:\n  cordon audit consistency kept-elsewhere.txt > proof.json")]
    Consistency(Consistency),
    /// Check a proof by the public key alone, without any data folder.
    #[command(
        after_help = "Example:\n  cordon audit check proof.json --key audit.vkey\n\nExit codes: 0 proved, 2 not proved, 3 could not run."
    )]
    Check(Check),
    /// Write all records to a file as NDJSON, the newest checkpoint behind them.
    #[command(
        after_help = "Examples:\n  cordon audit export audit.ndjson\n  cordon audit export - --after 100000 | zstd > rest.zst"
    )]
    Export(Export),
}

/// `cordon audit list`.
#[derive(Debug, Args)]
pub struct List {
    /// Records after this place.
    #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
    pub after: u64,
    /// At most as many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=500))]
    pub limit: u64,
}

/// `cordon audit verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// A checkpoint that was kept elsewhere: these records must still be the first.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
}

/// `cordon audit prove`.
#[derive(Debug, Args)]
pub struct Prove {
    /// The record's place.
    pub sequence: u64,
}

/// `cordon audit consistency`.
#[derive(Debug, Args)]
pub struct Consistency {
    /// The older checkpoint.
    pub checkpoint: PathBuf,
}

/// `cordon audit check`.
#[derive(Debug, Args)]
pub struct Check {
    /// What `prove` or `consistency` printed.
    pub proof: PathBuf,
    /// What `cordon audit key` printed.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
}

/// `cordon audit export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Where to; `-` for standard output.
    pub file: PathBuf,
    /// Records after this place.
    #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
    pub after: u64,
}
