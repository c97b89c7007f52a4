//! `cordon query`: an expression in the language of rules as a filter over the whole journal.

use super::Shared;
use super::rules::{read, show};
use crate::cli::{Query as Options, Since};
use crate::data::Data;
use crate::exit::Exit;
use crate::print;
use anyhow::Result;
use cordon_pipeline::rules::{Asked, Base, By, Found, Running, query};
use cordon_rules::Query;
use std::sync::PoisonError;

/// Runs the command.
pub fn run(shared: &Shared, options: &Options) -> Result<Exit> {
    let data = Data::open_existing(shared)?;
    let base = Base::of(&data.pipeline.state().read().unwrap_or_else(PoisonError::into_inner));
    let read = options.rules.as_deref().map(read).transpose()?;
    let sources = read.as_ref().unwrap_or(&base.names);
    let (by, name) = match options.by.as_deref() {
        None => (By::Event, None),
        Some("hour") => (By::Hour, None),
        Some("day") => (By::Day, None),
        Some(name) => (By::Value, Some(name)),
    };
    let asking = match Query::new(sources, &options.lines, &options.expression, name) {
        Ok(asking) => asking,
        Err(found) => {
            show(&found);
            return Ok(Exit::CouldNotRun);
        }
    };
    if !asking.asks_host.is_empty() {
        let names = asking.asks_host.join(", ");
        eprintln!("{names} hang on earlier events: the journal is read in order, on one core");
    }
    let since = match options.since {
        Since::At(time) => time,
        Since::Ago(seconds) => data.pipeline.now().plus_seconds(-seconds),
    };
    let journal = data.pipeline.journal();
    let bar = print::count_bar(base.last.0);
    let asked = Asked { since, by, top: options.top as usize };
    let running = Running {
        threads: std::thread::available_parallelism().map_or(1, |count| count.get()),
        progress: &|count| bar.inc(count),
        must_stop: &|| false,
    };
    let found = query(&base, &journal, &asking, asked, running);
    bar.finish_and_clear();
    let found = found?.unwrap_or_default();
    if shared.is_json {
        print::json(&found)?;
    } else if options.csv {
        csv(&found, by);
    } else {
        table(&found, by, name);
    }
    Ok(Exit::Clean)
}

fn rows(found: &Found, by: By) -> Vec<Vec<String>> {
    if by != By::Event {
        return found.groups.iter().map(|one| vec![one.value.clone(), one.count.to_string()]).collect();
    }
    let row = |one: &cordon_pipeline::rules::Match| {
        let account = one.account_id.clone().unwrap_or_default();
        vec![one.received_at.clone(), one.kind.clone(), one.id.clone(), account, one.offset.0.to_string()]
    };
    found.newest.iter().map(row).collect()
}

const EVENT_HEAD: [&str; 5] = ["received_at", "type", "id", "account", "entry"];

fn csv(found: &Found, by: By) {
    if by == By::Event {
        print::csv_row(&EVENT_HEAD)
    } else {
        print::csv_row(&["value", "count"])
    }
    rows(found, by).iter().for_each(|row| print::csv_row(row));
}

fn table(found: &Found, by: By, name: Option<&str>) {
    let head = match by {
        By::Event => EVENT_HEAD.to_vec(),
        By::Hour => vec!["hour", "events"],
        By::Day => vec!["day", "events"],
        By::Value => vec![name.unwrap_or("value"), "events"],
    };
    let mut table = print::table(&head);
    for row in rows(found, by) {
        table.add_row(row);
    }
    println!("{table}");
    let Found { events, matches, failed, other, .. } = found;
    println!("{matches} of {events} events match");
    if *other > 0 {
        println!("{other} matching events have other values");
    }
    if *failed > 0 {
        println!("{failed} events have something that could not be evaluated");
    }
}
