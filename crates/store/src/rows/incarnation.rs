//! Incarnations: the newest proposal for each pair of accounts.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::case::Incarnation;

pub(crate) const TABLE: Table = Table {
    name: "incarnations",
    columns: &["account_id", "predecessor_id", "weight", "evidence", "proposed_at"],
    overwrite_on: Some("account_id, predecessor_id"),
};
pub(crate) const OF_ACCOUNT: &str = "SELECT account_id, predecessor_id, weight, evidence, proposed_at
    FROM incarnations WHERE account_id = $1 ORDER BY weight DESC, predecessor_id LIMIT $2";
pub(crate) const SCRUB: &str = "UPDATE incarnations SET evidence = '[]' WHERE account_id = ?";

pub(crate) fn bind(query: Query, incarnation: &Incarnation) -> Query {
    query
        .bind(incarnation.account_id.as_str())
        .bind(incarnation.predecessor_id.as_str())
        .bind(incarnation.weight)
        .bind(to_json(&incarnation.evidence))
        .bind(incarnation.proposed_at.0)
}

pub(crate) fn read(row: &DbRow) -> Result<Incarnation, StoreError> {
    let columns = Columns::of(row, "account_id");
    Ok(Incarnation {
        account_id: columns.text("account_id")?.into(),
        predecessor_id: columns.text("predecessor_id")?.into(),
        weight: columns.number("weight")?,
        evidence: columns.json("evidence")?,
        proposed_at: columns.time("proposed_at")?,
    })
}
