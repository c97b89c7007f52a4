//! Reports, and decisions that the platform took itself.

use super::envelope::EventName;
use super::post::PostRef;
use crate::accounts::Scene;
use crate::identity::{AccountIds, Key};

/// A report about to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReportDraft {
    pub(crate) target: Key,
    pub(crate) item: Option<PostRef>,
    pub(crate) policy: &'static str,
    pub(crate) text: &'static str,
}

/// Appends the actor's report.
pub(crate) fn write_report(out: &mut Vec<u8>, scene: &Scene<'_>, name: EventName, report: &ReportDraft) {
    name.write_envelope(out, scene.ids, &scene.now);
    out.extend_from_slice(br#","report":{"account_id":""#);
    scene.ids.write(out, report.target);
    if let Some(item) = report.item {
        out.extend_from_slice(br#"","item_id":""#);
        item.write(out, scene.ids);
    }
    out.extend_from_slice(br#"","policy":""#);
    out.extend_from_slice(report.policy.as_bytes());
    out.extend_from_slice(br#"","text":""#);
    out.extend_from_slice(report.text.as_bytes());
    out.extend_from_slice(br#"","reporter":{"id":""#);
    scene.ids.write(out, name.actor);
    out.extend_from_slice(br#"","kind":"user"}}}"#);
}

/// Appends what the platform decided about the actor.
pub(crate) fn write_decision(
    out: &mut Vec<u8>,
    ids: &AccountIds,
    name: EventName,
    at: &super::Moment,
    outcome: &str,
) {
    name.write_envelope(out, ids, at);
    out.extend_from_slice(br#","decision":{"account_id":""#);
    ids.write(out, name.actor);
    out.extend_from_slice(br#"","outcome":""#);
    out.extend_from_slice(outcome.as_bytes());
    out.extend_from_slice(br#"","policy":"platform-rules"}}"#);
}
