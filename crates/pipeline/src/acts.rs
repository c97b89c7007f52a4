//! Acts out of the whole journal: times finer than the index's days, in one pass.

use crate::{Evaluator, PipelineError};
use cordon_detect::clusters::{ActCollector, Acts};
use cordon_detect::extract::actor_of;
use cordon_journal::{OffsetRange, TOMBSTONE, WholeJournal};
use cordon_model::clock::Timestamp;
use cordon_model::entry::EntryKind;
use cordon_model::event::Event;
use cordon_model::ids::Offset;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Entries between two reports of progress.
const PROGRESS_ENTRIES: u64 = 1 << 14;

/// Which acts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActSpan {
    /// The first instant.
    pub first: Timestamp,
    /// The last instant.
    pub last: Timestamp,
}

impl Default for ActSpan {
    /// All of time.
    fn default() -> Self {
        Self { first: Timestamp(i64::MIN), last: Timestamp(i64::MAX) }
    }
}

/// Reads what accounts that the state knows did within `span`; accounts that have gone are left out. `progress` hears now
/// and then which entry was read.
///
/// Errors: those of reading the journal. Events that cannot be read any more are passed over.
pub fn read_acts(
    state: &Evaluator,
    journal: &WholeJournal,
    span: ActSpan,
    progress: &mut dyn FnMut(Offset),
) -> Result<Acts, PipelineError> {
    let detection = state.detection();
    let settings = Arc::clone(detection.settings());
    let mut collector = ActCollector::new(Arc::clone(&settings), *detection.key());
    let known = OffsetRange { first: journal.entries().first, last: state.offset() };
    journal.scan(known, |entry| {
        if entry.offset.0.is_multiple_of(PROGRESS_ENTRIES) {
            progress(entry.offset);
        }
        if entry.kind != EntryKind::Event || entry.payload == TOMBSTONE {
            return Ok::<_, PipelineError>(ControlFlow::Continue(()));
        }
        let Ok(event) = Event::read(entry.payload, entry.received_at) else {
            return Ok(ControlFlow::Continue(()));
        };
        let account = actor_of(&settings, &event).and_then(|id| detection.account(id));
        if let Some(account) = account.filter(|account| !detection.links().account_facts(*account).is_gone)
            && (span.first..=span.last).contains(&event.time)
        {
            collector.take(account, &event);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(collector.finish())
}
