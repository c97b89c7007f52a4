//! What can go wrong with what stands on disk.

use cordon_model::ids::Offset;
use std::io;
use std::path::{Path, PathBuf};

/// Why the journal could not do what was asked. Names files and offsets, never content.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk refused; what was asked has not happened, and may be asked again once the disk is well.
    #[error("cannot {operation} {}", path.display())]
    Disk {
        /// What was tried, as a verb.
        operation: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// Bytes that were once whole no longer are: restore the file from a copy.
    #[error("{} is corrupt at byte {byte}", segment.display())]
    Corrupt {
        /// The damaged file.
        segment: PathBuf,
        /// Where the damage begins.
        byte: u64,
    },
    /// A file of a format that this version does not write.
    #[error("{} has format version {found}, this program reads version {expected}", path.display())]
    UnknownVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version that this program writes.
        expected: u32,
    },
    /// Files that should follow each other without a gap do not.
    #[error("journal has a gap: {} does not begin at offset {expected}", path.display())]
    Gap {
        /// The file after the gap.
        path: PathBuf,
        /// The offset that should have come next.
        expected: Offset,
    },
    /// The entry is longer than the format can say.
    #[error("entry {index} of the batch has {bytes} bytes, more than {bytes_max}")]
    EntryTooLarge {
        /// Its place in the batch, from 0.
        index: usize,
        /// Its size.
        bytes: usize,
        /// The bound.
        bytes_max: usize,
    },
    /// The entries asked for are no longer in the log; history has them.
    #[error("offset {offset} is before the log's first offset {first}")]
    BeforeLog {
        /// What was asked for.
        offset: Offset,
        /// What the log begins with.
        first: Offset,
    },
    /// Another process holds the data folder.
    #[error("data folder {} is in use by {}", folder.display(), holder(*pid))]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// The holder's process id, where it could be read.
        pid: Option<u32>,
    },
}

impl JournalError {
    /// Names the operation and the path of a disk error.
    pub(crate) fn disk(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Disk { operation, path, source }
    }

    /// Damage in `path` at `byte`.
    pub(crate) fn corrupt(path: &Path, byte: u64) -> Self {
        Self::Corrupt { segment: path.to_owned(), byte }
    }

    /// Whether the disk is full: intake should close until there is room.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Disk { source, .. } if source.kind() == io::ErrorKind::StorageFull)
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}
