//! A rule set as text: files by path, read by whoever has a disk.

use std::collections::BTreeMap;

/// The files of one rule set: `*.sml` anywhere, `config.yaml` at the root, `*.yaml` in folders named `config`, and word
/// lists, `*.yaml` and `*.txt` in the folder `lists` at the root.
///
/// Shape: paths are relative to the root, with `/`; of equal paths the last counts.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: BTreeMap<String, Vec<u8>>,
}

impl Sources {
    /// No files yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a file of that path belongs to a rule set at all.
    #[must_use]
    pub fn wants(path: &str) -> bool {
        has_extension(path, "sml") || is_config(path) || list_name(path).is_some()
    }

    /// Adds a file; one that [`Sources::wants`] does not want is left out.
    pub fn add(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        if Self::wants(path) {
            self.files.insert(path.to_owned(), bytes.into());
        }
    }

    /// The same with one more file: for tests and examples.
    #[must_use]
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.add(path, text);
        self
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.of(|path| has_extension(path, "sml"))
    }

    pub(crate) fn configs(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.of(is_config)
    }

    /// Word lists by name, each with its path.
    pub(crate) fn lists(&self) -> impl Iterator<Item = (&str, &str, &[u8])> {
        self.files
            .iter()
            .filter_map(|(path, bytes)| Some((list_name(path)?, path.as_str(), bytes.as_slice())))
    }

    fn of(&self, wanted: fn(&str) -> bool) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .filter(move |(path, _)| wanted(path))
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }
}

fn has_extension(path: &str, wanted: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == wanted)
}

fn is_config(path: &str) -> bool {
    path == "config.yaml"
        || (has_extension(path, "yaml") && path.rsplit('/').nth(1).is_some_and(|folder| folder == "config"))
}

/// The name of the word list in a file of that path: `lists/shop/words.yaml` holds `shop/words`.
fn list_name(path: &str) -> Option<&str> {
    if is_config(path) {
        return None;
    }
    let (name, extension) = path.strip_prefix("lists/")?.rsplit_once('.')?;
    (matches!(extension, "yaml" | "yml" | "txt") && !name.is_empty()).then_some(name)
}
