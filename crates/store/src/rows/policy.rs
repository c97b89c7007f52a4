//! Policies.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::Columns;
use cordon_enforce::ports::StoreError;
use cordon_model::policy::{Policy, PolicyVersion, Severity};

macro_rules! columns {
    () => {
        "policy_id, version, title, text, severity, strike_weight, strike_days, is_retired"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "policies",
    columns: &[
        "policy_id",
        "version",
        "title",
        "text",
        "severity",
        "strike_weight",
        "strike_days",
        "is_retired",
    ],
    overwrite_on: Some("policy_id, version"),
};
pub(crate) const ONE: &str =
    concat!("SELECT ", columns!(), " FROM policies WHERE policy_id = $1 AND version = $2");
pub(crate) const CURRENT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM policies WHERE policy_id = $1 AND NOT is_retired ORDER BY version DESC LIMIT 1"
);
pub(crate) const ALL: &str =
    concat!("SELECT ", columns!(), " FROM policies ORDER BY policy_id, version LIMIT $1");

pub(crate) fn bind(query: Query, policy: &Policy) -> Query {
    query
        .bind(policy.policy_id.as_str())
        .bind(i64::from(policy.version.0))
        .bind(policy.title.as_str())
        .bind(policy.text.as_str())
        .bind(policy.severity.name())
        .bind(i64::from(policy.strike_weight))
        .bind(policy.strike_days.map(i64::from))
        .bind(policy.is_retired)
}

pub(crate) fn read(row: &DbRow) -> Result<Policy, StoreError> {
    let columns = Columns::of(row, "policy_id");
    Ok(Policy {
        policy_id: columns.text("policy_id")?.into(),
        version: PolicyVersion(columns.count("version")?),
        title: columns.text("title")?,
        text: columns.text("text")?,
        strike_weight: columns.count("strike_weight")?,
        strike_days: columns.count_or_null("strike_days")?,
        severity: columns.named("severity", Severity::from_name)?,
        is_retired: columns.truth("is_retired")?,
    })
}
