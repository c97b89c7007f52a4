//! Erasing what the record holds of an account's content.

use crate::change::Change;
use crate::intake::Subject;
use cordon_model::case::CaseStatus;
use cordon_model::clock::Timestamp;

/// Scrubs an account: the open case closes, texts and evidence go, decisions stay with their hashes.
/// Under a legal hold nothing goes, and the wish is kept until the hold is lifted.
///
/// `before` names the effect that asked, as its text: what the record learned after it stays. `None`: all goes.
pub fn erase(mut subject: Subject, before: Option<&str>, now: Timestamp) -> (Subject, Vec<Change>) {
    let account_id = subject.account.account_id.clone();
    if subject.account.legal_hold.is_some() {
        subject.account.erasure_withheld_at = Some(now);
        return (subject, vec![Change::ErasureWithheld { account_id }]);
    }
    subject.account.erased_at = Some(now);
    let mut changes = Vec::new();
    if let Some(case) = subject.case.as_mut().filter(|case| case.status == CaseStatus::Open) {
        case.status = CaseStatus::Closed;
        case.version += 1;
        case.closed_at = Some(now);
        case.updated_at = now;
        case.evidence.clear();
        case.incarnation_of.clear();
        changes.push(Change::CaseClosed { case_id: case.case_id.clone(), account_id: account_id.clone() });
    }
    changes.push(Change::AccountErased { account_id, before: before.map(str::to_owned) });
    (subject, changes)
}
