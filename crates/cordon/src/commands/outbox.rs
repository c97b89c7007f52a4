//! `cordon admin outbox`: what was given up on, and another try. Works while the server runs.

use super::Shared;
use super::admin::say;
use crate::cli::Outbox as Command;
use crate::data;
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result};
use cordon_enforce::outbox::{OutboxKind, OutboxRow};
use cordon_enforce::ports::Outbox;
use cordon_model::clock::{Clock, SystemClock};
use cordon_store::Record;
use serde_json::{Value, json};

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    data::require(&shared.data)?;
    data::with_record(shared, async |record| match command {
        Command::List => list(shared, &dead_letters(record).await?),
        Command::Replay { keys } => replay(shared, record, &keys).await,
    })
}

/// Dead letters of every kind, each kind oldest first.
async fn dead_letters(record: &Record) -> Result<Vec<OutboxRow>> {
    let mut letters = Vec::new();
    for kind in [OutboxKind::Webhook, OutboxKind::Journal] {
        let mut after_sequence = 0;
        loop {
            let page = record.dead(kind, after_sequence).await?;
            let Some(last) = page.last() else { break };
            after_sequence = last.sequence;
            letters.extend(page);
        }
    }
    Ok(letters)
}

fn list(shared: &Shared, letters: &[OutboxRow]) -> Result<Exit> {
    if shared.is_json {
        print::json(&letters.iter().map(as_json).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["key", "to", "account", "attempts", "written", "last error"]);
    for letter in letters {
        table.add_row(vec![
            letter.key.as_str().into(),
            letter.kind.name().into(),
            letter.stream.as_str().into(),
            print::right(letter.attempts),
            letter.created_at.to_string().into(),
            letter.last_error.as_deref().unwrap_or("").into(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

/// Without the payload: it may hold what its reader need not see.
fn as_json(letter: &OutboxRow) -> Value {
    json!({
        "key": letter.key, "kind": letter.kind.name(), "account_id": letter.stream,
        "attempts": letter.attempts, "created_at": letter.created_at.to_string(),
        "last_error": letter.last_error,
    })
}

async fn replay(shared: &Shared, record: &Record, keys: &[String]) -> Result<Exit> {
    for (done, key) in keys.iter().enumerate() {
        record
            .replay_dead(key, SystemClock.now())
            .await
            .with_context(|| format!("{done} of {} made due again, then stopped", keys.len()))?;
    }
    say(shared, json!({ "replayed": keys }), &format!("{} due again, with all attempts", keys.len()))
}
