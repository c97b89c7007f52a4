//! Taking a report in.

use super::{Arrival, REPEAT_SECONDS, Subject, admit};
use crate::accounts::AccountRecord;
use crate::cases::Pointer;
use crate::change::Change;
use cordon_model::account::Standing;
use cordon_model::case::ReportStatus;
use cordon_model::clock::Timestamp;
use cordon_model::entity::Source;
use cordon_model::ids::ReportId;
use cordon_model::report::Report;

/// Attaches the report to a case, counts it as a repeat, or lets it wait for its account.
pub(super) fn take_in(mut subject: Subject, report: &Report, arrival: Arrival<'_>) -> (Subject, Vec<Change>) {
    let report_id = ReportId(arrival.effect_id.to_text());
    let mut changes = Vec::new();
    let is_known = report.is_subject_known || subject.case.is_some() || subject.account.judged.is_some();
    let (status, case_id) = if !is_known {
        subject.waiting.push((report_id.clone(), report.clone()));
        (ReportStatus::Waiting, None)
    } else if subject.open_case().is_none() && is_repeat(&subject.account, report, arrival.now) {
        subject.account.repeat_report_count += 1;
        let judged = subject.account.judged.as_ref();
        (ReportStatus::Counted, judged.and_then(|judged| judged.case_id.clone()))
    } else {
        let case_id = admit(&mut subject, pointer(report, arrival), arrival, &mut changes);
        (ReportStatus::Attached, Some(case_id))
    };
    changes.insert(0, Change::ReportFiled { report_id, report: report.clone(), status, case_id });
    (subject, changes)
}

/// Whether the report says again what was judged: see the module's doc for the rule.
fn is_repeat(account: &AccountRecord, report: &Report, now: Timestamp) -> bool {
    let Some(judged) = &account.judged else { return false };
    if matches!(report.source, Source::Partner | Source::Authority) {
        return false;
    }
    let is_heard = judged.sources.contains(report.source);
    let is_recent = now < judged.at.plus_seconds(REPEAT_SECONDS);
    account.standing == Standing::Suspended || (is_heard && is_recent)
}

/// What a case learns from a report.
pub(super) fn pointer(report: &Report, arrival: Arrival<'_>) -> Pointer {
    Pointer {
        source: report.source,
        at: report.received_at,
        reports: 1,
        weight: 0.0,
        probability: prior(report.source),
        is_calibrated: false,
        propensity: 1.0,
        reach: None,
        priority: 0,
        queue: None,
        policy: report.policy_id.as_ref().map(|policy_id| arrival.with_severity(policy_id)),
        evidence: Vec::new(),
        incarnation_of: Vec::new(),
    }
}

/// How likely a report is right before anybody looked. House values until decisions replace them: a user's
/// report seldom is, and which users are good at it can hardly be told (Freeman, WWW 2017).
const fn prior(source: Source) -> f64 {
    match source {
        Source::Authority => 0.9,
        Source::Partner => 0.5,
        _ => 0.1,
    }
}
