//! Merging small sealed files into large ones, in the background.

use super::file::OpenFile;
use super::rewrite::{Retention, treat_row};
use super::schema::SealedEntry;
use super::write::SealedWriter;
use super::{Files, History};
use crate::{JournalError, OffsetRange};
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

/// So many small files stay at the end before some are merged although they fill no large one.
const SMALL_FILES_MAX: usize = 12;
/// So many of those are merged at a time.
const FAN_IN: usize = 4;

/// Which neighbouring files to merge, given their rows, oldest first; `None` where it is well as it is.
///
/// Small files whose rows together fill a large one are merged into it at once, so that most rows are
/// written twice in all. Beyond that at most [`SMALL_FILES_MAX`] small ones stay; more are merged among
/// themselves, those most alike in size first, so that no row is written often.
///
/// Shape: at least two files. With `full_rows` of 2 million, 100 million rows stand in at most 62 files.
pub(super) fn pick(rows: &[u64], full_rows: u64) -> Option<Range<usize>> {
    let small_from = rows.iter().rposition(|rows| *rows >= full_rows).map_or(0, |index| index + 1);
    let small = rows.get(small_from..)?;
    let picked = fill_one(small, full_rows).or_else(|| most_alike(small))?;
    Some(small_from + picked.start..small_from + picked.end)
}

/// The first files that fill a large one together.
fn fill_one(small: &[u64], full_rows: u64) -> Option<Range<usize>> {
    let mut sum = 0;
    let last = small.iter().position(|rows| {
        sum += rows;
        sum >= full_rows
    })?;
    Some(0..last + 1)
}

/// Neighbours most alike in size, where there are too many files: those whose largest is the smallest part
/// of their sum, and of equals those with the fewest rows.
fn most_alike(small: &[u64]) -> Option<Range<usize>> {
    let windows = small.windows(FAN_IN).enumerate().filter(|_| small.len() > SMALL_FILES_MAX);
    let rated = windows.map(|(start, window)| {
        let (sum, largest) = (window.iter().sum::<u64>(), window.iter().max().copied().unwrap_or(0));
        (largest.saturating_mul(1_000) / sum.max(1), sum, start)
    });
    let (_, _, start) = rated.min()?;
    Some(start..start + FAN_IN)
}

impl History {
    /// Merges one group of neighbouring files, if any should be, treating each entry as `treat` says.
    /// Returns the offsets of the new file. Readers are not disturbed.
    ///
    /// Errors: [`JournalError::Disk`], [`JournalError::Corrupt`]; the files are then as before.
    pub fn merge_once(&self, treat: &dyn Retention) -> Result<Option<OffsetRange>, JournalError> {
        self.exclusively(|files| match self.picked(files) {
            None => Ok(None),
            Some(picked) => self.combine(files, picked, treat).map(|(entries, _)| Some(entries)),
        })
    }

    /// Whether [`Self::merge_once`] would find something to do.
    pub fn is_merge_due(&self) -> bool {
        self.picked(&self.files()).is_some()
    }

    /// The neighbouring files to merge next.
    fn picked<'f>(&self, files: &'f Files) -> Option<&'f [Arc<OpenFile>]> {
        let rows: Vec<u64> = files.open.iter().map(|file| file.entries().len()).collect();
        files.open.get(pick(&rows, self.shared.options.full_rows)?)
    }

    /// Writes neighbouring files anew as one and publishes it; its offsets, and how many entries changed.
    pub(super) fn combine(
        &self,
        files: &Files,
        picked: &[Arc<OpenFile>],
        treat: &dyn Retention,
    ) -> Result<(OffsetRange, u64), JournalError> {
        let entries = covered(picked);
        let mut writer = self.new_file(entries)?;
        let replaced = write_merged(picked, &mut writer, treat)?;
        let oldest = picked.iter().map(|file| file.treated_on()).min().unwrap_or_default();
        self.publish_file(files, writer, (replaced, treat.as_of().max(oldest)))?;
        Ok((entries, replaced))
    }
}

