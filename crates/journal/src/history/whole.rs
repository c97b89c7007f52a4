//! The whole journal: history, then the log's unsealed tail.

use super::file::OpenFile;
use super::schema::{Facts, SealedEntry};
use super::seal::Describe;
use super::{Files, History};
use crate::{EntryRef, JournalError, JournalReader, OffsetRange};
use cordon_model::entry::Entry;
use cordon_model::ids::{AccountId, Offset};
use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

/// Reads every entry there is, wherever it stands. Clones are cheap and share what is known of the tail.
#[derive(Clone)]
pub struct WholeJournal {
    history: History,
    reader: JournalReader,
    describe: Describe,
    tail: Arc<Mutex<Tail>>,
}

impl fmt::Debug for WholeJournal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("WholeJournal").field("history", &self.history).finish_non_exhaustive()
    }
}

/// How often a timeline looks again because what it was reading was sealed meanwhile. Sealing comes once in
/// many thousand entries, so a second look all but always does.
const LOOKS_MAX: usize = 16;

/// Whose the unsealed entries are, as hashes: one number an entry, so that looking through all of them
/// takes a fraction of a millisecond.
#[derive(Debug, Default)]
struct Tail {
    first: Offset,
    accounts: VecDeque<u64>,
}

impl WholeJournal {
    /// Reads `history` and behind it what `reader` reads; `describe` is the sealer's.
    pub fn new(
        history: History,
        reader: JournalReader,
        describe: impl Fn(&Entry) -> Facts + Send + Sync + 'static,
    ) -> Self {
        Self { history, reader, describe: Arc::new(describe), tail: Arc::default() }
    }

    /// All entries that are durable.
    pub fn entries(&self) -> OffsetRange {
        let (sealed, log) = (self.history.entries(), self.reader.entries());
        let first = if sealed.is_empty() { log.first } else { sealed.first };
        OffsetRange { first, last: log.last.max(sealed.last) }
    }

    /// The last durable entry.
    pub fn last_offset(&self) -> Offset {
        self.reader.last_offset()
    }

    /// The entry at `offset`; `None` where there is none.
    ///
    /// Errors: [`JournalError::Corrupt`], [`JournalError::Disk`].
    pub fn entry_at(&self, offset: Offset) -> Result<Option<Entry>, JournalError> {
        // The log answers a hundred times sooner, but may still hold what was taken out of history.
        if self.history.files().manifest.is_rewritten(offset) {
            return self.history.entry_at(offset);
        }
        match self.reader.entry_at(offset)? {
            Some(entry) => Ok(Some(entry)),
            None => self.history.entry_at(offset),
        }
    }

    /// The newest `count` entries of an account, newest first, sealed or not.
    ///
    /// Errors: [`JournalError::Corrupt`], [`JournalError::Disk`], [`JournalError::BeforeLog`] where the log
    /// let go of entries that history has not.
    pub fn timeline(&self, account_id: &AccountId, count: usize) -> Result<Vec<SealedEntry>, JournalError> {
        for _ in 0..LOOKS_MAX {
            let (files, offsets) = self.unsealed_of(account_id)?;
            if let Some(mut found) = self.read_unsealed(account_id, &offsets, count)? {
                found.extend(files.timeline(account_id, count - found.len())?);
                return Ok(found);
            }
            // Some were sealed and left the log meanwhile: the next look finds them in history.
        }
        let (offset, first) = (self.history.sealed_through().next(), self.reader.entries().first);
        Err(JournalError::BeforeLog { offset, first })
    }

    /// Takes in whose the newest entries are, so that the next [`Self::timeline`] has less to do. Call it
    /// after each batch, off the writer's way.
    ///
    /// Errors: [`JournalError::Corrupt`], [`JournalError::Disk`].
    pub fn follow(&self) -> Result<(), JournalError> {
        self.catch_up(&mut self.lock_tail()).map(|_| ())
    }

