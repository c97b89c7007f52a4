//! Reports that wait for an account nobody has seen.

use super::{Arrival, Subject, admit, report};
use crate::change::Change;
use cordon_model::case::ReportStatus;

/// The account is here: its waiting reports open a case together.
pub(super) fn subject_appeared(mut subject: Subject, arrival: Arrival<'_>) -> (Subject, Vec<Change>) {
    let mut changes = Vec::new();
    let account_id = subject.account.account_id.clone();
    for (report_id, waiting) in std::mem::take(&mut subject.waiting) {
        let pointer = report::pointer(&waiting, arrival);
        let case_id = Some(admit(&mut subject, pointer, arrival, &mut changes));
        let (account_id, status) = (account_id.clone(), ReportStatus::Attached);
        changes.push(Change::ReportSettled { report_id, account_id, status, case_id });
    }
    (subject, changes)
}

/// The account never came: its reports wait no longer, and nobody need look.
pub(super) fn subject_never_appeared(mut subject: Subject) -> (Subject, Vec<Change>) {
    let account_id = subject.account.account_id.clone();
    let settle = |(report_id, _)| Change::ReportSettled {
        report_id,
        account_id: account_id.clone(),
        status: ReportStatus::SubjectNeverAppeared,
        case_id: None,
    };
    let changes = std::mem::take(&mut subject.waiting).into_iter().map(settle).collect();
    (subject, changes)
}
