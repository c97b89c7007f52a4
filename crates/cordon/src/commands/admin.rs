//! `cordon admin`: looking after a data folder.

use super::Shared;
use crate::cli::Admin;
use crate::data::{Data, Opening};
use crate::exit::Exit;
use crate::print;
use anyhow::{Context, Result};
use cordon_model::entry::Control;
use cordon_model::ids::AccountId;
use cordon_pipeline::Durability;
use serde_json::json;
use std::path::Path;

/// Runs the command.
pub fn run(shared: &Shared, command: Admin) -> Result<Exit> {
    match command {
        Admin::Erase { account } => erase(shared, account),
        Admin::Links { file } => links(shared, &file),
        Admin::Token(command) => super::token::run(shared, command),
    }
}

fn erase(shared: &Shared, account: String) -> Result<Exit> {
    let control = Control::AccountErased { account_id: AccountId(account.clone()) };
    let offset = append(shared, "erase", &control)?;
    if shared.is_json {
        print::json(&json!({ "erased": account, "offset": offset }))?;
    } else {
        println!(
            "erased {account} from links and profiles (entry {offset}); sealed files follow when rewritten"
        );
    }
    Ok(Exit::Clean)
}

fn links(shared: &Shared, file: &Path) -> Result<Exit> {
    let yaml = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let offset = append(shared, "settings", &Control::LinkSettingsActivated { yaml })?;
    if shared.is_json {
        print::json(&json!({ "activated": file.display().to_string(), "offset": offset }))?;
    } else {
        println!("{} is in force (entry {offset}); links were made anew from the journal", file.display());
    }
    Ok(Exit::Clean)
}

/// Appends a control entry under a name that its place in time makes its own.
fn append(shared: &Shared, what: &str, control: &Control) -> Result<u64> {
    let mut data = Data::open(&shared.data, Opening::default())?;
    let id = format!("{what}:{}", data.pipeline.now().0);
    data.pipeline.append_control(&id, control)?;
    data.pipeline.settle(Durability::Committed)?;
    let offset = data.pipeline.applied().0;
    data.close()?;
    Ok(offset)
}
