//! What the journal asks of a disk, and nothing more.
//!
//! A disk may forget whatever was not synced: a file's bytes until [`DiskFile::sync`], a folder's names (a
//! file made, renamed or removed) until [`Disk::sync_folder`]. Code here is written against the most
//! forgetful disk that keeps this promise; `simulated` is one.

mod real;
#[cfg(feature = "simulated-disk")]
pub mod simulated;

pub use real::RealDisk;

use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files and folders.
///
/// *Contract*
/// - A file's bytes survive a power loss once [`DiskFile::sync`] has returned, a name once
///   [`Disk::sync_folder`] on its folder has; either may survive earlier, in part, in any order.
/// - [`Disk::rename`] is atomic: the new name shows the old file or the new one, never a mixture.
/// - An open file stays readable after its name is removed.
pub trait Disk: Debug + Send + Sync {
    /// Makes the folder and its parents, each durable in its own parent; fine where it exists. Mode 0700.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Makes an empty file for appending, in place of one of that name. Mode 0600.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file for appending and reading. Errors: `NotFound`.
    fn open_append(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file for reading. Errors: `NotFound`.
    fn open_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Gives a file another name in the same folder, in place of what had that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file's name. Errors: `NotFound`.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Names of the files in a folder, ascending; folders are left out. Errors: `NotFound`.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Makes the folder's names durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Bytes still free on the disk that holds the folder.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;
}

/// An open file. Appends come from one place at a time; reads from anywhere, at any time.
pub trait DiskFile: Debug + Send + Sync {
    /// Reads up to `buffer.len()` bytes at `at`; fewer only at the file's end. Returns how many.
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize>;

    /// Says that these bytes will be read soon, so that a slow disk can fetch several places at once. A hint.
    fn prefetch(&self, _at: u64, _bytes: u64) {}

    /// Writes `bytes` at the end. On an error any prefix of them may have been written.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;

    /// Cuts the file to `bytes`.
    fn truncate(&self, bytes: u64) -> io::Result<()>;

    /// Makes the file's bytes durable. After an error, bytes appended since the last success are in doubt
    /// for good, and calling again does not help: truncate and write them anew.
    fn sync(&self) -> io::Result<()>;

    /// The file's size in bytes.
    fn bytes(&self) -> io::Result<u64>;
}

/// Reads exactly `buffer.len()` bytes at `at`.
pub(crate) fn read_exact_at(file: &dyn DiskFile, buffer: &mut [u8], at: u64) -> io::Result<()> {
    let wanted = buffer.len();
    match file.read_at(buffer, at)? {
        read if read == wanted => Ok(()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Bytes gathered before they are given to the disk.
const WRITE_BYTES: usize = 1 << 20;

/// Gathers small writes into large appends. What is not flushed is not written.
pub(crate) struct BufferedAppend {
    file: Arc<dyn DiskFile>,
    gathered: Vec<u8>,
}

impl BufferedAppend {
    /// Writes to the end of `file`.
    pub(crate) fn new(file: Arc<dyn DiskFile>) -> Self {
        Self { file, gathered: Vec::new() }
    }
}

impl io::Write for BufferedAppend {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= WRITE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.gathered.is_empty() {
            self.file.append(&self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }
}

/// Makes `folder/name` hold `parts`, one after the other, or leaves what had that name: a temporary file,
/// synced, renamed, and the folder synced. What follows a returned error is one of the two, durably or not.
pub(crate) fn replace_file(disk: &dyn Disk, folder: &Path, name: &str, parts: &[&[u8]]) -> io::Result<()> {
    let temporary = temporary_path(folder, name);
    let file = disk.create(&temporary)?;
    for part in parts {
        file.append(part)?;
    }
    file.sync()?;
    disk.rename(&temporary, &folder.join(name))?;
    disk.sync_folder(folder)
}

/// Removes a file's name; fine where it is gone already, as after a removal whose sync failed.
pub(crate) fn remove_if_there(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    match disk.remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where a file is written before it gets its name.
pub(crate) fn temporary_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{TEMPORARY_SUFFIX}"))
}

/// Ends the name of a file that is not whole yet.
const TEMPORARY_SUFFIX: &str = ".tmp";

/// Removes what interrupted writers left in `folder`. Names of whole files, ascending.
pub(crate) fn remove_temporaries(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<String>> {
    let (temporary, whole): (Vec<_>, Vec<_>) =
        disk.list(folder)?.into_iter().partition(|name| name.ends_with(TEMPORARY_SUFFIX));
    for name in temporary {
        disk.remove(&folder.join(name))?;
    }
    Ok(whole)
}
