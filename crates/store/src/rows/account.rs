//! Accounts: what SQL asks for in columns, the rest as JSON.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::accounts::AccountRecord;
use cordon_enforce::ports::StoreError;
use cordon_model::account::Standing;

pub(crate) const TABLE: Table = Table {
    name: "accounts",
    columns: &["account_id", "standing", "has_legal_hold", "state"],
    overwrite_on: Some("account_id"),
};
pub(crate) const BY_IDS: &str = "SELECT account_id, state FROM accounts WHERE account_id IN ";
pub(crate) const HELD: &str = "SELECT account_id, state FROM accounts
    WHERE has_legal_hold AND account_id > $1 ORDER BY account_id LIMIT $2";

pub(crate) fn bind(query: Query, account: &AccountRecord) -> Query {
    query
        .bind(account.account_id.as_str())
        .bind(standing_name(account.standing))
        .bind(account.legal_hold.is_some())
        .bind(to_json(account))
}

pub(crate) fn read(row: &DbRow) -> Result<AccountRecord, StoreError> {
    Columns::of(row, "account_id").json("state")
}

const STANDINGS: [(Standing, &str); 4] = [
    (Standing::Unjudged, "unjudged"),
    (Standing::Cleared, "cleared"),
    (Standing::Violating, "violating"),
    (Standing::Suspended, "suspended"),
];

fn standing_name(standing: Standing) -> &'static str {
    STANDINGS.iter().find(|(known, _)| *known == standing).map_or("", |(_, name)| name)
}

/// The standing of that name in the column.
pub(crate) fn standing_from_name(name: &str) -> Option<Standing> {
    STANDINGS.iter().find(|(_, known)| *known == name).map(|(standing, _)| *standing)
}
