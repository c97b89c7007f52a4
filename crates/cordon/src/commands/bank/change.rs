//! `cordon bank create`, `disable` and `remove`.

use super::{Keeper, days_from};
use crate::cli::bank::{Create, Disable, Entries};
use crate::commands::Shared;
use crate::commands::admin::say;
use crate::exit::Exit;
use anyhow::{Context, Result, bail};
use cordon_enforce::ports::Policies;
use cordon_model::bank::{Bank, BankEntryId};
use cordon_model::entry::Control;
use cordon_model::ids::PolicyId;
use cordon_model::limits;
use serde_json::json;

/// Makes a bank, or changes one.
pub(super) fn create(shared: &Shared, options: Create) -> Result<Exit> {
    let mut keeper = Keeper::open(shared)?;
    let bank = Bank {
        name: options.name.unwrap_or_else(|| options.bank.clone()),
        bank_id: options.bank.as_str().into(),
        policy_id: PolicyId(options.policy),
        owner: options.owner,
        kind: options.kind,
        source: options.source,
    };
    bank.check().map_err(anyhow::Error::msg)?;
    require_policy(&keeper, &bank.policy_id)?;
    let known = keeper.ask(|banks| banks.bank(bank.bank_id.as_str()).map(|known| known.kind));
    match known {
        Some(kind) if kind != bank.kind => bail!(
            "the bank {} is one of {}, and stays so: give the new one another name",
            bank.bank_id,
            kind.name()
        ),
        None if keeper.ask(|banks| banks.bank_count()) >= limits::BANKS_MAX => {
            bail!("there are {} banks, as many as there may be", limits::BANKS_MAX)
        }
        _ => {}
    }
    keeper.append(&Control::BankPut(bank.clone()))?;
    keeper.close()?;
    let done = if known.is_some() { "was changed" } else { "stands" };
    let text = format!("the bank {} {done}; fill it with `cordon bank add {0}`", bank.bank_id);
    say(shared, json!({ "bank_id": bank.bank_id, "is_new": known.is_none() }), &text)
}

fn require_policy(keeper: &Keeper, policy_id: &PolicyId) -> Result<()> {
    let data = &keeper.data;
    if data.runtime.block_on(data.record.fetch_current_policy(policy_id))?.is_some() {
        return Ok(());
    }
    let known = data.runtime.block_on(data.record.list_policies())?;
    let mut names: Vec<&str> =
        known.iter().filter(|policy| !policy.is_retired).map(|policy| policy.policy_id.as_str()).collect();
    names.dedup();
    bail!("there is no policy `{policy_id}`; there are {}", names.join(", "))
}

/// Lets entries match nothing until some time.
pub(super) fn disable(shared: &Shared, options: &Disable) -> Result<Exit> {
    let mut keeper = Keeper::open(shared)?;
    let bank = keeper.bank(&options.entries.bank)?;
    require_entries(&keeper, &bank, &options.entries.entries)?;
    let until = options.until.until.or_else(|| options.until.days.map(|days| days_from(keeper.now(), days)));
    let mut entries = Vec::new();
    for entry_id in &options.entries.entries {
        let mut entry = keeper.stated(*entry_id)?.with_context(|| {
            format!("what was put as {entry_id} is gone from the journal; nothing was changed")
        })?;
        entry.disabled_until = until;
        entries.push(entry);
    }
    keeper.put(&bank, entries)?;
    keeper.close()?;
    let time = until.map(|until| until.to_string());
    let text = format!(
        "{} of {} match nothing until {}",
        listed(&options.entries.entries),
        bank.bank_id,
        time.as_deref().unwrap_or_default()
    );
    let done =
        json!({ "bank_id": bank.bank_id, "entry_ids": options.entries.entries, "disabled_until": time });
    say(shared, done, &text)
}

/// Takes entries out.
pub(super) fn remove(shared: &Shared, options: &Entries) -> Result<Exit> {
    let mut keeper = Keeper::open(shared)?;
    let bank = keeper.bank(&options.bank)?;
    require_entries(&keeper, &bank, &options.entries)?;
    for entry_ids in options.entries.chunks(limits::BANK_ENTRIES_PUT_MAX) {
        let entry_ids = entry_ids.to_vec();
        keeper.append(&Control::BankEntriesRemoved { bank_id: bank.bank_id.clone(), entry_ids })?;
    }
    keeper.close()?;
    let text = format!("{} stand in {} no longer", listed(&options.entries), bank.bank_id);
    say(shared, json!({ "bank_id": bank.bank_id, "removed": options.entries }), &text)
}

fn require_entries(keeper: &Keeper, bank: &Bank, entry_ids: &[BankEntryId]) -> Result<()> {
    for entry_id in entry_ids {
        let facts = keeper.ask(|banks| banks.entry(*entry_id));
        if facts.is_none_or(|facts| facts.bank_id != bank.bank_id) {
            bail!(
                "the bank {} has no entry {entry_id}; nothing was changed: `cordon bank show {0}` lists them",
                bank.bank_id
            );
        }
    }
    Ok(())
}

fn listed(entry_ids: &[BankEntryId]) -> String {
    entry_ids.iter().map(BankEntryId::to_string).collect::<Vec<_>>().join(", ")
}
