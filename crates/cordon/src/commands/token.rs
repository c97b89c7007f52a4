//! `cordon admin token`: who may use the HTTP API. Works while the server runs.

use super::Shared;
use crate::cli::Token as Command;
use crate::exit::Exit;
use crate::print;
use crate::random;
use anyhow::{Context, Result, bail};
use cordon_enforce::ports::{NewToken, Operators};
use cordon_model::clock::{Clock, SystemClock, Timestamp};
use cordon_model::ids::{OperatorId, TokenId};
use cordon_model::operator::{Operator, Role, Token, TokenSecret};
use cordon_server::LoginCode;
use cordon_store::Record;
use serde_json::json;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    std::fs::create_dir_all(&shared.data)
        .with_context(|| format!("cannot make {}: pass another folder with --data", shared.data.display()))?;
    crate::data::with_record(shared, async |record| match command {
        Command::Create { operator, role, days } => create(shared, record, operator, role, days).await,
        Command::List => list(shared, record).await,
        Command::Revoke { token } => revoke(shared, record, token).await,
    })?;
    Ok(Exit::Clean)
}

/// Under which name the command line acts, for the audit.
pub(super) fn by() -> OperatorId {
    OperatorId::from("command-line")
}

async fn create(
    shared: &Shared,
    record: &Record,
    operator: String,
    role: Role,
    days: Option<u32>,
) -> Result<()> {
    let (secret, token) = issue(record, operator, role, days).await?;
    if shared.is_json {
        return print::json(&json!({
            "token": secret.reveal(), "token_id": token.token_id, "operator_id": token.operator_id,
            "role": role, "expires_at": token.expires_at.map(|at| at.to_string()),
        }));
    }
    println!("{}", secret.reveal());
    eprintln!("token {} of {} ({}); shown this once", token.token_id, token.operator_id, role.name());
    Ok(())
}

/// Makes a token, and its operator where there is none of that name.
async fn issue(
    record: &Record,
    operator: String,
    role: Role,
    days: Option<u32>,
) -> Result<(TokenSecret, Token)> {
    let now = SystemClock.now();
    let operator_id = OperatorId(operator);
    let operators = record.list_operators().await?;
    match operators.iter().find(|known| known.operator_id == operator_id) {
        Some(known) if known.role != role => bail!(
            "{operator_id} is a {}: a name has one role; give this token another name",
            known.role.name()
        ),
        Some(_) => {}
        None => {
            let display_name = operator_id.0.clone();
            let new = Operator { operator_id: operator_id.clone(), display_name, role, is_disabled: false };
            record.put_operator(&new, &by(), now).await?;
        }
    }
    let secret = TokenSecret::from_bytes(random::draw()?);
    let token_id = TokenId(hexadecimal(&random::draw::<6>()?));
    let expires_at = days.map(|days| now.plus_seconds(i64::from(days) * DAY_SECONDS));
    let new = NewToken { token_id, operator_id, secret: secret.clone(), expires_at };
    let token = record.create_token(new, &by(), now).await?;
    Ok((secret, token))
}

/// A code that logs an operator in to the console, by a token of a day. Who is first in a folder administers it.
pub(super) async fn login_code(record: &Record, operator: &str) -> Result<LoginCode> {
    let operators = record.list_operators().await?;
    let role = match operators.iter().find(|known| known.operator_id.as_str() == operator) {
        Some(known) => known.role,
        None if operators.is_empty() => Role::Admin,
        None => bail!(
            "no operator is named {operator}: cordon admin token create --operator {operator} --role reviewer"
        ),
    };
    let (secret, _) = issue(record, operator.to_owned(), role, Some(1)).await?;
    Ok(LoginCode { code: hexadecimal(&random::draw::<16>()?), token: secret.reveal() })
}

async fn list(shared: &Shared, record: &Record) -> Result<()> {
    let now = SystemClock.now();
    let mut rows = Vec::new();
    for operator in record.list_operators().await? {
        let tokens = record.list_tokens(&operator.operator_id).await?;
        rows.extend(tokens.into_iter().map(|token| (operator.role, token)));
    }
    if shared.is_json {
        let of = |(role, token): &(Role, Token)| {
            json!({
                "token_id": token.token_id, "operator_id": token.operator_id, "role": role,
                "state": state(token, now), "created_at": token.created_at.to_string(),
                "expires_at": token.expires_at.map(|at| at.to_string()),
            })
        };
        return print::json(&rows.iter().map(of).collect::<Vec<_>>());
    }
    let mut table = print::table(&["token", "operator", "role", "state", "created", "expires"]);
    for (role, token) in rows {
        table.add_row(vec![
            token.token_id.0.clone(),
            token.operator_id.0.clone(),
            role.name().to_owned(),
            state(&token, now).to_owned(),
            token.created_at.to_string(),
            token.expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string()),
        ]);
    }
    println!("{table}");
    Ok(())
}

async fn revoke(shared: &Shared, record: &Record, token: String) -> Result<()> {
    let token_id = TokenId(token);
    record.revoke_token(&token_id, &by(), SystemClock.now()).await?;
    if shared.is_json {
        return print::json(&json!({ "revoked": token_id }));
    }
    println!("token {token_id} opens nothing any more");
    Ok(())
}

fn state(token: &Token, now: Timestamp) -> &'static str {
    if token.revoked_at.is_some() {
        "revoked"
    } else if token.expires_at.is_some_and(|at| at <= now) {
        "expired"
    } else {
        "valid"
    }
}

/// Bytes as lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
