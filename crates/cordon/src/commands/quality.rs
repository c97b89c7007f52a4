//! `cordon quality`: second looks at decided cases. Works on the record, also while the server runs.

use super::Shared;
use super::admin::say;
use super::batch::caller;
use crate::cli::quality::{Quality as Command, QualityCommand};
use crate::exit::Exit;
use crate::{data, print};
use anyhow::{Result, anyhow, bail};
use cordon_enforce::ports::{CaseDesk, CaseFile, QualityDesk};
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::ids::{PolicyId, SecondLookId};
use cordon_model::operator::{Operator, Role};
use cordon_model::second_look::{LookStatus, SecondLook};
use cordon_store::Record;
use serde_json::{Value, json};

/// Runs the command.
pub fn run(shared: &Shared, command: QualityCommand) -> Result<Exit> {
    data::require(&shared.data)?;
    let token = command.token.or_else(|| std::env::var("CORDON_TOKEN").ok());
    data::with_record(shared, async |record| {
        let by = caller(record, token.as_deref()).await?;
        let (now, by_id) = (SystemClock.now(), &by.operator_id);
        match command.command {
            Command::Next => next(shared, record, &by).await,
            Command::Judge { look, finding, policy } => {
                let finding = (finding, policy.map(PolicyId));
                let look = record.judge_look(&SecondLookId(look), finding, by_id, now).await?;
                let text =
                    format!("second look {} is judged; the account stays as it is", look.second_look_id);
                say(shared, json!({"second_look_id": look.second_look_id}), &text)
            }
            Command::Disagreements { settled } => {
                check_lead(&by)?;
                let status = if settled { LookStatus::Settled } else { LookStatus::Disputed };
                disagreements(shared, &record.list_looks(status).await?)
            }
            Command::Settle { look, right } => {
                check_lead(&by)?;
                let look = record.settle_look(&SecondLookId(look), right, by_id, now).await?;
                let text = format!(
                    "settled: {} is right; decision {} stands until it is overturned",
                    right.name(),
                    look.decision_id
                );
                say(shared, shown(&look), &text)
            }
            Command::Golden { look } => {
                check_lead(&by)?;
                let golden = record.mark_golden(&SecondLookId(look), by_id, now).await?;
                let done = json!({"decision_id": golden.decision_id, "answer": golden.answer});
                say(shared, done, &format!("golden: {} is the answer", golden.answer.name()))
            }
        }
    })
}

fn check_lead(by: &Operator) -> Result<()> {
    if by.role >= Role::Lead {
        return Ok(());
    }
    bail!("the role {} may not settle disagreements: a lead or an admin does", by.role.name())
}

async fn next(shared: &Shared, record: &Record, by: &Operator) -> Result<Exit> {
    let Some(look) = record.claim_next_look(&by.operator_id, SystemClock.now()).await? else {
        return say(shared, Value::Null, "no decided case waits for a second look by you");
    };
    let file = record.fetch_case(&look.case_id).await?;
    let file = file.ok_or_else(|| anyhow!("the case of second look {} is gone", look.second_look_id))?;
    let is_hidden = record.quality_rules().await?.hides_score(file.case.policy_id.as_ref());
    let blind = blind(&look, &file, is_hidden);
    if shared.is_json {
        print::json(&blind)?;
    } else {
        println!("{}", serde_json::to_string_pretty(&blind)?);
    }
    Ok(Exit::Clean)
}

/// The case without its decision; its evidence in words alone, in an order that tells no weight.
fn blind(look: &SecondLook, file: &CaseFile, is_hidden: bool) -> Value {
    let case = &file.case;
    let mut evidence: Vec<&str> = case.evidence.iter().map(|row| row.text.as_str()).collect();
    evidence.sort_unstable();
    let reports = file.reports.iter().map(|filed| {
        let report = &filed.report;
        json!({"policy_id": report.policy_id, "text": report.text, "source": report.source})
    });
    json!({
        "second_look_id": look.second_look_id, "account_id": case.account_id,
        "opened_at": case.opened_at.to_string(), "sources": case.sources, "policy_id": case.policy_id,
        "severity": case.severity, "evidence": evidence, "reports": reports.collect::<Vec<_>>(),
        "score_hidden": is_hidden,
        "weight": (!is_hidden).then_some(case.weight),
        "probability": (!is_hidden).then_some(case.probability),
    })
}

fn disagreements(shared: &Shared, looks: &[SecondLook]) -> Result<Exit> {
    if shared.is_json {
        print::json(&looks.iter().map(shown).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["look", "account", "decided", "found", "right"]);
    for look in looks {
        table.add_row(vec![
            look.second_look_id.to_string(),
            look.account_id.to_string(),
            look.decided.name().to_owned(),
            look.judgement.as_ref().map_or("", |judgement| judgement.finding.name()).to_owned(),
            look.settlement.as_ref().map_or("", |settlement| settlement.right.name()).to_owned(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

/// Names nobody, so that the case is looked at and not who judged it.
fn shown(look: &SecondLook) -> Value {
    let judgement = look.judgement.as_ref();
    json!({
        "second_look_id": look.second_look_id, "case_id": look.case_id, "account_id": look.account_id,
        "decision_id": look.decision_id, "decided": look.decided,
        "found": judgement.map(|judgement| judgement.finding),
        "policy_id": judgement.and_then(|judgement| judgement.policy_id.as_ref()),
        "right": look.settlement.as_ref().map(|settlement| settlement.right),
    })
}
