//! `cordon surface`: similar accounts, with the evidence.
//!
//! Answers by the state that the last entry left. What is due by the clock is left to whoever runs the folder: a tick is
//! an entry, expires links and may open cases, and a question must do none of that.

use super::Shared;
use crate::cli::Surface;
use crate::data::Data;
use crate::exit::Exit;
use crate::graph::LinkGraph;
use crate::print;
use anyhow::{Context, Result, bail};
use cordon_detect::similar::RankOptions;
use cordon_enforce::ports::{CaseDesk, CaseFilter};
use cordon_model::entity::{EvidenceGroup, Source};
use cordon_model::ids::AccountId;
use cordon_model::limits;
use cordon_pipeline::surface::{Surfaced, Surfacing, surface};
use std::collections::BTreeSet;
use std::sync::PoisonError;

/// Evidence rows that the table of a ranking shows for each candidate; `--explain` and `--json` show all.
const ROWS_SHOWN: usize = 3;
/// Fewest bits, either way, of a row in the table: what rounds to nothing is left to `--explain`.
const SHOWN_BITS_MIN: f64 = 0.05;

/// Runs the command.
pub fn run(shared: &Shared, options: &Surface) -> Result<Exit> {
    let groups = groups(&options.groups)?;
    let data = Data::open_existing(shared)?;
    let seeds = seeds(&data, options)?;
    let explained = options.explain.as_deref();
    let top = if explained.is_some() { limits::CANDIDATES_SHOWN_MAX } else { options.top };
    let rank = RankOptions {
        top: top.min(limits::CANDIDATES_SHOWN_MAX),
        explained: top,
        is_exhaustive: options.exhaustive || explained.is_some(),
        groups,
        ..RankOptions::default()
    };
    let state = data.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let found = surface(&state, &seeds, &rank);
    if found.unknown.len() == seeds.len() {
        bail!("none of the {} seeds is known: no event ever named them", seeds.len());
    }
    let ids: Vec<AccountId> = found.candidates.iter().map(|one| one.account_id.clone()).collect();
    if options.drawing.is_asked() {
        LinkGraph::of_accounts(&state, &ids, &seeds).write(&options.drawing)?;
    }
    if let Some(account) = explained {
        let one = found.candidates.iter().find(|one| one.account_id.as_str() == account);
        let one = one.with_context(|| format!("{account} is unknown, gone, suspended or a seed itself"))?;
        return explain(shared, one, state.detection().settings().prior_bits());
    }
    match (shared.is_json, options.csv) {
        (true, _) => print::json(&found.candidates)?,
        (_, true) => csv(&found.candidates),
        _ => ranking(&found, seeds.len()),
    }
    Ok(Exit::Clean)
}

fn groups(names: &[String]) -> Result<Option<Vec<EvidenceGroup>>> {
    let of = |name: &String| {
        EvidenceGroup::from_name(name).with_context(|| {
            let known: Vec<&str> = EvidenceGroup::ALL.iter().map(|group| group.name()).collect();
            format!("`{name}` is no evidence group; they are {}", known.join(", "))
        })
    };
    let groups: Vec<EvidenceGroup> = names.iter().map(of).collect::<Result<_>>()?;
    Ok((!groups.is_empty()).then_some(groups))
}

fn seeds(data: &Data, options: &Surface) -> Result<Vec<AccountId>> {
    let mut seeds: BTreeSet<AccountId> =
        options.seeds.iter().map(|id| AccountId::from(id.as_str())).collect();
    if let Some(file) = &options.seeds_file {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        seeds.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(AccountId::from));
    }
    if options.reported {
        seeds.extend(reported(data)?);
    }
    if seeds.is_empty() {
        bail!(
            "no seeds: name some with --seeds a,b or --seeds-file FILE, or take open reports with --reported"
        );
    }
    if seeds.len() > limits::SEEDS_MAX {
        bail!("{} seeds; at most {} are taken", seeds.len(), limits::SEEDS_MAX);
    }
    Ok(seeds.into_iter().collect())
}

