//! What the tests share: rule sets from folders and from text, and a host that is a plain table.

use cordon_rules::{Action, Document, Host, HostError, Label, Program, Sources};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A host that keeps everything in tables.
#[derive(Default)]
pub(crate) struct Plain {
    pub(crate) now: i64,
    pub(crate) labels: BTreeMap<(String, String), Vec<Label>>,
    pub(crate) counts: BTreeMap<String, Vec<i64>>,
}

impl Host for Plain {
    fn now(&self) -> i64 {
        self.now
    }

    fn labels(&mut self, entity_type: &str, entity_id: &str) -> Result<Vec<Label>, HostError> {
        let key = (entity_type.to_owned(), entity_id.to_owned());
        Ok(self.labels.get(&key).cloned().unwrap_or_default())
    }

    fn random(&mut self) -> Result<u64, HostError> {
        Ok(u64::MAX / 2)
    }

    fn count(
        &mut self,
        counter: &str,
        by: &str,
        counts: bool,
        window_seconds: f64,
    ) -> Result<u64, HostError> {
        if counts {
            return self.increment_window(&format!("{counter} {by}"), window_seconds);
        }
        Ok(self.counts.get(&format!("{counter} {by}")).map_or(0, |times| times.len() as u64))
    }

    fn increment_window(&mut self, key: &str, window_seconds: f64) -> Result<u64, HostError> {
        let now = self.now;
        let times = self.counts.entry(key.to_owned()).or_default();
        times.push(now);
        times.retain(|time| *time as f64 > now as f64 - window_seconds * 1e6);
        Ok(times.len() as u64)
    }
}

pub(crate) fn load(sources: &Sources) -> Program {
    Program::load(sources).unwrap_or_else(|found| {
        let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
        panic!("the rule set has mistakes:\n{}", texts.join("\n"))
    })
}

/// The rule set in a folder.
pub(crate) fn folder(root: &Path) -> Sources {
    let mut sources = Sources::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                sources.add(&name, std::fs::read(&path).unwrap());
            }
        }
    }
    sources
}

/// Features, verdicts and label mutations of one event, as in the files of expected results; and its errors.
pub(crate) fn run(program: &Program, event: &str, host: &mut dyn Host) -> Value {
    let document = Document::parse(event.as_bytes()).unwrap();
    let action = Action {
        id: 7,
        name: "create_post",
        time: 1_762_948_800_000_000,
        data: &document,
        secret_data: None,
    };
    let result = program.evaluate(action, host);
    let mut features = String::new();
    result.write_features(&mut features);
    let features: Value =
        serde_json::from_str(&features).unwrap_or_else(|error| panic!("{error}: {features}"));
    let mut mutations = result.label_mutations();
    mutations.sort();
    let mut verdicts = result.verdicts();
    verdicts.sort_unstable();
    let errors: Vec<String> = result
        .errors()
        .iter()
        .map(|error| format!("{}:{}:{} {}", error.path, error.line, error.column, error.message))
        .collect();
    json!({"features": features, "verdicts": verdicts, "label_mutations": mutations, "errors": errors})
}

/// Names a test that had nothing to measure, so that it is counted.
pub(crate) fn skip(what: &str) {
    use std::io::Write;
    eprintln!("SKIPPED: {what}");
    if let Some(path) = std::env::var_os("CORDON_SKIPPED") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| writeln!(file, "{what}")).expect("the file that counts what was skipped");
    }
}

/// A rule set to measure with that stands beside the real data, where it is there.
pub(crate) fn bench_data(name: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CORDON_REAL_DATA")?).parent()?.join("bench").join(name);
    folder.exists().then_some(folder)
}
