//! Strikes: counted from the decisions as they stand, and what the ladder proposes for them.

use crate::backend::{Connection, failed, query};
use crate::insert::fetch_by_keys;
use crate::ports::policies::{fetch_ladder, fetch_policy};
use crate::rows;
use crate::subjects::Subjects;
use cordon_enforce::accounts::{CitedPolicies, StrikeTally, propose_step, strikes_in_force, tally};
use cordon_enforce::change::Change;
use cordon_enforce::ports::StoreError;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, DecisionKind};
use cordon_model::ids::AccountId;
use cordon_model::policy::PolicyRef;
use std::collections::{BTreeMap, BTreeSet};

/// An account's strikes in force at `now`.
pub(crate) async fn fetch_tally(
    connection: &mut Connection<'_>,
    account_id: &AccountId,
    now: Timestamp,
) -> Result<StrikeTally, StoreError> {
    let query = query(rows::decision::OF_ACCOUNT).bind(account_id.as_str());
    let rows = query.fetch_all(&mut *connection).await.map_err(failed)?;
    let decisions: Vec<Decision> = rows.iter().map(rows::decision::read).collect::<Result<_, _>>()?;
    let policies = fetch_cited(connection, decisions.iter()).await?;
    let ladder = fetch_ladder(connection).await?;
    Ok(tally(strikes_in_force(&decisions, &policies, now), &ladder))
}

/// Opens a case for each account on which one of the decisions `made` here, not yet written, falls short of the ladder.
pub(crate) async fn propose_steps(
    connection: &mut Connection<'_>,
    subjects: &mut Subjects,
    made: &[Decision],
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    // A suspended account gets no case, so that the common large batch of suspensions pays for nothing here.
    let may_fall_short = |decision: &&Decision| {
        decision.kind.is_violation()
            && !matches!(decision.kind, DecisionKind::Suspend | DecisionKind::Terminate)
    };
    let made: Vec<&Decision> = made.iter().filter(may_fall_short).collect();
    if made.is_empty() {
        return Ok(Vec::new());
    }
    let ladder = fetch_ladder(connection).await?;
    if ladder.steps().is_empty() {
        return Ok(Vec::new());
    }
    let mut histories = fetch_decisions(connection, &made).await?;
    for decision in &made {
        histories.entry(decision.account_id.clone()).or_default().push((*decision).clone());
    }
    let policies = fetch_cited(connection, histories.values().flatten()).await?;
    let mut changes = Vec::new();
    for decision in made {
        let Some(cited) = policies.get(&decision.policy) else { continue };
        let history = histories.get(&decision.account_id).into_iter().flatten();
        let tally = tally(strikes_in_force(history, &policies, now), &ladder);
        let mut subject = subjects.take(&decision.account_id);
        changes.extend(propose_step(&mut subject, decision, &tally, cited, now));
        subjects.put(subject);
    }
    Ok(changes)
}

/// What was decided on the accounts before, oldest first.
async fn fetch_decisions(
    connection: &mut Connection<'_>,
    made: &[&Decision],
) -> Result<BTreeMap<AccountId, Vec<Decision>>, StoreError> {
    let keys: BTreeSet<&str> = made.iter().map(|decision| decision.account_id.as_str()).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let mut decisions: BTreeMap<AccountId, Vec<Decision>> = BTreeMap::new();
    let order = rows::decision::IN_ORDER;
    for row in fetch_by_keys(connection, rows::decision::OF_ACCOUNTS, &keys, order).await? {
        let decision = rows::decision::read(&row)?;
        decisions.entry(decision.account_id.clone()).or_default().push(decision);
    }
    Ok(decisions)
}

/// The policy versions that decisions cite.
async fn fetch_cited(
    connection: &mut Connection<'_>,
    decisions: impl Iterator<Item = &Decision>,
) -> Result<CitedPolicies, StoreError> {
    let cited: BTreeSet<PolicyRef> = decisions.map(|decision| decision.policy.clone()).collect();
    let mut policies = CitedPolicies::new();
    for reference in cited {
        if let Some(policy) = fetch_policy(connection, &reference).await? {
            policies.insert(reference, policy);
        }
    }
    Ok(policies)
}
