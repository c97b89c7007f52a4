//! Many words looked for in a text at once, at the edges of words.

use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Longest word that is looked for at edges of words, in bytes.
const WORD_BYTES_MAX: usize = 1_000;

/// Words made ready to be looked for.
pub(crate) struct Words {
    case_sensitive: bool,
    /// As they are returned: in lower case unless case counts.
    pub(crate) shown: Vec<Arc<str>>,
    /// By the form in which they are compared.
    by_form: FxHashMap<Box<str>, u32>,
    /// By the form as a member of a set: lower case, as Python makes it.
    by_shown: FxHashMap<Arc<str>, u32>,
    /// Lengths that occur among the forms, in bytes, ascending.
    lengths: Vec<usize>,
}

impl Words {
    pub(crate) fn new(entries: &[Arc<str>], case_sensitive: bool) -> Self {
        let mut words = Self {
            case_sensitive,
            shown: Vec::new(),
            by_form: FxHashMap::default(),
            by_shown: FxHashMap::default(),
            lengths: Vec::new(),
        };
        for entry in entries.iter().filter(|entry| !entry.is_empty()) {
            let shown: Arc<str> =
                if case_sensitive { entry.clone() } else { Arc::from(entry.to_lowercase()) };
            let number = u32::try_from(words.shown.len()).unwrap_or(u32::MAX);
            if words.by_shown.contains_key(&shown) {
                continue;
            }
            let form = words.form(&shown);
            if form.len() <= WORD_BYTES_MAX {
                words.lengths.push(form.len());
                words.by_form.entry(form.into()).or_insert(number);
            }
            words.by_shown.insert(shown.clone(), number);
            words.shown.push(shown);
        }
        words.lengths.sort_unstable();
        words.lengths.dedup();
        words
    }

    /// Bytes looked at for a text of `length` bytes, about.
    pub(crate) fn cost(&self, length: usize) -> usize {
        length.saturating_mul(1 + self.lengths.len() / 4)
    }

    fn form(&self, text: &str) -> String {
        if self.case_sensitive { text.to_owned() } else { text.chars().map(folded).collect() }
    }

    /// The first word of a text that is among them, whole: by its place in the text, then by that in the list.
    pub(crate) fn first(&self, text: &str) -> Option<&Arc<str>> {
        let mut found = None;
        self.each(text, |number| {
            found = Some(number);
            false
        });
        self.shown.get(found? as usize)
    }

    /// How many of them are in a text, whole.
    pub(crate) fn count(&self, text: &str) -> usize {
        let mut found = Vec::new();
        self.each(text, |number| {
            found.push(number);
            true
        });
        found.sort_unstable();
        found.dedup();
        found.len()
    }

    /// Calls `take` for words with edges of words on both sides, until it has enough.
    fn each(&self, text: &str, mut take: impl FnMut(u32) -> bool) {
        let text = self.form(text);
        let edges = edges(&text);
        let is_edge = |at: usize| edges.binary_search(&at).is_ok();
        for start in &edges {
            let mut here: Vec<u32> = Vec::new();
            for length in &self.lengths {
                let end = start + length;
                if end > text.len() {
                    break;
                }
                let found = is_edge(end).then(|| text.get(*start..end)).flatten();
                here.extend(found.and_then(|word| self.by_form.get(word)));
            }
            here.sort_unstable();
            for number in here {
                if !take(number) {
                    return;
                }
            }
        }
    }

    /// Whether a text is one of them; the text as it is compared.
    pub(crate) fn same(&self, text: &str) -> Option<&Arc<str>> {
        let number = match self.case_sensitive {
            true => self.by_shown.get(text),
            false => self.by_shown.get(text.to_lowercase().as_str()),
        };
        self.shown.get(*number? as usize)
    }

    /// Those that are anywhere in a text, in the order of the list.
    pub(crate) fn within<'w>(&'w self, text: &str) -> impl Iterator<Item = &'w Arc<str>> {
        let text = if self.case_sensitive { text.to_owned() } else { text.to_lowercase() };
        self.shown.iter().filter(move |word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    }
}

/// Simple folding, one letter for one, as Python's `re.IGNORECASE` compares.
fn folded(letter: char) -> char {
    match letter {
        'ſ' => 's',
        'ς' => 'σ',
        _ => {
            let mut lower = letter.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => letter,
            }
        }
    }
}

/// Whether a letter belongs to a word.
pub(crate) fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Places where a word begins or ends, ascending.
fn edges(text: &str) -> Vec<usize> {
    let mut edges = Vec::new();
    let mut inside = false;
    for (at, letter) in text.char_indices() {
        if is_word(letter) != inside {
            edges.push(at);
            inside = !inside;
        }
    }
    if inside {
        edges.push(text.len());
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(entries: &[&str], case_sensitive: bool) -> Words {
        let entries: Vec<Arc<str>> = entries.iter().map(|entry| Arc::from(*entry)).collect();
        Words::new(&entries, case_sensitive)
    }

    #[test]
    fn words_are_found_whole_and_whatever_their_case() {
        let found = |text: &str| words(&["heron", "grey heron", "C++", "Ἀ"], false).first(text).cloned();
        assert_eq!(found("A HERON!").as_deref(), Some("heron"));
        assert_eq!(found("a Grey heron").as_deref(), Some("grey heron"));
        assert_eq!(found("herons"), None);
        // As in Python: no edge of a word between two signs.
        assert_eq!(found("C++ is"), None);
        assert_eq!(found("C++x").as_deref(), Some("c++"));
    }

    proptest! {
        #[test]
        fn the_same_words_are_found_as_by_patterns(
            text in "[a-cA-C +_é]{0,20}", entries in prop::collection::vec("[a-c+é ]{1,4}", 1..5),
        ) {
            let entries: Vec<Arc<str>> = entries.iter().map(|entry| Arc::from(entry.as_str())).collect();
            let by_pattern = |entry: &Arc<str>| {
                let pattern = format!(r"(?i)\b{}\b", regex::escape(entry));
                regex::Regex::new(&pattern).unwrap().is_match(&text)
            };
            let mut expected: Vec<&Arc<str>> = entries.iter().filter(|entry| by_pattern(entry)).collect();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(Words::new(&entries, false).count(&text), expected.len());
        }
    }
}
