//! The desk of second looks.

use crate::Record;
use crate::backend::{Connection, DbRow, failed, query, query_scalar};
use crate::desk::actor;
use crate::ports::bulk_desk::batch_of;
use crate::rows::second_look as rows;
use crate::script::Script;
use crate::text::{Columns, to_column, to_json};
use crate::write::Writing;
use async_trait::async_trait;
use cordon_enforce::Refusal;
use cordon_enforce::ports::{LookFacts, OverturnFacts, QualityDesk, StoreError};
use cordon_enforce::quality::{self, QualityRefusal, QualityRules};
use cordon_model::audit::AuditNote;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, DecisionKind};
use cordon_model::ids::{AccountId, DecisionId, OperatorId, PolicyId, SecondLookId};
use cordon_model::limits;
use cordon_model::second_look::{GoldenCase, LookStatus, SecondLook};
use cordon_model::statement::NoticeProfile;
use std::collections::{BTreeMap, BTreeSet};

/// The secret that draws lots, and the shares.
struct Settings {
    secret: String,
    rules: QualityRules,
}

#[async_trait]
impl QualityDesk for Record {
    async fn quality_rules(&self) -> Result<QualityRules, StoreError> {
        Ok(fetch_settings(&mut self.readers.acquire().await.map_err(failed)?).await?.rules)
    }

