//! `cordon batch`: one decision on many accounts. Works on the record, also while the server runs.

use super::Shared;
use super::admin::say;
use super::token::hexadecimal;
use crate::cli::batch::{Batch as Command, BatchCommand, Propose};
use crate::exit::Exit;
use crate::{data, print};
use anyhow::{Context, Result, anyhow, bail};
use cordon_enforce::bulk::{Assessment, Brakes, assess};
use cordon_enforce::ports::{BulkDesk, Operators};
use cordon_model::batch::{Batch, BatchStatus, MemberStatus, NewBatch, NewMember};
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::ids::{AccountId, BatchId, PolicyId};
use cordon_model::operator::{Operator, Role};
use cordon_model::policy::{PolicyRef, PolicyVersion};
use cordon_store::Record;
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;

/// Largest list that is read, in bytes.
const LIST_BYTES_MAX: u64 = 64 << 20;

/// Runs the command.
pub fn run(shared: &Shared, command: BatchCommand) -> Result<Exit> {
    data::require(&shared.data)?;
    let token = command.token.or_else(|| std::env::var("CORDON_TOKEN").ok());
    data::with_record(shared, async |record| {
        let desk = Desk { shared, record };
        match command.command {
            Command::List => return desk.list().await,
            Command::Show(options) => {
                let batch = desk.find(&options.batch).await?;
                return match options.members {
                    Some(status) => desk.members(&batch.batch_id, status).await,
                    None => desk.show(&batch),
                };
            }
            _ => {}
        }
        let by = caller(record, token.as_deref()).await?;
        desk.act(command.command, &by).await
    })
}

/// Who acts: the command line can write what it likes, so a second person is one only by a token of their own.
pub(super) async fn caller(record: &Record, token: Option<&str>) -> Result<Operator> {
    let mend = "say who acts with --token or CORDON_TOKEN; `cordon admin token create` makes tokens";
    let token = token.context(mend)?;
    let found = record.authenticate(token, SystemClock.now()).await?;
    let by = found.ok_or_else(|| anyhow!("the token opens nothing: {mend}"))?;
    if by.role < Role::Reviewer {
        bail!("the role {} may not decide", by.role.name());
    }
    Ok(by)
}

struct Desk<'a> {
    shared: &'a Shared,
    record: &'a Record,
}

