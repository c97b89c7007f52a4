//! Operators and tokens.

use crate::Record;
use crate::backend::{Connection, DbRow, Query, failed, query, query_scalar};
use crate::desk::actor;
use crate::insert::Table;
use crate::script::Script;
use crate::text::{Columns, to_column};
use crate::write::Writing;
use async_trait::async_trait;
use cordon_enforce::Refusal;
use cordon_enforce::operators::token_digest;
use cordon_enforce::ports::{NewToken, Operators, StoreError};
use cordon_model::audit::AuditNote;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{OperatorId, TokenId};
use cordon_model::limits;
use cordon_model::operator::{Operator, Role, Token};
use serde_json::json;

const OPERATORS: Table = Table {
    name: "operators",
    columns: &["operator_id", "display_name", "role", "is_disabled"],
    overwrite_on: Some("operator_id"),
};
const ALL_OPERATORS: &str =
    "SELECT operator_id, display_name, role, is_disabled FROM operators ORDER BY operator_id LIMIT $1";
const OPERATOR: &str =
    "SELECT operator_id, display_name, role, is_disabled FROM operators WHERE operator_id = $1";
const KNOWN_OPERATOR: &str = "SELECT COUNT(*) FROM operators WHERE operator_id = $1";
const TAKEN_TOKEN: &str = "SELECT COUNT(*) FROM tokens WHERE token_id = $1 OR digest = $2";
const ADD_TOKEN: &str = "INSERT INTO tokens (token_id, digest, operator_id, created_at, expires_at)
    VALUES (?, ?, ?, ?, ?)";
const TOKENS_OF: &str = "SELECT token_id, operator_id, created_at, expires_at, revoked_at FROM tokens
    WHERE operator_id = $1 ORDER BY token_id LIMIT $2";
const REVOKE: &str = "UPDATE tokens SET revoked_at = $2 WHERE token_id = $1 AND revoked_at IS NULL";
const AUTHENTICATE: &str = "SELECT o.operator_id, o.display_name, o.role, o.is_disabled
    FROM tokens AS t JOIN operators AS o ON o.operator_id = t.operator_id
    WHERE t.digest = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
    AND NOT o.is_disabled";

#[async_trait]
impl Operators for Record {
    async fn put_operator(
        &self,
        operator: &Operator,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let mut script = Script::default();
        script.add_rows(&OPERATORS, std::slice::from_ref(operator), bind_operator);
        let details = json!({"role": operator.role, "is_disabled": operator.is_disabled}).to_string();
        let note = note(by, "operator.put", operator.operator_id.as_str(), details);
        write_note(&mut transaction, script, note, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn list_operators(&self) -> Result<Vec<Operator>, StoreError> {
        let query = query(ALL_OPERATORS).bind(to_column(limits::PAGE_MAX as u64));
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(read_operator).collect()
    }

    async fn create_token(
        &self,
        new: NewToken,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<Token, StoreError> {
        let digest = token_digest(&new.secret.reveal());
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        if count(&mut transaction, KNOWN_OPERATOR, &[new.operator_id.as_str()]).await? == 0 {
            return Err(Refusal::OperatorUnknown { operator_id: new.operator_id }.into());
        }
        if count(&mut transaction, TAKEN_TOKEN, &[new.token_id.as_str(), &digest]).await? > 0 {
            return Err(Refusal::TokenTaken { token_id: new.token_id }.into());
        }
        let mut script = Script::default();
        script.add(ADD_TOKEN, |values| {
            values
                .bind(new.token_id.as_str())
                .bind(digest)
                .bind(new.operator_id.as_str())
                .bind(now.0)
                .bind(new.expires_at.map(|at| at.0))
        });
        let details = json!({"operator_id": new.operator_id, "expires_at": new.expires_at}).to_string();
        let note = note(by, "token.created", new.token_id.as_str(), details);
        write_note(&mut transaction, script, note, now).await?;
        transaction.commit().await.map_err(failed)?;
        let NewToken { token_id, operator_id, expires_at, .. } = new;
        Ok(Token { token_id, operator_id, created_at: now, expires_at, revoked_at: None })
    }

    async fn list_tokens(&self, operator_id: &OperatorId) -> Result<Vec<Token>, StoreError> {
        let query = query(TOKENS_OF).bind(operator_id.as_str()).bind(to_column(limits::PAGE_MAX as u64));
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(read_token).collect()
    }

    async fn revoke_token(
        &self,
        token_id: &TokenId,
        by: &OperatorId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut turn = self.writer.for_people().await?;
        let mut transaction = turn.begin().await?;
        let query = query(REVOKE).bind(token_id.as_str()).bind(now.0);
        let revoked = query.execute(&mut transaction).await.map_err(failed)?;
        if revoked.rows_affected() == 0 {
            return Err(Refusal::TokenUnknown { token_id: token_id.clone() }.into());
        }
        let note = note(by, "token.revoked", token_id.as_str(), "{}".to_owned());
        write_note(&mut transaction, Script::default(), note, now).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn authenticate(&self, text: &str, now: Timestamp) -> Result<Option<Operator>, StoreError> {
        let query = query(AUTHENTICATE).bind(token_digest(text)).bind(now.0);
        let row = query.fetch_optional(&self.readers).await.map_err(failed)?;
        row.as_ref().map(read_operator).transpose()
    }
}

fn bind_operator(query: Query, operator: &Operator) -> Query {
    query
        .bind(operator.operator_id.as_str())
        .bind(operator.display_name.as_str())
        .bind(operator.role.name())
        .bind(operator.is_disabled)
}

/// The operator of that name.
pub(crate) async fn fetch_operator(
    connection: &mut Connection<'_>,
    operator_id: &OperatorId,
) -> Result<Option<Operator>, StoreError> {
    let query = query(OPERATOR).bind(operator_id.as_str());
    let row = query.fetch_optional(connection).await.map_err(failed)?;
    row.as_ref().map(read_operator).transpose()
}

pub(super) fn read_operator(row: &DbRow) -> Result<Operator, StoreError> {
    let columns = Columns::of(row, "operator_id");
    Ok(Operator {
        operator_id: columns.text("operator_id")?.into(),
        display_name: columns.text("display_name")?,
        role: columns.named("role", Role::from_name)?,
        is_disabled: columns.truth("is_disabled")?,
    })
}

fn read_token(row: &DbRow) -> Result<Token, StoreError> {
    let columns = Columns::of(row, "token_id");
    Ok(Token {
        token_id: columns.text("token_id")?.into(),
        operator_id: columns.text("operator_id")?.into(),
        created_at: columns.time("created_at")?,
        expires_at: columns.time_or_null("expires_at")?,
        revoked_at: columns.time_or_null("revoked_at")?,
    })
}

async fn count(
    connection: &mut Connection<'_>,
    statement: &'static str,
    keys: &[&str],
) -> Result<i64, StoreError> {
    let query = keys.iter().fold(query_scalar(statement), |query, key| query.bind(*key));
    query.fetch_one(connection).await.map_err(failed)
}

pub(super) fn note(by: &OperatorId, verb: &'static str, subject: &str, details: String) -> AuditNote {
    AuditNote { actor: actor(by), verb, subject: subject.to_owned(), details }
}

pub(super) async fn write_note(
    connection: &mut Connection<'_>,
    script: Script,
    note: AuditNote,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut writing = Writing::default();
    writing.note(note);
    writing.write(connection, script, now).await
}
