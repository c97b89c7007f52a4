//! Statements of reasons, and what notices need to know.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::notices::NoticeSettings;
use cordon_enforce::ports::StoreError;
use cordon_model::clock::Timestamp;
use cordon_model::ids::AccountId;
use cordon_model::statement::{NoticeProfile, Statement};

pub(crate) const TABLE: Table = Table {
    name: "statements",
    columns: &["decision_id", "account_id", "puid", "withheld_until", "state"],
    overwrite_on: Some("decision_id"),
};
pub(crate) const PROFILES: Table =
    Table { name: "notice_profiles", columns: &["account_id", "state"], overwrite_on: Some("account_id") };
pub(crate) const BY_ID: &str = "SELECT decision_id, state FROM statements WHERE decision_id = $1";
pub(crate) const WITHHELD_OF_ACCOUNT: &str =
    "SELECT decision_id, state FROM statements WHERE account_id = $1 AND withheld_until IS NOT NULL";
pub(crate) const DUE: &str = "SELECT decision_id, state FROM statements
    WHERE withheld_until <= $1 ORDER BY withheld_until, decision_id LIMIT $2";
pub(crate) const PROFILES_OF: &str = "SELECT account_id, state FROM notice_profiles WHERE account_id IN ";
pub(crate) const SETTINGS: &str = "SELECT secret, appeal_url, appeal_days FROM notice_settings";
pub(crate) const SET: &str = "UPDATE notice_settings SET appeal_url = ?, appeal_days = ?";

pub(crate) fn bind(query: Query, statement: &Statement) -> Query {
    let never = Timestamp(i64::MAX);
    let withheld = statement.withheld.as_ref().filter(|_| statement.notified_at.is_none());
    query
        .bind(statement.decision_id.as_str())
        .bind(statement.account_id.as_str())
        .bind(statement.puid.as_str())
        .bind(withheld.map(|withheld| withheld.ends_at().unwrap_or(never).0))
        .bind(to_json(statement))
}

pub(crate) fn read(row: &DbRow) -> Result<Statement, StoreError> {
    Columns::of(row, "decision_id").json("state")
}

pub(crate) fn read_profile(row: &DbRow) -> Result<(AccountId, NoticeProfile), StoreError> {
    let columns = Columns::of(row, "account_id");
    Ok((columns.text("account_id")?.into(), columns.json("state")?))
}

pub(crate) fn read_settings(row: &DbRow) -> Result<NoticeSettings, StoreError> {
    let columns = Columns::of(row, "appeal_url");
    Ok(NoticeSettings {
        secret: columns.text("secret")?,
        appeal_url: columns.text("appeal_url")?,
        appeal_days: columns.integer("appeal_days")?,
    })
}
