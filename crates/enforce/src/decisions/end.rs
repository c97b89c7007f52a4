//! The end of a decision's time: what it did to the account ends by itself, and nothing else does.

use crate::accounts::{AccountRecord, apply_action, restate};
use crate::change::Change;
use crate::outbox;
use cordon_model::action::Action;
use cordon_model::clock::Timestamp;
use cordon_model::decision::Decision;
use cordon_model::ids::ActionId;

/// Ends what `decision` did to `account`, once its time is over by `now`. No change before that, nor for a decision
/// that was overturned or has ended already.
///
/// What a later decision has taken back is not taken back again, and the platform hears nothing while another decision
/// keeps the same sanction in force. The decision stands and what was learned of it stays: it was no mistake.
pub fn end(mut account: AccountRecord, decision: &Decision, now: Timestamp) -> (AccountRecord, Vec<Change>) {
    if !decision.stands() || decision.ended_at.is_some() || !decision.is_over(now) {
        return (account, Vec::new());
    }
    let decision_id = &decision.decision_id;
    let mut changes = vec![Change::DecisionEnded {
        decision_id: decision_id.clone(),
        account_id: decision.account_id.clone(),
        ended_at: now,
    }];
    let mut rows = Vec::new();
    let is_own = |sanction: &&crate::accounts::Sanction| sanction.decision_id.as_ref() == Some(decision_id);
    let ending: Vec<_> = account.sanctions.iter().rev().filter(is_own).cloned().collect();
    for (number, sanction) in ending.into_iter().enumerate() {
        let action = Action {
            action_id: ActionId(format!("{decision_id}-e{number}")),
            decision_id: decision_id.clone(),
            account_id: decision.account_id.clone(),
            kind: sanction.kind.reverse(),
            is_sent: account.is_last_of_its_sort(&sanction),
            label: sanction.label,
            reverses: Some(sanction.action_id),
            taken_at: now,
        };
        account.sanctions = apply_action(std::mem::take(&mut account.sanctions), &action);
        rows.extend(outbox::time_over_row(&action, decision).map(Change::Queued));
        changes.push(Change::ActionTaken(action));
    }
    changes.extend(restate(&mut account));
    changes.append(&mut rows);
    (account, changes)
}
