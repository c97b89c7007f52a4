//! `cordon timeline`: an account's newest entries, sealed or not.

use super::Shared;
use crate::cli::Timeline;
use crate::data::Data;
use crate::exit::Exit;
use crate::print;
use anyhow::{Result, bail};
use cordon_journal::SealedEntry;
use cordon_model::ids::AccountId;
use serde_json::{Map, Value, json};

/// Characters of an entry that the table shows.
const CHARS_SHOWN: usize = 120;
/// What the table has columns for, or what every row would repeat.
const SAID_ELSEWHERE: [&str; 4] = ["id", "type", "time", "account"];

/// Runs the command.
pub fn run(shared: &Shared, options: &Timeline) -> Result<Exit> {
    let data = Data::open_existing(shared)?;
    let account_id = AccountId(options.account.clone());
    let entries = data.pipeline.journal().timeline(&account_id, options.count)?;
    if entries.is_empty() {
        bail!("no entry of {account_id} stands in the journal");
    }
    if shared.is_json {
        print::json(&entries.iter().map(as_json).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["entry", "time", "event", "what it says"]);
    for row in &entries {
        table.add_row(vec![
            print::right(row.entry.offset),
            row.facts.time.to_string().into(),
            row.facts.event_type.as_str().into(),
            summary(&row.entry.payload).into(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

fn as_json(row: &SealedEntry) -> Value {
    json!({
        "offset": row.entry.offset, "id": row.entry.id, "type": row.facts.event_type,
        "time": row.facts.time.to_string(), "received_at": row.entry.received_at.to_string(),
        "event": serde_json::from_slice::<Value>(&row.entry.payload).unwrap_or_default(),
    })
}

/// The payload on one line, without what stands in other columns and without signs that would disturb a terminal.
fn summary(payload: &[u8]) -> String {
    let mut members: Map<String, Value> = serde_json::from_slice(payload).unwrap_or_default();
    SAID_ELSEWHERE.iter().for_each(|name| drop(members.remove(*name)));
    let text = Value::Object(members).to_string();
    let is_plain = |letter: &char| !letter.is_control() && !('\u{2028}'..='\u{202e}').contains(letter);
    let mut shown: String = text.chars().filter(is_plain).take(CHARS_SHOWN).collect();
    if text.chars().count() > CHARS_SHOWN {
        shown.push('…');
    }
    shown
}
