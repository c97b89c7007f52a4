//! Writing and merging runs, on whatever thread has time.

use super::Generation;
use super::run::{self, Run};
use super::table::Slot;
use crate::disk::Disk;
use crate::{JournalError, OffsetRange};
use std::path::PathBuf;
use std::sync::Arc;

/// A run to be written: what it is made of stays in place, and in use, meanwhile.
#[derive(Debug)]
pub struct RunWork {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Table(Arc<Generation>),
    Runs(Vec<Arc<Run>>),
}

/// A run that is on disk, to be given to [`super::IdMemory::install`].
#[derive(Debug)]
pub struct FinishedRun {
    pub(super) run: Run,
}

impl RunWork {
    pub(super) fn write(disk: Arc<dyn Disk>, folder: PathBuf, generation: Arc<Generation>) -> Self {
        Self { disk, folder, source: Source::Table(generation) }
    }

    pub(super) fn merge(disk: Arc<dyn Disk>, folder: PathBuf, runs: Vec<Arc<Run>>) -> Self {
        Self { disk, folder, source: Source::Runs(runs) }
    }

    /// Writes the run and makes it durable. Errors: [`JournalError::Disk`], [`JournalError::Corrupt`];
    /// the work may then be asked for again.
    pub fn perform(self) -> Result<FinishedRun, JournalError> {
        let run = match &self.source {
            Source::Table(generation) => {
                let slots = generation.table.sorted();
                let entries = slots.len() as u64;
                run::write(&*self.disk, &self.folder, generation.offsets, entries, slots.into_iter().map(Ok))
            }
            Source::Runs(runs) => {
                let entries = runs.iter().map(|run| run.entries()).sum();
                run::write(&*self.disk, &self.folder, covered(runs), entries, Merged::new(runs))
            }
        }?;
        Ok(FinishedRun { run })
    }
}

/// The offsets that neighbouring runs cover together.
fn covered(runs: &[Arc<Run>]) -> OffsetRange {
    match (runs.first(), runs.last()) {
        (Some(first), Some(last)) => OffsetRange { first: first.offsets().first, last: last.offsets().last },
        _ => OffsetRange::default(),
    }
}

/// The slots of several runs, ascending; of equal ids the older run's first.
struct Merged<I: Iterator> {
    sources: Vec<std::iter::Peekable<I>>,
}

impl<'a> Merged<Box<dyn Iterator<Item = Result<Slot, JournalError>> + 'a>> {
    fn new(runs: &'a [Arc<Run>]) -> Self {
        let slots = |run: &'a Arc<Run>| Box::new(run.slots()) as Box<dyn Iterator<Item = _>>;
        Self { sources: runs.iter().map(|run| slots(run).peekable()).collect() }
    }
}

impl<I: Iterator<Item = Result<Slot, JournalError>>> Iterator for Merged<I> {
    type Item = Result<Slot, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let fronts = self.sources.iter_mut().enumerate().filter_map(|(index, source)| {
            // An error comes first, so that it is not read past.
            let id = source.peek()?.as_ref().map_or((0, 0), |slot| slot.id());
            Some((id, index))
        });
        let (_, index) = fronts.min()?;
        self.sources.get_mut(index)?.next()
    }
}
