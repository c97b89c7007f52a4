//! Which queue a case waits in.

use cordon_model::case::SourceSet;
use cordon_model::entity::Source;
use cordon_model::ids::QueueId;

/// What reviewers ask a lead about. Nobody gets one of these as the next case without asking for this queue.
pub const ESCALATED: &str = "escalated";
/// Orders and reports of authorities.
pub const LEGAL: &str = "legal";
/// Reports of partners.
pub const PARTNERS: &str = "partners";
/// Accounts that are probably somebody suspended, back.
pub const RETURNS: &str = "returns";
/// Users' reports.
pub const REPORTS: &str = "reports";
/// What similarity, rules and banks surfaced.
pub const CANDIDATES: &str = "candidates";
/// Accounts drawn at random, to measure what nothing surfaces.
pub const RANDOM: &str = "random";
/// All queues, in the order in which they claim a case: what waits for a lead stays there whatever else points at it.
pub const QUEUES: [&str; 7] = [ESCALATED, LEGAL, PARTNERS, RETURNS, REPORTS, CANDIDATES, RANDOM];

/// The queue for a case with these sources: that of the most pressing one, so a merge only ever moves a case up.
pub fn route(sources: SourceSet) -> QueueId {
    let name = if sources.contains(Source::Authority) {
        LEGAL
    } else if sources.contains(Source::Partner) {
        PARTNERS
    } else if sources.contains(Source::Return) {
        RETURNS
    } else if sources.contains(Source::User) {
        REPORTS
    } else if sources.iter().any(|source| source != Source::AuditLane) {
        CANDIDATES
    } else {
        RANDOM
    };
    QueueId::from(name)
}

/// The more pressing of two queues; one that is none of [`QUEUES`] gives way.
pub fn more_pressing(one: &QueueId, other: &QueueId) -> QueueId {
    let place =
        |queue: &QueueId| QUEUES.iter().position(|name| *name == queue.as_str()).unwrap_or(usize::MAX);
    if place(one) < place(other) { one.clone() } else { other.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_further_source_never_moves_a_case_down() {
        let place = |set: SourceSet| QUEUES.iter().position(|name| *name == route(set).as_str()).unwrap();
        for bits in 1..256 {
            let set = SourceSet::from_bits(bits);
            for source in Source::ALL {
                let mut more = set;
                more.insert(source);
                assert!(place(more) <= place(set), "{set:?} and {source}");
            }
        }
    }
}
