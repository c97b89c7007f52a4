//! What becomes due by itself: notices whose gag ends, appeals that wait too long or for nothing.

use super::fetch_statement;
use crate::Record;
use crate::backend::{Connection, DbRow, failed, query};
use crate::notices::{fetch_profiles, fetch_settings};
use crate::rows;
use crate::script::Script;
use crate::text::to_column;
use crate::write::Writing;
use cordon_enforce::appeals;
use cordon_enforce::change::Change;
use cordon_enforce::notices::{self, NoticeSettings};
use cordon_enforce::ports::{StoreError, Swept};
use cordon_model::clock::Timestamp;
use cordon_model::ids::AccountId;
use cordon_model::limits;
use cordon_model::statement::NoticeProfile;

const SYSTEM: &str = "system";

/// What is due.
struct Due {
    statements: Vec<DbRow>,
    alarming: Vec<DbRow>,
    moot: Vec<DbRow>,
}

impl Due {
    async fn fetch(connection: &mut Connection<'_>, now: Timestamp) -> Result<Self, StoreError> {
        let limit = to_column(limits::APPEAL_SWEEP_MAX as u64);
        let statements = query(rows::statement::DUE).bind(now.0).bind(limit);
        let statements = statements.fetch_all(&mut *connection).await.map_err(failed)?;
        let alarming = query(rows::appeal::ALARMING).bind(now.0).bind(limit);
        let alarming = alarming.fetch_all(&mut *connection).await.map_err(failed)?;
        let moot = query(rows::appeal::MOOT).bind(limit).fetch_all(connection).await.map_err(failed)?;
        Ok(Self { statements, alarming, moot })
    }

    fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.alarming.is_empty() && self.moot.is_empty()
    }
}

pub(super) async fn sweep(record: &Record, now: Timestamp) -> Result<Swept, StoreError> {
    // Most looks find nothing, and need no writer for that.
    let mut reader = record.readers.acquire().await.map_err(failed)?;
    if Due::fetch(&mut reader, now).await?.is_empty() {
        return Ok(Swept::default());
    }
    drop(reader);
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let due = Due::fetch(&mut transaction, now).await?;
    let (mut writing, mut swept) = (Writing::default(), Swept::default());
    let settings = fetch_settings(&mut transaction).await?;
    for row in &due.statements {
        let statement = rows::statement::read(row)?;
        let account_id = statement.account_id.clone();
        let profile = fetch_profiles(&mut transaction, &[account_id.as_str()]).await?.remove(&account_id);
        let changes = notices::follow(statement, &profile.unwrap_or_default(), &settings, now);
        swept.released += usize::from(changes.iter().any(|change| matches!(change, Change::Queued(_))));
        let outcome = kept_back(&mut transaction, &changes, now).await?;
        writing.add(changes, SYSTEM);
        writing.add(outcome, SYSTEM);
    }
    let mut settled = Vec::new();
    for row in &due.moot {
        let appeal = rows::appeal::read(row)?;
        settled.push(appeal.appeal_id.clone());
        let statement = fetch_statement(&mut transaction, &appeal.decision_id).await?;
        writing.add(appeals::settle_moot(appeal, statement.as_ref(), now)?, SYSTEM);
        swept.settled += 1;
    }
    for row in &due.alarming {
        let appeal = rows::appeal::read(row)?;
        // One statement may not write the same row twice.
        if settled.contains(&appeal.appeal_id) {
            continue;
        }
        let changes = appeals::mark_late(appeal, now);
        swept.alarmed += usize::from(changes.is_some());
        writing.add(changes.into_iter().collect(), SYSTEM);
    }
    writing.write(&mut transaction, Script::default(), now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(swept)
}

/// Holds what is withheld from an account against what is now said of how to tell it.
pub(super) async fn follow_profile(
    connection: &mut Connection<'_>,
    writing: &mut Writing,
    account_id: &AccountId,
    profile: &NoticeProfile,
    now: Timestamp,
) -> Result<(), StoreError> {
    let settings: NoticeSettings = fetch_settings(connection).await?;
    let withheld = query(rows::statement::WITHHELD_OF_ACCOUNT).bind(account_id.as_str());
    for row in &withheld.fetch_all(&mut *connection).await.map_err(failed)? {
        let statement = rows::statement::read(row)?;
        let changes = notices::follow(statement, profile, &settings, now);
        let outcome = kept_back(connection, &changes, now).await?;
        writing.add(changes, SYSTEM);
        writing.add(outcome, SYSTEM);
    }
    Ok(())
}

/// The outcome of an appeal that was decided while its account might not be told anything, where `changes` let the
/// decision's notice leave.
async fn kept_back(
    connection: &mut Connection<'_>,
    changes: &[Change],
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    let [Change::StatementMade(statement), Change::Queued(_)] = changes else { return Ok(Vec::new()) };
    let appeal_id = appeals::appeal_id(&statement.decision_id);
    let row = query(rows::appeal::BY_ID).bind(appeal_id.as_str()).fetch_optional(&mut *connection).await;
    let Some(row) = row.map_err(failed)? else { return Ok(Vec::new()) };
    let appeal = rows::appeal::read(&row)?;
    let Some(outcome) = appeals::tell_outcome(&appeal, statement, now) else { return Ok(Vec::new()) };
    // Where it was another reason than a gag that withheld the notice, the appellant was told at once.
    let told = query(rows::outbox::KNOWN).bind(outcome.key.as_str()).fetch_optional(connection).await;
    Ok(if told.map_err(failed)?.is_some() { Vec::new() } else { vec![Change::Queued(outcome)] })
}
