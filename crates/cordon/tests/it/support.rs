//! What the tests share: a data folder of their own and the binary to run on it.

use cordon_model::clock::ManualClock;
use cordon_model::entry::Entry;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_pipeline::{DataFolder, Pipeline, PipelineOptions, UpkeepOptions};
use cordon_store::{Record, RecordOptions};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// A folder that goes with the test.
pub struct Folder {
    temporary: tempfile::TempDir,
    /// Where the record is, unless it is in the folder.
    record: Option<String>,
}

impl Folder {
    pub fn new() -> Self {
        Self { temporary: tempfile::tempdir().expect("a temporary folder"), record: None }
    }

    /// The same folder, with its record at `url`, or within.
    #[cfg(feature = "postgres")]
    pub fn with_record(self, url: Option<&str>) -> Self {
        Self { record: url.map(str::to_owned), ..self }
    }

    /// A folder whose hashes follow a known key, so that two of them can be compared byte for byte.
    pub fn with_known_key() -> Self {
        let folder = Self::new();
        std::fs::create_dir(folder.data()).expect("a data folder");
        std::fs::write(folder.data().join("key"), [7; 16]).expect("a key");
        folder
    }

    pub fn data(&self) -> PathBuf {
        self.temporary.path().join("data")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cordon"));
        command.arg("--data").arg(self.data());
        match &self.record {
            Some(url) => command.env("CORDON_RECORD", url),
            None => command.env_remove("CORDON_RECORD"),
        };
        command
    }

    pub fn run<const N: usize>(&self, arguments: [&str; N]) -> Output {
        self.command().args(arguments).output().expect("the binary runs")
    }

    /// Runs a command that must succeed, and reads the JSON that it ends with.
    pub fn json<const N: usize>(&self, arguments: [&str; N]) -> Value {
        let output = self.command().arg("--json").args(arguments).output().expect("the binary runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        last_json(&output)
    }

    pub fn open(&self) -> Opened {
        Opened::at(&self.data())
    }
}

/// The last line of standard output, as JSON.
pub fn last_json(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text
        .lines()
        .last()
        .unwrap_or_else(|| panic!("no output; {}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

pub fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by itself")
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A data folder opened from within, to look at what a binary left behind.
pub struct Opened {
    pub pipeline: Pipeline,
    pub record: Arc<Record>,
    pub runtime: tokio::runtime::Runtime,
}

impl Opened {
    pub fn at(data: &Path) -> Self {
        let folder = DataFolder::at(data);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let record =
            Arc::new(runtime.block_on(Record::open(&folder.record(), RecordOptions::default())).unwrap());
        let key = std::fs::read(folder.key()).unwrap().try_into().unwrap();
        let pipeline = Pipeline::open(PipelineOptions {
            disk: cordon_journal::RealDisk::shared(),
            folder,
            key: HashKey::from_bytes(key),
            key_since: Offset(0),
            settings_text: cordon_detect::settings::BUNDLED.to_owned(),
            clock: Arc::new(ManualClock::default()),
            record: record.clone(),
            runtime: runtime.handle().clone(),
            snapshot_every: u64::MAX,
            upkeep: UpkeepOptions::default(),
        })
        .unwrap();
        Self { pipeline, record, runtime }
    }

    /// Every entry, in order.
    pub fn entries(&self) -> Vec<Entry> {
        let journal = self.pipeline.journal();
        journal.read(journal.entries()).unwrap()
    }

    /// The ids of every entry, in order.
    pub fn ids(&self) -> Vec<String> {
        self.entries().into_iter().map(|entry| entry.id.0).collect()
    }
}

/// Says that a test cannot look at what is not there, and counts it.
pub fn skip(what: &str) {
    use std::io::Write;
    eprintln!("SKIPPED: {what}");
    if let Some(path) = std::env::var_os("CORDON_SKIPPED") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| writeln!(file, "{what}")).expect("the file that counts what was skipped");
    }
}

/// The folder of real data, where it is there.
pub fn real_data(name: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CORDON_REAL_DATA")?).join(name);
    if folder.exists() {
        return Some(folder);
    }
    None
}