fn covered(files: &[Arc<OpenFile>]) -> OffsetRange {
    match (files.first(), files.last()) {
        (Some(first), Some(last)) => OffsetRange { first: first.entries().first, last: last.entries().last },
        _ => OffsetRange::default(),
    }
}

/// Writes the rows of all files in order. Tombstones have no account any more, so they wait until the rows
/// without one, which come last.
fn write_merged(
    files: &[Arc<OpenFile>],
    writer: &mut SealedWriter,
    treat: &dyn Retention,
) -> Result<u64, JournalError> {
    let mut sources = Sources(files.iter().map(|file| boxed(file.rows()).peekable()).collect());
    let (mut waiting, mut replaced) = (Vec::new(), 0);
    while sources.next_has_account() {
        let Some(row) = sources.next().transpose()? else { break };
        let (row, is_replaced) = treat_row(row, treat);
        replaced += u64::from(is_replaced);
        if row.facts.account_id.is_some() { writer.push(row)? } else { waiting.push(row) }
    }
    waiting.sort_unstable_by_key(|row| row.entry.offset);
    sources.0.push(boxed(waiting.into_iter().map(Ok)).peekable());
    for row in sources {
        let (row, is_replaced) = treat_row(row?, treat);
        replaced += u64::from(is_replaced);
        writer.push(row)?;
    }
    Ok(replaced)
}

type Rows<'a> = Box<dyn Iterator<Item = Result<SealedEntry, JournalError>> + 'a>;

fn boxed<'a>(rows: impl Iterator<Item = Result<SealedEntry, JournalError>> + 'a) -> Rows<'a> {
    Box::new(rows)
}

/// Sorted rows of several files, as one sorted sequence.
struct Sources<'a>(Vec<Peekable<Rows<'a>>>);

impl Sources<'_> {
    /// Whether the next row has an account; also true of an error, so that it is met at once.
    fn next_has_account(&mut self) -> bool {
        self.first().and_then(|index| self.0.get_mut(index)).and_then(|source| source.peek()).is_some_and(
            |row| match row {
                Ok(row) => row.facts.account_id.is_some(),
                Err(_) => true,
            },
        )
    }

    /// The source whose next row comes first; an error comes before all rows.
    fn first(&mut self) -> Option<usize> {
        let fronts = self.0.iter_mut().enumerate();
        let keyed = fronts.filter_map(|(index, source)| {
            let key = source.peek()?.as_ref().ok().map(|row| row.sort_key());
            Some((key, index))
        });
        keyed.min().map(|(_, index)| index)
    }
}

impl Iterator for Sources<'_> {
    type Item = Result<SealedEntry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let index = self.first()?;
        self.0.get_mut(index)?.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files after sealing `seals` times so many rows, merging whenever there is something to merge, and
    /// how many rows were written for one row sealed.
    fn after(seals: u64, rows: u64, full_rows: u64) -> (Vec<u64>, f64) {
        let (mut files, mut written) = (Vec::new(), 0);
        for _ in 0..seals {
            files.push(rows);
            written += rows;
            while let Some(picked) = pick(&files, full_rows) {
                assert!(picked.len() >= 2);
                let merged = files[picked.clone()].iter().sum();
                written += merged;
                files.splice(picked, [merged]);
            }
        }
        (files, written as f64 / (seals * rows) as f64)
    }

    #[test]
    fn a_hundred_million_rows_stand_in_at_most_64_files_and_are_written_twice() {
        let (files, written) = after(400, 262_144, 2_000_000);
        assert!(files.len() <= 64, "{}", files.len());
        assert!(written <= 2.0, "{written}");
    }

    #[test]
    fn many_tiny_seals_are_kept_together_too() {
        let (files, written) = after(20_000, 100, 2_000_000);
        assert!(files.len() <= 64, "{}", files.len());
        assert!(written < 12.0, "{written}");
    }
}
