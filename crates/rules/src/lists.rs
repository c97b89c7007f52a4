//! Word lists: files beside the rules, one word or pattern an entry.

mod look_alike;
mod words;

pub(crate) use look_alike::{LookAlike, Marked};
pub(crate) use words::{Words, is_word};

use crate::pattern::Pattern;
use crate::source::Sources;
use cordon_model::limits::{RULE_FILE_BYTES_MAX, RULE_LIST_ENTRIES_MAX};
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// All word lists of a rule set, by name; one with a mistake is a mistake of whoever names it.
#[derive(Default)]
pub(crate) struct Lists {
    by_name: FxHashMap<String, Result<List, String>>,
}

/// Patterns, each with its text.
type Patterns = Vec<(Arc<str>, Pattern)>;

/// The entries of one list, in the order of the file, each once; and what is made of them when first asked for.
pub(crate) struct List {
    pub(crate) entries: Vec<Arc<str>>,
    folded: OnceLock<Words>,
    exact: OnceLock<Words>,
    patterns: [OnceLock<Patterns>; 2],
    look_alikes: OnceLock<Vec<LookAlike>>,
}

impl Lists {
    /// Reads every list beside the rules.
    pub(crate) fn read(sources: &Sources) -> Self {
        let mut lists = Self::default();
        for (name, path, bytes) in sources.lists() {
            let read = read(path, bytes).map_err(|message| format!("{path} {message}"));
            lists.by_name.insert(name.to_owned(), read.map(List::new));
        }
        lists
    }

    pub(crate) fn get(&self, name: &str) -> Option<&List> {
        self.by_name.get(name)?.as_ref().ok()
    }

    /// What is wrong with the list, if it is there and something is: what, and how to mend it.
    pub(crate) fn mistake(&self, name: &str) -> Option<(String, String)> {
        let message = self.by_name.get(name)?.as_ref().err()?;
        Some((message.clone(), "a list is a YAML list of texts, or a .txt file with one entry a line".into()))
    }

    /// That the list is not there, if it is not: what, and how to mend it.
    pub(crate) fn missing(&self, name: &str) -> Option<(String, String)> {
        if self.by_name.contains_key(name) {
            return None;
        }
        let names = self.by_name.keys().map(String::as_str);
        let hint = crate::diagnostics::nearest(name, names).map_or_else(
            || format!("put its words into lists/{name}.yaml or lists/{name}.txt"),
            |near| format!("did you mean `{near}`?"),
        );
        Some((format!("there is no list `{name}`: it counts as empty"), hint))
    }
}

impl List {
    pub(crate) fn new(entries: Vec<Arc<str>>) -> Self {
        Self {
            entries,
            folded: OnceLock::new(),
            exact: OnceLock::new(),
            patterns: [OnceLock::new(), OnceLock::new()],
            look_alikes: OnceLock::new(),
        }
    }

    /// The entries as words.
    pub(crate) fn words(&self, case_sensitive: bool) -> &Words {
        let place = if case_sensitive { &self.exact } else { &self.folded };
        place.get_or_init(|| Words::new(&self.entries, case_sensitive))
    }

    /// The entries as patterns; those that are none are not there, which [`List::bad_pattern`] tells first.
    pub(crate) fn patterns(&self, case_sensitive: bool) -> &[(Arc<str>, Pattern)] {
        let compile = |entry: &Arc<str>| {
            let text = entry.trim();
            Some((Arc::from(text), Pattern::compile(text, !case_sensitive).ok()?))
        };
        let [folded, exact] = &self.patterns;
        let place = if case_sensitive { exact } else { folded };
        place.get_or_init(|| self.entries.iter().filter_map(compile).collect())
    }

    /// The first entry that is no pattern, and why.
    pub(crate) fn bad_pattern(&self) -> Option<String> {
        let bad = |entry: &Arc<str>| {
            Pattern::compile(entry.trim(), true).err().map(|message| format!("entry `{entry}`: {message}"))
        };
        self.entries.iter().find_map(bad)
    }

    /// The entries as words that may be written with look-alikes.
    pub(crate) fn look_alikes(&self) -> &[LookAlike] {
        self.look_alikes.get_or_init(|| self.entries.iter().map(|entry| LookAlike::new(entry)).collect())
    }
}

fn read(path: &str, bytes: &[u8]) -> Result<Vec<Arc<str>>, String> {
    if bytes.len() > RULE_FILE_BYTES_MAX {
        return Err(format!("is larger than {RULE_FILE_BYTES_MAX} bytes: split it into several lists"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        format!("is not UTF-8: byte {} (line {line}) does not fit; save it as UTF-8", error.valid_up_to())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut entries = if path.ends_with(".txt") { lines(text) } else { yaml(text)? };
    if entries.len() > RULE_LIST_ENTRIES_MAX {
        return Err(format!("has {} entries, more than {RULE_LIST_ENTRIES_MAX}", entries.len()));
    }
    let mut seen = rustc_hash::FxHashSet::default();
    entries.retain(|entry| !entry.is_empty() && seen.insert(entry.clone()));
    Ok(entries)
}

/// One entry a line; blank lines and those that begin with `#` are none.
fn lines(text: &str) -> Vec<Arc<str>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(Arc::from).collect()
}

fn yaml(text: &str) -> Result<Vec<Arc<str>>, String> {
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Vec::new());
    }
    let value = serde_saphyr::from_str::<serde_json::Value>(text)
        .map_err(|error| format!("is not YAML: {}", error.to_string().lines().next().unwrap_or("")))?;
    let serde_json::Value::Array(items) = value else { return Err("is no list".into()) };
    let one = |(number, item): (usize, &serde_json::Value)| match item {
        serde_json::Value::String(text) => Ok(Arc::from(text.as_str())),
        _ => Err(format!("has an entry that is no text, number {}: put it in quotes", number + 1)),
    };
    items.iter().enumerate().map(one).collect()
}
