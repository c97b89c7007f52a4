//! When the simulated disk stops, fails or lies.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// What a power loss leaves of that which was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerLoss {
    /// Nothing.
    Drop,
    /// By chance: some names, and of a file's new bytes a prefix, with zeros or rubbish behind it.
    Tear,
}

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full: an append writes a prefix. Nothing else fails.
    Full,
    /// The disk cannot: an append writes a prefix, a sync loses what it was to sync.
    Broken,
}

impl Fault {
    pub(super) fn error(self) -> io::Error {
        match self {
            Self::Full => io::ErrorKind::StorageFull.into(),
            Self::Broken => io::Error::other("simulated failure of the disk"),
        }
    }
}

/// A place in a program that syncs, as far as the disk can tell: what is synced, after which operation.
/// Digits in names are replaced by `#`, so that the tenth segment is the same site as the first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SyncSite {
    /// The path of the file or folder.
    pub path: String,
    /// The operation before it, and on what.
    pub after: String,
}

/// What a changing operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    Append,
    Truncate,
    SyncFile,
    Rename,
    Remove,
    CreateFolder,
    SyncFolder,
}

impl Operation {
    /// Whether a full disk can refuse it.
    const fn takes_room(self) -> bool {
        matches!(self, Self::Create | Self::Append | Self::SyncFile | Self::CreateFolder | Self::SyncFolder)
    }
}

/// What is to go wrong, and the count of what went before.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) operations: u64,
    pub(super) stop_at: Option<u64>,
    pub(super) is_stopped: bool,
    pub(super) ignored: Option<SyncSite>,
    pub(super) sites: BTreeSet<SyncSite>,
    fault: Option<(u64, Fault, bool)>,
    last: String,
}

/// How an operation is to go.
pub(super) enum Course {
    /// It succeeds.
    Well,
    /// It fails.
    Fails(Fault),
    /// It says that it succeeded.
    Ignored,
}

impl Plan {
    pub(super) fn fail_at(&mut self, operation: u64, fault: Fault, is_lasting: bool) {
        self.fault = Some((operation, fault, is_lasting));
    }

    pub(super) fn heal(&mut self) {
        self.fault = None;
    }

    pub(super) fn restart(&mut self) {
        self.is_stopped = false;
        self.stop_at = None;
        self.last = "restart".to_owned();
    }

    /// Counts an operation on `path` and says how it is to go. Errors: the disk has stopped.
    pub(super) fn next(&mut self, operation: Operation, path: &Path) -> io::Result<Course> {
        let number = self.operations;
        self.operations += 1;
        if self.is_stopped || self.stop_at == Some(number) {
            self.is_stopped = true;
            return Err(stopped());
        }
        if let Some(fault) = self.fault_now(number, operation) {
            return Ok(Course::Fails(fault));
        }
        Ok(self.sync_course(operation, path))
    }

    fn fault_now(&self, number: u64, operation: Operation) -> Option<Fault> {
        let (at, fault, is_lasting) = self.fault?;
        let is_time = number == at || (is_lasting && number > at);
        let is_hit = fault == Fault::Broken || operation.takes_room();
        (is_time && is_hit).then_some(fault)
    }

    fn sync_course(&mut self, operation: Operation, path: &Path) -> Course {
        let path = masked(path);
        if !matches!(operation, Operation::SyncFile | Operation::SyncFolder) {
            self.last = format!("{operation:?} {path}");
            return Course::Well;
        }
        let site = SyncSite { path, after: self.last.clone() };
        let is_ignored = self.ignored.as_ref() == Some(&site);
        self.last = format!("{operation:?} {}", site.path);
        self.sites.insert(site);
        if is_ignored { Course::Ignored } else { Course::Well }
    }
}

/// The error of a disk that has stopped.
pub(super) fn stopped() -> io::Error {
    io::Error::other("simulated disk has stopped")
}

fn masked(path: &Path) -> String {
    let mut masked = String::new();
    for character in path.to_string_lossy().chars() {
        match character {
            '0'..='9' if masked.ends_with('#') => {}
            '0'..='9' => masked.push('#'),
            other => masked.push(other),
        }
    }
    masked
}