impl Desk<'_> {
    async fn act(&self, command: Command, by: &Operator) -> Result<Exit> {
        let (record, now) = (self.record, SystemClock.now());
        let batch = match command {
            Command::Propose(options) => return self.propose(options, by).await,
            Command::Sample(options) => return self.sample(&options.batch, options.count, by).await,
            Command::Start(options) => {
                let (batch_id, reason) = (BatchId(options.batch), options.break_glass.as_deref());
                record.start_batch(&batch_id, by, &Brakes::default(), reason, now).await?;
                return self.work_off(&batch_id).await;
            }
            Command::TakeBack(options) => {
                let batch_id = BatchId(options.batch);
                record.take_back_batch(&batch_id, by, &options.reason, now).await?;
                return self.work_off(&batch_id).await;
            }
            Command::Judge(options) => {
                let account_id = AccountId(options.account);
                let (batch_id, finding) = (BatchId(options.batch), options.finding);
                record.judge_member(&batch_id, &account_id, finding, &by.operator_id, now).await?
            }
            Command::Enlarge(options) => {
                record.enlarge_sample(&BatchId(options.batch), &by.operator_id, now).await?
            }
            Command::Approve(options) => {
                record.approve_batch(&BatchId(options.batch), &options.list_hash, by, now).await?
            }
            Command::Pause(options) => {
                record.pause_batch(&BatchId(options.batch), &by.operator_id, &options.reason, now).await?
            }
            Command::List | Command::Show(_) => bail!("looking is done without a token"),
        };
        self.show(&batch)
    }

    async fn propose(&self, options: Propose, by: &Operator) -> Result<Exit> {
        let accounts = read_list(&options.file, options.evidence.as_deref())?;
        let new = NewBatch {
            batch_id: BatchId(hexadecimal(&crate::random::draw::<16>()?)),
            kind: options.kind,
            label: options.label,
            days: options.days,
            policy: PolicyRef {
                policy_id: PolicyId(options.policy),
                version: PolicyVersion(options.policy_version),
            },
            rationale: options.rationale,
            error_max: options.error_max,
            accounts,
            proposed_by: by.operator_id.clone(),
            seed: u128::from_be_bytes(crate::random::draw()?),
        };
        let batch = self.record.propose_batch(new, SystemClock.now()).await?;
        self.show(&batch)?;
        if batch.left_out_count == 0 {
            return Ok(Exit::Clean);
        }
        eprintln!(
            "{} accounts are left out: `cordon batch show {} --members left_out` says why",
            batch.left_out_count, batch.batch_id
        );
        Ok(Exit::SomeRejected)
    }

    /// Works slices off until the batch stands; a server beside may work at it, too.
    async fn work_off(&self, batch_id: &BatchId) -> Result<Exit> {
        let bar = print::count_bar(self.find(batch_id.as_str()).await?.member_count);
        loop {
            let batch = self.record.work_slice(batch_id, SystemClock.now()).await?;
            let progress = batch.progress;
            bar.set_position(match batch.status {
                BatchStatus::TakingBack | BatchStatus::TakenBack => progress.taken_back,
                _ => progress.done + progress.passed_over,
            });
            if !batch.status.is_under_way() {
                bar.finish_and_clear();
                return self.show(&batch);
            }
        }
    }

    async fn find(&self, name: &str) -> Result<Batch> {
        let found = self.record.fetch_batch(&name.into()).await?;
        found
            .ok_or_else(|| anyhow!("batch {name} is unknown: `cordon batch list` names those that there are"))
    }

    async fn list(&self) -> Result<Exit> {
        let batches = self.record.list_batches().await?;
        if self.shared.is_json {
            print::json(&batches.iter().map(told).collect::<Vec<_>>())?;
            return Ok(Exit::Clean);
        }
        let head = ["batch", "status", "kind", "policy", "members", "done", "proposed by", "proposed"];
        let mut table = print::table(&head);
        for batch in &batches {
            table.add_row(vec![
                batch.batch_id.to_string().into(),
                batch.status.name().into(),
                batch.kind.name().into(),
                batch.policy.to_string().into(),
                print::right(print::count(batch.member_count)),
                print::right(print::count(batch.progress.done)),
                batch.proposed_by.to_string().into(),
                comfy_table::Cell::new(batch.proposed_at),
            ]);
        }
        println!("{table}");
        Ok(Exit::Clean)
    }

    fn show(&self, batch: &Batch) -> Result<Exit> {
        if self.shared.is_json {
            print::json(&told(batch))?;
            return Ok(Exit::Clean);
        }
        let found = assess(batch);
        let time = batch.days.map(|days| format!(" for {days} days")).unwrap_or_default();
        println!("batch {}: {}{time} under {}", batch.batch_id, batch.kind.name(), batch.policy);
        println!("status {}; proposed by {}", batch.status.name(), batch.proposed_by);
        println!("list hash {}", batch.list_hash);
        println!("{}", in_words(batch, &found));
        let mut table = print::table(&["stratum", "members", "sampled", "judged", "wrong", "at most wrong"]);
        for (stratum, bound) in batch.strata.iter().zip(&found.strata) {
            table.add_row(vec![
                stratum.name.as_str().into(),
                print::right(print::count(stratum.members)),
                print::right(stratum.sampled),
                print::right(stratum.judged),
                print::right(stratum.wrong),
                print::right(format!("{:.2} %", bound.bound * 100.0)),
            ]);
        }
        println!("{table}");
        Ok(Exit::Clean)
    }

    async fn members(&self, batch_id: &BatchId, status: MemberStatus) -> Result<Exit> {
        let mut members = Vec::new();
        let mut after: Option<AccountId> = None;
        loop {
            let page = self.record.list_members(batch_id, status, after.as_ref()).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.account_id.clone());
            members.extend(page);
        }
        if self.shared.is_json {
            let rows = members.iter().map(|member| {
                json!({
                    "account_id": member.account_id, "stratum": member.stratum, "status": member.status,
                    "reason": member.reason, "decision_id": member.decision_id,
                })
            });
            print::json(&rows.collect::<Vec<_>>())?;
            return Ok(Exit::Clean);
        }
        let mut table = print::table(&["account", "stratum", "reason", "decision"]);
        for member in members {
            table.add_row(vec![
                member.account_id.0,
                member.stratum,
                member.reason.map_or("", |reason| reason.name()).to_owned(),
                member.decision_id.map(|id| id.0).unwrap_or_default(),
            ]);
        }
        println!("{table}");
        Ok(Exit::Clean)
    }

    async fn sample(&self, name: &str, count: usize, by: &Operator) -> Result<Exit> {
        let batch = self.find(name).await?;
        if batch.proposed_by == by.operator_id {
            bail!("{} proposed the batch: another person must judge its sample", by.operator_id);
        }
        let members = self.record.list_unjudged(&batch.batch_id, count).await?;
        let rows: Vec<Value> = members
            .iter()
            .map(|member| json!({ "account_id": member.account_id, "evidence": member.evidence }))
            .collect();
        let text: Vec<String> = members
            .iter()
            .map(|member| {
                let rows: Vec<&str> = member.evidence.iter().map(|row| row.text.as_str()).collect();
                format!("{}\n  {}", member.account_id, rows.join("\n  "))
            })
            .collect();
        let done = if text.is_empty() { "nothing is left to judge".to_owned() } else { text.join("\n") };
        say(self.shared, json!({ "policy": batch.policy, "accounts": rows }), &done)
    }
}

