//! Evidence in words: numbers become values again, and a row becomes a sentence that a reviewer can read.

use super::row::{Basis, Row};
use crate::Detection;
use crate::learning;
use crate::links::{Account, AccountNumber, Entity, EntityNumber};
use crate::profiles::{TermFacts, TermNumber};
use crate::settings::{LinkKind, LinkType};
use cordon_model::entity::{Evidence, EvidenceGroup};
use cordon_model::limits;

/// Values listed in one row.
const VALUES_SHOWN: usize = 8;
/// Values named within a sentence.
const VALUES_NAMED: usize = 3;
/// Characters of a value within a sentence.
const VALUE_CHARS: usize = 60;

/// Reads values back from where they were seen. Nothing is remembered but hashes and places, so a value whose entry
/// was erased or has expired is gone.
pub trait Names {
    /// An account's id.
    fn account(&self, facts: &Account) -> Option<String>;
    /// An entity's value.
    fn entity(&self, facts: &Entity) -> Option<String>;
    /// A term of a profile store.
    fn term(&self, store: u8, facts: &TermFacts) -> Option<String>;
}

/// Puts rows into words.
pub fn describe(detection: &Detection, names: &dyn Names, rows: &[Row]) -> Vec<Evidence> {
    let shown = rows.iter().take(limits::EVIDENCE_ROWS_MAX);
    shown.filter_map(|row| describe_row(detection, names, row)).collect()
}

fn describe_row(detection: &Detection, names: &dyn Names, row: &Row) -> Option<Evidence> {
    match &row.basis {
        Basis::Entities { kind, entities } => {
            let kind = detection.settings().link(*kind)?;
            Some(describe_entities(detection, names, row, kind, entities))
        }
        Basis::Terms { terms, .. } => Some(describe_terms(detection, names, row, terms)),
        Basis::Since(seconds) => Some(describe_since(row, *seconds)),
    }
}

fn describe_entities(
    detection: &Detection,
    names: &dyn Names,
    row: &Row,
    kind: &LinkType,
    entities: &[(EntityNumber, f64)],
) -> Evidence {
    let facts: Vec<Entity> = entities.iter().map(|(entity, _)| detection.links().entity(*entity)).collect();
    let values: Vec<(String, f64)> = facts
        .iter()
        .zip(entities)
        .take(VALUES_SHOWN)
        .filter_map(|(facts, (_, bits))| Some((names.entity(facts)?, *bits)))
        .collect();
    let rarest = facts.iter().map(|facts| facts.accounts).min().unwrap_or(0);
    let most = facts.iter().map(|facts| facts.accounts).max().unwrap_or(0);
    let suspended = facts.iter().map(|facts| facts.suspended).max().unwrap_or(0);
    let mut text = sentence(kind, entities.len(), rarest, most);
    if suspended > 0 {
        text.push_str(&format!(", up to {suspended} of them suspended"));
    }
    text.push_str(if values.is_empty() { " (no longer kept)" } else { "" });
    text.push_str(&named(&values));
    let entity = match (&values[..], entities.len()) {
        ([(value, _)], 1) => Some(value.clone()),
        _ => None,
    };
    let terms = if entity.is_some() { Vec::new() } else { values };
    Evidence {
        group: row.group,
        entity_type: kind.name.clone(),
        entity,
        terms,
        weight: row.bits,
        levels: learning::levels(facts.iter().map(|facts| facts.accounts)),
        text,
    }
}

fn describe_since(row: &Row, seconds: i64) -> Evidence {
    let which = if row.bits < 0.0 { "as late as" } else { "as soon as" };
    Evidence {
        group: row.group,
        entity_type: "since_suspension".to_owned(),
        entity: None,
        terms: Vec::new(),
        weight: row.bits,
        levels: Vec::new(),
        text: format!("active {which} {} after that suspension", about(seconds.unsigned_abs())),
    }
}

/// A span of time in its largest whole unit.
pub fn about(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => {
            let days = usize::try_from(seconds / 86_400).unwrap_or(usize::MAX);
            format!("{days} {}", plural("day", days))
        }
    }
}

/// "3 urls that at most 4 accounts ever shared"
fn sentence(kind: &LinkType, count: usize, rarest: u32, most: u32) -> String {
    let things = plural(&kind.name.replace('_', " "), count);
    let number = if count == 1 { "one".to_owned() } else { count.to_string() };
    let accounts =
        if rarest == most { format!("{most} accounts") } else { format!("{rarest} to {most} accounts") };
    match kind.kind {
        LinkKind::Identifier => format!("{number} {things} that only {accounts} used"),
        LinkKind::Follow => format!("{number} {things} of accounts that only {accounts} followed early"),
        LinkKind::NearText => {
            format!("{number} nearly identical {} that {accounts} posted", plural("text", count))
        }
        LinkKind::NearMedia => {
            format!("{number} nearly identical {} that {accounts} used", plural("picture", count))
        }
        LinkKind::CoAction { window_seconds } => {
            format!("{number} {things}: the same object within {window_seconds} s, by {accounts}")
        }
    }
}

fn describe_terms(
    detection: &Detection,
    names: &dyn Names,
    row: &Row,
    terms: &[((u8, TermNumber), f64)],
) -> Evidence {
    let value = |store: u8, number: TermNumber| {
        let facts = detection.profiles(store)?.term(number);
        names.term(store, &facts)
    };
    let values: Vec<(String, f64)> = terms
        .iter()
        .take(VALUES_SHOWN)
        .filter_map(|((store, number), bits)| Some((value(*store, *number)?, *bits)))
        .collect();
    let what = match row.group {
        EvidenceGroup::Social if row.bits < 0.0 => "mentions and reposts accounts that the seeds do not",
        EvidenceGroup::Social => "mentions and reposts the same accounts as the seeds",
        _ if row.bits < 0.0 => "writes unlike the seeds, compared with a sample of all accounts",
        _ => "writes like the seeds, compared with a sample of all accounts",
    };
    let text = format!("{what}{}", named(&values));
    let entity_type = match row.group {
        EvidenceGroup::Social => "mentions",
        _ => "words",
    };
    Evidence {
        group: row.group,
        entity_type: entity_type.to_owned(),
        entity: None,
        terms: values,
        weight: row.bits,
        levels: Vec::new(),
        text,
    }
}

fn named(values: &[(String, f64)]) -> String {
    if values.is_empty() {
        return String::new();
    }
    let short = |value: &String| match value.char_indices().nth(VALUE_CHARS) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or(value)),
        None => value.clone(),
    };
    let list: Vec<String> = values.iter().take(VALUES_NAMED).map(|(value, _)| short(value)).collect();
    let more = if values.len() > VALUES_NAMED { ", …" } else { "" };
    format!(": {}{more}", list.join(", "))
}

/// `thing` as it is called where there are `count` of it.
pub fn plural(thing: &str, count: usize) -> String {
    match (count, thing) {
        (1, _) => thing.to_owned(),
        (_, thing) if thing.ends_with("once") => thing.replacen(" at once", "s at once", 1),
        (_, thing) if thing.ends_with('s') => format!("{thing}es"),
        _ => format!("{thing}s"),
    }
}

/// The account's id, or a stand-in that tells accounts apart.
pub fn account_name(detection: &Detection, names: &dyn Names, account: AccountNumber) -> String {
    let facts = detection.links().account_facts(account);
    names.account(&facts).unwrap_or_else(|| format!("(erased, {:08x})", facts.hash >> 32))
}
