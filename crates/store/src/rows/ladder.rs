//! The ladder of strikes.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::Columns;
use cordon_enforce::ports::StoreError;
use cordon_model::decision::DecisionKind;
use cordon_model::ladder::LadderStep;

pub(crate) const TABLE: Table =
    Table { name: "ladder_steps", columns: &["points", "kind", "days"], overwrite_on: None };
pub(crate) const ALL: &str = "SELECT points, kind, days FROM ladder_steps ORDER BY points";
pub(crate) const CLEAR: &str = "DELETE FROM ladder_steps";

pub(crate) fn bind(query: Query, step: &LadderStep) -> Query {
    query.bind(i64::from(step.points)).bind(step.kind.name()).bind(step.days.map(i64::from))
}

pub(crate) fn read(row: &DbRow) -> Result<LadderStep, StoreError> {
    let columns = Columns::of(row, "kind");
    Ok(LadderStep {
        points: columns.count("points")?,
        kind: columns.named("kind", DecisionKind::from_name)?,
        days: columns.count_or_null("days")?,
    })
}
