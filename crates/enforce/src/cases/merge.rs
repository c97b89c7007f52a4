//! Merging a further report or candidate into the open case.

use super::{Pointer, deadline::deadline_for, earlier, place};
use cordon_model::case::Case;
use cordon_model::clock::Timestamp;

/// The case with `pointer` in it: the source added, weight, probability and propensity at their maxima, the
/// severer policy kept, the evidence replaced by the newer rows where there are any, the earlier deadline kept.
pub(crate) fn merge(mut case: Case, pointer: Pointer, now: Timestamp) -> Case {
    case.version += 1;
    case.updated_at = now;
    case.sources.insert(pointer.source);
    case.report_count += pointer.reports;
    case.weight = case.weight.max(pointer.weight);
    if pointer.probability > case.probability {
        case.probability = pointer.probability;
        case.is_calibrated = pointer.is_calibrated;
    }
    case.propensity = case.propensity.max(pointer.propensity);
    case.reach = pointer.reach.or(case.reach);
    if let Some((policy_id, severity)) = pointer.policy
        && (case.policy_id.is_none() || severity > case.severity)
    {
        case.policy_id = Some(policy_id);
        case.severity = severity;
    }
    if !pointer.evidence.is_empty() {
        case.evidence = pointer.evidence;
    }
    for account_id in pointer.incarnation_of {
        if !case.incarnation_of.contains(&account_id) {
            case.incarnation_of.push(account_id);
        }
    }
    if let Some(queue) = pointer.queue {
        case.queue_id = crate::queues::more_pressing(&case.queue_id, &queue);
    }
    case.deadline = earlier(case.deadline, deadline_for(pointer.source, pointer.at));
    place(&mut case, pointer.priority);
    case
}
