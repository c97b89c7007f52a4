//! `cordon admin policy`: the policies that decisions cite. Works while the server runs.

use super::Shared;
use super::admin::say;
use super::token::by;
use crate::cli::Policy as Command;
use crate::exit::Exit;
use crate::{data, policies, print};
use anyhow::{Context, Result};
use cordon_enforce::Refusal;
use cordon_enforce::ports::{Policies, StoreError};
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::ids::PolicyId;
use cordon_model::policy::{Policy, PolicyRef, PolicyVersion};
use cordon_store::Record;
use serde_json::json;
use std::path::Path;

/// Runs the command.
pub fn run(shared: &Shared, command: Command) -> Result<Exit> {
    data::require(&shared.data)?;
    data::with_record(shared, async |record| match command {
        Command::List => list(shared, &record.list_policies().await?),
        Command::Put { file } => put(shared, record, &file).await,
        Command::Retire { policy, version } => {
            let policy = PolicyRef { policy_id: PolicyId(policy), version: PolicyVersion(version) };
            retire(shared, record, policy).await
        }
    })
}

async fn put(shared: &Shared, record: &Record, file: &Path) -> Result<Exit> {
    let yaml = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let named = || format!("{} cannot stand", file.display());
    let mut added = Vec::new();
    for policy in policies::parse(&yaml).with_context(named)? {
        let reference = policy.reference();
        // A version that was retired since stays retired: the file says nothing of that.
        let known = record.fetch_policy(&reference).await?;
        let is_retired = known.as_ref().is_some_and(|known| known.is_retired);
        let is_new = known.is_none();
        let done = record.put_policy(&Policy { is_retired, ..policy }, &by(), SystemClock.now()).await;
        done.with_context(|| format!("{} added, then stopped", added.len()))?;
        if is_new {
            added.push(json!({ "policy_id": reference.policy_id, "version": reference.version }));
        }
    }
    let text = format!("{} added", added.len());
    say(shared, json!({ "added": added }), &text)
}

async fn retire(shared: &Shared, record: &Record, reference: PolicyRef) -> Result<Exit> {
    let Some(policy) = record.fetch_policy(&reference).await? else {
        return Err(StoreError::from(Refusal::PolicyUnknown { policy: reference }))
            .context("`cordon admin policy list` names those that there are");
    };
    record.put_policy(&Policy { is_retired: true, ..policy }, &by(), SystemClock.now()).await?;
    let PolicyRef { policy_id, version } = reference;
    let text = format!("{policy_id} version {version} is retired: no decision may cite it from now on");
    say(shared, json!({ "retired": { "policy_id": policy_id, "version": version } }), &text)
}

fn list(shared: &Shared, policies: &[Policy]) -> Result<Exit> {
    if shared.is_json {
        print::json(&policies)?;
        return Ok(Exit::Clean);
    }
    let mut table = print::table(&["policy", "version", "severity", "strike", "state", "title"]);
    for policy in policies {
        table.add_row(vec![
            policy.policy_id.to_string(),
            policy.version.to_string(),
            policy.severity.name().to_owned(),
            strike_in_words(policy),
            if policy.is_retired { "retired" } else { "in force" }.to_owned(),
            policy.title.clone(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Clean)
}

/// What a violation counts, and for how long.
fn strike_in_words(policy: &Policy) -> String {
    match (policy.strike_weight, policy.strike_days) {
        (0, _) => "–".to_owned(),
        (weight, Some(days)) => format!("{weight} for {days} days"),
        (weight, None) => format!("{weight} for good"),
    }
}
