//! `cordon admin operator`: who signs in to the console by a password. Works while the server runs.

use super::Shared;
use super::admin::say;
use super::token::by;
use crate::cli::OperatorCommand as Command;
use crate::exit::Exit;
use crate::print;
use crate::random;
use anyhow::{Context, Result, bail};
use cordon_enforce::ports::{Operators, SignIn};
use cordon_enforce::sign_in::password;
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::ids::OperatorId;
use cordon_model::limits::PASSWORD_BYTES_MAX;
use cordon_model::operator::{Operator, Role};
use cordon_store::Record;
use serde_json::json;
use std::io::{BufRead, IsTerminal, Read};
use std::process::{Command as Process, Stdio};

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    std::fs::create_dir_all(&shared.data)
        .with_context(|| format!("cannot make {}: pass another folder with --data", shared.data.display()))?;
    crate::data::with_record(shared, async |record| match command {
        Command::Add { name, role, display_name } => add(shared, record, name, role, display_name).await,
        Command::List => list(shared, record).await,
        Command::Password { name } => change_password(shared, record, name).await,
        Command::Disable { name } => disable(shared, record, name).await,
        Command::ResetSecondFactor { name } => reset_second_factor(shared, record, name).await,
    })
}

async fn add(
    shared: &Shared,
    record: &Record,
    name: String,
    role: Role,
    display_name: Option<String>,
) -> Result<Exit> {
    let operator_id = OperatorId(name);
    if record.list_operators().await?.iter().any(|known| known.operator_id == operator_id) {
        bail!("{operator_id} exists: `cordon admin operator password {operator_id}` sets another password");
    }
    let hashed = hashed_password(&operator_id)?;
    let display_name = display_name.unwrap_or_else(|| operator_id.0.clone());
    let new = Operator { operator_id: operator_id.clone(), display_name, role, is_disabled: false };
    let now = SystemClock.now();
    record.put_operator(&new, &by(), now).await?;
    record.put_password(&operator_id, &hashed, &by(), now).await?;
    let text = format!("{operator_id} ({}) signs in by their password", role.name());
    say(shared, json!({ "added": operator_id, "role": role }), &text)
}

async fn change_password(shared: &Shared, record: &Record, name: String) -> Result<Exit> {
    let operator_id = OperatorId(name);
    let hashed = hashed_password(&operator_id)?;
    record.put_password(&operator_id, &hashed, &by(), SystemClock.now()).await?;
    let text = format!("{operator_id} has another password; their sessions by the one before have ended");
    say(shared, json!({ "changed": operator_id }), &text)
}

async fn disable(shared: &Shared, record: &Record, name: String) -> Result<Exit> {
    let operator_id = OperatorId(name);
    record.disable_operator(&operator_id, &by(), SystemClock.now()).await?;
    let text = format!("{operator_id} may do nothing any more: sessions and tokens have ended");
    say(shared, json!({ "disabled": operator_id }), &text)
}

async fn reset_second_factor(shared: &Shared, record: &Record, name: String) -> Result<Exit> {
    let operator_id = OperatorId(name);
    record.reset_second_factor(&operator_id, &by(), SystemClock.now()).await?;
    let text = format!("{operator_id} signs in by the password alone until they enrol a second factor anew");
    say(shared, json!({ "reset": operator_id }), &text)
}

async fn list(shared: &Shared, record: &Record) -> Result<Exit> {
    let mut rows = Vec::new();
    for operator in record.list_operators().await? {
        let known = record.fetch_credentials(&operator.operator_id).await?;
        let has_second_factor = known.as_ref().is_some_and(|known| known.totp_secret.is_some());
        rows.push((operator, known.is_some(), has_second_factor));
    }
    if shared.is_json {
        let of = |(operator, has_password, has_second_factor): &(Operator, bool, bool)| {
            json!({
                "operator_id": operator.operator_id, "display_name": operator.display_name,
                "role": operator.role, "is_disabled": operator.is_disabled,
                "has_password": has_password, "has_second_factor": has_second_factor,
            })
        };
        print::json(&rows.iter().map(of).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["operator", "name", "role", "state", "password", "second factor"]);
    let yes = |is_so: bool| if is_so { "yes" } else { "no" }.to_owned();
    for (operator, has_password, has_second_factor) in rows {
        table.add_row(vec![
            operator.operator_id.0,
            operator.display_name,
            operator.role.name().to_owned(),
            if operator.is_disabled { "disabled" } else { "enabled" }.to_owned(),
            yes(has_password),
            yes(has_second_factor),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

fn hashed_password(operator_id: &OperatorId) -> Result<String> {
    let read = read_password(operator_id)?;
    Ok(password::hash(&read, operator_id, random::draw()?)?)
}

/// From the terminal, twice and without echo; or the first line of standard input.
fn read_password(operator_id: &OperatorId) -> Result<String> {
    if !std::io::stdin().is_terminal() {
        return read_line();
    }
    stty("-echo").context("the terminal cannot be told not to show the password: pipe it in instead")?;
    eprint!("password of {operator_id}: ");
    let first = read_line();
    eprint!("\nonce more: ");
    let second = read_line();
    eprintln!();
    stty("echo")?;
    let (first, second) = (first?, second?);
    if first != second {
        bail!("the two differ: nothing was changed");
    }
    Ok(first)
}

fn read_line() -> Result<String> {
    let mut line = String::new();
    // Two more than may be: a longer one is refused for its length, and a line ends.
    let most = PASSWORD_BYTES_MAX as u64 + 2;
    std::io::stdin().lock().take(most).read_line(&mut line).context("the password cannot be read")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn stty(setting: &str) -> Result<()> {
    let done = Process::new("stty").arg(setting).stdin(Stdio::inherit()).status()?;
    if !done.success() {
        bail!("stty {setting} failed");
    }
    Ok(())
}
