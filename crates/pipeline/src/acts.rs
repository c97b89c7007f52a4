//! Acts out of the whole journal: times finer than the index's days, in one pass.

use crate::{Evaluator, PipelineError};
use cordon_detect::Detection;
use cordon_detect::clusters::{ActCollector, Acts};
use cordon_detect::extract::actor_of;
use cordon_detect::links::AccountNumber;
use cordon_detect::settings::LinkSettings;
use cordon_journal::{OffsetRange, TOMBSTONE, WholeJournal};
use cordon_model::clock::Timestamp;
use cordon_model::entry::EntryKind;
use cordon_model::event::Event;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use std::ops::ControlFlow;
use std::sync::{Arc, PoisonError, RwLock};

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
    read(&Reading::of(state, journal, span), journal, &|id| present(state.detection(), id), progress)
}

/// The same beside a writer: the state is taken for a moment an entry, so that nobody waits for the whole pass.
///
/// Errors: as [`read_acts`].
pub fn read_acts_beside(
    state: &RwLock<Evaluator>,
    journal: &WholeJournal,
    span: ActSpan,
    progress: &mut dyn FnMut(Offset),
) -> Result<Acts, PipelineError> {
    let taken = || state.read().unwrap_or_else(PoisonError::into_inner);
    let reading = Reading::of(&taken(), journal, span);
    read(&reading, journal, &|id| present(taken().detection(), id), progress)
}

/// What a pass goes by.
struct Reading {
    settings: Arc<LinkSettings>,
    key: HashKey,
    entries: OffsetRange,
    span: ActSpan,
}

impl Reading {
    fn of(state: &Evaluator, journal: &WholeJournal, span: ActSpan) -> Self {
        let entries = OffsetRange { first: journal.entries().first, last: state.offset() };
        let detection = state.detection();
        Self { settings: Arc::clone(detection.settings()), key: *detection.key(), entries, span }
    }
}

/// The account of that id, where it is known and has not gone.
fn present(detection: &Detection, id: &str) -> Option<AccountNumber> {
    let account = detection.account(id)?;
    (!detection.links().account_facts(account).is_gone).then_some(account)
}

fn read(
    reading: &Reading,
    journal: &WholeJournal,
    present: &dyn Fn(&str) -> Option<AccountNumber>,
    progress: &mut dyn FnMut(Offset),
) -> Result<Acts, PipelineError> {
    let mut collector = ActCollector::new(Arc::clone(&reading.settings), reading.key);
    journal.scan(reading.entries, |entry| {
        if entry.offset.0.is_multiple_of(PROGRESS_ENTRIES) {
            progress(entry.offset);
        }
        if entry.kind != EntryKind::Event || entry.payload == TOMBSTONE {
            return Ok::<_, PipelineError>(ControlFlow::Continue(()));
        }
        let Ok(event) = Event::read(entry.payload, entry.received_at) else {
            return Ok(ControlFlow::Continue(()));
        };
        if (reading.span.first..=reading.span.last).contains(&event.time)
            && let Some(account) = actor_of(&reading.settings, &event).and_then(present)
        {
            collector.take(account, &event);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(collector.finish())
}
