//! Passwords, second factors, and what sessions by them stand for.

use crate::Record;
use crate::backend::{Connection, failed, query, query_scalar};
use crate::ports::operators::{note, read_operator, write_note};
use crate::script::Script;
use crate::text::Columns;
use async_trait::async_trait;
use cordon_enforce::Refusal;
use cordon_enforce::ports::{SessionOperator, SignIn, StoreError};
use cordon_enforce::sign_in::{Credentials, Proof};
use cordon_model::clock::Timestamp;
use cordon_model::ids::OperatorId;

const CREDENTIALS: &str = "SELECT o.operator_id, o.display_name, o.role, o.is_disabled,
    c.password, c.generation, c.totp_secret, c.totp_pending, c.totp_step
    FROM credentials AS c JOIN operators AS o ON o.operator_id = c.operator_id
    WHERE c.operator_id = $1 AND NOT o.is_disabled";
const KNOWN: &str = "SELECT COUNT(*) FROM operators WHERE operator_id = $1";
const GENERATION: &str = "SELECT generation FROM credentials WHERE operator_id = $1";
const ADD: &str = "INSERT INTO credentials (operator_id, password, generation) VALUES (?, ?, 1)";
const CHANGE: &str = "UPDATE credentials SET password = ?, generation = generation + 1 WHERE operator_id = ?";
const HOLDS: &str =
    "SELECT COUNT(*) FROM credentials AS c JOIN operators AS o ON o.operator_id = c.operator_id
    WHERE c.operator_id = $1 AND c.generation = $2 AND NOT o.is_disabled";
const WITHOUT_FACTOR: &str =
    "SELECT COUNT(*) FROM credentials WHERE operator_id = $1 AND totp_secret IS NULL";
const USE_STEP: &str = "UPDATE credentials SET totp_step = $2
    WHERE operator_id = $1 AND totp_secret IS NOT NULL AND (totp_step IS NULL OR totp_step < $2)";
const USE_RECOVERY: &str = "DELETE FROM recovery_codes WHERE operator_id = $1 AND digest = $2";
const ENROL: &str = "UPDATE credentials SET totp_pending = $2 WHERE operator_id = $1 AND totp_secret IS NULL";
const CONFIRM: &str = "UPDATE credentials SET totp_secret = totp_pending, totp_pending = NULL, totp_step = $3
    WHERE operator_id = $1 AND totp_pending = $2 AND totp_secret IS NULL";
const RESET: &str = "UPDATE credentials SET totp_secret = NULL, totp_pending = NULL, totp_step = NULL,
    generation = generation + 1 WHERE operator_id = $1 AND totp_secret IS NOT NULL";
const NO_RECOVERY: &str = "DELETE FROM recovery_codes WHERE operator_id = ?";
const ADD_RECOVERY: &str = "INSERT INTO recovery_codes (operator_id, digest) VALUES (?, ?)";
const DISABLE: &str = "UPDATE operators SET is_disabled = ? WHERE operator_id = ?";
const END_TOKENS: &str = "UPDATE tokens SET revoked_at = ? WHERE operator_id = ? AND revoked_at IS NULL";
const END_SESSIONS: &str = "UPDATE credentials SET generation = generation + 1 WHERE operator_id = ?";

#[async_trait]
impl SignIn for Record {
    async fn fetch_credentials(&self, operator_id: &OperatorId) -> Result<Option<Credentials>, StoreError> {
        let row = query(CREDENTIALS).bind(operator_id.as_str()).fetch_optional(&self.readers).await;
        let Some(row) = row.map_err(failed)? else { return Ok(None) };
        let columns = Columns::of(&row, "operator_id");
        Ok(Some(Credentials {
            operator: read_operator(&row)?,
            password: columns.text("password")?,
            generation: columns.integer("generation")?,
            totp_secret: columns.text_or_null("totp_secret")?,
            totp_pending: columns.text_or_null("totp_pending")?,
            totp_step: columns.integer_or_null("totp_step")?,
        }))
    }

