//! `cordon admin`: looking after a data folder.

use super::Shared;
use crate::cli::Admin;
use crate::data::{Data, Opening};
use crate::exit::Exit;
use crate::key::FolderKey;
use crate::print;
use anyhow::{Context, Result, bail};
use cordon_enforce::accounts::LegalHold;
use cordon_enforce::ports::CaseDesk;
use cordon_model::entry::Control;
use cordon_model::ids::{AccountId, Offset};
use cordon_pipeline::upkeep::Step;
use cordon_pipeline::{DataFolder, Durability};
use serde_json::json;
use std::path::Path;

/// Runs the command.
pub fn run(shared: &Shared, command: Admin) -> Result<Exit> {
    match command {
        Admin::Erase { account } => erase(shared, account),
        Admin::Links { file } => links(shared, &file),
        Admin::RotateKey => rotate_key(shared),
        Admin::Operator(command) => super::operator::run(shared, command),
        Admin::Outbox(command) => super::outbox::run(shared, command),
        Admin::Policy(command) => super::policy::run(shared, command),
        Admin::Strikes(command) => super::strikes::run(shared, command),
        Admin::Hold(command) => super::hold::run(shared, command),
        #[cfg(feature = "postgres")]
        Admin::Move(options) => super::relocation::run(shared, &options),
        #[cfg(not(feature = "postgres"))]
        Admin::Move(_) => bail!("{}", crate::record::WITHOUT),
        Admin::Token(command) => super::token::run(shared, command),
    }
}

fn erase(shared: &Shared, account: String) -> Result<Exit> {
    let mut data = Data::open_existing(shared)?;
    let account_id = AccountId(account.clone());
    if let Some(hold) = legal_hold(&data, &account_id)? {
        bail!(
            "{account} is under legal hold since {}: nothing was erased; `cordon admin hold lift {account}` lifts it",
            hold.placed_at
        );
    }
    let offset = append(&mut data, "erase", &Control::AccountErased { account_id })?;
    let upkeep = data.pipeline.upkeep();
    while upkeep.step()? != Step::Rested {}
    data.close()?;
    say(
        shared,
        json!({ "erased": account, "offset": offset }),
        &format!(
            "erased {account} from links, profiles, record and history (entry {offset}); the log's copy goes with its segment, within days"
        ),
    )
}

fn links(shared: &Shared, file: &Path) -> Result<Exit> {
    let yaml = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut data = Data::open_existing(shared)?;
    let offset = append(&mut data, "settings", &Control::LinkSettingsActivated { yaml })?;
    data.close()?;
    say(
        shared,
        json!({ "activated": file.display().to_string(), "offset": offset }),
        &format!("{} is in force (entry {offset}); links were made anew from the journal", file.display()),
    )
}

fn rotate_key(shared: &Shared) -> Result<Exit> {
    let mut data = Data::open_existing(shared)?;
    let offset = append(&mut data, "key", &Control::KeyRotated)?;
    FolderKey::rotate(&DataFolder::at(&shared.data), Offset(offset))?;
    drop(data);
    eprintln!("making everything derived anew from {} entries …", print::count(offset));
    Data::open(shared, Opening::default())?.close()?;
    say(
        shared,
        json!({ "rotated": true, "offset": offset }),
        &format!(
            "another key holds from entry {offset} on; nothing that the old one hashed is left outside history"
        ),
    )
}

/// What was done: for machines, or for people.
pub(super) fn say(shared: &Shared, done: serde_json::Value, text: &str) -> Result<Exit> {
    if shared.is_json {
        print::json(&done)?;
    } else {
        println!("{text}");
    }
    Ok(Exit::Clean)
}

fn legal_hold(data: &Data, account_id: &AccountId) -> Result<Option<LegalHold>> {
    let account = data.runtime.block_on(data.record.fetch_account(account_id))?;
    Ok(account.and_then(|account| account.legal_hold))
}

/// Appends a control entry under a name that its place in time makes its own.
fn append(data: &mut Data, what: &str, control: &Control) -> Result<u64> {
    let id = format!("{what}:{}", data.pipeline.now().0);
    data.pipeline.append_control(&id, control)?;
    data.pipeline.settle(Durability::Committed)?;
    Ok(data.pipeline.applied().0)
}