/// Accounts with an open case that somebody's report is part of.
fn reported(data: &Data) -> Result<Vec<AccountId>> {
    let mut found = Vec::new();
    for source in [Source::User, Source::Partner, Source::Authority] {
        let filter = CaseFilter { source: Some(source), ..CaseFilter::default() };
        let mut cursor: Option<String> = None;
        loop {
            let page = data.record.list_cases(&filter, cursor.as_deref(), limits::PAGE_MAX);
            let page = data.runtime.block_on(page)?;
            found.extend(page.cases.into_iter().map(|case| case.account_id));
            cursor = page.next;
            if cursor.is_none() || found.len() > limits::SEEDS_MAX {
                break;
            }
        }
    }
    Ok(found)
}

fn ranking(found: &Surfacing, seeds: usize) {
    let known = seeds - found.unknown.len();
    println!("{} accounts scored against {known} seeds", print::count(found.scored as u64));
    warn("unknown, left out", &found.unknown);
    warn("unlike the other seeds, left out of content and social evidence", &found.unfitting);
    let mut table = print::table(&["#", "account", "bits", "probability", "evidence"]);
    for (place, one) in (1..).zip(&found.candidates) {
        let rows: Vec<String> = one
            .evidence
            .iter()
            .filter(|row| row.weight.abs() >= SHOWN_BITS_MIN)
            .take(ROWS_SHOWN)
            .map(|row| format!("{:+.1} {}", row.weight, row.text))
            .collect();
        table.add_row(vec![
            print::right(place),
            one.account_id.as_str().into(),
            print::right(format!("{:.1}", one.weight)),
            print::right(percent(one)),
            rows.join("\n").into(),
        ]);
    }
    println!("{table}");
    if found.candidates.first().is_some_and(|one| !one.is_calibrated) {
        println!(
            "Probabilities are not calibrated yet: too few decisions. A candidate is a proposal for review, no finding."
        );
    }
}

fn warn(what: &str, accounts: &[AccountId]) {
    if !accounts.is_empty() {
        let ids: Vec<&str> = accounts.iter().take(10).map(AccountId::as_str).collect();
        let more = if accounts.len() > 10 { ", …" } else { "" };
        eprintln!("{} seeds {what}: {}{more}", accounts.len(), ids.join(", "));
    }
}

fn percent(one: &Surfaced) -> String {
    let sign = if one.is_calibrated { "" } else { "~" };
    format!("{sign}{:.1} %", one.probability * 100.0)
}

/// The waterfall: from the prior, row by row, to the sum.
fn explain(shared: &Shared, one: &Surfaced, prior_bits: f64) -> Result<Exit> {
    if shared.is_json {
        print::json(one)?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["bits", "sum", "group", "evidence"]);
    table.add_row(vec![
        print::right(format!("{prior_bits:+.1}")),
        print::right(format!("{prior_bits:+.1}")),
        "prior".into(),
        "before any evidence".into(),
    ]);
    let mut sum = prior_bits;
    for row in &one.evidence {
        sum += row.weight;
        let terms: Vec<String> = row.terms.iter().map(|(term, bits)| format!("{term} {bits:+.1}")).collect();
        let terms = if terms.is_empty() { String::new() } else { format!("\n{}", terms.join(", ")) };
        table.add_row(vec![
            print::right(format!("{:+.1}", row.weight)),
            print::right(format!("{sum:+.1}")),
            row.group.name().into(),
            format!("{}{terms}", row.text).into(),
        ]);
    }
    println!("{}: {:.1} bits of evidence, probability {}", one.account_id, one.weight, percent(one));
    println!("{table}");
    Ok(Exit::Clean)
}

fn csv(candidates: &[Surfaced]) {
    println!("rank,account_id,weight,probability,is_calibrated,evidence");
    for (place, one) in (1..).zip(candidates) {
        let text: Vec<&str> = one.evidence.iter().map(|row| row.text.as_str()).collect();
        println!(
            "{place},{},{:.3},{:.6},{},{}",
            print::csv_field(one.account_id.as_str()),
            one.weight,
            one.probability,
            one.is_calibrated,
            print::csv_field(&text.join("; "))
        );
    }
}
