//! Opening a data folder: lock, key, record, pipeline.

use crate::commands::Shared;
use crate::key::FolderKey;
use crate::record::{RecordUrl, Whereabouts};
use anyhow::{Context, Result, bail};
use cordon_detect::settings::BUNDLED;
use cordon_journal::{DataFolderLock, Disk, RealDisk};
use cordon_model::clock::{Clock, SystemClock};
use cordon_pipeline::{DataFolder, Pipeline, PipelineOptions, UpkeepOptions};
use cordon_store::{Record, RecordOptions};
use std::path::Path;
use std::sync::Arc;

/// Entries between two snapshots.
const SNAPSHOT_EVERY: u64 = 1_000_000;

/// An open data folder: nobody else has it until this is dropped.
pub struct Data {
    /// The writer.
    pub pipeline: Pipeline,
    /// The record.
    pub record: Arc<Record>,
    /// On what the record's futures run.
    pub runtime: tokio::runtime::Runtime,
    _lock: DataFolderLock,
}

/// How a folder is opened.
#[derive(Default)]
pub struct Opening {
    /// Settings for a folder that has none yet; the bundled ones when absent.
    pub settings_text: Option<String>,
    /// What time it is; the machine's clock when absent.
    pub clock: Option<Arc<dyn Clock>>,
    /// A disk other than the machine's, for a folder that is thrown away: nothing waits until it is safe.
    pub throwaway: Option<Arc<dyn Disk>>,
}

/// A data folder, and where its record is.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    root: &'p Path,
    record: Option<&'p RecordUrl>,
}

impl<'p> From<&'p Shared> for Place<'p> {
    fn from(shared: &'p Shared) -> Self {
        Self { root: &shared.data, record: shared.record.as_ref() }
    }
}

/// A folder of the program's own, whose record is within whatever the command line says.
impl<'p, P: AsRef<Path>> From<&'p P> for Place<'p> {
    fn from(root: &'p P) -> Self {
        Self { root: root.as_ref(), record: None }
    }
}

/// Works on the record of a data folder alone, beside a server that may be running on it; makes it where there is none.
///
/// Errors: those of the record and of the work.
pub fn with_record<'p, T>(
    place: impl Into<Place<'p>>,
    work: impl AsyncFnOnce(&Record) -> Result<T>,
) -> Result<T> {
    let place = place.into();
    let whereabouts = Whereabouts::of(place.root, place.record)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let options = RecordOptions { readers: 1, ..RecordOptions::default() };
        let record = whereabouts.open(options).await?;
        work(&record).await
    })
}

/// Refuses what is no data folder, and makes nothing there.
///
/// Errors: the path, and how to mend it.
pub fn require(root: &Path) -> Result<()> {
    // The lock comes first where a folder is being made; a token alone makes only the record.
    let folder = DataFolder::at(root);
    if [root.join("lock"), folder.record(), folder.record_elsewhere()].iter().any(|path| path.is_file()) {
        return Ok(());
    }
    bail!(
        "{} is no data folder: name the right one with --data, or make one with `cordon ingest`",
        root.display()
    )
}

impl Data {
    /// Opens the data folder at `place`, or makes one.
    ///
    /// Errors: a folder in use (naming the process), one that cannot be written (naming the mend), a record that is
    /// elsewhere, and those of the pipeline.
    pub fn open<'p>(place: impl Into<Place<'p>>, opening: Opening) -> Result<Self> {
        let place = place.into();
        let root = place.root;
        let folder = DataFolder::at(root);
        let lock = DataFolderLock::acquire(root).with_context(|| {
            format!(
                "cannot use {}: pass another folder with --data, or make this one writable; where `cordon serve` has it, `cordon rules` and `cordon bank` go there with --server URL and --token TOKEN (CORDON_SERVER and CORDON_TOKEN)",
                root.display()
            )
        })?;
        let whereabouts = Whereabouts::of(root, place.record)?;
        let key = FolderKey::open(&folder)
            .with_context(|| format!("cannot read or make {}", folder.key().display()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let options = RecordOptions { is_synced: opening.throwaway.is_none(), ..RecordOptions::default() };
        let record = Arc::new(runtime.block_on(whereabouts.open(options))?);
        let clock = opening.clock.unwrap_or_else(|| Arc::new(SystemClock));
        runtime.block_on(crate::policies::put_bundled(&*record, clock.now()))?;
        // A folder that is thrown away is not opened again but where it is kept, and then from its closing snapshot.
        let snapshot_every = if opening.throwaway.is_none() { SNAPSHOT_EVERY } else { u64::MAX };
        let disk = opening.throwaway.unwrap_or_else(RealDisk::shared);
        let pipeline = Pipeline::open(PipelineOptions {
            disk,
            folder,
            key: key.key,
            key_since: key.since,
            settings_text: opening.settings_text.unwrap_or_else(|| BUNDLED.to_owned()),
            clock,
            record: record.clone(),
            runtime: runtime.handle().clone(),
            snapshot_every,
            upkeep: UpkeepOptions::default(),
        })?;
        Ok(Self { pipeline, record, runtime, _lock: lock })
    }

    /// Opens the data folder at `place` to look into it; makes none.
    ///
    /// Errors: a folder that is no data folder (naming the mend), and as [`Data::open`].
    pub fn open_existing<'p>(place: impl Into<Place<'p>>) -> Result<Self> {
        let place = place.into();
        require(place.root)?;
        Self::open(place, Opening::default())
    }

    /// Leaves a snapshot behind and lets go of the folder.
    pub fn close(self) -> Result<()> {
        Ok(self.pipeline.close()?)
    }
}
