//! Second looks, golden cases, and what they are drawn by.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::second_look::{GoldenCase, SecondLook};

pub(crate) const TABLE: Table = Table {
    name: "second_looks",
    columns: &[
        "second_look_id",
        "decision_id",
        "account_id",
        "decided_by",
        "reviewer",
        "status",
        "is_golden",
        "drawn_at",
        "lapses_at",
        "state",
    ],
    overwrite_on: Some("second_look_id"),
};
pub(crate) const GOLDEN: Table = Table {
    name: "golden_cases",
    columns: &["decision_id", "account_id", "state"],
    overwrite_on: Some("decision_id"),
};
pub(crate) const BY_ID: &str = "SELECT second_look_id, state FROM second_looks WHERE second_look_id = $1";
pub(crate) const IN_ORDER: &str = "SELECT second_look_id, state FROM second_looks
    WHERE status = $1 ORDER BY drawn_at, second_look_id LIMIT $2";
pub(crate) const FREE: &str = "SELECT second_look_id, state FROM second_looks
    WHERE status = 'waiting' AND lapses_at <= $1 AND decided_by <> $2 ORDER BY drawn_at, second_look_id LIMIT $3";
pub(crate) const HELD: &str = "SELECT second_look_id, state FROM second_looks
    WHERE reviewer = $1 AND status = 'waiting' ORDER BY second_look_id LIMIT 1";
pub(crate) const SHOWN: &str = "SELECT COUNT(*) FROM second_looks WHERE reviewer = $1";
pub(crate) const BLIND: &str = "SELECT second_look_id FROM second_looks
    WHERE account_id = $1 AND status = 'waiting' AND reviewer = $2 LIMIT 1";
pub(crate) const JUDGED: &str = "SELECT l.second_look_id, l.state, COALESCE(p.state, 'null') AS profile
    FROM second_looks AS l LEFT JOIN notice_profiles AS p ON p.account_id = l.account_id
    WHERE l.status <> 'waiting' AND l.drawn_at >= $1 ORDER BY l.drawn_at DESC, l.second_look_id LIMIT $2";
pub(crate) const OVERTURNS: &str =
    "SELECT COALESCE(p.state, 'null') AS profile, COUNT(*) AS decisions, COUNT(d.overturned_at) AS overturned
    FROM decisions AS d LEFT JOIN notice_profiles AS p ON p.account_id = d.account_id
    WHERE d.decided_at >= $1 AND d.kind NOT IN ('no_violation', 'restore') GROUP BY p.state";
pub(crate) const ALL_GOLDEN: &str = "SELECT decision_id, state FROM golden_cases ORDER BY decision_id";
pub(crate) const ANSWERED: &str =
    "SELECT decision_id FROM second_looks WHERE reviewer = $1 AND is_golden ORDER BY decision_id";
pub(crate) const SETTINGS: &str = "SELECT secret, state FROM quality_settings";
pub(crate) const SET: &str = "UPDATE quality_settings SET state = ?";
pub(crate) const SCRUB: &str = "DELETE FROM second_looks WHERE account_id = ? AND status = 'waiting'";
pub(crate) const SCRUB_GOLDEN: &str = "DELETE FROM golden_cases WHERE account_id = ?";

pub(crate) fn bind(query: Query, look: &SecondLook) -> Query {
    let lapses_at = look.lapses_at.map_or(0, |at| at.0);
    query
        .bind(look.second_look_id.as_str())
        .bind(look.decision_id.as_str())
        .bind(look.account_id.as_str())
        .bind(look.decided_by.as_str())
        .bind(look.reviewer.as_ref().map_or("", |reviewer| reviewer.as_str()))
        .bind(look.status.name())
        .bind(look.is_golden())
        .bind(look.drawn_at.0)
        .bind(if look.is_golden() { i64::MAX } else { lapses_at })
        .bind(to_json(look))
}

pub(crate) fn read(row: &DbRow) -> Result<SecondLook, StoreError> {
    Columns::of(row, "second_look_id").json("state")
}

pub(crate) fn bind_golden(query: Query, golden: &GoldenCase) -> Query {
    query.bind(golden.decision_id.as_str()).bind(golden.account_id.as_str()).bind(to_json(golden))
}

pub(crate) fn read_golden(row: &DbRow) -> Result<GoldenCase, StoreError> {
    Columns::of(row, "decision_id").json("state")
}
