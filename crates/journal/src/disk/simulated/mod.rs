//! A disk in memory that keeps only what it must.
//!
//! It counts every operation that changes something. A test runs its workload once to learn how many there
//! are, then again for each of them: cutting the power there, killing the process there, or failing that
//! operation. Whatever [`Disk`] does not promise to keep, this disk loses, in whole or in part, as its
//! random seed says.

mod faults;
mod files;
mod state;

pub use faults::{Fault, PowerLoss, SyncSite};

use super::{Disk, DiskFile};
use files::SimulatedFile;
use state::State;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A disk in memory; clones share it.
#[derive(Clone, Debug, Default)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

impl SimulatedDisk {
    /// An empty disk whose chances follow `random_seed`.
    pub fn new(random_seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State::new(random_seed))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many changing operations have been asked for so far.
    pub fn operations(&self) -> u64 {
        self.state().plan.operations
    }

    /// From operation `operation` on (counted from 0) nothing happens any more, until [`Self::restart`].
    pub fn stop_at(&self, operation: u64) {
        self.state().plan.stop_at = Some(operation);
    }

    /// Whether the disk has stopped.
    pub fn is_stopped(&self) -> bool {
        self.state().plan.is_stopped
    }

    /// The machine comes back after a power loss: what was not synced is gone as `loss` says.
    pub fn lose_power(&self, loss: PowerLoss) {
        self.state().lose_power(loss);
    }

    /// The process comes back after it was killed: everything is still there, synced or not.
    pub fn restart(&self) {
        self.state().plan.restart();
    }

    /// Operation `operation` (counted from 0) fails with `fault`; where `is_lasting`, so does every
    /// write, sync and truncation after it, until [`Self::heal`].
    pub fn fail_at(&self, operation: u64, fault: Fault, is_lasting: bool) {
        self.state().plan.fail_at(operation, fault, is_lasting);
    }

    /// The fault is gone.
    pub fn heal(&self) {
        self.state().plan.heal();
    }

    /// From now on syncs at this site say that they succeeded and do nothing.
    pub fn ignore_syncs(&self, site: SyncSite) {
        self.state().plan.ignored = Some(site);
    }

    /// Every distinct kind of place from which a sync came, ascending.
    pub fn sync_sites(&self) -> Vec<SyncSite> {
        self.state().plan.sites.iter().cloned().collect()
    }

    /// Sets the bytes of a file from the outside, as decay would.
    pub fn damage(&self, path: &Path, at: usize, byte: u8) {
        self.state().damage(path, at, byte);
    }

    /// The bytes of a file, where there is one.
    pub fn contents(&self, path: &Path) -> Option<Vec<u8>> {
        self.state().contents(path)
    }

    /// Paths of all files, ascending.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.state().paths()
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.state().find(path)?;
        Ok(Arc::new(SimulatedFile { disk: self.clone(), file, path: path.to_owned() }))
    }
}

impl Disk for SimulatedDisk {
    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.state().create_folder(folder)
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.state().create(path)?;
        self.open(path)
    }

    fn open_append(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.open(path)
    }

    fn open_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.state().rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.state().remove(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.state().list(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.state().sync_folder(folder)
    }

    fn free_bytes(&self, _folder: &Path) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

#[cfg(test)]
mod tests;
