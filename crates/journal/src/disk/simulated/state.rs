//! What stands on the simulated disk, and what of it would survive.

use super::faults::{Course, Operation, Plan, PowerLoss, stopped};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// Number of a file's contents: several names may share them.
pub(super) type FileNumber = usize;

/// A file's bytes as programs see them, and as a power loss would leave them.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    pub(super) live: Vec<u8>,
    durable: Vec<u8>,
    /// Bytes that a failed sync lost for good, though programs still see them.
    lost: Option<(usize, usize)>,
}

/// Everything on the disk.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) plan: Plan,
    pub(super) files: Vec<Contents>,
    names: BTreeMap<PathBuf, FileNumber>,
    durable_names: BTreeMap<PathBuf, FileNumber>,
    folders: BTreeSet<PathBuf>,
    random: u64,
}

impl State {
    pub(super) fn new(random_seed: u64) -> Self {
        Self { random: random_seed, ..Self::default() }
    }

    /// The next chance, by SplitMix64.
    fn chance(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A chance in `0..=most`.
    fn chance_up_to(&mut self, most: usize) -> usize {
        (self.chance() % (most as u64 + 1)) as usize
    }

    pub(super) fn find(&self, path: &Path) -> io::Result<FileNumber> {
        if self.plan.is_stopped {
            return Err(stopped());
        }
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn contents(&self, path: &Path) -> Option<Vec<u8>> {
        let number = self.names.get(path)?;
        self.files.get(*number).map(|file| file.live.clone())
    }

    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.names.keys().cloned().collect()
    }

    pub(super) fn damage(&mut self, path: &Path, at: usize, byte: u8) {
        let number = self.names.get(path).copied();
        if let Some(file) = number.and_then(|number| self.files.get_mut(number)) {
            for bytes in [&mut file.live, &mut file.durable] {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
        }
    }

    /// Folders are made durable at once, as [`super::Disk::create_folder`] promises.
    pub(super) fn create_folder(&mut self, folder: &Path) -> io::Result<()> {
        if self.folders.contains(folder) {
            return Ok(());
        }
        self.simple(Operation::CreateFolder, folder)?;
        self.folders.extend(folder.ancestors().map(Path::to_owned));
        Ok(())
    }

    pub(super) fn create(&mut self, path: &Path) -> io::Result<()> {
        self.simple(Operation::Create, path)?;
        if !path.parent().is_some_and(|folder| self.folders.contains(folder)) {
            return Err(io::ErrorKind::NotFound.into());
        }
        match self.names.get(path).and_then(|number| self.files.get_mut(*number)) {
            Some(file) => {
                file.live.clear();
                file.lost = None;
            }
            None => {
                self.names.insert(path.to_owned(), self.files.len());
                self.files.push(Contents::default());
            }
        }
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.simple(Operation::Rename, to)?;
        let number = self.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        self.names.insert(to.to_owned(), number);
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.simple(Operation::Remove, path)?;
        self.names.remove(path).map(|_| ()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        if self.plan.is_stopped {
            return Err(stopped());
        }
        if !self.folders.contains(folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let names = self.names.keys().filter(|path| path.parent() == Some(folder));
        Ok(names.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    pub(super) fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        match self.plan.next(Operation::SyncFolder, folder)? {
            Course::Fails(fault) => Err(fault.error()),
            Course::Ignored => Ok(()),
            Course::Well => {
                let is_here = |path: &PathBuf| path.parent() == Some(folder);
                self.durable_names.retain(|path, _| !is_here(path));
                let here = self.names.iter().filter(|(path, _)| is_here(path));
                self.durable_names.extend(here.map(|(path, number)| (path.clone(), *number)));
                Ok(())
            }
        }
    }

    fn simple(&mut self, operation: Operation, path: &Path) -> io::Result<()> {
        match self.plan.next(operation, path)? {
            Course::Fails(fault) => Err(fault.error()),
            _ => Ok(()),
        }
    }

    pub(super) fn append(&mut self, number: FileNumber, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // The power fails within a write, not before it: the first write that fails leaves a part.
        let was_stopped = self.plan.is_stopped;
        let course = self.plan.next(Operation::Append, path);
        let written =
            if matches!(course, Ok(Course::Well)) { bytes.len() } else { self.chance_up_to(bytes.len()) };
        if let (Some(file), false) = (self.files.get_mut(number), was_stopped) {
            file.live.extend(bytes.iter().take(written));
        }
        match course? {
            Course::Fails(fault) => Err(fault.error()),
            _ => Ok(()),
        }
    }

    pub(super) fn truncate(&mut self, number: FileNumber, path: &Path, bytes: u64) -> io::Result<()> {
        self.simple(Operation::Truncate, path)?;
        if let Some(file) = self.files.get_mut(number) {
            file.live.resize(bytes as usize, 0);
            let end = file.live.len();
            file.lost = file.lost.map(|(from, to)| (from, to.min(end))).filter(|(from, to)| from < to);
        }
        Ok(())
    }

    pub(super) fn sync_file(&mut self, number: FileNumber, path: &Path) -> io::Result<()> {
        let course = self.plan.next(Operation::SyncFile, path)?;
        let Some(file) = self.files.get_mut(number) else { return Ok(()) };
        match course {
            Course::Well => file.sync(),
            Course::Ignored => {}
            Course::Fails(fault) => {
                file.lost = Some((file.durable.len().min(file.live.len()), file.live.len()));
                return Err(fault.error());
            }
        }
        Ok(())
    }

    /// Brings the machine back with what the disk had to keep, and by chance with some of what it had not.
    pub(super) fn lose_power(&mut self, loss: PowerLoss) {
        self.plan.restart();
        if loss == PowerLoss::Tear {
            self.keep_some_names();
            self.keep_some_bytes();
        }
        self.names = self.durable_names.clone();
        for file in &mut self.files {
            file.live = file.durable.clone();
            file.lost = None;
        }
    }

    /// Each name that changed since its folder was synced is, by chance, the old or the new one.
    fn keep_some_names(&mut self) {
        let all: BTreeSet<PathBuf> = self.names.keys().chain(self.durable_names.keys()).cloned().collect();
        for path in all {
            let (now, then) = (self.names.get(&path).copied(), self.durable_names.get(&path).copied());
            if now == then || self.chance_up_to(1) == 0 {
                continue;
            }
            match now {
                Some(number) => self.durable_names.insert(path, number),
                None => self.durable_names.remove(&path),
            };
        }
    }

    fn keep_some_bytes(&mut self) {
        for number in 0..self.files.len() {
            let (kept, rubbish) = (self.chance(), self.chance());
            if let Some(file) = self.files.get_mut(number) {
                file.tear(kept, rubbish);
            }
        }
    }
}

impl Contents {
    fn sync(&mut self) {
        self.durable = self.live.clone();
        if let Some(bytes) = self.lost.and_then(|(from, to)| self.durable.get_mut(from..to)) {
            bytes.fill(0);
        }
    }

    /// A part of what was not synced arrives: a prefix of the new bytes, and by chance zeros or rubbish up
    /// to the new size. A file that was changed otherwise is the old or the new one.
    fn tear(&mut self, kept: u64, rubbish: u64) {
        if !self.live.starts_with(&self.durable) {
            if kept.is_multiple_of(2) {
                self.sync();
            }
            return;
        }
        let added = self.live.len() - self.durable.len();
        let kept = (kept % (added as u64 + 1)) as usize;
        let behind = (rubbish >> 8) as usize % (added - kept + 1);
        let start = self.durable.len();
        self.durable.extend(self.live.iter().skip(start).take(kept));
        match rubbish % 3 {
            0 => {}
            1 => self.durable.extend(std::iter::repeat_n(0, behind)),
            _ => self.durable.extend((0..behind).map(|index| (rubbish >> (index % 56)) as u8)),
        }
    }
}
