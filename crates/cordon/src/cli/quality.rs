//! `cordon quality` as typed.

use clap::{Args, Subcommand};

/// `cordon quality` as typed.
#[derive(Debug, Args)]
pub struct QualityCommand {
    /// The token of whoever acts, from `cordon admin token create`; better in CORDON_TOKEN, which no list of processes
    /// shows.
    #[arg(long, global = true, value_name = "TOKEN")]
    pub token: Option<String>,
    #[command(subcommand)]
    pub command: Quality,
}

/// Subcommands of `quality`.
#[derive(Debug, Subcommand)]
pub enum Quality {
    /// Print a decided case to judge once more, without its decision and who made it.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon quality next --json")]
    Next,
    /// Judge it: no_violation, or warn, label, restrict, suspend or terminate with the policy that is broken.
    #[command(
        after_help = "Examples:\n  CORDON_TOKEN=… cordon quality judge LOOK no_violation\n  CORDON_TOKEN=… cordon quality judge LOOK suspend --policy spam\n\nNothing about the account changes."
    )]
    Judge {
        /// Which look, as `next` names it.
        look: String,
        /// What was found.
        #[arg(value_parser = finding)]
        finding: cordon_model::decision::DecisionKind,
        /// The policy that is broken.
        #[arg(long, value_name = "POLICY")]
        policy: Option<String>,
    },
    /// Print the cases on which decision and second look differ. A lead.
    #[command(
        after_help = "Examples:\n  CORDON_TOKEN=… cordon quality disagreements\n  CORDON_TOKEN=… cordon quality disagreements --settled --json"
    )]
    Disagreements {
        /// Those that are settled, rather than those that wait.
        #[arg(long)]
        settled: bool,
    },
    /// Say what is right where they differ; a lead who neither decided nor looked. The decision stands.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon quality settle LOOK no_violation")]
    Settle {
        /// Which look.
        look: String,
        /// What should have been decided.
        #[arg(value_parser = finding)]
        right: cordon_model::decision::DecisionKind,
    },
    /// Make a golden case of what is settled, or of what both found. A lead.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon quality golden LOOK")]
    Golden {
        /// Which look.
        look: String,
    },
}

fn finding(text: &str) -> Result<cordon_model::decision::DecisionKind, String> {
    let found = cordon_model::decision::DecisionKind::from_name(text);
    found.ok_or_else(|| "no_violation, warn, label, restrict, suspend or terminate".to_owned())
}
