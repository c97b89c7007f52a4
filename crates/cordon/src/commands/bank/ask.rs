//! `cordon bank list`, `show` and `match`.

use super::Keeper;
use crate::cli::bank::{Match, Show};
use crate::commands::Shared;
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result, bail};
use cordon_detect::banks::{BankFacts, BankMatch, EntryFacts, Likeness, Signals, describe_matches};
use cordon_model::bank::{BankEntry, BankEntryId};
use cordon_model::clock::Timestamp;
use cordon_model::entry::Control;
use serde_json::{Value, json};
use std::sync::PoisonError;

/// Characters of a value that the table shows; `--json` and `--csv` show all.
const CHARS_SHOWN: usize = 160;

/// Columns and rows, the same for people and as CSV.
struct Rows {
    head: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn print(&self, is_csv: bool) {
        if is_csv {
            print::csv_row(self.head);
            self.rows.iter().for_each(|row| print::csv_row(row));
            return;
        }
        let mut table = print::table(self.head);
        for row in &self.rows {
            table.add_row(row.iter().map(|field| shortened(field)).collect::<Vec<_>>());
        }
        println!("{table}");
    }
}

/// Prints all banks.
pub(super) fn list(shared: &Shared, is_csv: bool) -> Result<Exit> {
    let keeper = Keeper::open(shared)?;
    let facts = keeper.ask(|banks| banks.facts(keeper.now()));
    if shared.is_json {
        print::json(&facts.iter().map(bank_json).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let row = |facts: &BankFacts| {
        let bank = &facts.bank;
        vec![
            bank.bank_id.to_string(),
            bank.kind.name().to_owned(),
            bank.policy_id.to_string(),
            bank.owner.clone(),
            facts.entries.to_string(),
            facts.live_entries.to_string(),
            facts.live.matches.to_string(),
            facts.shadow.matches.to_string(),
        ]
    };
    let head = &["bank", "kind", "policy", "owner", "entries", "live", "matches", "shadow matches"];
    Rows { head, rows: facts.iter().map(row).collect() }.print(is_csv);
    Ok(Exit::Clean)
}

fn bank_json(facts: &BankFacts) -> Value {
    let bank = &facts.bank;
    json!({
        "bank_id": bank.bank_id, "name": bank.name, "kind": bank.kind, "policy_id": bank.policy_id,
        "owner": bank.owner, "source": bank.source, "entries": facts.entries, "live_entries": facts.live_entries,
        "rolling_entries": facts.rolling_entries, "matches": facts.live.matches,
        "shadow_matches": facts.shadow.matches,
    })
}

/// Prints a bank's entries, with what the journal says of them.
pub(super) fn show(shared: &Shared, options: &Show) -> Result<Exit> {
    let keeper = Keeper::open(shared)?;
    keeper.bank(&options.bank)?;
    let now = keeper.now();
    let mut entries = Vec::new();
    for facts in keeper.ask(|banks| banks.entries(&options.bank, options.count)) {
        let stated = keeper.stated(facts.entry_id)?;
        entries.push((facts, stated));
    }
    if shared.is_json {
        let entries = entries.iter().map(|(facts, stated)| entry_json(facts, stated.as_ref(), now));
        print::json(&entries.collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let row = |(facts, stated): &(EntryFacts, Option<BankEntry>)| {
        let said = |of: fn(&BankEntry) -> &str| stated.as_ref().map_or("", of).to_owned();
        vec![
            facts.entry_id.to_string(),
            facts.kind.to_string(),
            said(|entry| &entry.value),
            said(|entry| &entry.source),
            state(facts, now),
            facts.added_at.to_string(),
            facts.live.matches.to_string(),
            facts.shadow.matches.to_string(),
        ]
    };
    let head = &["entry", "kind", "value", "source", "state", "added", "matches", "shadow matches"];
    Rows { head, rows: entries.iter().map(row).collect() }.print(options.table.csv);
    Ok(Exit::Clean)
}

/// Whether an entry matches, and whom; or since or until when it does not.
fn state(facts: &EntryFacts, now: Timestamp) -> String {
    match (facts.expires_at, facts.disabled_until) {
        (Some(at), _) if at <= now => format!("expired {at}"),
        (_, Some(until)) if until > now => format!("disabled until {until}"),
        (Some(at), _) => format!("{} until {at}", facts.roll_out),
        _ => facts.roll_out.to_string(),
    }
}

fn entry_json(facts: &EntryFacts, stated: Option<&BankEntry>, now: Timestamp) -> Value {
    json!({
        "entry_id": facts.entry_id, "kind": facts.kind, "value": stated.map(|entry| &entry.value),
        "source": stated.map(|entry| &entry.source), "note": stated.and_then(|entry| entry.note.as_ref()),
        "is_in_force": facts.is_in_force(now), "roll_out": facts.roll_out.to_string(),
        "added_at": facts.added_at.to_string(), "expires_at": facts.expires_at.map(|at| at.to_string()),
        "disabled_until": facts.disabled_until.map(|until| until.to_string()),
        "matches": facts.live.matches, "shadow_matches": facts.shadow.matches,
    })
}

/// Looks content up, and prints what matches, likest first.
pub(super) fn look_up(shared: &Shared, options: &Match) -> Result<Exit> {
    let keeper = Keeper::open(shared)?;
    let state = keeper.data.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let (banks, key) = (state.detection().banks(), state.detection().key());
    let content = &options.content;
    let signals = match (&content.text, &content.url, &content.hash) {
        (Some(text), _, _) => Signals::of_text(key, text),
        (_, Some(url), _) => Signals::of_url(key, url),
        (_, _, Some(hash)) => Signals::of_media(key, hash).context(
            "no hash: 32, 40 or 64 hexadecimal digits, or `pdq:` and the 64 digits of a picture that is no even surface",
        )?,
        _ => bail!("nothing to look up: give --text, --url or --hash"),
    };
    if signals.is_empty() {
        bail!("nothing is left to look up: an address has a host with a dot, a text has letters");
    }
    let found = banks.look_up(&signals, keeper.now());
    let sentence = |one: &BankMatch| {
        let rows = describe_matches(banks, std::slice::from_ref(one));
        rows.into_iter().next().map(|row| row.text).unwrap_or_default()
    };
    let roll_out = |one: &BankMatch| banks.entry(one.entry_id).map(|facts| facts.roll_out.to_string());
    if shared.is_json {
        let of = |one: &BankMatch| match_json(one, roll_out(one), sentence(one));
        print::json(&found.iter().map(of).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let row = |one: &BankMatch| {
        let roll_out = roll_out(one).unwrap_or_default();
        vec![one.bank_id.to_string(), one.entry_id.to_string(), one.kind.to_string(), roll_out, sentence(one)]
    };
    Rows { head: &["bank", "entry", "kind", "reaches", "how"], rows: found.iter().map(row).collect() }
        .print(options.table.csv);
    Ok(Exit::Clean)
}

fn match_json(one: &BankMatch, roll_out: Option<String>, sentence: String) -> Value {
    let (distance, differs) = match one.likeness {
        Likeness::Same => (None, None),
        Likeness::Distance(bits) => (Some(bits), None),
        Likeness::DiffersPercent(percent) => (None, Some(percent)),
    };
    json!({
        "bank_id": one.bank_id, "entry_id": one.entry_id, "kind": one.kind, "roll_out": roll_out,
        "distance": distance, "differs_percent": differs, "text": sentence,
    })
}

/// A field as the table shows it: on one line, without signs that would disturb a terminal.
fn shortened(text: &str) -> String {
    let is_plain = |letter: &char| !letter.is_control() && !('\u{2028}'..='\u{202e}').contains(letter);
    let mut shown: String = text.chars().filter(is_plain).collect();
    if let Some((end, _)) = shown.char_indices().nth(CHARS_SHOWN) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

impl Keeper {
    /// An entry as it was last put, read back from the journal; `None` where that is gone.
    pub(super) fn stated(&self, entry_id: BankEntryId) -> Result<Option<BankEntry>> {
        let Some(facts) = self.ask(|banks| banks.entry(entry_id)) else { return Ok(None) };
        let Some(entry) = self.data.pipeline.journal().entry_at(facts.witness)? else { return Ok(None) };
        let Control::BankEntriesPut { entries, .. } = serde_json::from_slice(&entry.payload)? else {
            return Ok(None);
        };
        Ok(entries.into_iter().rfind(|entry| entry.entry_id == entry_id))
    }
}
