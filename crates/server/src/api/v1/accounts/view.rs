//! An account as the API shows it.

use crate::api::names;
use cordon_enforce::accounts::AccountRecord;
use cordon_model::action::ActionKind;
use cordon_model::hold;
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
    /// The last hold that rules asked for, in force or over; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<Hold>,
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

/// A limit of the account's reach, never of its access, that rules asked for. It is no decision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    /// Its name.
    hold_id: String,
    /// The case in which people look at it.
    case_id: String,
    /// The policy that it may break.
    policy_id: String,
    /// The rules that held.
    rules: Vec<String>,
    /// The version of the rule set.
    rule_set: u32,
    /// When it began.
    begun_at: String,
    /// When it is over by itself, at most a day later.
    expires_at: String,
    /// When somebody ended it before that.
    ended_at: Option<String>,
    /// The decision that ended it, where it was made in this record.
    decision_id: Option<String>,
}

impl From<hold::Hold> for Hold {
    fn from(hold: hold::Hold) -> Self {
        Self {
            hold_id: hold.hold_id.0,
            case_id: hold.case_id.0,
            policy_id: hold.policy_id.0,
            rules: hold.rules,
            rule_set: hold.rule_set,
            begun_at: hold.begun_at.to_string(),
            expires_at: hold.expires_at.to_string(),
            ended_at: hold.ended_at.map(|at| at.to_string()),
            decision_id: hold.decision_id.map(|id| id.0),
        }
    }
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
            hold: account.hold.map(Hold::from),
            reach: account.reach,
            is_protected: account.is_protected,
            repeat_report_count: account.repeat_report_count,
            is_under_legal_hold: account.legal_hold.is_some(),
            erased_at: account.erased_at.map(|at| at.to_string()),
            account_id: account.account_id.0,
        }
    }
}