/// A batch for machines.
fn told(batch: &Batch) -> Value {
    let mut told = json!(batch);
    if let Some(fields) = told.as_object_mut() {
        fields.insert("assessment".to_owned(), json!(assess(batch)));
        fields.insert("proposed_at".to_owned(), json!(batch.proposed_at.to_string()));
    }
    told
}

fn in_words(batch: &Batch, found: &Assessment) -> String {
    let progress = &batch.progress;
    let mut text = format!(
        "{} members, {} left out; {} of {} sampled are judged, {} wrong: at most {:.2} % (limit {:.2} %)",
        print::count(batch.member_count),
        batch.left_out_count,
        found.judged,
        found.sampled,
        found.wrong,
        found.bound * 100.0,
        batch.error_max * 100.0,
    );
    if let Some(approval) = &batch.approval {
        text += &format!("\napproved by {} at {}", approval.approved_by, approval.approved_at);
        text += &format!(
            "\n{} done, {} passed over, {} taken back, {} overturned",
            progress.done, progress.passed_over, progress.taken_back, progress.overturned
        );
    }
    if let Some(pause) = &batch.pause {
        text += &format!("\npaused: {}", pause.reason);
    }
    text
}

/// The accounts of a file, one a line: an id, or a JSON object.
fn read_list(path: &Path, evidence: Option<&str>) -> Result<Vec<NewMember>> {
    let mut text = String::new();
    let named = || format!("cannot read {}", path.display());
    if path == Path::new("-") {
        std::io::stdin().take(LIST_BYTES_MAX).read_to_string(&mut text).with_context(named)?;
    } else {
        let file = std::fs::File::open(path).with_context(named)?;
        file.take(LIST_BYTES_MAX).read_to_string(&mut text).with_context(named)?;
    }
    if text.len() as u64 >= LIST_BYTES_MAX {
        bail!("{} has {LIST_BYTES_MAX} bytes or more: cut it into several batches", path.display());
    }
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let read = lines.map(|(number, line)| {
        let mut member = read_line(line).with_context(|| format!("{}, line {number}", path.display()))?;
        member.evidence = member.evidence.or_else(|| evidence.map(str::to_owned));
        Ok(member)
    });
    read.collect()
}

fn read_line(line: &str) -> Result<NewMember> {
    if line.starts_with('{') {
        return serde_json::from_str(line)
            .context("no account such as {\"account_id\": \"carol\", \"evidence\": \"posted the leaflet\"}");
    }
    Ok(NewMember { account_id: line.into(), source: None, language: None, evidence: None })
}
