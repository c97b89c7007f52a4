//! What the audit says of a change: ids and versions, never content.

use super::hexadecimal;
use crate::change::Change;
use crate::decisions::hash_evidence;
use cordon_model::audit::AuditNote;
use cordon_model::cluster_case::ClusterMember;
use cordon_model::effect::ControlChange;
use cordon_model::statement::Withheld;
use serde_json::json;
use sha2::{Digest, Sha256};

/// The note on `change`, done by `actor`; `None` for a row that leaves the house, which the action beside it
/// accounts for.
pub fn note(change: &Change, actor: &str) -> Option<AuditNote> {
    let (verb, subject, details) = match change {
        Change::ReportFiled { report_id, report, status, case_id } => (
            "report.filed",
            report.account_id.as_str(),
            json!({"report_id": report_id, "source": report.source, "status": status, "case_id": case_id}),
        ),
        Change::ReportSettled { report_id, account_id, status, case_id } => (
            "report.settled",
            account_id.as_str(),
            json!({"report_id": report_id, "status": status, "case_id": case_id}),
        ),
        Change::CandidateWeighed { effect_id, candidate, fate, case_id } => (
            "candidate.weighed",
            candidate.account_id.as_str(),
            json!({"candidate_id": effect_id, "source": candidate.source, "fate": fate.name(), "case_id": case_id}),
        ),
        Change::CaseOpened { case_id, account_id, source } => {
            ("case.opened", account_id.as_str(), json!({"case_id": case_id, "source": source}))
        }
        Change::CaseMerged { case_id, account_id, source } => {
            ("case.merged", account_id.as_str(), json!({"case_id": case_id, "source": source}))
        }
        Change::CaseClosed { case_id, account_id } => {
            ("case.closed", account_id.as_str(), json!({"case_id": case_id}))
        }
        Change::CaseClaimed { case_id, claim } => (
            "case.claimed",
            case_id.as_str(),
            json!({"claim_id": claim.claim_id, "expires_at": claim.expires_at}),
        ),
        Change::ClaimRenewed { case_id, claim } => (
            "claim.renewed",
            case_id.as_str(),
            json!({"claim_id": claim.claim_id, "expires_at": claim.expires_at}),
        ),
        Change::CaseReleased { case_id, claim } => {
            ("case.released", case_id.as_str(), json!({"claim_id": claim.claim_id}))
        }
        Change::CaseHandedOver { case_id, claim } => (
            "case.handed_over",
            case_id.as_str(),
            json!({"claim_id": claim.claim_id, "to": claim.operator_id, "expires_at": claim.expires_at}),
        ),
        Change::CaseEscalated { case_id, from } => {
            ("case.escalated", case_id.as_str(), json!({"from": from}))
        }
        Change::NoteWritten(note) => (
            "case.noted",
            note.case_id.as_str(),
            json!({"number": note.number, "kind": note.kind, "mentions": note.mentions}),
        ),
        Change::ClusterCaseOpened { cluster_case, members } => (
            "cluster_case.opened",
            cluster_case.cluster_case_id.as_str(),
            json!({
                "kind": cluster_case.kind, "window_seconds": cluster_case.window_seconds,
                "evidence_hash": hash_evidence(&cluster_case.evidence),
                "member_count": members.len(), "members_hash": hash_members(members),
            }),
        ),
        Change::ClusterCaseClaimed { cluster_case_id, claim, cases, .. } => (
            "cluster_case.claimed",
            cluster_case_id.as_str(),
            json!({"claim_id": claim.claim_id, "expires_at": claim.expires_at, "cases": cases}),
        ),
        Change::ClusterCaseClosed { cluster_case_id, reason, .. } => {
            ("cluster_case.closed", cluster_case_id.as_str(), json!({"reason": reason}))
        }
        Change::IncarnationProposed(incarnation) => (
            "incarnation.proposed",
            incarnation.account_id.as_str(),
            json!({"predecessor_id": incarnation.predecessor_id}),
        ),
        Change::DecisionMade(decision) => (
            "decision.made",
            decision.account_id.as_str(),
            json!({
                "decision_id": decision.decision_id, "case_id": decision.case_id, "kind": decision.kind,
                "policy": decision.policy, "automation": decision.automation, "ends_at": decision.ends_at,
                "evidence_hash": decision.evidence_hash,
            }),
        ),
        Change::DecisionOverturned { decision_id, account_id, .. } => {
            ("decision.overturned", account_id.as_str(), json!({"decision_id": decision_id}))
        }
        Change::DecisionEnded { decision_id, account_id, .. } => {
            ("decision.ended", account_id.as_str(), json!({"decision_id": decision_id}))
        }
        Change::ActionTaken(action) => (
            "action.taken",
            action.account_id.as_str(),
            json!({
                "action_id": action.action_id, "decision_id": action.decision_id, "kind": action.kind,
                "reverses": action.reverses, "is_sent": action.is_sent,
            }),
        ),
        Change::StandingChanged { account_id, from, to } => {
            ("standing.changed", account_id.as_str(), json!({"from": from, "to": to}))
        }
        Change::HoldBegun(hold) => (
            "hold.begun",
            hold.account_id.as_str(),
            json!({
                "hold_id": hold.hold_id, "case_id": hold.case_id, "policy_id": hold.policy_id, "rules": hold.rules,
                "rule_set": hold.rule_set, "expires_at": hold.expires_at,
            }),
        ),
        Change::HoldEnded(hold) => (
            "hold.ended",
            hold.account_id.as_str(),
            json!({"hold_id": hold.hold_id, "decision_id": hold.decision_id}),
        ),
        Change::StatementMade(statement) => (
            if statement.withheld.is_some() && statement.notified_at.is_some() {
                "statement.released"
            } else {
                "statement.made"
            },
            statement.account_id.as_str(),
            json!({
                "decision_id": statement.decision_id, "language": statement.language,
                "withheld": statement.withheld.as_ref().map(Withheld::name), "is_notified": statement.notified_at.is_some(),
            }),
        ),
        Change::AppealMoved { verb, appeal } => (
            *verb,
            appeal.account_id.as_str(),
            json!({
                "appeal_id": appeal.appeal_id, "decision_id": appeal.decision_id, "status": appeal.status,
            }),
        ),
        Change::ProtectionChanged { account_id, is_protected, .. } => {
            ("protection.changed", account_id.as_str(), json!({"is_protected": is_protected}))
        }
        Change::LegalHoldPlaced { account_id, .. } => ("legal_hold.placed", account_id.as_str(), json!({})),
        Change::LegalHoldLifted { account_id, .. } => ("legal_hold.lifted", account_id.as_str(), json!({})),
        Change::AccountErased { account_id, before } => {
            ("account.erased", account_id.as_str(), json!({"before": before}))
        }
        Change::ErasureWithheld { account_id } => ("erasure.withheld", account_id.as_str(), json!({})),
        Change::Queued(_) => return None,
    };
    Some(AuditNote {
        actor: actor.to_owned(),
        verb,
        subject: subject.to_owned(),
        details: details.to_string(),
    })
}

/// SHA-256 over the members' ids: erasing one of them leaves nothing of it here.
fn hash_members(members: &[ClusterMember]) -> String {
    let ids: Vec<_> = members.iter().map(|member| &member.account_id).collect();
    hexadecimal(&Sha256::digest(serde_json::to_vec(&ids).unwrap_or_default()))
}

/// The note on a change of rules or banks.
pub fn change_note(change: &ControlChange) -> AuditNote {
    AuditNote {
        actor: change.actor.clone(),
        verb: change.verb.name(),
        subject: change.subject.clone(),
        details: change.details.clone(),
    }
}
