//! Statements of reasons for the decisions of a transaction, made as they are written.

use crate::backend::{Connection, failed, query};
use crate::insert::fetch_by_keys;
use crate::ports::policies::fetch_policy;
use crate::rows;
use cordon_enforce::change::Change;
use cordon_enforce::notices::{self, NoticeSettings};
use cordon_enforce::ports::StoreError;
use cordon_model::decision::{Decision, DecisionKind};
use cordon_model::ids::AccountId;
use cordon_model::policy::{Policy, PolicyRef};
use cordon_model::statement::NoticeProfile;
use std::collections::BTreeMap;

/// The statements, and the notices that leave, of those of `decisions` that weigh on an account.
pub(crate) async fn state_reasons(
    connection: &mut Connection<'_>,
    decisions: &[Decision],
) -> Result<Vec<Change>, StoreError> {
    let weighs =
        |decision: &&Decision| !matches!(decision.kind, DecisionKind::NoViolation | DecisionKind::Restore);
    let weighing: Vec<&Decision> = decisions.iter().filter(weighs).collect();
    if weighing.is_empty() {
        return Ok(Vec::new());
    }
    let settings = fetch_settings(connection).await?;
    let accounts: Vec<&str> = weighing.iter().map(|decision| decision.account_id.as_str()).collect();
    let profiles = fetch_profiles(connection, &accounts).await?;
    let unspoken = NoticeProfile::default();
    let mut policies: BTreeMap<PolicyRef, Policy> = BTreeMap::new();
    let mut changes = Vec::new();
    for decision in weighing {
        if !policies.contains_key(&decision.policy) {
            // The machines let no decision cite a policy that is not there.
            let missing = || StoreError::Corrupt { what: "policy_id", id: decision.decision_id.to_string() };
            let policy = fetch_policy(connection, &decision.policy).await?.ok_or_else(missing)?;
            policies.insert(decision.policy.clone(), policy);
        }
        let Some(policy) = policies.get(&decision.policy) else { continue };
        let profile = profiles.get(&decision.account_id).unwrap_or(&unspoken);
        let Some((statement, row)) = notices::state(decision, policy, profile, &settings) else { continue };
        changes.push(Change::StatementMade(statement));
        changes.extend(row.map(Change::Queued));
    }
    Ok(changes)
}

pub(crate) async fn fetch_settings(connection: &mut Connection<'_>) -> Result<NoticeSettings, StoreError> {
    let row = query(rows::statement::SETTINGS).fetch_one(connection).await.map_err(failed)?;
    rows::statement::read_settings(&row)
}

pub(crate) async fn fetch_profiles(
    connection: &mut Connection<'_>,
    account_ids: &[&str],
) -> Result<BTreeMap<AccountId, NoticeProfile>, StoreError> {
    let rows = fetch_by_keys(connection, rows::statement::PROFILES_OF, account_ids, "").await?;
    rows.iter().map(rows::statement::read_profile).collect()
}
