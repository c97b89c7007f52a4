//! Appeals.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::appeal::Appeal;

macro_rules! columns {
    () => {
        "appeals.appeal_id, appeals.state, appeals.text, appeals.reasons"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "appeals",
    columns: &[
        "appeal_id",
        "decision_id",
        "account_id",
        "status",
        "lane",
        "due_at",
        "alarm_at",
        "text",
        "reasons",
        "state",
    ],
    overwrite_on: Some("appeal_id"),
};
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM appeals WHERE appeal_id = $1");
pub(crate) const IN_ORDER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM appeals WHERE status = $1 AND due_at <= $2 ORDER BY lane, due_at, appeal_id LIMIT $3"
);
pub(crate) const ALARMING: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM appeals WHERE status = 'open' AND alarm_at <= $1 ORDER BY alarm_at, appeal_id LIMIT $2"
);
pub(crate) const MOOT: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM appeals JOIN decisions ON decisions.decision_id = appeals.decision_id
      WHERE appeals.status = 'open' AND decisions.overturned_at IS NOT NULL ORDER BY appeals.appeal_id LIMIT $1"
);
pub(crate) const OPEN: &str = "SELECT COUNT(*) FROM appeals WHERE status = 'open' AND due_at <= $1";
pub(crate) const APPEALED: &str =
    "SELECT decision_id FROM appeals WHERE account_id = $1 AND status = 'open' ORDER BY decision_id";
pub(crate) const SCRUB: &str = "UPDATE appeals SET text = '', reasons = '' WHERE account_id = ?";

pub(crate) fn bind(query: Query, appeal: &Appeal) -> Query {
    query
        .bind(appeal.appeal_id.as_str())
        .bind(appeal.decision_id.as_str())
        .bind(appeal.account_id.as_str())
        .bind(appeal.status.name())
        .bind(i64::from(!appeal.is_urgent))
        .bind(appeal.due_at.0)
        .bind(if appeal.late_since.is_some() { i64::MAX } else { appeal.alarm_at.0 })
        .bind(appeal.text.as_str())
        .bind(appeal.reasons.as_str())
        .bind(to_json(appeal))
}

pub(crate) fn read(row: &DbRow) -> Result<Appeal, StoreError> {
    let columns = Columns::of(row, "appeal_id");
    let appeal: Appeal = columns.json("state")?;
    Ok(Appeal { text: columns.text("text")?, reasons: columns.text("reasons")?, ..appeal })
}
