//! Reading one sealed file: an account's rows, a row by its offset, rows by number.

use super::manifest::SealedFile;
use super::schema::{ACCOUNT_COLUMN, SCHEMA, SealedEntry, to_rows};
use super::write::{INDEX_KEY, failed};
use crate::disk::{Disk, DiskFile, read_exact_at};
use crate::{JournalError, OffsetRange};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use bytes::Bytes;
use cordon_model::clock::Day;
use cordon_model::ids::{AccountId, Offset};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::reader::{ChunkReader, Length};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 1_024;

/// An open sealed file, its footer and page index in memory.
#[derive(Debug)]
pub(super) struct OpenFile {
    path: PathBuf,
    named: SealedFile,
    bytes: FileBytes,
    metadata: ArrowReaderMetadata,
    /// First row of each row group, and the number of rows at the end.
    group_starts: Vec<usize>,
    /// Where the index by offset stands.
    index_at: u64,
}

impl OpenFile {
    /// Opens the file that a manifest names. Errors: [`JournalError::Corrupt`] where it is not the one that
    /// was written, [`JournalError::Disk`].
    pub(super) fn open(disk: &dyn Disk, folder: &Path, named: &SealedFile) -> Result<Self, JournalError> {
        let path = folder.join(&named.name);
        let file = disk.open_read(&path).map_err(JournalError::disk("open", &path))?;
        let corrupt = || JournalError::corrupt(&path, 0);
        if file.bytes().map_err(JournalError::disk("measure", &path))? != named.bytes {
            return Err(corrupt());
        }
        let bytes = FileBytes { file, length: named.bytes };
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
        let metadata = ArrowReaderMetadata::load(&bytes, options).map_err(failed("open", &path))?;
        let index_at = index_byte(&metadata).ok_or_else(corrupt)?;
        let group_starts = group_starts(&metadata);
        if group_starts.last().is_none_or(|rows| *rows as u64 != named.entries.len()) {
            return Err(corrupt());
        }
        Ok(Self { path, named: named.clone(), bytes, metadata, group_starts, index_at })
    }

    pub(super) fn name(&self) -> &str {
        &self.named.name
    }

    pub(super) fn entries(&self) -> OffsetRange {
        self.named.entries
    }

    /// The day as of which its rows were treated.
    pub(super) fn treated_on(&self) -> Day {
        self.named.treated_on
    }

    /// Uncompressed size of all columns, in bytes.
    pub(super) fn uncompressed_bytes(&self) -> u64 {
        let groups = self.metadata.metadata().row_groups();
        groups.iter().map(|group| group.total_byte_size().max(0).cast_unsigned()).sum()
    }

    /// The rows of an account: they stand together.
    pub(super) fn rows_of(&self, account_id: &AccountId) -> Result<Range<usize>, JournalError> {
        self.rows_among(&self.candidate_pages(account_id), account_id)
    }

    /// The account's rows among its [`Self::candidate_pages`].
    pub(super) fn rows_among(
        &self,
        candidates: &[Range<usize>],
        account_id: &AccountId,
    ) -> Result<Range<usize>, JournalError> {
        let mut found: Option<Range<usize>> = None;
        for pages in candidates {
            let mut row = pages.start;
            let accounts = ProjectionMask::leaves(self.metadata.parquet_schema(), [ACCOUNT_COLUMN]);
            self.for_each_batch(std::slice::from_ref(pages), accounts, |batch| {
                let accounts = batch.column(0).as_string_opt::<i32>()?;
                for account in accounts {
                    if account == Some(account_id.as_str()) {
                        found = Some(found.take().map_or(row, |range| range.start)..row + 1);
                    }
                    row += 1;
                }
                Some(())
            })?;
        }
        Ok(found.unwrap_or_default())
    }

    /// The entry at an offset of this file.
    pub(super) fn row_at(&self, offset: Offset) -> Result<SealedEntry, JournalError> {
        let row = self.rows_at(OffsetRange { first: offset, last: offset })?;
        let rows = Vec::from_iter(row.first().map(|row| *row..*row + 1));
        self.prefetch_rows(&rows);
        let found = self.read_rows(&rows)?.into_iter().next();
        found.filter(|row| row.entry.offset == offset).ok_or_else(|| self.damaged_index())
    }

