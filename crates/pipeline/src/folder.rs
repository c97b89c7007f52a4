//! Where things stand in a data folder.

use std::path::{Path, PathBuf};

/// The folders and files under `--data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder {
    root: PathBuf,
}

impl DataFolder {
    /// The data folder at `root`.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The journal's segments.
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// The memory of ids.
    pub fn ids(&self) -> PathBuf {
        self.root.join("ids")
    }

    /// Snapshots of derived state.
    pub fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    /// Sealed history.
    pub fn history(&self) -> PathBuf {
        self.root.join("history")
    }

    /// The record's database.
    pub fn record(&self) -> PathBuf {
        self.root.join("record.sqlite")
    }

    /// The file that names the database, without user and password, where the record is not in the folder.
    pub fn record_elsewhere(&self) -> PathBuf {
        self.root.join("record.elsewhere")
    }

    /// The key that signs the audit's checkpoints; mode 0600.
    pub fn audit_key(&self) -> PathBuf {
        self.root.join("audit-key")
    }

    /// The key of the hashes; mode 0600.
    pub fn key(&self) -> PathBuf {
        self.root.join("key")
    }

    /// The key that is about to take its place.
    pub fn next_key(&self) -> PathBuf {
        self.root.join("key.next")
    }
}
