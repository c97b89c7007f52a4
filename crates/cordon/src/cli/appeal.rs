//! `cordon appeal` and `cordon statement` as typed.

use clap::{Args, Subcommand};

/// `cordon appeal` as typed.
#[derive(Debug, Args)]
pub struct AppealCommand {
    /// The token of whoever acts, from `cordon admin token create`; better in CORDON_TOKEN, which no list of processes
    /// shows. Looking needs none.
    #[arg(long, global = true, value_name = "TOKEN")]
    pub token: Option<String>,
    #[command(subcommand)]
    pub command: Appeal,
}

/// Subcommands of `appeal`.
#[derive(Debug, Subcommand)]
pub enum Appeal {
    /// Print the appeals that wait, urgent ones first and then those due first.
    #[command(after_help = "Examples:\n  cordon appeal list\n  cordon appeal list --late --json")]
    List(List),
    /// Print one appeal with the decision that it is against, but not who decided.
    #[command(after_help = "Example:\n  cordon appeal show APPEAL")]
    Show(Named),
    /// Take an appeal in on behalf of the account's holder; once for each decision. An admin.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon appeal file DECISION --text 'it was not me'")]
    File(File),
    /// Take an appeal for 15 minutes, so that nobody else decides it meanwhile.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon appeal claim APPEAL")]
    Claim(Named),
    /// Let the decision stand; a person who had no part in it.
    #[command(
        after_help = "Example:\n  CORDON_TOKEN=… cordon appeal uphold APPEAL --reasons 'the same leaflet again'"
    )]
    Uphold(Rule),
    /// Take the decision back with everything that it did; a person who had no part in it.
    #[command(
        after_help = "Example:\n  CORDON_TOKEN=… cordon appeal overturn APPEAL --reasons 'a shared device'"
    )]
    Overturn(Rule),
    /// Take an appeal back on the appellant's wish. An admin.
    #[command(after_help = "Example:\n  CORDON_TOKEN=… cordon appeal withdraw APPEAL")]
    Withdraw(Named),
}

/// Options of `appeal list`.
#[derive(Debug, Args)]
pub struct List {
    /// Those alone that should have been decided by now.
    #[arg(long)]
    pub late: bool,
    /// In which state: open, withdrawn, upheld or overturned.
    #[arg(long, default_value = "open", value_parser = status)]
    pub status: cordon_model::appeal::AppealStatus,
}

/// An appeal by its name.
#[derive(Debug, Args)]
pub struct Named {
    /// Which.
    pub appeal: String,
}

/// Options of `appeal file`.
#[derive(Debug, Args)]
pub struct File {
    /// Against which decision.
    pub decision: String,
    /// What the appellant says.
    #[arg(long)]
    pub text: String,
}

/// Options of `appeal uphold` and `appeal overturn`.
#[derive(Debug, Args)]
pub struct Rule {
    /// Which.
    pub appeal: String,
    /// Why; stays inside.
    #[arg(long)]
    pub reasons: String,
}

/// Subcommands of `statement`.
#[derive(Debug, Subcommand)]
pub enum Statement {
    /// Print the statement of reasons on a decision.
    #[command(
        after_help = "Examples:\n  cordon statement show DECISION\n  cordon statement show DECISION --json"
    )]
    Show {
        /// On which decision.
        decision: String,
    },
    /// Set what stands before the token in an appeal's link, and the days within which accounts may appeal.
    #[command(
        after_help = "Example:\n  cordon statement settings --appeal-url https://platform.example/appeal/ --appeal-days 183"
    )]
    Settings {
        /// What stands before the token; notices that have left keep theirs.
        #[arg(long, value_name = "URL")]
        appeal_url: Option<String>,
        /// Days, 183 at first.
        #[arg(long, value_name = "DAYS")]
        appeal_days: Option<i64>,
    },
}

fn status(text: &str) -> Result<cordon_model::appeal::AppealStatus, String> {
    let found = cordon_model::appeal::AppealStatus::from_name(text);
    found.ok_or_else(|| "open, withdrawn, upheld or overturned".to_owned())
}
