//! An account's standing, computed from what is in force and what was judged.

use super::{AccountRecord, Judged, Sanction};
use crate::change::Change;
use cordon_model::account::Standing;
use cordon_model::action::ActionKind;
use cordon_model::clock::Timestamp;
use cordon_model::ids::ActionId;

/// The standing that follows from sanctions and judgement: a suspension or termination in force outweighs any other sanction,
/// a sanction outweighs a clearing, and without both the account is unjudged.
pub(crate) fn standing_of(account: &AccountRecord) -> Standing {
    let is_out = |kind| matches!(kind, ActionKind::Suspend | ActionKind::Terminate);
    if account.sanctions.iter().any(|sanction| is_out(sanction.kind)) {
        Standing::Suspended
    } else if !account.sanctions.is_empty() {
        Standing::Violating
    } else {
        account.judged.as_ref().map_or(Standing::Unjudged, |_| Standing::Cleared)
    }
}

/// Brings `standing` in line with the rest of the account; a change where it differs.
pub(crate) fn restate(account: &mut AccountRecord) -> Option<Change> {
    let from = account.standing;
    let to = standing_of(account);
    account.standing = to;
    (from != to).then(|| Change::StandingChanged { account_id: account.account_id.clone(), from, to })
}

/// Takes over what the platform decided before cordon or elsewhere: history, not work.
///
/// `outcome` is `suspended`, `cleared` or `restored`; any other word changes nothing. An import never overrules
/// a decision made here.
pub fn import_standing(
    mut account: AccountRecord,
    outcome: &str,
    decided_at: Timestamp,
) -> (AccountRecord, Vec<Change>) {
    let is_decided_here = account.judged.as_ref().is_some_and(|judged| judged.decision_id.is_some());
    let is_older = account.judged.as_ref().is_some_and(|judged| judged.at > decided_at);
    if is_decided_here || is_older || !["suspended", "cleared", "restored"].contains(&outcome) {
        return (account, Vec::new());
    }
    account.sanctions.retain(|sanction| sanction.decision_id.is_some());
    if outcome == "suspended" {
        account.sanctions.push(imported_suspension(&account));
    }
    account.imported_at = Some(decided_at);
    account.judged = Some(Judged::imported(decided_at));
    let changes = restate(&mut account).into_iter().collect();
    (account, changes)
}

/// The sanction that stands for a suspension decided elsewhere.
fn imported_suspension(account: &AccountRecord) -> Sanction {
    Sanction {
        action_id: ActionId(format!("imported:{}", account.account_id)),
        kind: ActionKind::Suspend,
        label: None,
        decision_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_sets_the_standing_and_a_later_one_replaces_it() {
        let account = AccountRecord::new("a".into());
        let (account, changes) = import_standing(account, "suspended", Timestamp(5));
        assert_eq!((account.standing, changes.len()), (Standing::Suspended, 1));
        let (account, changes) = import_standing(account, "suspended", Timestamp(5));
        assert!(changes.is_empty());
        let (older, _) = import_standing(account.clone(), "restored", Timestamp(4));
        assert_eq!(older.standing, Standing::Suspended);
        let (account, _) = import_standing(account, "restored", Timestamp(6));
        assert_eq!(account.standing, Standing::Cleared);
        assert!(account.sanctions.is_empty());
    }
}
