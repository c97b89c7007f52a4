//! One process at a time in a data folder.

use crate::JournalError;
use rustix::fs::{FlockOperation, flock};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

const LOCK_FILE: &str = "lock";

/// Holds a data folder for this process until it is dropped or the process dies, however it dies.
///
/// The file stays behind; what locks is the kernel's hold on it, so a left-over file locks nobody out.
#[derive(Debug)]
pub struct DataFolderLock {
    _file: File,
}

impl DataFolderLock {
    /// Takes the folder, making it if need be, and writes the process id into its lock file.
    ///
    /// Errors: [`JournalError::Locked`] naming the holder, [`JournalError::Disk`].
    pub fn acquire(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(LOCK_FILE);
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).map_err(JournalError::disk("create folder", folder))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(JournalError::disk("open", &path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                return Err(JournalError::Locked { folder: folder.to_owned(), pid: read_pid(&mut file) });
            }
            Err(error) => return Err(JournalError::disk("lock", &path)(error.into())),
        }
        write_pid(&mut file).map_err(JournalError::disk("write", &path))?;
        Ok(Self { _file: file })
    }
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_and_told_the_first_ones_process_id() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("data");
        let held = DataFolderLock::acquire(&folder).unwrap();
        let refused = DataFolderLock::acquire(&folder).unwrap_err();
        assert!(matches!(refused, JournalError::Locked { pid: Some(pid), .. } if pid == std::process::id()));
        assert!(refused.to_string().ends_with(&format!("in use by process {}", std::process::id())));
        drop(held);
        DataFolderLock::acquire(&folder).unwrap();
    }
}
