//! `cordon admin strikes`: the ladder, and where an account stands on it. Works while the server runs.

use super::Shared;
use super::admin::say;
use super::token::by;
use crate::cli::Strikes as Command;
use crate::exit::Exit;
use crate::{data, policies, print};
use anyhow::{Context, Result};
use cordon_enforce::accounts::StrikeTally;
use cordon_enforce::ports::{CaseDesk, Policies};
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::ids::AccountId;
use cordon_model::ladder::{Ladder, LadderStep};
use serde_json::json;

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    data::require(&shared.data)?;
    data::with_record(shared, async |record| match command {
        Command::Ladder => show_ladder(shared, &record.fetch_ladder().await?),
        Command::Put { file } => {
            let yaml =
                std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let ladder =
                policies::parse_ladder(&yaml).with_context(|| format!("{} cannot stand", file.display()))?;
            record.put_ladder(&ladder, &by(), SystemClock.now()).await?;
            let text = format!("{} steps are in force", ladder.steps().len());
            say(shared, json!({ "steps": ladder }), &text)
        }
        Command::Show { account } => {
            let tally = record.fetch_strikes(&AccountId(account), SystemClock.now()).await?;
            show_tally(shared, &tally)
        }
    })
}

fn show_ladder(shared: &Shared, ladder: &Ladder) -> Result<Exit> {
    if shared.is_json {
        print::json(&json!({ "steps": ladder }))?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["points", "proposes"]);
    for step in ladder.steps() {
        table.add_row(vec![step.points.to_string(), step.to_string()]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

fn show_tally(shared: &Shared, tally: &StrikeTally) -> Result<Exit> {
    if shared.is_json {
        print::json(tally)?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["decision", "policy", "points", "decided", "counts until"]);
    for strike in &tally.strikes {
        table.add_row(vec![
            strike.decision_id.to_string(),
            strike.policy.to_string(),
            strike.points.to_string(),
            strike.decided_at.to_string(),
            strike.expires_at.map_or_else(|| "for good".to_owned(), |at| at.to_string()),
        ]);
    }
    println!("{table}");
    let reached = tally.reached.map_or_else(|| "no step".to_owned(), |step| step.to_string());
    println!("{} points reach: {reached}; {}", tally.points, next_in_words(tally.next));
    Ok(Exit::Clean)
}

fn next_in_words(next: Option<LadderStep>) -> String {
    match next {
        Some(step) => format!("at {} points: {step}", step.points),
        None => "there is no step above".to_owned(),
    }
}