    /// Shows the entries of `range` to `visit` in order, or until it breaks or no further one is durable;
    /// returns the offset after the last one shown. History's are shown in windows of
    /// [`super::HistoryOptions::memory_bytes`].
    ///
    /// Errors: `visit`'s own, [`JournalError::Corrupt`], [`JournalError::Disk`].
    pub fn scan<E: From<JournalError>>(
        &self,
        range: OffsetRange,
        mut visit: impl FnMut(EntryRef<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<Offset, E> {
        let mut scan = Scan { next: range.first.max(self.entries().first), last: range.last, is_over: false };
        while !scan.is_over() {
            // Asked anew each time: what the log lets go of meanwhile is in history then.
            let files = self.history.files();
            match files.file_of(scan.next) {
                Some(file) => self.scan_file(file, &mut scan, &mut visit)?,
                None => self.scan_log(&mut scan, &mut visit)?,
            }
        }
        Ok(scan.next)
    }

    /// The entries of a range that fits into memory.
    ///
    /// Errors: as [`Self::entry_at`].
    pub fn read(&self, range: OffsetRange) -> Result<Vec<Entry>, JournalError> {
        let mut entries = Vec::new();
        self.scan(range, |entry| {
            entries.push(entry.to_entry());
            Ok::<_, JournalError>(ControlFlow::Continue(()))
        })?;
        Ok(entries)
    }

    fn scan_file<E: From<JournalError>>(
        &self,
        file: &OpenFile,
        scan: &mut Scan,
        visit: &mut impl FnMut(EntryRef<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let rest = OffsetRange { first: scan.next, last: scan.last.min(file.entries().last) };
        for window in file.windows(rest, self.history.shared.options.memory_bytes) {
            if scan.is_over() {
                break;
            }
            for row in file.read_window(window)? {
                scan.show(EntryRef::from(&row.entry), visit)?;
            }
        }
        Ok(())
    }

    fn scan_log<E: From<JournalError>>(
        &self,
        scan: &mut Scan,
        visit: &mut impl FnMut(EntryRef<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let mut cursor = self.reader.cursor_from(scan.next);
        while !scan.is_over() {
            match cursor.next_entry() {
                Ok(Some(entry)) => scan.show(entry, visit)?,
                Ok(None) => scan.is_over = true,
                Err(JournalError::BeforeLog { .. }) if self.history.sealed_through() >= scan.next => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn lock_tail(&self) -> std::sync::MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The unsealed entries that may be the account's, newest first, and the history in front of them.
    fn unsealed_of(&self, account_id: &AccountId) -> Result<(Arc<Files>, Vec<Offset>), JournalError> {
        let mut tail = self.lock_tail();
        let files = self.catch_up(&mut tail)?;
        let wanted = account_hash(Some(account_id));
        let places = tail.accounts.iter().enumerate().rev().filter(|(_, account)| **account == wanted);
        let offsets = places.map(|(place, _)| Offset(tail.first.0 + place as u64)).collect();
        Ok((files, offsets))
    }

    /// Brings the tail up to date; the history in front of it.
    fn catch_up(&self, tail: &mut Tail) -> Result<Arc<Files>, JournalError> {
        loop {
            let files = self.history.files();
            tail.begin_after(files.manifest.entries().last, self.reader.entries().first);
            let next = Offset(tail.first.0 + tail.accounts.len() as u64);
            let caught_up = self.reader.for_each_from(next, |entry| {
                let facts = (self.describe)(&entry.to_entry());
                tail.accounts.push_back(account_hash(facts.account_id.as_ref()));
                Ok(ControlFlow::Continue(()))
            });
            match caught_up {
                Ok(_) => return Ok(files),
                Err(JournalError::BeforeLog { offset, .. }) if self.history.sealed_through() >= offset => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The account's newest among these entries; `None` where one has left the log.
    fn read_unsealed(
        &self,
        account_id: &AccountId,
        offsets: &[Offset],
        count: usize,
    ) -> Result<Option<Vec<SealedEntry>>, JournalError> {
        let mut found = Vec::new();
        for offset in offsets {
            if found.len() == count {
                break;
            }
            let Some(entry) = self.reader.entry_at(*offset)? else { return Ok(None) };
            let facts = (self.describe)(&entry);
            if facts.account_id.as_ref() == Some(account_id) {
                found.push(SealedEntry { entry, facts });
            }
        }
        Ok(Some(found))
    }
}

/// How far a scan has come.
struct Scan {
    next: Offset,
    last: Offset,
    is_over: bool,
}

impl Scan {
    fn is_over(&self) -> bool {
        self.is_over || self.next > self.last
    }

    fn show<E>(
        &mut self,
        entry: EntryRef<'_>,
        visit: &mut impl FnMut(EntryRef<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        if !self.is_over() {
            self.next = entry.offset.next();
            self.is_over = visit(entry)?.is_break();
        }
        Ok(())
    }
}

impl Tail {
    /// Lets go of what is sealed; a tail without history begins where the log does.
    fn begin_after(&mut self, sealed_through: Offset, log_first: Offset) {
        let first = if sealed_through.0 == 0 { log_first } else { sealed_through.next() };
        let gone = first.0.saturating_sub(self.first.0) as usize;
        self.accounts.drain(..gone.min(self.accounts.len()));
        self.first = first;
    }
}

/// A number for an account: equal accounts have equal ones. Never stored.
fn account_hash(account_id: Option<&AccountId>) -> u64 {
    let mut hasher = DefaultHasher::new();
    account_id.hash(&mut hasher);
    hasher.finish()
}