    async fn put_quality_rules(
        &self,
        rules: &QualityRules,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let rules = rules.clone().check().map_err(QualityRefusal::from).map_err(Refusal::from)?;
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        if fetch_settings(&mut transaction).await?.rules == rules {
            return Ok(());
        }
        let state = to_json(&rules);
        let mut script = Script::default();
        script.add(rows::SET, |values| values.bind(state.as_str()));
        let mut writing = Writing::default();
        let (verb, subject) = ("quality.set", "quality".to_owned());
        writing.note(AuditNote { actor: actor(by), verb, subject, details: state });
        writing.write(&mut transaction, script, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn claim_next_look(
        &self,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Option<SecondLook>, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let Some((look, note)) = claim_next(&mut transaction, by, now).await? else { return Ok(None) };
        save(&mut transaction, &look, note, now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(look))
    }

    async fn judge_look(
        &self,
        second_look_id: &SecondLookId,
        finding: (DecisionKind, Option<PolicyId>),
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<SecondLook, StoreError> {
        self.change_look(second_look_id, now, async |_, look| Ok(quality::judge(look, finding, by, now)?))
            .await
    }

    async fn settle_look(
        &self,
        second_look_id: &SecondLookId,
        right: DecisionKind,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<SecondLook, StoreError> {
        self.change_look(second_look_id, now, async |connection, look| {
            let involved = involved(connection, &look.decision_id).await?;
            Ok(quality::settle(look, right, &involved, by, now)?)
        })
        .await
    }

    async fn mark_golden(
        &self,
        second_look_id: &SecondLookId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<GoldenCase, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let look = fetch(&mut transaction, second_look_id).await?;
        let involved = involved(&mut transaction, &look.decision_id).await?;
        let others = fetch_golden(&mut transaction).await?;
        let count = others.iter().filter(|other| other.decision_id != look.decision_id).count();
        let marked = quality::mark_golden(&look, &involved, count, by, now).map_err(Refusal::from)?;
        let (golden, note) = marked;
        let mut script = Script::default();
        script.add_rows(&rows::GOLDEN, std::slice::from_ref(&golden), rows::bind_golden);
        let mut writing = Writing::default();
        writing.note(note);
        writing.write(&mut transaction, script, now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(golden)
    }

    async fn list_looks(&self, status: LookStatus) -> Result<Vec<SecondLook>, StoreError> {
        let limit = to_column(limits::PAGE_MAX as u64);
        let query = query(rows::IN_ORDER).bind(status.name()).bind(limit);
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(rows::read).collect()
    }

    async fn is_blind(&self, by: &OperatorId, account_id: &AccountId) -> Result<bool, StoreError> {
        let query = query(rows::BLIND).bind(account_id.as_str()).bind(by.as_str());
        Ok(query.fetch_optional(&self.readers).await.map_err(failed)?.is_some())
    }

    async fn judged_looks(&self, since: Timestamp) -> Result<Vec<LookFacts>, StoreError> {
        let limit = to_column(limits::QUALITY_LOOKS_MAX as u64);
        let query = query(rows::JUDGED).bind(since.0).bind(limit);
        let read = |row: &DbRow| {
            let language = read_language(&Columns::of(row, "second_look_id"))?;
            Ok(LookFacts { look: rows::read(row)?, language })
        };
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(read).collect()
    }

    async fn overturns_by_language(&self, since: Timestamp) -> Result<Vec<OverturnFacts>, StoreError> {
        let rows = query(rows::OVERTURNS).bind(since.0).fetch_all(&self.readers).await.map_err(failed)?;
        let mut sums: BTreeMap<Option<String>, (u64, u64)> = BTreeMap::new();
        for row in &rows {
            let columns = Columns::of(row, "profile");
            let sum = sums.entry(read_language(&columns)?).or_default();
            sum.0 += columns.unsigned("decisions")?;
            sum.1 += columns.unsigned("overturned")?;
        }
        let facts = |(language, (decisions, overturned))| OverturnFacts { language, decisions, overturned };
        Ok(sums.into_iter().map(facts).collect())
    }
}

impl Record {
    /// Runs a command that concerns a look alone, in one transaction.
    async fn change_look(
        &self,
        second_look_id: &SecondLookId,
        now: Timestamp,
        command: impl AsyncFnOnce(&mut Connection<'_>, SecondLook) -> Result<(SecondLook, AuditNote), Refused>
        + Send,
    ) -> Result<SecondLook, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let look = fetch(&mut transaction, second_look_id).await?;
        let (look, note) = command(&mut transaction, look).await.map_err(|Refused(error)| error)?;
        save(&mut transaction, &look, note, now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(look)
    }
}

/// What stops a command: the rules, or the record.
struct Refused(StoreError);

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<QualityRefusal> for Refused {
    fn from(refusal: QualityRefusal) -> Self {
        Self(Refusal::from(refusal).into())
    }
}

/// Adds the second looks at decisions that are about to be written.
pub(crate) async fn draw_looks(
    connection: &mut Connection<'_>,
    script: &mut Script,
    decisions: &[Decision],
    now: Timestamp,
) -> Result<(), StoreError> {
    if decisions.is_empty() {
        return Ok(());
    }
    let Settings { secret, rules } = fetch_settings(connection).await?;
    let drawn = quality::draw(&secret, &rules, decisions, now);
    script.add_rows(&rows::TABLE, &drawn, rows::bind);
    Ok(())
}

/// The look that the reviewer has, a golden case at its share, or the first that is free and that they may judge.
async fn claim_next(
    connection: &mut Connection<'_>,
    by: &OperatorId,
    now: Timestamp,
) -> Result<Option<(SecondLook, AuditNote)>, StoreError> {
    let held = query(rows::HELD).bind(by.as_str()).fetch_optional(&mut *connection).await.map_err(failed)?;
    if let Some(row) = held {
        return Ok(Some(quality::claim(rows::read(&row)?, &BTreeSet::new(), by, now)?));
    }
    let Settings { secret, rules } = fetch_settings(connection).await?;
    let shown = query_scalar(rows::SHOWN).bind(by.as_str());
    let shown: i64 = shown.fetch_one(&mut *connection).await.map_err(failed)?;
    if quality::is_golden_next(&secret, &rules, by, shown.unsigned_abs())
        && let Some(golden) = golden_for(connection, by).await?
    {
        let look = quality::show_golden(&secret, &golden, by, now);
        return Ok(Some(quality::claim(look, &BTreeSet::new(), by, now)?));
    }
    let free = query(rows::FREE).bind(now.0).bind(by.as_str()).bind(to_column(limits::PAGE_MAX as u64));
    for row in free.fetch_all(&mut *connection).await.map_err(failed)? {
        let look = rows::read(&row)?;
        let involved = involved(connection, &look.decision_id).await?;
        if !involved.contains(by) {
            return Ok(Some(quality::claim(look, &involved, by, now)?));
        }
    }
    Ok(None)
}

/// The first golden case that the reviewer does not know and has not been shown.
async fn golden_for(
    connection: &mut Connection<'_>,
    by: &OperatorId,
) -> Result<Option<GoldenCase>, StoreError> {
    let answered = query_scalar(rows::ANSWERED).bind(by.as_str());
    let answered: Vec<String> = answered.fetch_all(&mut *connection).await.map_err(failed)?;
    let answered: BTreeSet<String> = answered.into_iter().collect();
    let is_new = |golden: &GoldenCase| {
        !golden.known_to.contains(by) && !answered.contains(golden.decision_id.as_str())
    };
    Ok(fetch_golden(connection).await?.into_iter().find(is_new))
}

async fn fetch_golden(connection: &mut Connection<'_>) -> Result<Vec<GoldenCase>, StoreError> {
    let rows = query(rows::ALL_GOLDEN).fetch_all(connection).await.map_err(failed)?;
    rows.iter().map(rows::read_golden).collect()
}

async fn fetch(
    connection: &mut Connection<'_>,
    second_look_id: &SecondLookId,
) -> Result<SecondLook, StoreError> {
    let query = query(rows::BY_ID).bind(second_look_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    rows::read(&row.ok_or_else(|| Refusal::from(QualityRefusal::Unknown))?)
}

async fn fetch_settings(connection: &mut Connection<'_>) -> Result<Settings, StoreError> {
    let row = query(rows::SETTINGS).fetch_one(connection).await.map_err(failed)?;
    let columns = Columns::of(&row, "state");
    Ok(Settings { secret: columns.text("secret")?, rules: columns.json("state")? })
}

/// Who proposed and approved the batch of which a decision came.
async fn involved(
    connection: &mut Connection<'_>,
    decision_id: &DecisionId,
) -> Result<BTreeSet<OperatorId>, StoreError> {
    let batch = batch_of(connection, decision_id).await?;
    let people = batch
        .into_iter()
        .flat_map(|batch| [Some(batch.proposed_by), batch.approval.map(|approval| approval.approved_by)]);
    Ok(people.flatten().collect())
}

async fn save(
    connection: &mut Connection<'_>,
    look: &SecondLook,
    note: AuditNote,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut script = Script::default();
    script.add_rows(&rows::TABLE, std::slice::from_ref(look), rows::bind);
    let mut writing = Writing::default();
    writing.note(note);
    writing.write(connection, script, now).await
}

fn read_language(columns: &Columns<'_>) -> Result<Option<String>, StoreError> {
    let profile: Option<NoticeProfile> = columns.json("profile")?;
    Ok(profile.and_then(|profile| profile.language))
}
