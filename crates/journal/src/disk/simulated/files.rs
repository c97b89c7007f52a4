//! An open file of the simulated disk.

use super::SimulatedDisk;
use super::state::FileNumber;
use crate::disk::DiskFile;
use std::io;
use std::path::PathBuf;

/// An open file; stays readable when its name goes.
#[derive(Debug)]
pub(super) struct SimulatedFile {
    pub(super) disk: SimulatedDisk,
    pub(super) file: FileNumber,
    pub(super) path: PathBuf,
}

impl DiskFile for SimulatedFile {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let state = self.disk.state();
        let bytes = state.files.get(self.file).and_then(|file| file.live.get(at as usize..));
        let read = bytes.unwrap_or_default().iter().zip(buffer.iter_mut());
        Ok(read.map(|(from, to)| *to = *from).count())
    }

    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        self.disk.state().append(self.file, &self.path, bytes)
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        self.disk.state().truncate(self.file, &self.path, bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.state().sync_file(self.file, &self.path)
    }

    fn bytes(&self) -> io::Result<u64> {
        Ok(self.disk.state().files.get(self.file).map_or(0, |file| file.live.len() as u64))
    }
}
