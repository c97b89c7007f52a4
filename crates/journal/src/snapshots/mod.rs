//! Snapshots of derived state, each named by the offset that it reflects; the last two are kept.
//!
//! ```text
//! magic[8] version u32, offset u64, length u64, crc32 of the bytes u32, crc32 of the header u32, bytes
//! ```
//! A snapshot is a shortcut, never a truth: an unsound one is passed over, and the journal says the rest.

use crate::JournalError;
use crate::disk::{self, Disk, read_exact_at};
use cordon_model::ids::Offset;
use std::path::Path;

const MAGIC: [u8; 8] = *b"CORDSNAP";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 36;
/// The newest, and one more should that one prove unsound.
const KEPT: usize = 2;

/// Writes `bytes` as the state at `offset`, and removes all but the newest two snapshots.
///
/// Errors: [`JournalError::Disk`]; the older snapshots are then still there.
pub fn save(disk: &dyn Disk, folder: &Path, offset: Offset, bytes: &[u8]) -> Result<(), JournalError> {
    disk.create_folder(folder).map_err(JournalError::disk("create folder", folder))?;
    disk::remove_temporaries(disk, folder).map_err(JournalError::disk("clear", folder))?;
    let name = snapshot_name(offset);
    disk::replace_file(disk, folder, &name, &[&header(offset, bytes), bytes])
        .map_err(JournalError::disk("save snapshot", &folder.join(&name)))?;
    for old in offsets(disk, folder)?.iter().rev().skip(KEPT) {
        let path = folder.join(snapshot_name(*old));
        disk.remove(&path).map_err(JournalError::disk("remove", &path))?;
    }
    Ok(())
}

/// The newest sound snapshot at or before `at_most`, with its offset; `None` where there is none.
///
/// Errors: [`JournalError::Disk`] where the folder cannot be listed. A snapshot that cannot be read is
/// passed over like an unsound one.
pub fn newest_sound(
    disk: &dyn Disk,
    folder: &Path,
    at_most: Offset,
) -> Result<Option<(Offset, Vec<u8>)>, JournalError> {
    let found = offsets(disk, folder)?;
    let candidates = found.into_iter().rev().filter(|offset| *offset <= at_most);
    Ok(candidates.filter_map(|offset| Some((offset, load(disk, folder, offset)?))).next())
}

/// Offsets of the snapshots on disk, sound or not, ascending.
fn offsets(disk: &dyn Disk, folder: &Path) -> Result<Vec<Offset>, JournalError> {
    match disk.list(folder) {
        Ok(names) => Ok(names.iter().filter_map(|name| parse_name(name)).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(JournalError::disk("list", folder)(error)),
    }
}

fn load(disk: &dyn Disk, folder: &Path, offset: Offset) -> Option<Vec<u8>> {
    let file = disk.open_read(&folder.join(snapshot_name(offset))).ok()?;
    let mut found = [0; HEADER_BYTES];
    read_exact_at(&*file, &mut found, 0).ok()?;
    let length = file.bytes().ok()?.checked_sub(HEADER_BYTES as u64)?;
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    read_exact_at(&*file, &mut bytes, HEADER_BYTES as u64).ok()?;
    (found == header(offset, &bytes)).then_some(bytes)
}

fn header(offset: Offset, bytes: &[u8]) -> [u8; HEADER_BYTES] {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(&offset.0.to_le_bytes());
    header.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    header.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
    header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
    header.try_into().unwrap_or([0; HEADER_BYTES])
}

fn snapshot_name(offset: Offset) -> String {
    format!("{:020}.snapshot", offset.0)
}

fn parse_name(name: &str) -> Option<Offset> {
    name.strip_suffix(".snapshot").filter(|digits| digits.len() == 20)?.parse().ok().map(Offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SimulatedDisk;

    #[test]
    fn the_newest_two_are_kept() {
        let (disk, folder) = (SimulatedDisk::new(0), Path::new("/data/snapshots"));
        assert_eq!(newest_sound(&disk, folder, Offset(9)).unwrap(), None);
        for offset in 1..=4 {
            save(&disk, folder, Offset(offset), &[offset as u8; 10]).unwrap();
        }
        assert_eq!(offsets(&disk, folder).unwrap(), [Offset(3), Offset(4)]);
        assert_eq!(newest_sound(&disk, folder, Offset(9)).unwrap(), Some((Offset(4), vec![4; 10])));
        assert_eq!(newest_sound(&disk, folder, Offset(3)).unwrap(), Some((Offset(3), vec![3; 10])));
        assert_eq!(newest_sound(&disk, folder, Offset(2)).unwrap(), None);
    }

    #[test]
    fn a_damaged_snapshot_is_passed_over_at_every_byte() {
        let (disk, folder) = (SimulatedDisk::new(0), Path::new("/data/snapshots"));
        save(&disk, folder, Offset(1), b"old").unwrap();
        save(&disk, folder, Offset(2), b"new").unwrap();
        let path = folder.join(snapshot_name(Offset(2)));
        let whole = disk.contents(&path).unwrap();
        for (at, byte) in whole.iter().enumerate() {
            disk.damage(&path, at, byte ^ 1);
            assert_eq!(newest_sound(&disk, folder, Offset(2)).unwrap(), Some((Offset(1), b"old".to_vec())));
            disk.damage(&path, at, *byte);
        }
    }
}
