//! `cordon bank import`: entries from a file, line by line; what cannot stand is named and left out.

use super::add::{new_entry, send_many};
use super::{BY, change};
use crate::cli::bank::Import;
use crate::commands::Shared;
use crate::exit::Exit;
use crate::print;
use crate::remote::Server;
use anyhow::{Context, Result, bail};
use cordon_detect::banks::NewBankEntry;
use cordon_model::bank::{RollOut, SignalKind};
use cordon_model::clock::Timestamp;
use cordon_model::limits;
use cordon_pipeline::banks::add_entries;
use serde::Deserialize;
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Longest line, in bytes: a text of the greatest length, escaped, and what stands beside it.
const LINE_BYTES_MAX: u64 = 1 << 20;
/// Rejected lines that are named.
const REJECTS_NAMED_MAX: usize = 20;

/// One line of NDJSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    kind: Option<SignalKind>,
    value: String,
    source: Option<String>,
    expires_at: Option<String>,
    roll_out: Option<String>,
    note: Option<String>,
}

/// Runs the command.
pub(super) fn run(shared: &Shared, server: Option<&Server>, options: &Import) -> Result<Exit> {
    let is_json = is_ndjson(&options.file);
    if options.kind.is_none() && !is_json {
        bail!("--kind is missing: lines of plain values do not say what they are");
    }
    let mut reader = open(&options.file)?;
    let (mut entries, mut lines, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
    let mut number = 0;
    while let Some(line) = next_line(&mut *reader).with_context(|| {
        format!("{} broke off behind line {number}; nothing was added", options.file.display())
    })? {
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match read(options, is_json, &line) {
            Ok(entry) => {
                entries.push(entry);
                lines.push(number);
            }
            Err(reason) => rejects.push((number, reason)),
        }
        if entries.len() > limits::BANK_ENTRIES_MAX {
            bail!("more than {} entries; nothing was added", limits::BANK_ENTRIES_MAX);
        }
    }
    let (added, refused) = match server {
        Some(server) => send_many(server, &options.bank, &entries)?,
        None => {
            let bank = &options.bank;
            let added = change(shared, |data| Ok(add_entries(&mut data.pipeline, bank, entries, true, BY)?))?;
            (added.entry_ids.len(), added.rejected)
        }
    };
    let refused = refused.into_iter().filter_map(|(place, reason)| Some((*lines.get(place)?, reason)));
    rejects.extend(refused);
    rejects.sort();
    report(shared, options, added, &rejects)
}

fn report(shared: &Shared, options: &Import, added: usize, rejects: &[(u64, String)]) -> Result<Exit> {
    let named = || rejects.iter().take(REJECTS_NAMED_MAX);
    if shared.is_json {
        let named: Vec<_> = named().map(|(line, reason)| json!({ "line": line, "reason": reason })).collect();
        print::json(&json!({
            "bank_id": options.bank, "entries": added, "rejected": rejects.len(), "rejects": named,
        }))?;
    } else {
        println!(
            "{} entries stand in {} and match from here on; {} lines rejected",
            print::count(added as u64),
            options.bank,
            print::count(rejects.len() as u64)
        );
        named().for_each(|(line, reason)| eprintln!("{}:{line}: {reason}", options.file.display()));
    }
    Ok(if rejects.is_empty() { Exit::Clean } else { Exit::SomeRejected })
}

fn is_ndjson(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "ndjson" || ending == "jsonl")
}

fn open(file: &Path) -> Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Box::new(BufReader::new(opened)))
}

fn next_line(reader: &mut dyn BufRead) -> Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if reader.take(LINE_BYTES_MAX).read_until(b'\n', &mut line)? as u64 == LINE_BYTES_MAX {
        bail!("a line is longer than {LINE_BYTES_MAX} bytes");
    }
    Ok((!line.is_empty()).then_some(line))
}

/// A line as an entry on the options' terms.
///
/// Errors: what is wrong with it, in words. Never quotes it.
fn read(options: &Import, is_json: bool, line: &[u8]) -> Result<NewBankEntry, String> {
    let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8")?.trim();
    if !is_json {
        let kind = options.kind.ok_or("no kind")?;
        return Ok(new_entry(&options.terms, kind, text.to_owned()));
    }
    let line: Line = serde_json::from_str(text).map_err(|error| fault(&error))?;
    let kind = line.kind.or(options.kind).ok_or("`kind` is missing, here and among the options")?;
    let mut new = new_entry(&options.terms, kind, line.value);
    new.source = line.source.or(new.source);
    new.note = line.note.or(new.note);
    if let Some(text) = line.expires_at {
        new.expires_at =
            Some(Timestamp::parse(&text).ok_or("`expires_at` is no time such as 2026-12-01T00:00:00Z")?);
    }
    if let Some(text) = line.roll_out {
        new.roll_out =
            RollOut::parse(&text).ok_or("`roll_out` is shadow, live, or a share from 1% to 99%")?;
    }
    Ok(new)
}

/// What is wrong with a line of JSON, without quoting what stands in it.
fn fault(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "a member is missing, unknown or of another type",
        _ => "the line is no JSON object",
    };
    format!("{what}, at byte {}", error.column())
}
