//! An account as the API shows it.

use crate::api::names;
use cordon_enforce::accounts::AccountRecord;
use cordon_model::action::ActionKind;
use serde::Serialize;
use utoipa::ToSchema;

/// What the record holds of an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    /// Whose.
    account_id: String,
    /// From the decisions that stand.
    #[schema(schema_with = names::standing)]
    standing: &'static str,
    /// When it was last judged.
    judged_at: Option<String>,
    /// What is in force, oldest first.
    sanctions: Vec<Sanction>,
    /// Followers, as last reported.
    reach: Option<u64>,
    /// Whether a single reviewer may not act on it.
    is_protected: bool,
    /// Reports since the last judgement that repeat what was judged.
    repeat_report_count: u32,
    /// Whether its data may not be erased.
    is_under_legal_hold: bool,
    /// When its data was last erased.
    erased_at: Option<String>,
}

/// Something that weighs on an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sanction {
    /// The action that put it in force.
    action_id: String,
    /// What it is.
    #[schema(schema_with = names::action_kind)]
    kind: ActionKind,
    /// For a label: which.
    label: Option<String>,
    /// The decision that answers for it; absent for an imported suspension.
    decision_id: Option<String>,
}

impl From<AccountRecord> for Account {
    fn from(account: AccountRecord) -> Self {
        let sanctions = account.sanctions.into_iter().map(|sanction| Sanction {
            action_id: sanction.action_id.0,
            kind: sanction.kind,
            label: sanction.label,
            decision_id: sanction.decision_id.map(|id| id.0),
        });
        Self {
            standing: names::standing_name(account.standing),
            judged_at: account.judged.map(|judged| judged.at.to_string()),
            sanctions: sanctions.collect(),
            reach: account.reach,
            is_protected: account.is_protected,
            repeat_report_count: account.repeat_report_count,
            is_under_legal_hold: account.legal_hold.is_some(),
            erased_at: account.erased_at.map(|at| at.to_string()),
            account_id: account.account_id.0,
        }
    }
}
