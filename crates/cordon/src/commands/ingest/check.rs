//! `cordon ingest --check`: what could these events feed?

use crate::cli::Ingest;
use crate::commands::Shared;
use crate::exit::Exit;
use crate::{input, print};
use anyhow::Result;
use cordon_detect::Observation;
use cordon_detect::settings::{BUNDLED, LinkSettings};
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::entity::EvidenceGroup;
use cordon_model::event::Event;
use cordon_model::hashing::HashKey;
use serde::Serialize;
use std::collections::BTreeMap;

/// Lines read of each file.
const SAMPLE_LINES: usize = 10_000;

/// What a sample holds.
#[derive(Default, Serialize)]
struct Sample {
    lines: u64,
    rejected: u64,
    without_account: u64,
    /// Events that feed a line of `links.yaml`, by group and line.
    feeds: BTreeMap<String, BTreeMap<String, u64>>,
    /// Rejects by code.
    rejects: BTreeMap<String, u64>,
}

/// Reads a sample and prints what it can feed. Takes nothing in and needs no data folder.
pub(super) fn run(shared: &Shared, options: &Ingest) -> Result<Exit> {
    let text = options.links.as_deref().map(std::fs::read_to_string).transpose()?;
    let settings = LinkSettings::parse(text.as_deref().unwrap_or(BUNDLED))?;
    let mut sample = Sample::default();
    for file in &options.files {
        let mut read = 0;
        let mut input = input::open(file)?;
        while let Some(chunk) = input.lines.next_chunk()? {
            chunk.lines().for_each(|line| sample.look_at(&settings, line));
            read += chunk.ends.len();
            if read >= SAMPLE_LINES {
                break;
            }
        }
    }
    if shared.is_json {
        print::json(&sample)?
    } else {
        sample.print(&settings)
    }
    Ok(if sample.rejected > 0 { Exit::SomeRejected } else { Exit::Clean })
}

impl Sample {
    fn look_at(&mut self, settings: &LinkSettings, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        self.lines += 1;
        // Hashes are counted, not kept: any key will do.
        let key = HashKey::from_bytes([0; 16]);
        let read = Event::read(line, SystemClock.now())
            .and_then(|event| Observation::without_signals(settings, &key, &event));
        let observed = match read {
            Ok(observed) => observed,
            Err(reject) => {
                self.rejected += 1;
                *self.rejects.entry(reject.code.name().to_owned()).or_default() += 1;
                return;
            }
        };
        let extracted = observed.extracted;
        self.without_account += u64::from(extracted.actor.is_none() && observed.subject.is_none());
        let near = extracted.near_text.map(|(kind, _)| kind);
        let follows = extracted.follows.iter().map(|(kind, _, _)| *kind);
        let mut kinds: Vec<u8> =
            extracted.entities.iter().map(|(kind, _)| *kind).chain(follows).chain(near).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for link in kinds.into_iter().filter_map(|kind| settings.link(kind)) {
            self.feed(link.group, &link.name);
        }
        let mut stores: Vec<u8> = extracted.terms.iter().map(|(store, _)| *store).collect();
        stores.sort_unstable();
        stores.dedup();
        for store in stores.into_iter().filter_map(|store| settings.profiles.get(usize::from(store))) {
            self.feed(store.group, &store.name);
        }
    }

    fn feed(&mut self, group: EvidenceGroup, name: &str) {
        *self.feeds.entry(group.name().to_owned()).or_default().entry(name.to_owned()).or_default() += 1;
    }

    fn print(&self, settings: &LinkSettings) {
        println!(
            "{} events looked at, {} would be rejected",
            print::count(self.lines),
            print::count(self.rejected)
        );
        for (code, number) in &self.rejects {
            println!("  {code}: {}", print::count(*number));
        }
        if self.without_account > 0 {
            let actor = settings.actor.0.join(".");
            println!(
                "{} name no account at `{actor}`: they will link nobody",
                print::count(self.without_account)
            );
        }
        let mut table = print::table(&["evidence group", "fed by", "events"]);
        for group in EvidenceGroup::ALL {
            match self.feeds.get(group.name()) {
                None => {
                    table.add_row([group.name(), "nothing: it will be silent", ""]);
                }
                Some(lines) => {
                    for (name, number) in lines {
                        table.add_row(vec![
                            group.name().into(),
                            name.as_str().into(),
                            print::right(print::count(*number)),
                        ]);
                    }
                }
            }
        }
        println!("{table}");
    }
}
