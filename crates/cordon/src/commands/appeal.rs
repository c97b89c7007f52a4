//! `cordon appeal` and `cordon statement`. Work on the record, also while the server runs.

use super::Shared;
use super::admin::say;
use super::batch::caller;
use super::token::by;
use crate::cli::appeal::{Appeal as Command, AppealCommand, List, Statement};
use crate::exit::Exit;
use crate::{data, print};
use anyhow::{Result, anyhow, bail};
use cordon_enforce::appeals::{NewAppeal, Ruling};
use cordon_enforce::notices;
use cordon_enforce::ports::{CaseDesk, NoticeDesk};
use cordon_model::appeal::{Appeal, AppealChannel};
use cordon_model::clock::{Clock, SystemClock, Timestamp};
use cordon_model::ids::{AppealId, DecisionId};
use cordon_model::operator::{Operator, Role};
use cordon_model::statement::{self, Withheld};
use cordon_store::Record;
use serde_json::{Value, json};

/// Runs `cordon appeal`.
pub fn run(shared: &Shared, command: AppealCommand) -> Result<Exit> {
    data::require(&shared.data)?;
    let token = command.token.or_else(|| std::env::var("CORDON_TOKEN").ok());
    data::with_record(shared, async |record| match command.command {
        Command::List(options) => list(shared, record, &options).await,
        Command::Show(options) => show(shared, record, &AppealId(options.appeal)).await,
        command => {
            let by = caller(record, token.as_deref()).await?;
            let appeal = act(record, command, &by).await?;
            let text = format!("appeal {} is {}", appeal.appeal_id, appeal.status.name());
            say(shared, shown(&appeal, SystemClock.now()), &text)
        }
    })
}

async fn act(record: &Record, command: Command, by: &Operator) -> Result<Appeal> {
    let (now, by_id) = (SystemClock.now(), &by.operator_id);
    let rule = async |appeal: String, reasons: String, is_overturned| {
        let ruling = Ruling { is_overturned, reasons, by: by_id.clone() };
        record.decide_appeal(&AppealId(appeal), ruling, now).await
    };
    Ok(match command {
        Command::File(options) => {
            check_admin(by)?;
            let new = NewAppeal { channel: AppealChannel::Platform, text: options.text };
            record.file_appeal(&DecisionId(options.decision), new, by_id, now).await?
        }
        Command::Withdraw(options) => {
            check_admin(by)?;
            record.withdraw_appeal(&AppealId(options.appeal), by_id, now).await?
        }
        Command::Claim(options) => record.claim_appeal(&AppealId(options.appeal), by_id, now).await?,
        Command::Uphold(options) => rule(options.appeal, options.reasons, false).await?,
        Command::Overturn(options) => rule(options.appeal, options.reasons, true).await?,
        Command::List(_) | Command::Show(_) => bail!("looking changes nothing"),
    })
}

/// What an appellant wishes comes in by the platform; here an admin stands in for it.
fn check_admin(by: &Operator) -> Result<()> {
    if by.role == Role::Admin {
        return Ok(());
    }
    bail!("the role {} may not hand appeals over: the platform or an admin does", by.role.name())
}

