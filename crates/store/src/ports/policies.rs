//! Policies, and the ladder of strikes.

use crate::Record;
use crate::backend::{Connection, failed, query};
use crate::desk::actor;
use crate::rows;
use crate::script::Script;
use crate::text::to_column;
use crate::write::Writing;
use async_trait::async_trait;
use cordon_enforce::Refusal;
use cordon_enforce::ports::{Policies, StoreError};
use cordon_model::audit::AuditNote;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{OperatorId, PolicyId};
use cordon_model::ladder::Ladder;
use cordon_model::limits;
use cordon_model::policy::{Policy, PolicyRef};
use serde_json::json;

#[async_trait]
impl Policies for Record {
    async fn put_policy(&self, policy: &Policy, by: &OperatorId, now: Timestamp) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let known = fetch_policy(&mut transaction, &policy.reference()).await?;
        if known.as_ref() == Some(policy) {
            return Ok(());
        }
        let as_retired_as = |known: Policy| Policy { is_retired: policy.is_retired, ..known };
        if known.is_some_and(|known| as_retired_as(known) != *policy) {
            return Err(Refusal::PolicyConflict { policy: policy.reference() }.into());
        }
        let mut script = Script::default();
        script.add_rows(&rows::policy::TABLE, std::slice::from_ref(policy), rows::policy::bind);
        let mut writing = Writing::default();
        writing.note(AuditNote {
            actor: actor(by),
            verb: "policy.put",
            subject: policy.policy_id.to_string(),
            details: json!({"version": policy.version, "is_retired": policy.is_retired}).to_string(),
        });
        writing.write(&mut transaction, script, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn fetch_policy(&self, policy: &PolicyRef) -> Result<Option<Policy>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        fetch_policy(&mut connection, policy).await
    }

    async fn fetch_current_policy(&self, policy_id: &PolicyId) -> Result<Option<Policy>, StoreError> {
        let query = query(rows::policy::CURRENT).bind(policy_id.as_str());
        let row = query.fetch_optional(&self.readers).await.map_err(failed)?;
        row.as_ref().map(rows::policy::read).transpose()
    }

    async fn list_policies(&self) -> Result<Vec<Policy>, StoreError> {
        let query = query(rows::policy::ALL).bind(to_column(limits::PAGE_MAX as u64));
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(rows::policy::read).collect()
    }

    async fn put_ladder(&self, ladder: &Ladder, by: &OperatorId, now: Timestamp) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        if fetch_ladder(&mut transaction).await? == *ladder {
            return Ok(());
        }
        let mut script = Script::default();
        script.add(rows::ladder::CLEAR, |values| values);
        script.add_rows(&rows::ladder::TABLE, ladder.steps(), rows::ladder::bind);
        let mut writing = Writing::default();
        writing.note(AuditNote {
            actor: actor(by),
            verb: "ladder.put",
            subject: "ladder".to_owned(),
            details: json!({ "steps": ladder }).to_string(),
        });
        writing.write(&mut transaction, script, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn fetch_ladder(&self) -> Result<Ladder, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        fetch_ladder(&mut connection).await
    }
}

/// The ladder of strikes.
pub(crate) async fn fetch_ladder(connection: &mut Connection<'_>) -> Result<Ladder, StoreError> {
    let rows = query(rows::ladder::ALL).fetch_all(connection).await.map_err(failed)?;
    let steps = rows.iter().map(rows::ladder::read).collect::<Result<_, _>>()?;
    Ladder::new(steps).map_err(|_| StoreError::Corrupt { what: "ladder_steps", id: "ladder".to_owned() })
}

/// One version of a policy.
pub(crate) async fn fetch_policy(
    connection: &mut Connection<'_>,
    policy: &PolicyRef,
) -> Result<Option<Policy>, StoreError> {
    let query = query(rows::policy::ONE).bind(policy.policy_id.as_str()).bind(i64::from(policy.version.0));
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(rows::policy::read).transpose()
}
