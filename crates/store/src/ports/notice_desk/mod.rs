//! The desk of statements, notices and appeals.

mod appeal;
mod sweep;

use crate::Record;
use crate::backend::{Connection, failed, query, query_scalar};
use crate::desk::actor;
use crate::notices::{fetch_profiles, fetch_settings};
use crate::rows;
use crate::script::Script;
use crate::text::{to_column, to_json};
use crate::write::Writing;
use async_trait::async_trait;
use cordon_enforce::Refusal;
use cordon_enforce::appeals::{self, NewAppeal, Ruling};
use cordon_enforce::notices::{self, NoticeSettings};
use cordon_enforce::ports::{AppealTotals, NoticeDesk, StoreError, Swept};
use cordon_model::appeal::{Appeal, AppealStatus};
use cordon_model::audit::AuditNote;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{AccountId, AppealId, DecisionId, OperatorId};
use cordon_model::limits;
use cordon_model::statement::{NoticeProfile, Statement, Withheld};
use serde_json::json;

#[async_trait]
impl NoticeDesk for Record {
    async fn notice_settings(&self) -> Result<NoticeSettings, StoreError> {
        fetch_settings(&mut self.readers.acquire().await.map_err(failed)?).await
    }

    async fn set_notices(
        &self,
        appeal_url: &str,
        appeal_days: i64,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        check_settings(appeal_url, appeal_days)?;
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let known = fetch_settings(&mut transaction).await?;
        if known.appeal_url == appeal_url && known.appeal_days == appeal_days {
            return Ok(());
        }
        let mut script = Script::default();
        script.add(rows::statement::SET, |values| values.bind(appeal_url.to_owned()).bind(appeal_days));
        let mut writing = Writing::default();
        let details = json!({"appeal_days": appeal_days}).to_string();
        let (verb, subject) = ("notices.set", "notices".to_owned());
        writing.note(AuditNote { actor: actor(by), verb, subject, details });
        writing.write(&mut transaction, script, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn fetch_notice_profile(&self, account_id: &AccountId) -> Result<NoticeProfile, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(failed)?;
        let mut found = fetch_profiles(&mut connection, &[account_id.as_str()]).await?;
        Ok(found.remove(account_id).unwrap_or_default())
    }

    async fn put_notice_profile(
        &self,
        account_id: &AccountId,
        profile: &NoticeProfile,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let unsound = |what| Refusal::NoticeInvalid { what };
        notices::check_profile(profile).map_err(unsound)?;
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let mut script = Script::default();
        let row = (account_id.clone(), to_json(profile));
        script.add_rows(&rows::statement::PROFILES, &[row], |values, (account_id, state)| {
            values.bind(account_id.as_str()).bind(state.as_str())
        });
        let mut writing = Writing::default();
        writing.note(AuditNote {
            actor: actor(by),
            verb: "notice_profile.put",
            subject: account_id.to_string(),
            details: json!({"withheld": profile.withheld.as_ref().map(Withheld::name)}).to_string(),
        });
        sweep::follow_profile(&mut transaction, &mut writing, account_id, profile, now).await?;
        writing.write(&mut transaction, script, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn fetch_statement(&self, decision_id: &DecisionId) -> Result<Option<Statement>, StoreError> {
        fetch_statement(&mut self.readers.acquire().await.map_err(failed)?, decision_id).await
    }

    async fn file_appeal(
        &self,
        decision_id: &DecisionId,
        new: NewAppeal,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Appeal, StoreError> {
        appeal::file(self, decision_id, new, &actor(by), now).await
    }

    async fn file_appeal_by_link(
        &self,
        token: &str,
        text: String,
        now: Timestamp,
    ) -> Result<Appeal, StoreError> {
        appeal::file_by_link(self, token, text, now).await
    }

    async fn list_appeals(
        &self,
        status: AppealStatus,
        due_by: Option<Timestamp>,
    ) -> Result<Vec<Appeal>, StoreError> {
        let query = query(rows::appeal::IN_ORDER)
            .bind(status.name())
            .bind(due_by.map_or(i64::MAX, |due_by| due_by.0))
            .bind(to_column(limits::PAGE_MAX as u64));
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(rows::appeal::read).collect()
    }

    async fn fetch_appeal(&self, appeal_id: &AppealId) -> Result<Option<Appeal>, StoreError> {
        find_appeal(&mut self.readers.acquire().await.map_err(failed)?, appeal_id).await
    }

    async fn claim_appeal(
        &self,
        appeal_id: &AppealId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Appeal, StoreError> {
        appeal::claim(self, appeal_id, by, now).await
    }

    async fn decide_appeal(
        &self,
        appeal_id: &AppealId,
        ruling: Ruling,
        now: Timestamp,
    ) -> Result<Appeal, StoreError> {
        appeal::decide(self, appeal_id, ruling, now).await
    }

    async fn withdraw_appeal(
        &self,
        appeal_id: &AppealId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Appeal, StoreError> {
        appeal::change(self, appeal_id, &actor(by), now, async |_, appeal| Ok(appeals::withdraw(appeal)?))
            .await
    }

    async fn count_appeals(&self, now: Timestamp) -> Result<AppealTotals, StoreError> {
        let mut counts = [0, 0];
        for (count, due_by) in counts.iter_mut().zip([i64::MAX, now.0]) {
            let query = query_scalar(rows::appeal::OPEN).bind(due_by);
            let found: i64 = query.fetch_one(&self.readers).await.map_err(failed)?;
            *count = found.unsigned_abs();
        }
        let [open, late] = counts;
        Ok(AppealTotals { open, late })
    }

    async fn sweep_notices(&self, now: Timestamp) -> Result<Swept, StoreError> {
        sweep::sweep(self, now).await
    }
}

fn check_settings(appeal_url: &str, appeal_days: i64) -> Result<(), Refusal> {
    let max = limits::NOTICE_SETTING_CHARS_MAX;
    if appeal_url.is_empty() || appeal_url.chars().count() > max {
        return Err(Refusal::NoticeInvalid { what: format!("the address has 1 to {max} characters") });
    }
    if !(1..=36_500).contains(&appeal_days) {
        let what = format!("the days to appeal are 1 to 36500, not {appeal_days}");
        return Err(Refusal::NoticeInvalid { what });
    }
    Ok(())
}

async fn fetch_statement(
    connection: &mut Connection<'_>,
    decision_id: &DecisionId,
) -> Result<Option<Statement>, StoreError> {
    let query = query(rows::statement::BY_ID).bind(decision_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(rows::statement::read).transpose()
}

async fn find_appeal(
    connection: &mut Connection<'_>,
    appeal_id: &AppealId,
) -> Result<Option<Appeal>, StoreError> {
    let query = query(rows::appeal::BY_ID).bind(appeal_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(rows::appeal::read).transpose()
}
