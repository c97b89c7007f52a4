//! Holds.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::hold::Hold;

macro_rules! columns {
    () => {
        "hold_id, account_id, case_id, event_id, policy_id, rules, rule_set, begun_at, expires_at, ended_at, decision_id"
    };
}

/// A hold is written when it begins, and over itself when a decision ends it.
pub(crate) const TABLE: Table = Table {
    name: "holds",
    columns: &[
        "hold_id",
        "account_id",
        "case_id",
        "event_id",
        "policy_id",
        "rules",
        "rule_set",
        "begun_at",
        "expires_at",
        "ended_at",
        "decision_id",
    ],
    overwrite_on: Some("hold_id"),
};
pub(crate) const OF_ACCOUNT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM holds WHERE account_id = $1 ORDER BY begun_at DESC, hold_id DESC LIMIT $2"
);

pub(crate) fn bind(query: Query, hold: &Hold) -> Query {
    query
        .bind(hold.hold_id.as_str())
        .bind(hold.account_id.as_str())
        .bind(hold.case_id.as_str())
        .bind(hold.event_id.as_str())
        .bind(hold.policy_id.as_str())
        .bind(to_json(&hold.rules))
        .bind(i64::from(hold.rule_set))
        .bind(hold.begun_at.0)
        .bind(hold.expires_at.0)
        .bind(hold.ended_at.map(|at| at.0))
        .bind(hold.decision_id.as_ref().map(|decision_id| decision_id.as_str()))
}

pub(crate) fn read(row: &DbRow) -> Result<Hold, StoreError> {
    let columns = Columns::of(row, "hold_id");
    Ok(Hold {
        hold_id: columns.text("hold_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        case_id: columns.text("case_id")?.into(),
        event_id: columns.text("event_id")?.into(),
        policy_id: columns.text("policy_id")?.into(),
        rules: columns.json("rules")?,
        rule_set: columns.count("rule_set")?,
        begun_at: columns.time("begun_at")?,
        expires_at: columns.time("expires_at")?,
        ended_at: columns.time_or_null("ended_at")?,
        decision_id: columns.text_or_null("decision_id")?.map(Into::into),
    })
}