    async fn put_password(
        &self,
        operator_id: &OperatorId,
        password: &str,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        is_known(&mut transaction, operator_id).await?;
        let before = query_scalar(GENERATION).bind(operator_id.as_str());
        let before: Option<i64> = before.fetch_optional(&mut *transaction).await.map_err(failed)?;
        let mut script = Script::default();
        match before {
            None => script.add(ADD, |values| values.bind(operator_id.as_str()).bind(password)),
            Some(_) => script.add(CHANGE, |values| values.bind(password).bind(operator_id.as_str())),
        }
        let note = note(by, "operator.password", operator_id.as_str(), "{}".to_owned());
        write_note(&mut transaction, script, note, now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(before.unwrap_or(0) + 1)
    }

    async fn sign_in(&self, seen: &Credentials, proof: &Proof, now: Timestamp) -> Result<bool, StoreError> {
        let operator_id = &seen.operator.operator_id;
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let holds = query_scalar(HOLDS).bind(operator_id.as_str()).bind(seen.generation);
        let holds: i64 = holds.fetch_one(&mut *transaction).await.map_err(failed)?;
        let is_proved = holds == 1 && take(&mut transaction, operator_id, proof).await?;
        let verb = if is_proved { "operator.signed_in" } else { "operator.sign_in_failed" };
        let note = note(operator_id, verb, operator_id.as_str(), "{}".to_owned());
        write_note(&mut transaction, Script::default(), note, now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(is_proved)
    }

    async fn refuse_sign_in(
        &self,
        operator_id: Option<&OperatorId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let nobody = OperatorId::from("nobody");
        let whose = operator_id.unwrap_or(&nobody);
        let note = note(whose, "operator.sign_in_failed", whose.as_str(), "{}".to_owned());
        write_note(&mut transaction, Script::default(), note, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn session_operator(
        &self,
        operator_id: &OperatorId,
        generation: i64,
    ) -> Result<Option<SessionOperator>, StoreError> {
        let known = self.fetch_credentials(operator_id).await?;
        let known = known.filter(|known| known.generation == generation);
        Ok(known.map(|known| SessionOperator {
            operator: known.operator,
            has_second_factor: known.totp_secret.is_some(),
        }))
    }

    async fn enrol_second_factor(
        &self,
        operator_id: &OperatorId,
        secret: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let enrolled = query(ENROL).bind(operator_id.as_str()).bind(secret);
        if enrolled.execute(&mut transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Err(unfit(operator_id, "it is in force already, or there is no password"));
        }
        let note = note(operator_id, "second_factor.enrolled", operator_id.as_str(), "{}".to_owned());
        write_note(&mut transaction, Script::default(), note, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn confirm_second_factor(
        &self,
        seen: &Credentials,
        step: i64,
        recovery: &[String],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let operator_id = &seen.operator.operator_id;
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let pending = seen.totp_pending.as_deref().unwrap_or_default();
        let confirmed = query(CONFIRM).bind(operator_id.as_str()).bind(pending).bind(step);
        if confirmed.execute(&mut transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Err(unfit(operator_id, "none waits for a code: enrol one first"));
        }
        let mut script = Script::default();
        script.add(NO_RECOVERY, |values| values.bind(operator_id.as_str()));
        for digest in recovery {
            script.add(ADD_RECOVERY, |values| values.bind(operator_id.as_str()).bind(digest.as_str()));
        }
        let note = note(operator_id, "second_factor.confirmed", operator_id.as_str(), "{}".to_owned());
        write_note(&mut transaction, script, note, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn reset_second_factor(
        &self,
        operator_id: &OperatorId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let reset = query(RESET).bind(operator_id.as_str());
        if reset.execute(&mut transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Err(unfit(operator_id, "there is none"));
        }
        let mut script = Script::default();
        script.add(NO_RECOVERY, |values| values.bind(operator_id.as_str()));
        let note = note(by, "second_factor.reset", operator_id.as_str(), "{}".to_owned());
        write_note(&mut transaction, script, note, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn disable_operator(
        &self,
        operator_id: &OperatorId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        is_known(&mut transaction, operator_id).await?;
        let mut script = Script::default();
        script.add(DISABLE, |values| values.bind(true).bind(operator_id.as_str()));
        script.add(END_TOKENS, |values| values.bind(now.0).bind(operator_id.as_str()));
        script.add(END_SESSIONS, |values| values.bind(operator_id.as_str()));
        let note = note(by, "operator.disabled", operator_id.as_str(), "{}".to_owned());
        write_note(&mut transaction, script, note, now).await?;
        transaction.commit().await.map_err(failed)
    }
}

/// Whether a proof holds; what counts once is used by it.
async fn take(
    connection: &mut Connection<'_>,
    operator_id: &OperatorId,
    proof: &Proof,
) -> Result<bool, StoreError> {
    let used = match proof {
        Proof::PasswordAlone => {
            let without = query_scalar(WITHOUT_FACTOR).bind(operator_id.as_str());
            let count: i64 = without.fetch_one(connection).await.map_err(failed)?;
            return Ok(count == 1);
        }
        Proof::Step(step) => query(USE_STEP).bind(operator_id.as_str()).bind(*step),
        Proof::Recovery(digest) => query(USE_RECOVERY).bind(operator_id.as_str()).bind(digest.as_str()),
    };
    Ok(used.execute(connection).await.map_err(failed)?.rows_affected() == 1)
}

async fn is_known(connection: &mut Connection<'_>, operator_id: &OperatorId) -> Result<(), StoreError> {
    let known = query_scalar(KNOWN).bind(operator_id.as_str());
    let count: i64 = known.fetch_one(connection).await.map_err(failed)?;
    if count == 0 {
        return Err(Refusal::OperatorUnknown { operator_id: operator_id.clone() }.into());
    }
    Ok(())
}

fn unfit(operator_id: &OperatorId, what: &'static str) -> StoreError {
    Refusal::SecondFactorUnfit { operator_id: operator_id.clone(), what }.into()
}
