//! Taking out of history what must not be kept: erased accounts, and values whose time is over.

use super::History;
use super::schema::SealedEntry;
use crate::{JournalError, OffsetRange};
use cordon_model::clock::Day;
use cordon_model::ids::{AccountId, Offset};

/// Stands in place of an erased payload. The entry keeps its offset, time, kind, id and type, so that a
/// replay finds no gap, and loses its account.
pub const TOMBSTONE: &[u8] = br#"{"erased":true}"#;

/// What becomes of an entry when its file is written anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It stays as it is.
    Keep,
    /// Its payload becomes [`TOMBSTONE`], its account none.
    Tombstone,
    /// Its payload becomes this one, say with a keyed hash in place of a raw value.
    Replace(Vec<u8>),
}

/// Says what becomes of entries whenever a file of history is written. A closure is one that treats them as of no
/// particular day.
pub trait Retention {
    /// What becomes of this entry.
    fn treat(&self, row: &SealedEntry) -> Treatment;

    /// The day as of which it says so.
    fn as_of(&self) -> Day {
        Day(0)
    }
}

impl<F: Fn(&SealedEntry) -> Treatment> Retention for F {
    fn treat(&self, row: &SealedEntry) -> Treatment {
        self(row)
    }
}

/// Everything stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepAll;

impl Retention for KeepAll {
    fn treat(&self, _: &SealedEntry) -> Treatment {
        Treatment::Keep
    }
}

/// What a rewrite did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RewriteReport {
    /// Files written anew.
    pub files: usize,
    /// Entries replaced.
    pub entries: u64,
}

impl History {
    /// Erases an account's entries before an offset from all sealed files: they become tombstones, and the
    /// manifest records the ranges as rewritten. What is sealed later must be treated by the caller then.
    ///
    /// Errors: [`JournalError::Disk`], [`JournalError::Corrupt`]; files done before stay done, and calling
    /// again goes on.
    pub fn erase(&self, account_id: &AccountId, before: Offset) -> Result<RewriteReport, JournalError> {
        let is_theirs = |row: &SealedEntry| {
            row.entry.offset < before && row.facts.account_id.as_ref() == Some(account_id)
        };
        let treat = |row: &SealedEntry| if is_theirs(row) { Treatment::Tombstone } else { Treatment::Keep };
        let mut report = RewriteReport::default();
        for entries in self.manifest().files.iter().map(|file| file.entries) {
            report.add(self.rewrite_file_of(entries, Some(account_id), &treat)?);
        }
        Ok(report)
    }

    /// Writes the files that hold any of `entries` anew, as `treat` says.
    ///
    /// Errors: as [`Self::erase`].
    pub fn rewrite_range(
        &self,
        entries: OffsetRange,
        treat: &dyn Retention,
    ) -> Result<RewriteReport, JournalError> {
        let mut report = RewriteReport::default();
        for file in self.manifest().files {
            let overlaps = file.entries.first <= entries.last && entries.first <= file.entries.last;
            if overlaps {
                report.add(self.rewrite_file_of(file.entries, None, treat)?);
            }
        }
        Ok(report)
    }

    /// Rewrites the files that now hold `entries` (a merge may have come between), unless `only_if_holds`
    /// has no row there.
    fn rewrite_file_of(
        &self,
        entries: OffsetRange,
        only_if_holds: Option<&AccountId>,
        treat: &dyn Retention,
    ) -> Result<RewriteReport, JournalError> {
        self.exclusively(|files| {
            let found = files.open.iter().find(|file| file.entries().contains(entries.first));
            let Some(file) = found else { return Ok(RewriteReport::default()) };
            if let Some(account_id) = only_if_holds
                && file.rows_of(account_id)?.is_empty()
            {
                return Ok(RewriteReport::default());
            }
            let (_, entries) = self.combine(files, std::slice::from_ref(file), treat)?;
            Ok(RewriteReport { files: 1, entries })
        })
    }
}

impl RewriteReport {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.entries += other.entries;
    }
}

/// The row as `treat` wants it, and whether that changed it. A tombstone stays one.
pub(super) fn treat_row(mut row: SealedEntry, treat: &dyn Retention) -> (SealedEntry, bool) {
    if row.entry.payload == TOMBSTONE {
        return (row, false);
    }
    match treat.treat(&row) {
        Treatment::Keep => return (row, false),
        Treatment::Tombstone => {
            row.entry.payload = TOMBSTONE.to_vec();
            row.facts.account_id = None;
        }
        Treatment::Replace(payload) => row.entry.payload = payload,
    }
    (row, true)
}
