//! Protection: accounts on which a single reviewer may not act.

use crate::change::Change;
use crate::intake::Subject;
use cordon_model::case::CaseStatus;
use cordon_model::ids::OperatorId;

/// Protects an account or ends its protection, its open case included.
pub fn set_protected(mut subject: Subject, is_protected: bool, by: OperatorId) -> (Subject, Vec<Change>) {
    if subject.account.is_protected == is_protected {
        return (subject, Vec::new());
    }
    subject.account.is_protected = is_protected;
    if let Some(case) = subject.case.as_mut().filter(|case| case.status == CaseStatus::Open) {
        case.is_protected = is_protected;
        case.version += 1;
    }
    let account_id = subject.account.account_id.clone();
    (subject, vec![Change::ProtectionChanged { account_id, is_protected, by }])
}
