//! Writing a sealed file: sorted rows stream through, and behind them goes the index by offset.
//!
//! Rows are sorted by account, so finding one by its offset takes an index of its own: for each offset of
//! the file, in order, the row's number as a little-endian u32. It stands between the last row group and the
//! footer, where Parquet readers do not look, and the footer's metadata says where.

use super::HistoryOptions;
use super::manifest::SealedFile;
use super::schema::{ACCOUNT_NAME, SCHEMA, SealedEntry, to_batch};
use crate::disk::{BufferedAppend, Disk, DiskFile, temporary_path};
use crate::{JournalError, OffsetRange};
use cordon_model::clock::{Day, Timestamp};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Metadata key: the byte at which the index by offset begins.
pub(super) const INDEX_KEY: &str = "cordon.row_of_offset.byte";
/// Rows given to the encoder at a time.
const BATCH_ROWS: usize = 1_024;

/// A sealed file that is being written.
pub(super) struct SealedWriter {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    name: String,
    entries: OffsetRange,
    file: Arc<dyn DiskFile>,
    writer: ArrowWriter<BufferedAppend>,
    pending: Vec<SealedEntry>,
    /// For each offset of the range, its row.
    row_of: Vec<u32>,
    rows: u32,
    /// When the earliest and the latest entry arrived.
    received: (Timestamp, Timestamp),
}

impl SealedWriter {
    /// Begins the file `name` for `entries`.
    pub(super) fn create(
        disk: &Arc<dyn Disk>,
        folder: &Path,
        name: String,
        entries: OffsetRange,
        options: &HistoryOptions,
    ) -> Result<Self, JournalError> {
        let path = temporary_path(folder, &name);
        let file = disk.create(&path).map_err(JournalError::disk("create", &path))?;
        let out = BufferedAppend::new(Arc::clone(&file));
        let writer = ArrowWriter::try_new(out, Arc::clone(&SCHEMA), Some(properties(options)))
            .map_err(failed("write", &path))?;
        Ok(Self {
            disk: Arc::clone(disk),
            folder: folder.to_owned(),
            name,
            entries,
            file,
            writer,
            pending: Vec::with_capacity(BATCH_ROWS),
            row_of: vec![u32::MAX; entries.len() as usize],
            rows: 0,
            received: (Timestamp(i64::MAX), Timestamp(i64::MIN)),
        })
    }

    /// Takes the next row; rows come in the order of [`SealedEntry::sort_key`], each offset once.
    pub(super) fn push(&mut self, row: SealedEntry) -> Result<(), JournalError> {
        let index = row.entry.offset.0.checked_sub(self.entries.first.0);
        if let Some(place) = index.and_then(|index| self.row_of.get_mut(index as usize)) {
            *place = self.rows;
        }
        self.rows += 1;
        let (first, last) = self.received;
        self.received = (first.min(row.entry.received_at), last.max(row.entry.received_at));
        self.pending.push(row);
        if self.pending.len() == BATCH_ROWS { self.write_pending() } else { Ok(()) }
    }

    /// Ends the file and makes it durable under its name, for the manifest to take in. `treated_on` is the day as
    /// of which its rows were treated.
    pub(super) fn finish(mut self, treated_on: Day) -> Result<SealedFile, JournalError> {
        self.write_pending()?;
        let path = self.folder.join(&self.name);
        if u64::from(self.rows) != self.entries.len() || self.row_of.contains(&u32::MAX) {
            return Err(JournalError::corrupt(&path, 0));
        }
        self.write_index().map_err(failed("write", &path))?;
        let mut out = self.writer.into_inner().map_err(failed("write", &path))?;
        let in_disk = || JournalError::disk("write", &path);
        io::Write::flush(&mut out).map_err(in_disk())?;
        self.file.sync().map_err(in_disk())?;
        let bytes = self.file.bytes().map_err(in_disk())?;
        self.disk.rename(&temporary_path(&self.folder, &self.name), &path).map_err(in_disk())?;
        self.disk.sync_folder(&self.folder).map_err(in_disk())?;
        let (name, entries, received) = (self.name, self.entries, self.received);
        Ok(SealedFile { name, entries, bytes, received, treated_on })
    }

    fn write_pending(&mut self) -> Result<(), JournalError> {
        let path = self.folder.join(&self.name);
        let batch = to_batch(self.pending.iter()).map_err(ParquetError::from);
        batch.and_then(|batch| self.writer.write(&batch)).map_err(failed("write", &path))?;
        self.pending.clear();
        Ok(())
    }

    fn write_index(&mut self) -> Result<(), ParquetError> {
        self.writer.flush()?;
        let at = self.writer.bytes_written();
        for rows in self.row_of.chunks(BATCH_ROWS) {
            let bytes: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
            self.writer.write_all(&bytes)?;
        }
        self.writer.append_key_value_metadata(KeyValue::new(INDEX_KEY.to_owned(), at.to_string()));
        Ok(())
    }
}

fn properties(options: &HistoryOptions) -> WriterProperties {
    let account = || ColumnPath::from(ACCOUNT_NAME);
    let by_account = SortingColumn {
        column_idx: super::schema::ACCOUNT_COLUMN as i32,
        descending: false,
        nulls_first: false,
    };
    let by_offset = SortingColumn { column_idx: super::schema::OFFSET_COLUMN as i32, ..by_account };
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(options.row_group_rows))
        .set_data_page_row_count_limit(options.page_rows)
        .set_write_batch_size(options.page_rows.min(BATCH_ROWS))
        .set_sorting_columns(Some(vec![by_account, by_offset]))
        // A dictionary would have to be read for each look-up, and saves little once a page is compressed.
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(account(), EnabledStatistics::Page)
        .set_column_statistics_enabled(ColumnPath::from("payload"), EnabledStatistics::None)
        .set_column_bloom_filter_enabled(account(), true)
        .set_column_bloom_filter_max_ndv(account(), options.row_group_rows as u64)
        .build()
}

/// Names the operation and the path of a Parquet error; the disk's own errors pass through it.
pub(super) fn failed(
    operation: &'static str,
    path: &Path,
) -> impl FnOnce(ParquetError) -> JournalError + use<> {
    let in_disk = JournalError::disk(operation, path);
    move |error| {
        in_disk(match error {
            ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(source) => *source,
                Err(source) => io::Error::other(source),
            },
            other => io::Error::other(other),
        })
    }
}
