//! `cordon bank create`, `disable` and `remove`.

use super::{BY, change, days_from_now};
use crate::cli::bank::{Create, Disable, Entries};
use crate::commands::Shared;
use crate::commands::admin::say;
use crate::exit::Exit;
use crate::remote::{Server, member, segment};
use anyhow::{Result, bail};
use cordon_model::bank::{Bank, BankEntryId};
use cordon_model::ids::PolicyId;
use cordon_pipeline::banks::{check_policy, disable_entries, put_bank, remove_entries};
use serde_json::json;

/// Makes a bank, or changes one.
pub(super) fn create(shared: &Shared, server: Option<&Server>, options: Create) -> Result<Exit> {
    let bank = Bank {
        name: options.name.unwrap_or_else(|| options.bank.clone()),
        bank_id: options.bank.as_str().into(),
        policy_id: PolicyId(options.policy),
        owner: options.owner,
        kind: options.kind,
        source: options.source,
    };
    bank.check().map_err(anyhow::Error::msg)?;
    let id = bank.bank_id.to_string();
    let is_new = match server {
        Some(server) => {
            let body = json!({
                "kind": bank.kind, "policy_id": bank.policy_id, "owner": bank.owner, "name": bank.name,
                "source": bank.source,
            });
            *member(&server.put(&format!("/v1/banks/{}", segment(&id)), &body)?, "is_new") == true
        }
        None => change(shared, |data| {
            if let Some(wrong) = data.runtime.block_on(check_policy(&bank.policy_id, &*data.record))? {
                bail!(wrong);
            }
            Ok(put_bank(&mut data.pipeline, bank, BY)?)
        })?,
    };
    let done = if is_new { "stands" } else { "was changed" };
    let text = format!("the bank {id} {done}; fill it with `cordon bank add {id}`");
    say(shared, json!({ "bank_id": id, "is_new": is_new }), &text)
}

/// Lets entries match nothing until some time.
pub(super) fn disable(shared: &Shared, server: Option<&Server>, options: &Disable) -> Result<Exit> {
    let Entries { bank, entries } = &options.entries;
    let until = options.until.until.or_else(|| options.until.days.map(days_from_now));
    let time = until.map(|until| until.to_string());
    match server {
        Some(server) => {
            let body = json!({ "entry_ids": entries, "until": time });
            server.post(&format!("/v1/banks/{}/entries/disable", segment(bank)), &body)?;
        }
        None => {
            change(shared, |data| Ok(disable_entries(&mut data.pipeline, bank, entries, until, BY)?))?;
        }
    }
    let until = time.as_deref().unwrap_or_default();
    let text = format!("{} of {bank} match nothing until {until}", listed(entries));
    say(shared, json!({ "bank_id": bank, "entry_ids": entries, "disabled_until": time }), &text)
}

/// Takes entries out.
pub(super) fn remove(shared: &Shared, server: Option<&Server>, options: &Entries) -> Result<Exit> {
    let Entries { bank, entries } = options;
    match server {
        Some(server) => {
            let path = format!("/v1/banks/{}/entries/remove", segment(bank));
            server.post(&path, &json!({ "entry_ids": entries }))?;
        }
        None => change(shared, |data| Ok(remove_entries(&mut data.pipeline, bank, entries, BY)?))?,
    }
    let text = format!("{} stand in {bank} no longer", listed(entries));
    say(shared, json!({ "bank_id": bank, "removed": entries }), &text)
}

fn listed(entry_ids: &[BankEntryId]) -> String {
    entry_ids.iter().map(BankEntryId::to_string).collect::<Vec<_>>().join(", ")
}
