//! What is wrong with a rule set, said so that its author can mend it.

use std::fmt;

/// How grave a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rule set cannot be loaded.
    Error,
    /// The rule set loads, and probably does not mean what it says.
    Warning,
}

/// A place in a file: bytes `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte after it.
    pub end: u32,
}

/// One mistake: what, where, and how to mend it.
///
/// Shape: a check returns them sorted by path, place and text, each once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Path of the file within the rule set, with `/`.
    pub path: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: u32,
    /// Column in characters, from 1; 0 where the whole file is meant.
    pub column: u32,
    /// Stable name of the kind of mistake, such as `unknown-identifier`.
    pub code: &'static str,
    /// What is wrong, without a full stop.
    pub message: String,
    /// How to mend it, or empty.
    pub hint: String,
    /// How grave it is.
    pub severity: Severity,
    /// The source line, or empty.
    pub source_line: String,
    /// Column after the last character meant, on the same line.
    pub column_end: u32,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(out, "{severity}[{}]: {}", self.code, self.message)?;
        if self.line == 0 {
            write!(out, " --> {}", self.path)?;
        } else {
            let gutter = self.line.to_string();
            let pad = " ".repeat(gutter.len());
            writeln!(out, "{pad}--> {}:{}:{}", self.path, self.line, self.column)?;
            writeln!(out, "{gutter} | {}", self.source_line)?;
            let before = " ".repeat(self.column.saturating_sub(1) as usize);
            let marks = "^".repeat(self.column_end.saturating_sub(self.column).max(1) as usize);
            write!(out, "{pad} | {before}{marks}")?;
        }
        if !self.hint.is_empty() {
            write!(out, "\n hint: {}", self.hint)?;
        }
        Ok(())
    }
}

/// Longest source line shown, in characters.
const LINE_SHOWN_CHARS_MAX: usize = 200;

impl Diagnostic {
    /// A mistake of a whole file, or of the set.
    pub(crate) fn of_file(path: &str, code: &'static str, message: String, hint: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: 0,
            column: 0,
            code,
            message,
            hint: hint.into(),
            severity: Severity::Error,
            source_line: String::new(),
            column_end: 0,
        }
    }

    /// A mistake at a place in `text`.
    pub(crate) fn at(
        path: &str,
        text: &str,
        span: Span,
        code: &'static str,
        message: String,
        hint: impl Into<String>,
    ) -> Self {
        let start = floor_boundary(text, span.start as usize);
        let before = text.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        let rest = text.get(line_start..).unwrap_or("");
        let source: &str = rest.split('\n').next().unwrap_or("").trim_end_matches('\r');
        let column = text.get(line_start..start).unwrap_or("").chars().count() + 1;
        let end = floor_boundary(text, (span.end as usize).min(line_start + source.len()));
        let width = text.get(start..end).map_or(0, |meant| meant.chars().count());
        let shown: String = source.chars().take(LINE_SHOWN_CHARS_MAX).collect();
        let room = (shown.chars().count() + 2).saturating_sub(column).max(1);
        Self {
            path: path.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            code,
            message,
            hint: hint.into(),
            severity: Severity::Error,
            source_line: shown,
            column_end: u32::try_from(column + width.clamp(1, room)).unwrap_or(u32::MAX),
        }
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Of `names`, the one that a writer of `name` most probably meant: Levenshtein distance ≤ 3, ignoring case,
/// for names longer than three characters.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.chars().count() <= 3 {
        return None;
    }
    let wanted = name.to_lowercase();
    names
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 3 && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    if left.chars().count().abs_diff(right.len()) > 3 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut left_cost = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(&right) {
            let cost = (diagonal + usize::from(a != *b)).min(*cell + 1).min(left_cost + 1);
            diagonal = *cell;
            *cell = cost;
            left_cost = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_within_three_edits_and_ignores_case() {
        assert_eq!(nearest("Usrid", ["UserId", "Text"].into_iter()), Some("UserId"));
        assert_eq!(nearest("Abc", ["Abd"].into_iter()), None);
        assert_eq!(nearest("Something", ["Else"].into_iter()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn columns_count_characters_from_one() {
        let text = "A = 1\né = Foo\n";
        let at = text.find("Foo").unwrap() as u32;
        let found = Diagnostic::at("main.sml", text, Span { start: at, end: at + 3 }, "x", "m".into(), "");
        assert_eq!((found.line, found.column, found.column_end), (2, 5, 8));
    }
}
