//! `cordon bank list`, `show` and `match`.

use super::ask;
use crate::cli::bank::{Content, Match, Show};
use crate::commands::Shared;
use crate::data::Data;
use crate::exit::Exit;
use crate::print;
use crate::remote::{Server, member, segment, shown, text};
use anyhow::{Context, Result, bail};
use cordon_detect::banks::{BankFacts, BankMatch, EntryFacts, Likeness, Signals, describe_matches};
use cordon_model::bank::BankEntry;
use cordon_model::clock::{Clock, SystemClock, Timestamp};
use cordon_model::limits;
use cordon_pipeline::banks::{require_bank, stated};
use cordon_pipeline::{Evaluator, PipelineError};
use serde_json::{Value, json};

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
pub(super) fn list(shared: &Shared, server: Option<&Server>, is_csv: bool) -> Result<Exit> {
    let banks = match server {
        Some(server) => member(&server.get("/v1/banks")?, "banks").clone(),
        None => {
            let data = Data::open_existing(shared)?;
            let facts = ask(&data, |state| state.detection().banks().facts(data.pipeline.now()));
            facts.iter().map(bank_json).collect()
        }
    };
    if shared.is_json {
        print::json(&banks)?;
        return Ok(Exit::Clean);
    }
    let names =
        ["bank_id", "kind", "policy_id", "owner", "entries", "live_entries", "matches", "shadow_matches"];
    let head = &["bank", "kind", "policy", "owner", "entries", "live", "matches", "shadow matches"];
    let row = |bank: &Value| names.iter().map(|name| text(bank, name)).collect();
    Rows { head, rows: rows(&banks, row) }.print(is_csv);
    Ok(Exit::Clean)
}

fn rows(all: &Value, row: impl FnMut(&Value) -> Vec<String>) -> Vec<Vec<String>> {
    all.as_array().into_iter().flatten().map(row).collect()
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
pub(super) fn show(shared: &Shared, server: Option<&Server>, options: &Show) -> Result<Exit> {
    let (entries, now) = match server {
        Some(server) => {
            let count = options.count.min(limits::BANK_ENTRIES_PUT_MAX);
            let path = format!("/v1/banks/{}/entries?count={count}", segment(&options.bank));
            (member(&server.get(&path)?, "entries").clone(), SystemClock.now())
        }
        None => {
            let data = Data::open_existing(shared)?;
            let now = data.pipeline.now();
            let entries = ask(&data, |state| {
                require_bank(state, &options.bank)?;
                let all = state.detection().banks().entries(&options.bank, options.count);
                let one = |facts: &EntryFacts| Ok(entry_json(facts, stated(state, facts)?.as_ref(), now));
                all.iter().map(one).collect::<Result<Value, PipelineError>>()
            })?;
            (entries, now)
        }
    };
    if shared.is_json {
        print::json(&entries)?;
        return Ok(Exit::Clean);
    }
    let row = |one: &Value| {
        let [entry, kind, value, source, added, matches, shadow] =
            ["entry_id", "kind", "value", "source", "added_at", "matches", "shadow_matches"]
                .map(|name| text(one, name));
        vec![entry, kind, value, source, state(one, now), added, matches, shadow]
    };
    let head = &["entry", "kind", "value", "source", "state", "added", "matches", "shadow matches"];
    Rows { head, rows: rows(&entries, row) }.print(options.table.csv);
    Ok(Exit::Clean)
}

/// Whether an entry matches, and whom; or since or until when it does not.
fn state(one: &Value, now: Timestamp) -> String {
    let at = |name: &str| member(one, name).as_str().and_then(Timestamp::parse);
    let roll_out = text(one, "roll_out");
    match (at("expires_at"), at("disabled_until")) {
        (Some(at), _) if at <= now => format!("expired {at}"),
        (_, Some(until)) if until > now => format!("disabled until {until}"),
        (Some(at), _) => format!("{roll_out} until {at}"),
        _ => roll_out,
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
pub(super) fn look_up(shared: &Shared, server: Option<&Server>, options: &Match) -> Result<Exit> {
    let Content { text, url, hash } = &options.content;
    let found = match server {
        Some(server) => {
            let asked = json!({ "text": text, "url": url, "hash": hash });
            member(&server.post("/v1/banks/match", &asked)?, "matches").clone()
        }
        None => {
            let data = Data::open_existing(shared)?;
            ask(&data, |state| matches_here(state, &options.content, data.pipeline.now()))?
        }
    };
    if shared.is_json {
        print::json(&found)?;
        return Ok(Exit::Clean);
    }
    let names = ["bank_id", "entry_id", "kind", "roll_out", "text"];
    let row = |one: &Value| names.iter().map(|name| shown(member(one, name))).collect();
    Rows { head: &["bank", "entry", "kind", "reaches", "how"], rows: rows(&found, row) }
        .print(options.table.csv);
    Ok(Exit::Clean)
}

fn matches_here(state: &Evaluator, content: &Content, now: Timestamp) -> Result<Value> {
    let (banks, key) = (state.detection().banks(), state.detection().key());
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
    let sentence = |one: &BankMatch| {
        let rows = describe_matches(banks, std::slice::from_ref(one));
        rows.into_iter().next().map(|row| row.text).unwrap_or_default()
    };
    let roll_out = |one: &BankMatch| banks.entry(one.entry_id).map(|facts| facts.roll_out.to_string());
    let found = banks.look_up(&signals, now);
    Ok(found.iter().map(|one| match_json(one, roll_out(one), sentence(one))).collect())
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
