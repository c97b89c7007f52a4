//! What a rule set defines and where, statement by statement: what editors show and what [`compare()`] holds side by side.

mod compare;

pub use compare::{Change, Changed, Difference, compare};

use crate::diagnostics::{Diagnostic, Span};
use crate::source::Sources;
use crate::syntax;
use crate::syntax::tree::{Call, Expression, File, Kind, Piece, Statement, is_local};
use std::sync::Arc;

/// What a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementKind {
    /// `Name = Rule(…)`.
    Rule,
    /// Any other assignment.
    Feature,
    /// A call that stands alone.
    Call,
}

/// One statement of a rule set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlined {
    /// What it is.
    pub kind: StatementKind,
    /// The name that it defines, or the function that it calls.
    pub name: String,
    /// Path of its file within the set.
    pub path: String,
    /// Line of the name, from 1.
    pub line: u32,
    /// Column of the name in characters, from 1.
    pub column: u32,
    /// Column after it.
    pub column_end: u32,
    /// Its text as written.
    pub source: String,
    /// Its text without comments, and spaced in one way: equal texts mean the same.
    pub text: String,
    /// Names that it reads, each once.
    pub reads: Vec<String>,
    /// Of a `WhenRules`: the rules that it names, and its effects as text.
    pub when: Option<(Vec<String>, Vec<String>)>,
}

impl Outlined {
    /// Whether its name is seen in its own file only.
    #[must_use]
    pub fn is_local(&self) -> bool {
        is_local(&self.name)
    }
}

/// Every statement of the files that can be read at all, by file and place.
#[must_use]
pub fn outline(sources: &Sources) -> Vec<Outlined> {
    let mut all = Vec::new();
    for (path, bytes) in sources.rules() {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let text: Arc<str> = Arc::from(text.strip_prefix('\u{feff}').unwrap_or(text));
        if let Ok(file) = syntax::parse(&Arc::from(path), &text) {
            all.extend(file.statements.iter().map(|statement| outlined(&file, statement)));
        }
    }
    all
}

fn outlined(file: &File, statement: &Statement) -> Outlined {
    let (kind, name, name_span, span) = match statement {
        Statement::Assign(assign) => {
            let is_rule = matches!(&assign.value.kind, Kind::Call(call) if &*call.function == "Rule");
            let span = Span { start: assign.name_span.start, end: assign.value.span.end };
            let kind = if is_rule { StatementKind::Rule } else { StatementKind::Feature };
            (kind, &assign.name, assign.name_span, span)
        }
        Statement::Call { call, span } => (StatementKind::Call, &call.function, call.function_span, *span),
    };
    let place = Diagnostic::at(&file.path, &file.text, name_span, "", String::new(), "");
    let mut reads = Vec::new();
    match statement {
        Statement::Assign(assign) => names(&assign.value, &mut reads),
        Statement::Call { call, .. } => names_of_call(call, &mut reads),
    }
    reads.sort();
    reads.dedup();
    let source = slice(file, span);
    Outlined {
        kind,
        name: name.to_string(),
        path: file.path.to_string(),
        line: place.line,
        column: place.column,
        column_end: place.column_end,
        text: plain(source),
        source: source.to_owned(),
        reads,
        when: match statement {
            Statement::Call { call, .. } if &*call.function == "WhenRules" => Some(when(file, call)),
            _ => None,
        },
    }
}

fn slice(file: &File, span: Span) -> &str {
    file.text.get(span.start as usize..span.end as usize).unwrap_or("")
}

fn when(file: &File, call: &Call) -> (Vec<String>, Vec<String>) {
    let items = |name: &str| match call.argument(name).map(|argument| &argument.value.kind) {
        Some(Kind::List(items)) => items.iter().map(|item| plain(slice(file, item.span))).collect(),
        _ => Vec::new(),
    };
    (items("rules_any"), items("then"))
}

fn names(expression: &Expression, found: &mut Vec<String>) {
    match &expression.kind {
        Kind::Literal(_) => {}
        Kind::Name(name) => found.push(name.to_string()),
        Kind::Format(pieces) => found.extend(pieces.iter().filter_map(|piece| match piece {
            Piece::Name(name, _) => Some(name.to_string()),
            Piece::Text(_) => None,
        })),
        Kind::List(items) | Kind::All(items) | Kind::Any(items) => {
            items.iter().for_each(|item| names(item, found));
        }
        Kind::Call(call) => names_of_call(call, found),
        Kind::Compare(_, left, right) | Kind::Arithmetic(_, left, right) => {
            names(left, found);
            names(right, found);
        }
        Kind::Not(operand) | Kind::Negate(operand) => names(operand, found),
    }
}

fn names_of_call(call: &Call, found: &mut Vec<String>) {
    call.arguments.iter().for_each(|argument| names(&argument.value, found));
}

/// A text without comments and line breaks, with one space where words meet.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut gap = false;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '\'' | '"' => quoted(rest),
            _ => letter.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        if letter == '#' || letter == '\\' || letter.is_whitespace() {
            gap = true;
            continue;
        }
        if gap && is_word(letter) && out.chars().next_back().is_some_and(is_word) {
            out.push(' ');
        }
        gap = false;
        // The comma after the last item says nothing.
        if matches!(letter, ')' | ']') && out.ends_with(',') {
            out.pop();
        }
        out.push_str(token);
    }
    out
}

/// Bytes of the string that a text begins with.
fn quoted(text: &str) -> usize {
    let quote = text.get(..1).unwrap_or("");
    let triple = quote.repeat(3);
    let mark = if text.starts_with(&triple) { triple.as_str() } else { quote };
    let mut at = mark.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(mark) {
            return at + mark.len();
        }
        let mut letters = rest.chars();
        let letter = letters.next();
        at += letter.map_or(1, char::len_utf8);
        if letter == Some('\\') {
            at += letters.next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_and_comments_are_no_difference_and_what_is_quoted_is() {
        let one = plain("Rule(  # why\n  when_all=[A ==  'x  # y',\n   not B,],\n)");
        assert_eq!(one, plain("Rule(when_all=[A=='x  # y', not B])"));
        assert_eq!(one, "Rule(when_all=[A=='x  # y',not B])");
        assert_ne!(plain("A = 'x y'"), plain("A = 'x  y'"));
        assert_eq!(plain("'''a'b''' in C"), "'''a'b'''in C");
    }
}
