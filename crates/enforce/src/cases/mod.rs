//! Cases: opened by the first report or candidate on an account, joined by all later ones, claimed, decided.

mod claim;
mod deadline;
mod merge;
mod notes;
mod open;

pub(crate) use claim::{check_claim, check_decider, check_open, decision_id, hand_over};
pub use claim::{claim, heartbeat, release};
pub(crate) use merge::merge;
pub use notes::{NewNote, escalate, mentioned, note, pass_on};
pub(crate) use open::open;

use cordon_model::case::{Case, Deadline};
use cordon_model::clock::Timestamp;
use cordon_model::entity::{Evidence, Source};
use cordon_model::ids::{AccountId, CaseId, PolicyId, QueueId};
use cordon_model::policy::Severity;

/// Something that points at an account: a report or a candidate, as far as a case cares.
#[derive(Clone, Debug)]
pub(crate) struct Pointer {
    /// Its kind.
    pub(crate) source: Source,
    /// When it came.
    pub(crate) at: Timestamp,
    /// 1 for a report, 0 for a candidate.
    pub(crate) reports: u32,
    /// Bits; 0 for a report.
    pub(crate) weight: f64,
    /// Of a violation.
    pub(crate) probability: f64,
    /// Whether `probability` is one.
    pub(crate) is_calibrated: bool,
    /// The chance of admission.
    pub(crate) propensity: f64,
    /// Followers.
    pub(crate) reach: Option<u64>,
    /// The policy said to be broken.
    pub(crate) policy: Option<(PolicyId, Severity)>,
    /// Doublings of the harm that it asks to go ahead by.
    pub(crate) priority: u32,
    /// The queue that it asks for.
    pub(crate) queue: Option<QueueId>,
    /// Rows of support.
    pub(crate) evidence: Vec<Evidence>,
    /// Suspended accounts probably held by the same person.
    pub(crate) incarnation_of: Vec<AccountId>,
}

/// What a case is opened with, beside the pointer.
pub(crate) struct Opening {
    pub(crate) case_id: CaseId,
    pub(crate) account_id: AccountId,
    pub(crate) is_protected: bool,
    pub(crate) now: Timestamp,
}

/// Puts a case into the queue and place that its content asks for, `priority` doublings of its harm ahead. A place once
/// gained is kept.
fn place(case: &mut Case, priority: u32) {
    let usual = crate::queues::route(case.sources);
    case.queue_id = crate::queues::more_pressing(&case.queue_id, &usual);
    case.rank = case.rank.min(crate::queues::rank(&crate::queues::RankInput {
        opened_at: case.opened_at,
        probability: case.probability,
        severity: case.severity,
        reach: case.reach,
        rows: case.report_count as usize + case.evidence.len(),
        priority,
    }));
}

/// The earlier of two deadlines.
fn earlier(one: Option<Deadline>, other: Option<Deadline>) -> Option<Deadline> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.at < one.at { other } else { one }),
        (one, other) => one.or(other),
    }
}
