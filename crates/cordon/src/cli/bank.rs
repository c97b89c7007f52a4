//! `cordon bank` as typed.

use super::Remote;
use clap::{Args, Subcommand};
use cordon_model::bank::{BankEntryId, BankKind, RollOut, SignalKind};
use cordon_model::clock::Timestamp;
use std::path::PathBuf;

/// `cordon bank` as typed.
#[derive(Debug, Args)]
pub struct BankCommand {
    #[command(flatten)]
    pub remote: Remote,
    #[command(subcommand)]
    pub command: Bank,
}

/// Subcommands of `bank`.
#[derive(Debug, Subcommand)]
pub enum Bank {
    /// Make a bank, or change all but the kind of one that there is.
    #[command(
        after_help = "Example:\n  cordon bank create known-spam --kind url --policy spam --owner ana --source 'own reviews'"
    )]
    Create(Create),
    /// Add entries to a bank; they match from here on. A value that the bank has is replaced and keeps its counts.
    #[command(
        after_help = "Examples:\n  cordon bank add known-spam --kind domain owl.example --days 90\n  cordon bank add leaflets --kind text 'gather at the old mill at dawn' --roll-out 25%\n  cordon bank add pictures --kind pdq HASH --roll-out shadow --note 'to be watched first'\n\nKinds: md5, sha1, sha256 and pdq in a bank of media; text in one of texts; url, url_prefix and domain in one of\nweb addresses."
    )]
    Add(Add),
    /// Add the entries of a file to a bank: one value a line, or one JSON object a line.
    #[command(
        after_help = "Examples:\n  cordon bank import known-spam domains.txt --kind domain --source 'partner list' --days 30\n  cordon bank import pictures entries.ndjson\n\nA line of NDJSON (the file ends in .ndjson or .jsonl) has `kind` and `value`, and may have `source`, `expires_at`,\n`roll_out` and `note`; what it lacks is taken from the options.\nExit codes: 0 clean, 2 some lines rejected, 3 could not run."
    )]
    Import(Import),
    /// Print the banks, with how many entries they have and how often those matched.
    #[command(
        after_help = "Examples:\n  cordon bank list --csv\n  CORDON_TOKEN=… cordon bank list --server http://127.0.0.1:8463"
    )]
    List(Table),
    /// Print a bank's entries, oldest first, with their values.
    #[command(after_help = "Example:\n  cordon bank show known-spam --count 50")]
    Show(Show),
    /// Look a text, an address or a hash of media up in all banks; counts nothing.
    #[command(
        after_help = "Examples:\n  cordon bank match --url https://night.owl.example/b\n  cordon bank match --text 'gather at the old mill at noon' --json\n  cordon bank match --hash pdq:HASH"
    )]
    Match(Match),
    /// Let entries match nothing until some time; one that is over puts them in force again.
    #[command(
        after_help = "Examples:\n  cordon bank disable known-spam 00f3a2c4d5e6b718 --days 7\n  cordon bank disable known-spam 00f3a2c4d5e6b718 --until 2026-12-01T00:00:00Z"
    )]
    Disable(Disable),
    /// Take entries out of a bank for good.
    #[command(after_help = "Example:\n  cordon bank remove known-spam 00f3a2c4d5e6b718")]
    Remove(Entries),
}

/// Options of `bank create`.
#[derive(Debug, Args)]
pub struct Create {
    /// Its short name: letters a–z, digits and `-`.
    pub bank: String,
    /// What it is made of: media, text or url.
    #[arg(long, value_parser = bank_kind)]
    pub kind: BankKind,
    /// The policy that what is in it breaks.
    #[arg(long, value_name = "ID")]
    pub policy: String,
    /// Who answers for it.
    #[arg(long, value_name = "NAME")]
    pub owner: String,
    /// Its name for people; the short one when left out.
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Where its entries come from, where they do not say otherwise.
    #[arg(long, value_name = "TEXT", default_value = "own reviews")]
    pub source: String,
}

/// What holds for every entry that a command adds.
#[derive(Debug, Args)]
pub struct Terms {
    /// Where the entries come from; the bank's source when left out.
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
    /// From when on they match nothing.
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "days")]
    pub expires: Option<Timestamp>,
    /// Days from now after which they match nothing.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub days: Option<u32>,
    /// Whom matches reach: nobody (shadow: they are counted only), a share of accounts such as 25%, or all (live).
    #[arg(long, value_parser = roll_out, default_value = "live")]
    pub roll_out: RollOut,
    /// A word to whoever looks after them.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// Options of `bank add`.
#[derive(Debug, Args)]
pub struct Add {
    /// The bank.
    pub bank: String,
    /// Values: hashes, texts or addresses.
    #[arg(required = true, value_name = "VALUE")]
    pub values: Vec<String>,
    /// What they are.
    #[arg(long, value_parser = signal_kind)]
    pub kind: SignalKind,
    #[command(flatten)]
    pub terms: Terms,
}

/// Options of `bank import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The bank.
    pub bank: String,
    /// The file; `-` is standard input, one value a line.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What the values are; required but for NDJSON whose lines say it.
    #[arg(long, value_parser = signal_kind)]
    pub kind: Option<SignalKind>,
    #[command(flatten)]
    pub terms: Terms,
}

/// How a table is printed.
#[derive(Debug, Args)]
pub struct Table {
    /// Print CSV.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// Options of `bank show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The bank.
    pub bank: String,
    /// How many entries at most.
    #[arg(long, default_value_t = 100, value_name = "N",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub count: usize,
    #[command(flatten)]
    pub table: Table,
}

/// Options of `bank match`.
#[derive(Debug, Args)]
#[group(skip)]
pub struct Match {
    #[command(flatten)]
    pub content: Content,
    #[command(flatten)]
    pub table: Table,
}

/// What to look up.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Content {
    /// A text.
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// A web address.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// MD5, SHA-1 or SHA-256 in hexadecimal, or `pdq:` and 64 hexadecimal digits.
    #[arg(long, value_name = "HASH")]
    pub hash: Option<String>,
}

/// Options of `bank remove`, and part of those of `bank disable`.
#[derive(Debug, Args)]
pub struct Entries {
    /// The bank.
    pub bank: String,
    /// Entries, as listed.
    #[arg(required = true, value_name = "ENTRY_ID", value_parser = entry_id)]
    pub entries: Vec<BankEntryId>,
}

/// Options of `bank disable`.
#[derive(Debug, Args)]
pub struct Disable {
    #[command(flatten)]
    pub entries: Entries,
    #[command(flatten)]
    pub until: Until,
}

/// Until when.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Until {
    /// Until this time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Timestamp>,
    /// For so many days from now.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub days: Option<u32>,
}

fn bank_kind(name: &str) -> Result<BankKind, String> {
    BankKind::from_name(name).ok_or_else(|| "one of media, text, url".to_owned())
}

fn signal_kind(name: &str) -> Result<SignalKind, String> {
    let names = SignalKind::ALL.map(SignalKind::name).join(", ");
    SignalKind::from_name(name).ok_or_else(|| format!("one of {names}"))
}

fn roll_out(text: &str) -> Result<RollOut, String> {
    RollOut::parse(text).ok_or_else(|| "shadow, live, or a share from 1% to 99%".to_owned())
}

fn entry_id(text: &str) -> Result<BankEntryId, String> {
    BankEntryId::parse(text)
        .ok_or_else(|| "16 hexadecimal digits, as `cordon bank show` lists them".to_owned())
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "a time such as 2026-12-01T00:00:00Z".to_owned())
}
