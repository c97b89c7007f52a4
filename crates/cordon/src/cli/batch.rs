//! `cordon batch` as typed.

use clap::{Args, Subcommand};
use cordon_model::decision::DecisionKind;
use std::path::PathBuf;

/// `cordon batch` as typed.
#[derive(Debug, Args)]
pub struct BatchCommand {
    /// The token of whoever acts, from `cordon admin token create`; better in CORDON_TOKEN, which no list of processes
    /// shows. Looking needs none.
    #[arg(long, global = true, value_name = "TOKEN")]
    pub token: Option<String>,
    #[command(subcommand)]
    pub command: Batch,
}

/// Subcommands of `batch`.
#[derive(Debug, Subcommand)]
pub enum Batch {
    /// Propose one decision on many accounts, and draw the sample that others must judge.
    #[command(
        after_help = "Examples:\n  cordon batch propose ring.txt --kind suspend --policy spam --policy-version 1 --rationale 'one campaign' --evidence 'posted the same leaflet'\n  cordon batch propose ring.txt --kind suspend --days 30 --policy spam --policy-version 1 --rationale 'first time'\n  cordon cluster --json | jq -c '…' | cordon batch propose - --kind restrict --policy spam --policy-version 1 --rationale 'one campaign'\n\nOne account id a line, or one JSON object a line with `account_id` and, where known, `source`, `language` and `evidence`.\nExit codes: 0 clean, 2 some accounts left out, 3 could not run."
    )]
    Propose(Propose),
    /// Print the newest batches.
    #[command(after_help = "Example:\n  cordon batch list --json")]
    List,
    /// Print one batch: its sample by stratum, and how far it has come.
    #[command(
        after_help = "Examples:\n  cordon batch show BATCH\n  cordon batch show BATCH --members left_out"
    )]
    Show(Show),
    /// Print the next sampled accounts to be judged, with their evidence.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon batch sample BATCH --count 5")]
    Sample(Sample),
    /// Say what you would decide on a sampled account.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon batch judge BATCH carol no_violation")]
    Judge(Judge),
    /// Draw more of a batch whose sample did not suffice.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon batch enlarge BATCH")]
    Enlarge(Named),
    /// Approve the list that has this hash; a lead or an admin other than the proposer.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon batch approve BATCH --list-hash HASH")]
    Approve(Approve),
    /// Carry an approved batch out, or go on after a pause or a crash.
    #[command(
        after_help = "Examples:\n  CORDON_TOKEN=… cordon batch start BATCH\n  CORDON_TOKEN=… cordon batch start BATCH --break-glass 'a wave of sign-ups'"
    )]
    Start(Start),
    /// Stop a batch after the slice under way.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon batch pause BATCH --reason 'let us look'")]
    Pause(Stop),
    /// Overturn every decision of a batch.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon batch take-back BATCH --reason 'wrong list'")]
    TakeBack(Stop),
}

/// Options of `batch propose`.
#[derive(Debug, Args)]
pub struct Propose {
    /// The accounts; - for standard input.
    pub file: PathBuf,
    /// What to decide on each: no_violation, warn, label, restrict, suspend or restore.
    #[arg(long, value_parser = kind)]
    pub kind: DecisionKind,
    /// With --kind label: which.
    #[arg(long)]
    pub label: Option<String>,
    /// With --kind restrict or suspend: days after which it ends by itself, 1 to 366 [default: no end].
    #[arg(long, value_name = "DAYS")]
    pub days: Option<u32>,
    /// The policy to cite.
    #[arg(long, value_name = "POLICY")]
    pub policy: String,
    /// Its version.
    #[arg(long, value_name = "N")]
    pub policy_version: u32,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub rationale: String,
    /// What speaks against accounts that say nothing of it themselves, beside their open cases' evidence.
    #[arg(long, value_name = "TEXT")]
    pub evidence: Option<String>,
    /// Highest share of wrong decisions, at most 0.05 [default: 0.01].
    #[arg(long, value_name = "SHARE")]
    pub error_max: Option<f64>,
}

/// Options of `batch show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Its name.
    pub batch: String,
    /// List the accounts in this state instead: left_out, waiting, done, passed_over or taken_back.
    #[arg(long, value_name = "STATE", value_parser = member_status)]
    pub members: Option<cordon_model::batch::MemberStatus>,
}

/// Options of `batch sample`.
#[derive(Debug, Args)]
pub struct Sample {
    /// The batch's name.
    pub batch: String,
    /// How many accounts.
    #[arg(long, default_value_t = 1)]
    pub count: usize,
}

/// Options of `batch judge`.
#[derive(Debug, Args)]
pub struct Judge {
    /// The batch's name.
    pub batch: String,
    /// The account.
    pub account: String,
    /// What you would decide: no_violation, warn, label, restrict, suspend, terminate or restore.
    #[arg(value_parser = kind)]
    pub finding: DecisionKind,
}

/// Names a batch.
#[derive(Debug, Args)]
pub struct Named {
    /// Its name.
    pub batch: String,
}

/// Options of `batch approve`.
#[derive(Debug, Args)]
pub struct Approve {
    /// Its name.
    pub batch: String,
    /// The hash of the list that you looked at.
    #[arg(long, value_name = "HASH")]
    pub list_hash: String,
}

/// Options of `batch start`.
#[derive(Debug, Args)]
pub struct Start {
    /// Its name.
    pub batch: String,
    /// Go beyond the daily limits for this reason; a lead or an admin.
    #[arg(long, value_name = "REASON")]
    pub break_glass: Option<String>,
}

/// Options of `batch pause` and `batch take-back`.
#[derive(Debug, Args)]
pub struct Stop {
    /// Its name.
    pub batch: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

fn kind(text: &str) -> Result<DecisionKind, String> {
    let names = || DecisionKind::ALL.map(DecisionKind::name).join(", ");
    DecisionKind::from_name(text).ok_or_else(|| format!("one of {}", names()))
}

fn member_status(text: &str) -> Result<cordon_model::batch::MemberStatus, String> {
    use cordon_model::batch::MemberStatus;
    let names = || MemberStatus::ALL.map(MemberStatus::name).join(", ");
    MemberStatus::from_name(text).ok_or_else(|| format!("one of {}", names()))
}