    /// The row numbers of consecutive offsets of this file, in the order of the offsets.
    pub(super) fn rows_at(&self, offsets: OffsetRange) -> Result<Vec<usize>, JournalError> {
        let mut bytes = vec![0; offsets.len() as usize * 4];
        let at = self.index_at + (offsets.first.0 - self.named.entries.first.0) * 4;
        read_exact_at(&*self.bytes.file, &mut bytes, at).map_err(JournalError::disk("read", &self.path))?;
        let rows = bytes.chunks_exact(4).map(|row| row.try_into().map_or(0, u32::from_le_bytes) as usize);
        Ok(rows.collect())
    }

    /// The rows of these ascending ranges, in the file's order.
    pub(super) fn read_rows(&self, ranges: &[Range<usize>]) -> Result<Vec<SealedEntry>, JournalError> {
        let mut rows = Vec::new();
        self.for_each_batch(ranges, ProjectionMask::all(), |batch| {
            rows.extend(to_rows(batch)?);
            Some(())
        })?;
        Ok(rows)
    }

    /// All rows, in the file's order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Result<SealedEntry, JournalError>> + use<'_> {
        let total = self.group_starts.last().copied().unwrap_or_default();
        (0..total).step_by(BATCH_ROWS * 4).flat_map(move |start| {
            let end = total.min(start + BATCH_ROWS * 4);
            let (rows, error) = match self.read_rows(std::slice::from_ref(&(start..end))) {
                Ok(rows) => (rows, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            rows.into_iter().map(Ok).chain(error)
        })
    }

    /// Shows the chosen columns of the rows of ascending ranges; `visit` says `None` to damage.
    fn for_each_batch(
        &self,
        ranges: &[Range<usize>],
        columns: ProjectionMask,
        mut visit: impl FnMut(&RecordBatch) -> Option<()>,
    ) -> Result<(), JournalError> {
        let (groups, selection) = self.selection(ranges);
        if groups.is_empty() {
            return Ok(());
        }
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.bytes.clone(), self.metadata.clone());
        let reader = builder
            .with_row_groups(groups)
            .with_row_selection(selection)
            .with_projection(columns)
            .with_batch_size(BATCH_ROWS)
            .build();
        for batch in reader.map_err(failed("read", &self.path))? {
            let batch = batch.map_err(ParquetError::from).map_err(failed("read", &self.path))?;
            visit(&batch).ok_or_else(|| self.corrupt(0))?;
        }
        Ok(())
    }

    /// The row groups that the ranges touch, and the ranges as a selection of those groups' rows.
    fn selection(&self, ranges: &[Range<usize>]) -> (Vec<usize>, RowSelection) {
        let (mut groups, mut chosen, mut rows_before) = (Vec::new(), Vec::new(), 0);
        let mut next = 0;
        for (group, bounds) in self.group_starts.windows(2).enumerate() {
            let [start, end] = [bounds.first(), bounds.last()].map(|bound| bound.copied().unwrap_or(0));
            next += ranges.get(next..).unwrap_or_default().partition_point(|range| range.end <= start);
            let here = ranges.get(next..).unwrap_or_default().iter().take_while(|range| range.start < end);
            let here = here.filter(|range| !range.is_empty());
            let within = here.map(|range| range.start.max(start)..range.end.min(end));
            let within =
                within.map(|range| rows_before + range.start - start..rows_before + range.end - start);
            let count = chosen.len();
            chosen.extend(within);
            if chosen.len() > count {
                groups.push(group);
                rows_before += end - start;
            }
        }
        (groups, RowSelection::from_consecutive_ranges(chosen.into_iter(), rows_before))
    }

    /// Rows of neighbouring pages that may hold the account, by the page index; few, ascending.
    pub(super) fn candidate_pages(&self, account_id: &AccountId) -> Vec<Range<usize>> {
        let account = account_id.as_str().as_bytes();
        let metadata = self.metadata.metadata();
        let (Some(columns), Some(offsets)) = (metadata.column_index(), metadata.offset_index()) else {
            return Vec::new();
        };
        let mut found: Vec<Range<usize>> = Vec::new();
        for (group, bounds) in self.group_starts.windows(2).enumerate() {
            let [start, end] = [bounds.first(), bounds.last()].map(|bound| bound.copied().unwrap_or(0));
            if !self.group_may_hold(group, account) {
                continue;
            }
            let column = columns.get(group).and_then(|columns| columns.get(ACCOUNT_COLUMN));
            let pages = offsets.get(group).and_then(|columns| columns.get(ACCOUNT_COLUMN));
            let (Some(ColumnIndexMetaData::BYTE_ARRAY(index)), Some(pages)) = (column, pages) else {
                continue;
            };
            let firsts = pages.page_locations().iter().map(|page| start + page.first_row_index as usize);
            let lasts = firsts.clone().skip(1).chain([end]);
            for (page, (first, last)) in firsts.zip(lasts).enumerate() {
                let (least, most) = (index.min_value(page), index.max_value(page));
                if least.is_some_and(|least| least <= account) && most.is_some_and(|most| account <= most) {
                    match found.last_mut().filter(|range| range.end == first) {
                        Some(range) => range.end = last,
                        None => found.push(first..last),
                    }
                }
            }
        }
        found
    }

