//! `cordon index`: what the index holds.

use super::Shared;
use crate::data::Data;
use crate::exit::Exit;
use crate::print;
use anyhow::Result;
use serde_json::json;
use std::sync::PoisonError;

/// Prints the parts of the state, their sizes and the cost of a link.
pub fn stats(shared: &Shared) -> Result<Exit> {
    let data = Data::open_existing(shared)?;
    let state = data.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let stats = state.detection().stats();
    let resident = resident_bytes();
    let per_link = |bytes: u64| if stats.links == 0 { 0.0 } else { bytes as f64 / stats.links as f64 };
    if shared.is_json {
        let parts: Vec<_> = stats
            .parts
            .iter()
            .map(|part| {
                json!({
                    "part": part.name, "items": part.items, "bytes": part.bytes,
                    "bytes_per_item": part.bytes_per_item(), "bytes_per_link": per_link(part.bytes),
                })
            })
            .collect();
        print::json(&json!({
            "offset": state.offset(), "accounts": stats.accounts, "entities": stats.entities, "links": stats.links,
            "parts": parts, "index_bytes": stats.index_bytes, "bytes_per_link": per_link(stats.link_bytes),
            "bytes_per_link_with_dictionaries": per_link(stats.index_bytes), "resident_bytes": resident,
        }))?;
        return Ok(Exit::Clean);
    }
    println!(
        "{} accounts, {} entities, {} links, up to entry {}",
        print::count(stats.accounts),
        print::count(stats.entities),
        print::count(stats.links),
        state.offset()
    );
    let mut table = print::table(&["part", "items", "bytes", "bytes an item", "bytes a link"]);
    for part in &stats.parts {
        table.add_row(vec![
            part.name.as_str().into(),
            print::right(print::count(part.items)),
            print::right(print::bytes(part.bytes)),
            print::right(format!("{:.1}", part.bytes_per_item())),
            print::right(format!("{:.2}", per_link(part.bytes))),
        ]);
    }
    println!("{table}");
    println!(
        "{:.1} bytes a link both ways, {:.1} with accounts, entities and dictionaries; {} resident in all",
        per_link(stats.link_bytes),
        per_link(stats.index_bytes),
        print::bytes(resident)
    );
    Ok(Exit::Clean)
}

/// Memory that the process holds, as the kernel counts it; 0 where it does not say.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) << 10
}
