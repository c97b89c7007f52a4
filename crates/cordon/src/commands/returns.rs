//! `cordon returns`: young accounts that may continue suspended ones, with the evidence.

use super::Shared;
use crate::cli::Returns as Options;
use crate::data::Data;
use crate::exit::Exit;
use crate::print;
use anyhow::{Result, bail};
use cordon_model::ids::AccountId;
use cordon_pipeline::Evaluator;
use cordon_pipeline::returns::{OnAccount, ReturnFilter, ReturnView, list, on_account};
use std::sync::PoisonError;

/// Evidence rows that the table shows of each return; `--explain`, `--json` and `--csv` have all.
const ROWS_SHOWN: usize = 3;
/// Earlier accounts that the table names.
const EARLIER_SHOWN: usize = 3;

/// Runs the command.
pub fn run(shared: &Shared, options: &Options) -> Result<Exit> {
    let data = Data::open_existing(shared)?;
    let state = data.pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(account) = &options.explain {
        let found = one(&state, account)?;
        let Some(found) = found else {
            bail!("no return is kept on {account}: nothing that still stands spoke for one")
        };
        if shared.is_json {
            print::json(&found)?
        } else {
            explain(&found)
        }
        return Ok(Exit::Clean);
    }
    let filter = ReturnFilter { tier: options.tier, since: options.since };
    let (found, all) = match &options.account {
        Some(account) => {
            let found: Vec<ReturnView> = one(&state, account)?
                .into_iter()
                .filter(|found| filter.wants(found.tier, found.newest()))
                .collect();
            let all = found.len();
            (found, all)
        }
        None => list(&state, &filter, options.top),
    };
    match (shared.is_json, options.csv) {
        (true, _) => print::json(&found)?,
        (_, true) => csv(&found),
        _ => overview(&found, all),
    }
    Ok(Exit::Clean)
}

fn one(state: &Evaluator, account: &str) -> Result<Option<ReturnView>> {
    match on_account(state, &AccountId::from(account)) {
        OnAccount::Unknown => bail!("{account} is unknown: no event ever named it"),
        OnAccount::None => Ok(None),
        OnAccount::Found(found) => Ok(Some(*found)),
    }
}

fn overview(found: &[ReturnView], all: usize) {
    let mut table = print::table(&["account", "tier", "bits", "continues", "chain", "evidence"]);
    for one in found {
        let earlier = one.earlier.iter().take(EARLIER_SHOWN).map(|earlier| earlier.account_id.as_str());
        let mut earlier: Vec<&str> = earlier.collect();
        if one.earlier.len() > EARLIER_SHOWN {
            earlier.push("…");
        }
        let rows = one.evidence.iter().take(ROWS_SHOWN).map(|row| format!("{:+.1} {}", row.weight, row.text));
        table.add_row(vec![
            one.account_id.as_str().into(),
            one.tier.name().into(),
            print::right(format!("{:.1}", one.weight)),
            earlier.join("\n").into(),
            one.chain.text.as_str().into(),
            rows.collect::<Vec<_>>().join("\n").into(),
        ]);
    }
    println!("{table}");
    if all > found.len() {
        println!("{} more: see --top", print::count((all - found.len()) as u64));
    }
    println!("A return is a proposal for review, no finding. One of them in full: --explain ACCOUNT");
}

fn explain(found: &ReturnView) {
    println!("{}: a {} return, {:.1} bits", found.account_id, found.tier.name(), found.weight);
    println!("{}", found.chain.text);
    print!("found {}", found.found_at);
    println!("{}", found.raised_at.map(|at| format!(", raised to likely {at}")).unwrap_or_default());
    let mut table = print::table(&["continues", "bits", "suspended"]);
    for earlier in &found.earlier {
        table.add_row(vec![
            earlier.account_id.as_str().into(),
            print::right(format!("{:.1}", earlier.weight)),
            earlier.suspended_at.map_or("–".to_owned(), |at| at.to_string()).into(),
        ]);
    }
    println!("{table}");
    if found.chain.accounts.len() > 1 {
        let ids: Vec<&str> = found.chain.accounts.iter().map(|one| one.account_id.as_str()).collect();
        println!("the chain, in the order of suspensions: {}", ids.join(", "));
    }
    let mut table = print::table(&["bits", "sum", "group", "evidence"]);
    let mut sum = 0.0;
    for row in &found.evidence {
        sum += row.weight;
        table.add_row(vec![
            print::right(format!("{:+.1}", row.weight)),
            print::right(format!("{sum:+.1}")),
            row.group.name().into(),
            row.text.as_str().into(),
        ]);
    }
    println!("{table}");
}

fn csv(found: &[ReturnView]) {
    println!(
        "account_id,tier,weight,earlier,ordinal,seconds_since_last_suspension,found_at,raised_at,evidence"
    );
    for one in found {
        let earlier: Vec<&str> = one.earlier.iter().map(|earlier| earlier.account_id.as_str()).collect();
        let text: Vec<&str> = one.evidence.iter().map(|row| row.text.as_str()).collect();
        println!(
            "{},{},{:.3},{},{},{},{},{},{}",
            print::csv_field(one.account_id.as_str()),
            one.tier.name(),
            one.weight,
            print::csv_field(&earlier.join(" ")),
            one.chain.ordinal,
            one.chain.seconds_since_last_suspension.map(|seconds| seconds.to_string()).unwrap_or_default(),
            one.found_at,
            one.raised_at.map(|at| at.to_string()).unwrap_or_default(),
            print::csv_field(&text.join("; "))
        );
    }
}
