//! The key of a data folder's hashes, and putting another in its place.
//!
//! The file holds the key (16 bytes) and the offset of the entry that rotated it in (8 bytes, little-endian; a folder's
//! first key has none). Everything that was derived under the old key goes before the new one takes its name, so that
//! a rotation cut off at any point is either not begun or ended by whoever opens the folder next.

use crate::random;
use anyhow::{Result, bail};
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_pipeline::DataFolder;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// A key, and since when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderKey {
    /// The key.
    pub key: HashKey,
    /// The entry that put it in place of an older one; 0 for a folder's first.
    pub since: Offset,
}

impl FolderKey {
    /// The folder's key; drawn and written where there is none yet. A rotation that was begun is ended first. The
    /// caller holds the folder's lock.
    pub fn open(folder: &DataFolder) -> Result<Self> {
        if folder.next_key().exists() {
            finish_rotation(folder)?;
        }
        if !folder.key().exists() {
            Self::draw(Offset(0))?.write(&folder.key())?;
        }
        Self::read(&folder.key())
    }

    /// Draws the next key, which holds from `since` on: whoever opens the folder next puts it in place.
    pub fn rotate(folder: &DataFolder, since: Offset) -> Result<()> {
        Self::draw(since)?.write(&folder.next_key())
    }

    /// A key from the machine's source of randomness.
    fn draw(since: Offset) -> Result<Self> {
        Ok(Self { key: HashKey::from_bytes(random::draw()?), since })
    }

    fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path)?;
        let since = match bytes.get(16..) {
            Some([]) => Some(0),
            Some(since) => since.try_into().ok().map(u64::from_le_bytes),
            None => None,
        };
        let (Some(key), Some(since)) = (bytes.first_chunk(), since) else {
            bail!("it holds {} bytes; a key has 16, and 8 more once it was rotated in", bytes.len());
        };
        Ok(Self { key: HashKey::from_bytes(*key), since: Offset(since) })
    }

    /// Writes it whole or not at all, for its owner alone.
    pub fn write(self, path: &Path) -> Result<()> {
        let mut bytes = self.key.to_bytes().to_vec();
        if self.since > Offset(0) {
            bytes.extend(self.since.0.to_le_bytes());
        }
        write_secret(path, &bytes)
    }
}

/// The 32 secret bytes at `path`; drawn and written where there are none yet. Two processes that draw at once agree: the
/// first to write wins.
pub fn read_or_draw(path: &Path) -> Result<[u8; 32]> {
    if !path.exists() {
        let drawn: [u8; 32] = random::draw()?;
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        write_secret(&temporary, &drawn)?;
        // Linking, unlike renaming, leaves what is there already.
        let linked = std::fs::hard_link(&temporary, path);
        std::fs::remove_file(&temporary)?;
        match linked {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => sync_folder_of(path)?,
        }
    }
    let bytes = std::fs::read(path)?;
    let count = bytes.len();
    bytes.try_into().map_err(|_| anyhow::anyhow!("it holds {count} bytes; a key for signing has 32"))
}

/// Writes a secret whole or not at all, for its owner alone.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    sync_folder_of(path)
}

/// What was derived goes, then the next key takes its place.
fn finish_rotation(folder: &DataFolder) -> Result<()> {
    for derived in [folder.ids(), folder.snapshots()] {
        if derived.exists() {
            std::fs::remove_dir_all(&derived)?;
        }
    }
    sync_folder_of(&folder.key())?;
    std::fs::rename(folder.next_key(), folder.key())?;
    sync_folder_of(&folder.key())
}

fn sync_folder_of(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_first_key_is_drawn_once_and_for_its_owner_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(root.path());
        let first = FolderKey::open(&folder).unwrap();
        assert_eq!((FolderKey::open(&folder).unwrap(), first.since), (first, Offset(0)));
        assert_eq!(std::fs::metadata(folder.key()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_secret_is_drawn_once_and_for_its_owner_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("audit-key");
        let first = read_or_draw(&path).unwrap();
        assert_eq!(read_or_draw(&path).unwrap(), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
        std::fs::write(&path, "short").unwrap();
        assert!(read_or_draw(&path).unwrap_err().to_string().contains("5 bytes"));
    }

    #[test]
    fn whoever_opens_the_folder_ends_a_rotation_that_was_begun() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(root.path());
        let first = FolderKey::open(&folder).unwrap();
        for derived in [folder.ids(), folder.snapshots()] {
            std::fs::create_dir_all(&derived).unwrap();
            std::fs::write(derived.join("derived"), "under the old key").unwrap();
        }
        FolderKey::rotate(&folder, Offset(7)).unwrap();
        assert_eq!(FolderKey::read(&folder.key()).unwrap(), first, "not yet");
        let second = FolderKey::open(&folder).unwrap();
        assert_ne!(second.key, first.key);
        assert_eq!((second.since, FolderKey::open(&folder).unwrap()), (Offset(7), second));
        assert!(!folder.ids().exists() && !folder.snapshots().exists() && !folder.next_key().exists());
    }

    #[test]
    fn a_file_of_another_length_is_no_key() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(root.path());
        std::fs::write(folder.key(), [7; 20]).unwrap();
        assert!(FolderKey::open(&folder).unwrap_err().to_string().contains("20 bytes"));
    }
}
