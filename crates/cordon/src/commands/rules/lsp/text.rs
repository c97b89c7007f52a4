//! Places in texts as editors name them: by line and UTF-16 unit, in files named by URIs.

use std::path::{Path, PathBuf};

/// A place in a file of the set.
pub(super) struct Place {
    /// Path of the file within the set.
    pub(super) path: String,
    text: String,
    /// Byte within the text.
    at: usize,
}

impl Place {
    /// `character` counts UTF-16 units from the beginning of the line; beyond its end its end is meant.
    pub(super) fn new(path: String, text: String, line: usize, character: usize) -> Option<Self> {
        let start = match line.checked_sub(1) {
            None => 0,
            Some(before) => text.match_indices('\n').nth(before).map(|(at, _)| at + 1)?,
        };
        let source = text.get(start..)?.split('\n').next()?;
        let mut units = 0;
        let within = source.char_indices().find(|(_, letter)| {
            let is_there = units >= character;
            units += letter.len_utf16();
            is_there
        });
        let at = start + within.map_or(source.len(), |(at, _)| at);
        Some(Self { path, text, at })
    }

    fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or("")
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The name that a place stands in or at the end of.
pub(super) fn word_at(place: &Place) -> Option<String> {
    let before = place.before();
    let head = before.trim_end_matches(is_word);
    let after = place.text.get(place.at..)?;
    let tail = after.trim_start_matches(is_word);
    let word = place.text.get(head.len()..place.text.len() - tail.len())?;
    (!word.is_empty()).then(|| word.to_owned())
}

/// The function within whose brackets a place stands, and not within those of a list or another call.
pub(super) fn called_function(place: &Place) -> Option<String> {
    let before = place.before();
    let mut depth = 0usize;
    for (at, letter) in before.char_indices().rev() {
        match letter {
            ')' | ']' => depth += 1,
            '(' | '[' if depth > 0 => depth -= 1,
            '[' => return None,
            '(' => {
                let head = before.get(..at)?;
                let name = head.get(head.trim_end_matches(is_word).len()..)?;
                return (!name.is_empty()).then(|| name.to_owned());
            }
            _ => {}
        }
    }
    None
}

/// UTF-16 units before a character of a line.
pub(super) fn utf16(line: &str, character: usize) -> usize {
    line.chars().take(character).map(char::len_utf16).sum()
}

/// The path in a `file:` URI.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let mut bytes = Vec::with_capacity(rest.len());
    let mut left = rest.bytes();
    while let Some(byte) = left.next() {
        if byte == b'%' {
            let hex = [left.next()?, left.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

/// A path as a `file:` URI.
pub(super) fn uri_of(path: &Path) -> String {
    let mut uri = String::from("file://");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, line: usize, character: usize) -> Place {
        Place::new("main.sml".into(), text.into(), line, character).unwrap()
    }

    #[test]
    fn places_are_counted_in_utf_16_units() {
        let text = "A = '\u{1f426}' + Bird\nC = Bird\n";
        assert_eq!(word_at(&place(text, 0, 12)).as_deref(), Some("Bird"));
        assert_eq!(word_at(&place(text, 1, 8)).as_deref(), Some("Bird"));
        assert_eq!(word_at(&place(text, 0, 2)), None);
        assert_eq!(utf16("'\u{1f426}'x", 3), 4);
    }

    #[test]
    fn the_call_around_a_place_is_found() {
        let text = "A = StringLength(s=Fold(x=[1, 2]), ";
        assert_eq!(called_function(&place(text, 0, 35)).as_deref(), Some("StringLength"));
        assert_eq!(called_function(&place(text, 0, 28)), None);
    }

    #[test]
    fn uris_and_paths_are_the_same_both_ways() {
        let path = Path::new("/tmp/a b/ü.sml");
        assert_eq!(uri_of(path), "file:///tmp/a%20b/%C3%BC.sml");
        assert_eq!(path_of(&uri_of(path)).as_deref(), Some(path));
        assert_eq!(path_of("http://x"), None);
    }
}
