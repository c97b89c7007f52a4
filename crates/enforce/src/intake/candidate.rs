//! Taking a candidate in. However likely it is, it becomes a case and nothing more.

use super::{Arrival, CLEARED_SECONDS, NEW_WEIGHT_BITS, Subject, admit};
use crate::cases::Pointer;
use crate::change::{CandidateFate, Change};
use cordon_model::account::Standing;
use cordon_model::case::Incarnation;
use cordon_model::clock::Timestamp;
use cordon_model::effect::Candidate;

/// Merges the candidate into the open case, opens one, or passes it over as a repeat of what was judged.
pub(super) fn take_in(
    mut subject: Subject,
    candidate: &Candidate,
    arrival: Arrival<'_>,
) -> (Subject, Vec<Change>) {
    let mut changes = Vec::new();
    let (fate, case_id) = match passed_over(&subject, candidate, arrival.now) {
        Some(fate) => (fate, None),
        None => {
            let is_open = subject.open_case().is_some();
            let case_id = admit(&mut subject, pointer(candidate, arrival), arrival, &mut changes);
            (if is_open { CandidateFate::Merged } else { CandidateFate::Opened }, Some(case_id))
        }
    };
    changes.extend(case_id.iter().flat_map(|_| incarnations(candidate)));
    let effect_id = arrival.effect_id.to_text();
    changes.insert(0, Change::CandidateWeighed { effect_id, candidate: candidate.clone(), fate, case_id });
    (subject, changes)
}

fn passed_over(subject: &Subject, candidate: &Candidate, now: Timestamp) -> Option<CandidateFate> {
    let judged = subject.account.judged.as_ref()?;
    match subject.account.standing {
        Standing::Suspended => Some(CandidateFate::IgnoredSuspended),
        Standing::Cleared if subject.open_case().is_none() => {
            let is_recent = now < judged.at.plus_seconds(CLEARED_SECONDS);
            let is_news = candidate.weight >= judged.weight + NEW_WEIGHT_BITS;
            (is_recent && !is_news).then_some(CandidateFate::IgnoredCleared)
        }
        _ => None,
    }
}

fn pointer(candidate: &Candidate, arrival: Arrival<'_>) -> Pointer {
    Pointer {
        source: candidate.source,
        at: candidate.proposed_at,
        reports: 0,
        weight: candidate.weight,
        probability: candidate.probability,
        is_calibrated: candidate.is_calibrated,
        propensity: candidate.propensity,
        reach: candidate.reach,
        priority: candidate.priority,
        queue: candidate.queue_id.clone(),
        policy: candidate.policy_id.as_ref().map(|policy_id| arrival.with_severity(policy_id)),
        evidence: candidate.evidence.clone(),
        incarnation_of: candidate.incarnation_of.clone(),
    }
}

fn incarnations(candidate: &Candidate) -> impl Iterator<Item = Change> {
    candidate.incarnation_of.iter().map(|predecessor_id| {
        Change::IncarnationProposed(Incarnation {
            account_id: candidate.account_id.clone(),
            predecessor_id: predecessor_id.clone(),
            weight: candidate.weight,
            evidence: candidate.evidence.clone(),
            proposed_at: candidate.proposed_at,
        })
    })
}
