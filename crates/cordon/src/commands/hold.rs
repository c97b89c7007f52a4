//! `cordon admin hold`: legal holds, which forbid erasing an account. Works while the server runs.

use super::Shared;
use super::admin::say;
use super::token::by;
use crate::cli::Hold as Command;
use crate::data;
use crate::exit::Exit;
use crate::print;
use anyhow::Result;
use cordon_enforce::accounts::LegalHold;
use cordon_enforce::ports::CaseDesk;
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::ids::AccountId;
use cordon_store::Record;
use serde_json::json;

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    data::require(&shared.data)?;
    data::with_record(shared, async |record| match command {
        Command::Place { account, basis } => place(shared, record, AccountId(account), &basis).await,
        Command::Lift { account } => lift(shared, record, AccountId(account)).await,
        Command::List => list(shared, &holds(record).await?),
    })
}

async fn place(shared: &Shared, record: &Record, account_id: AccountId, basis: &str) -> Result<Exit> {
    record.place_legal_hold(&account_id, &by(), basis, SystemClock.now()).await?;
    let text = format!("{account_id} is under legal hold: nothing of it is erased until the hold is lifted");
    say(shared, json!({ "held": account_id, "basis": basis }), &text)
}

async fn lift(shared: &Shared, record: &Record, account_id: AccountId) -> Result<Exit> {
    record.lift_legal_hold(&account_id, &by(), SystemClock.now()).await?;
    let text =
        format!("{account_id} is under no legal hold any more; an erasure that it withheld is carried out");
    say(shared, json!({ "lifted": account_id }), &text)
}

/// Accounts under hold, by id.
async fn holds(record: &Record) -> Result<Vec<(AccountId, LegalHold)>> {
    let mut holds = Vec::new();
    let mut after: Option<AccountId> = None;
    loop {
        let page = record.list_legal_holds(after.as_ref()).await?;
        let Some(last) = page.last() else { return Ok(holds) };
        after = Some(last.account_id.clone());
        let held = |account: cordon_enforce::accounts::AccountRecord| {
            Some((account.account_id, account.legal_hold?))
        };
        holds.extend(page.into_iter().filter_map(held));
    }
}

fn list(shared: &Shared, holds: &[(AccountId, LegalHold)]) -> Result<Exit> {
    if shared.is_json {
        let of = |(account_id, hold): &(AccountId, LegalHold)| {
            json!({
                "account_id": account_id, "basis": hold.reason, "placed_by": hold.placed_by,
                "placed_at": hold.placed_at.to_string(),
            })
        };
        print::json(&holds.iter().map(of).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["account", "basis", "placed by", "placed"]);
    for (account_id, hold) in holds {
        table.add_row(vec![
            account_id.to_string(),
            hold.reason.clone(),
            hold.placed_by.to_string(),
            hold.placed_at.to_string(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}
