//! By when a case must be decided because of who pointed at the account.

use cordon_model::case::{Deadline, DeadlineBasis};
use cordon_model::clock::Timestamp;
use cordon_model::entity::Source;

/// Hour of a removal order. Source: Regulation (EU) 2021/784 Art. 3(3).
const ORDER_SECONDS: i64 = 3_600;
/// The house's own measure of "with priority and without undue delay". Source: Regulation (EU) 2022/2065 Art. 22(1).
const FLAGGER_SECONDS: i64 = 24 * 3_600;

/// The deadline that something from `source` sets when it comes at `received_at`.
pub(crate) fn deadline_for(source: Source, received_at: Timestamp) -> Option<Deadline> {
    let (seconds, basis) = match source {
        Source::Authority => (ORDER_SECONDS, DeadlineBasis::RemovalOrder),
        Source::Partner => (FLAGGER_SECONDS, DeadlineBasis::TrustedFlagger),
        _ => return None,
    };
    Some(Deadline { at: received_at.plus_seconds(seconds), basis })
}
