//! Actions.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::Columns;
use cordon_enforce::ports::StoreError;
use cordon_model::action::{Action, ActionKind};

pub(crate) const TABLE: Table = Table {
    name: "actions",
    columns: &["action_id", "decision_id", "account_id", "kind", "label", "reverses", "is_sent", "taken_at"],
    overwrite_on: None,
};
pub(crate) const OF_ACCOUNT: &str =
    "SELECT action_id, decision_id, account_id, kind, label, reverses, is_sent, taken_at
    FROM actions WHERE account_id = $1 ORDER BY taken_at, action_id";
pub(crate) const OF_ACCOUNTS: &str =
    "SELECT action_id, decision_id, account_id, kind, label, reverses, is_sent, taken_at
    FROM actions WHERE account_id IN ";
pub(crate) const IN_ORDER: &str = " ORDER BY taken_at, action_id";

pub(crate) fn bind(query: Query, action: &Action) -> Query {
    query
        .bind(action.action_id.as_str())
        .bind(action.decision_id.as_str())
        .bind(action.account_id.as_str())
        .bind(action.kind.name())
        .bind(action.label.as_deref())
        .bind(action.reverses.as_ref().map(|action_id| action_id.as_str()))
        .bind(action.is_sent)
        .bind(action.taken_at.0)
}

pub(crate) fn read(row: &DbRow) -> Result<Action, StoreError> {
    let columns = Columns::of(row, "action_id");
    Ok(Action {
        action_id: columns.text("action_id")?.into(),
        decision_id: columns.text("decision_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        kind: columns.named("kind", ActionKind::from_name)?,
        label: columns.text_or_null("label")?,
        reverses: columns.text_or_null("reverses")?.map(Into::into),
        is_sent: columns.truth("is_sent")?,
        taken_at: columns.time("taken_at")?,
    })
}