    /// Tells the disk that these rows' accounts will be read.
    pub(super) fn prefetch_accounts(&self, ranges: &[Range<usize>]) {
        self.prefetch(ranges, ACCOUNT_COLUMN..ACCOUNT_COLUMN + 1);
    }

    /// Tells the disk that these rows will be read.
    pub(super) fn prefetch_rows(&self, ranges: &[Range<usize>]) {
        self.prefetch(ranges, 0..SCHEMA.fields().len());
    }

    fn prefetch(&self, ranges: &[Range<usize>], columns: Range<usize>) {
        let groups = self.metadata.metadata().offset_index().into_iter().flatten();
        for (group, bounds) in groups.zip(self.group_starts.windows(2)) {
            let [start, end] = [bounds.first(), bounds.last()].map(|bound| bound.copied().unwrap_or(0));
            if !ranges.iter().any(|range| range.start < end && start < range.end) {
                continue;
            }
            let is_touched = |first: usize, last: usize| {
                ranges.iter().any(|range| range.start < last && first < range.end)
            };
            for pages in group.get(columns.clone()).unwrap_or_default() {
                let pages = pages.page_locations();
                let firsts = pages.iter().map(|page| start + page.first_row_index as usize);
                let lasts = firsts.clone().skip(1).chain([end]);
                let touched = pages.iter().zip(firsts.zip(lasts));
                for (page, _) in touched.filter(|(_, (first, last))| is_touched(*first, *last)) {
                    let bytes = page.compressed_page_size.max(0).cast_unsigned();
                    self.bytes.file.prefetch(page.offset.max(0).cast_unsigned(), bytes.into());
                }
            }
        }
    }

    /// Whether the account lies between the row group's first and last.
    fn group_may_hold(&self, group: usize, account: &[u8]) -> bool {
        let group = self.metadata.metadata().row_groups().get(group);
        let statistics = group.and_then(|group| group.columns().get(ACCOUNT_COLUMN)?.statistics());
        let bounds = statistics.and_then(|found| found.min_bytes_opt().zip(found.max_bytes_opt()));
        // A group of entries without an account has no bounds.
        bounds.is_some_and(|(least, most)| least <= account && account <= most)
    }

    /// The error of an index by offset that does not fit the rows.
    pub(super) fn damaged_index(&self) -> JournalError {
        self.corrupt(self.index_at)
    }

    fn corrupt(&self, byte: u64) -> JournalError {
        JournalError::corrupt(&self.path, byte)
    }
}

fn group_starts(metadata: &ArrowReaderMetadata) -> Vec<usize> {
    let rows = metadata.metadata().row_groups().iter().map(|group| group.num_rows() as usize);
    let ends = rows.scan(0, |end, rows| {
        *end += rows;
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

fn index_byte(metadata: &ArrowReaderMetadata) -> Option<u64> {
    let pairs = metadata.metadata().file_metadata().key_value_metadata()?;
    pairs.iter().find(|pair| pair.key == INDEX_KEY)?.value.as_ref()?.parse().ok()
}

/// A disk's file as Parquet's reader wants it.
#[derive(Clone, Debug)]
struct FileBytes {
    file: Arc<dyn DiskFile>,
    length: u64,
}

impl Length for FileBytes {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for FileBytes {
    type T = ReadFrom;

    fn get_read(&self, start: u64) -> Result<ReadFrom, ParquetError> {
        Ok(ReadFrom { file: Arc::clone(&self.file), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut bytes = vec![0; length];
        read_exact_at(&*self.file, &mut bytes, start)?;
        Ok(bytes.into())
    }
}

/// Reads on from a byte of a file.
struct ReadFrom {
    file: Arc<dyn DiskFile>,
    at: u64,
}

impl Read for ReadFrom {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
