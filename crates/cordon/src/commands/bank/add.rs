//! `cordon bank add`: entries as typed.

use super::{BY, change, days_from_now};
use crate::cli::bank::{Add, Terms};
use crate::commands::Shared;
use crate::commands::admin::say;
use crate::exit::Exit;
use crate::remote::{Server, items, member, segment, shown, text};
use anyhow::Result;
use cordon_detect::banks::NewBankEntry;
use cordon_model::bank::SignalKind;
use cordon_model::limits;
use cordon_pipeline::banks::add_entries;
use serde_json::{Value, json};

/// Bytes of values that one request brings, so that it stays well below what the server takes.
const REQUEST_BYTES_MAX: usize = 128 << 10;

/// Runs the command: all values, or none.
pub(super) fn run(shared: &Shared, server: Option<&Server>, options: Add) -> Result<Exit> {
    let bank = options.bank;
    let new = |value| new_entry(&options.terms, options.kind, value);
    let entries: Vec<NewBankEntry> = options.values.into_iter().map(new).collect();
    let done = match server {
        Some(server) => {
            let body = json!({ "entries": entries.iter().map(entry_json).collect::<Vec<_>>() });
            server.post(&format!("/v1/banks/{}/entries", segment(&bank)), &body)?
        }
        None => {
            let add = |data: &mut crate::data::Data| {
                Ok(add_entries(&mut data.pipeline, &bank, entries, false, BY)?)
            };
            json!({ "entry_ids": change(shared, add)?.entry_ids })
        }
    };
    let names: Vec<String> = items(&done, "entry_ids").map(shown).collect();
    let text = format!("{} stands in {bank} and matches from here on", names.join(", "));
    say(shared, json!({ "bank_id": bank, "entry_ids": member(&done, "entry_ids") }), &text)
}

/// An entry on the options' terms.
pub(super) fn new_entry(terms: &Terms, kind: SignalKind, value: String) -> NewBankEntry {
    NewBankEntry {
        kind,
        value,
        source: terms.source.clone(),
        expires_at: terms.expires.or_else(|| terms.days.map(days_from_now)),
        roll_out: terms.roll_out,
        disabled_until: None,
        note: terms.note.clone(),
    }
}

/// An entry as the server reads it.
fn entry_json(entry: &NewBankEntry) -> Value {
    json!({
        "kind": entry.kind, "value": entry.value, "source": entry.source,
        "expires_at": entry.expires_at.map(|at| at.to_string()), "roll_out": entry.roll_out.to_string(),
        "note": entry.note,
    })
}

/// Adds what can stand of many entries on a server, in as many requests as they need. How many stand, and those that
/// cannot by their place, with why.
pub(super) fn send_many(
    server: &Server,
    bank: &str,
    entries: &[NewBankEntry],
) -> Result<(usize, Vec<(usize, String)>)> {
    let (mut added, mut rejected, mut first) = (0, Vec::new(), 0);
    while let Some(rest) = entries.get(first..).filter(|rest| !rest.is_empty()) {
        let mut bytes = 0;
        let fits = |entry: &&NewBankEntry| {
            bytes += entry.value.len();
            bytes <= REQUEST_BYTES_MAX
        };
        let count = rest.iter().take(limits::BANK_ENTRIES_PUT_MAX).take_while(fits).count().max(1);
        let some: Vec<Value> = rest.iter().take(count).map(entry_json).collect();
        let path = format!("/v1/banks/{}/entries", segment(bank));
        let done = server.post(&path, &json!({ "entries": some, "is_partial": true }))?;
        added += member(&done, "entry_ids").as_array().map_or(0, Vec::len);
        for one in items(&done, "rejected") {
            let index = member(one, "index").as_u64().and_then(|index| usize::try_from(index).ok());
            rejected.push((first + index.unwrap_or_default(), text(one, "reason")));
        }
        first += count;
    }
    Ok((added, rejected))
}