async fn list(shared: &Shared, record: &Record, options: &List) -> Result<Exit> {
    let now = SystemClock.now();
    let appeals = record.list_appeals(options.status, options.late.then_some(now)).await?;
    if shared.is_json {
        print::json(&appeals.iter().map(|appeal| shown(appeal, now)).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["appeal", "account", "filed", "due", "late", "urgent", "status"]);
    let yes = |is| if is { "yes" } else { "" }.to_owned();
    for appeal in appeals {
        table.add_row(vec![
            appeal.appeal_id.to_string(),
            appeal.account_id.to_string(),
            appeal.filed_at.to_string(),
            appeal.due_at.to_string(),
            yes(appeal.is_late(now)),
            yes(appeal.is_urgent),
            appeal.status.name().to_owned(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

async fn show(shared: &Shared, record: &Record, appeal_id: &AppealId) -> Result<Exit> {
    let found = record.fetch_appeal(appeal_id).await?;
    let appeal =
        found.ok_or_else(|| anyhow!("there is no appeal {appeal_id}: `cordon appeal list` lists them"))?;
    let decision = record.fetch_decision(&appeal.decision_id).await?;
    let decision = decision.ok_or_else(|| anyhow!("decision {} is unknown", appeal.decision_id))?;
    // Not who decided: whoever decides the appeal is not to know.
    let contested = json!({
        "kind": decision.kind, "policy": decision.policy, "rationale": decision.rationale,
        "evidence": decision.evidence.iter().map(|row| &row.text).collect::<Vec<_>>(),
        "decided_at": decision.decided_at.to_string(), "stands": decision.stands(),
    });
    let appeal = json!({"appeal": shown(&appeal, SystemClock.now()), "decision": contested});
    if shared.is_json {
        print::json(&appeal)?;
    } else {
        println!("{}", serde_json::to_string_pretty(&appeal)?);
    }
    Ok(Exit::Clean)
}

fn shown(appeal: &Appeal, now: Timestamp) -> Value {
    json!({
        "appeal_id": appeal.appeal_id, "decision_id": appeal.decision_id, "account_id": appeal.account_id,
        "channel": appeal.channel, "text": appeal.text, "status": appeal.status,
        "filed_at": appeal.filed_at.to_string(), "due_at": appeal.due_at.to_string(),
        "is_late": appeal.is_late(now), "is_urgent": appeal.is_urgent, "reasons": appeal.reasons,
    })
}

/// Runs `cordon statement`.
pub fn statement(shared: &Shared, command: Statement) -> Result<Exit> {
    data::require(&shared.data)?;
    data::with_record(shared, async |record| match command {
        Statement::Show { decision } => show_statement(shared, record, &DecisionId(decision)).await,
        Statement::Settings { appeal_url, appeal_days } => {
            let known = record.notice_settings().await?;
            let url = appeal_url.unwrap_or(known.appeal_url);
            let days = appeal_days.unwrap_or(known.appeal_days);
            record.set_notices(&url, days, &by(), SystemClock.now()).await?;
            let text = format!("appeal links begin with {url}; accounts may appeal for {days} days");
            say(shared, json!({"appeal_url": url, "appeal_days": days}), &text)
        }
    })
}

async fn show_statement(shared: &Shared, record: &Record, decision_id: &DecisionId) -> Result<Exit> {
    let found = record.fetch_statement(decision_id).await?;
    let found = found.ok_or_else(|| anyhow!("decision {decision_id} is unknown, or weighs on nobody"))?;
    if shared.is_json {
        print::json(&found)?;
        return Ok(Exit::Clean);
    }
    println!("{}", table_of(&found)?);
    println!("\n{}", notices::text_without_link(&found));
    Ok(Exit::Clean)
}

/// The fields that are there, one a line.
fn table_of(found: &statement::Statement) -> Result<String> {
    let mut table = print::table(&["field", "value"]);
    let fields = serde_json::to_value(found)?;
    for (name, value) in fields.as_object().into_iter().flatten() {
        if !["made_at", "notified_at", "appeal_until", "withheld"].contains(&name.as_str())
            && !value.is_null()
        {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            table.add_row(vec![name.clone(), text]);
        }
    }
    let times = [("made_at", Some(found.made_at)), ("notified_at", found.notified_at)];
    for (name, at) in times.into_iter().chain([("appeal_until", Some(found.appeal_until))]) {
        table.add_row(vec![name.to_owned(), at.map_or("not yet".to_owned(), |at| at.to_string())]);
    }
    if let Some(withheld) = &found.withheld {
        let ends = withheld.ends_at().map_or(String::new(), |at| format!(" until {at}"));
        table.add_row(vec!["withheld".to_owned(), format!("{}{ends}", Withheld::name(withheld))]);
    }
    Ok(table.to_string())
}
