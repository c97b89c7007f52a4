//! The path dialect of `JsonData` and `EntityJson`: that of jsonpath-rw, of which the first match counts.

use super::json::{Content, Document, NodeId};
use super::value::Fault;

/// A path that was read when the rules loaded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Path {
    /// Nothing but names, by far the most frequent: a walk down.
    Names(Vec<Box<str>>),
    Tree(Step),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Root,
    This,
    Parent,
    Fields(Vec<Box<str>>),
    AllFields,
    Index(i64),
    Slice(Option<i64>, Option<i64>),
    Child(Box<Step>, Box<Step>),
    Descendants(Box<Step>, Box<Step>),
    Union(Box<Step>, Box<Step>),
    Where(Box<Step>, Box<Step>),
}

/// What a path finds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    Node(NodeId),
    /// A character of a string, by index.
    Character(char),
}

impl Path {
    /// Reads a path; the error says what does not fit.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { tokens: tokens(text)?, at: 0, depth: 0 };
        let step = reader.descendants()?;
        if reader.at < reader.tokens.len() {
            return Err("invalid json-path supplied: it goes on where it should end".into());
        }
        let mut names = Vec::new();
        Ok(if names_only(&step, &mut names) && !names.is_empty() {
            Self::Names(names)
        } else {
            Self::Tree(step)
        })
    }

    /// The first match.
    pub(crate) fn first(&self, document: &Document<'_>) -> Result<Option<Found>, Fault> {
        match self {
            Self::Names(names) => {
                let mut node = 0;
                for name in names {
                    match document.member(node, name) {
                        Some(member) => node = member,
                        None => return Ok(None),
                    }
                }
                Ok(Some(Found::Node(node)))
            }
            Self::Tree(step) => Ok(find(step, document, &Found::Node(0))?.into_iter().next()),
        }
    }
}

fn names_only(step: &Step, names: &mut Vec<Box<str>>) -> bool {
    match step {
        Step::Root => names.is_empty(),
        Step::Fields(fields) => match fields.as_slice() {
            [one] => {
                names.push(one.clone());
                true
            }
            _ => false,
        },
        Step::Child(left, right) => names_only(left, names) && names_only(right, names),
        _ => false,
    }
}

fn raised<T>() -> Result<T, Fault> {
    Err(Fault::Error("the path meets a value of another kind than it needs"))
}

/// All matches: one that raises fails the whole, even where another comes before it.
fn find(step: &Step, document: &Document<'_>, from: &Found) -> Result<Vec<Found>, Fault> {
    let node = match from {
        Found::Node(node) => Some(*node),
        Found::Character(_) => None,
    };
    Ok(match step {
        Step::Root => vec![Found::Node(0)],
        Step::This => vec![from.clone()],
        Step::Parent => match node {
            Some(node) if node != 0 => vec![Found::Node(document.parent(node))],
            _ => return raised(),
        },
        Step::Fields(names) => {
            names.iter().filter_map(|name| document.member(node?, name)).map(Found::Node).collect()
        }
        Step::AllFields => match node.map(|node| (node, document.content(node))) {
            Some((node, Content::Object)) => document.members(node).into_iter().map(Found::Node).collect(),
            _ => Vec::new(),
        },
        Step::Index(index) => at_index(document, from, *index)?.into_iter().collect(),
        Step::Slice(start, end) => slice(document, from, *start, *end)?,
        Step::Child(left, right) => {
            let mut found = Vec::new();
            for at in find(left, document, from)? {
                found.extend(find(right, document, &at)?);
            }
            found
        }
        Step::Descendants(left, right) => {
            let mut found = Vec::new();
            for at in find(left, document, from)? {
                below(right, document, &at, &mut found)?;
            }
            found
        }
        Step::Union(left, right) => {
            let mut found = find(left, document, from)?;
            found.extend(find(right, document, from)?);
            found
        }
        Step::Where(left, right) => {
            let mut found = Vec::new();
            for at in find(left, document, from)? {
                if !find(right, document, &at)?.is_empty() {
                    found.push(at);
                }
            }
            found
        }
    })
}

fn below(step: &Step, document: &Document<'_>, from: &Found, found: &mut Vec<Found>) -> Result<(), Fault> {
    found.extend(find(step, document, from)?);
    if let Found::Node(node) = from {
        let children: Vec<NodeId> = match document.content(*node) {
            Content::Object => document.members(*node),
            Content::Array => document.children(*node).collect(),
            _ => Vec::new(),
        };
        for child in children {
            below(step, document, &Found::Node(child), found)?;
        }
    }
    Ok(())
}

fn at_index(document: &Document<'_>, from: &Found, index: i64) -> Result<Option<Found>, Fault> {
    let Found::Node(node) = from else {
        return if index == 0 || index == -1 { Ok(Some(from.clone())) } else { Ok(None) };
    };
    let pick = |length: usize| -> Result<Option<usize>, Fault> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        if length <= index {
            return Ok(None);
        }
        let index = if index < 0 { index + length } else { index };
        usize::try_from(index).map(Some).or_else(|_| raised())
    };
    match document.content(*node) {
        Content::Array => Ok(pick(document.children(*node).count())?
            .and_then(|index| document.children(*node).nth(index))
            .map(Found::Node)),
        Content::Text(text) => {
            Ok(pick(text.chars().count())?.and_then(|index| text.chars().nth(index)).map(Found::Character))
        }
        Content::Object => {
            let length = i64::try_from(document.members(*node).len()).unwrap_or(i64::MAX);
            if length > index { raised() } else { Ok(None) }
        }
        _ => raised(),
    }
}

fn slice(
    document: &Document<'_>,
    from: &Found,
    start: Option<i64>,
    end: Option<i64>,
) -> Result<Vec<Found>, Fault> {
    let items: Vec<Found> = match from {
        Found::Character(_) => vec![from.clone()],
        Found::Node(node) => match document.content(*node) {
            Content::Array => document.children(*node).map(Found::Node).collect(),
            // A single value counts as a list of one.
            Content::Object | Content::Int(_) | Content::Big(_) | Content::Text(_) | Content::Bool(_) => {
                vec![from.clone()]
            }
            Content::Null | Content::Float(_) => return raised(),
        },
    };
    let (start, end) = bounds(items.len(), start, end);
    Ok(items.into_iter().take(end).skip(start).collect())
}

/// Python's slice bounds of a list of that length.
fn bounds(length: usize, start: Option<i64>, end: Option<i64>) -> (usize, usize) {
    let clamp = |at: i64| {
        let at = if at < 0 { at.saturating_add(i64::try_from(length).unwrap_or(i64::MAX)) } else { at };
        usize::try_from(at.max(0)).unwrap_or(length).min(length)
    };
    (start.map_or(0, clamp), end.map_or(length, clamp))
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Sign(char),
    Descend,
    Name(Box<str>),
    Number(i64),
    Where,
    Operator(Box<str>),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut letters = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(letter) = letters.next() {
        tokens.push(match letter {
            ' ' | '\t' => continue,
            '.' if letters.peek() == Some(&'.') => {
                letters.next();
                Token::Descend
            }
            '.' | '[' | ']' | '(' | ')' | '$' | ',' | ':' | '|' | '*' => Token::Sign(letter),
            '\'' | '"' => Token::Name(quoted(&mut letters, letter)?.into()),
            '`' => Token::Operator(quoted(&mut letters, '`')?.into()),
            'a'..='z' | 'A'..='Z' | '_' | '@' => {
                let mut name = String::from(letter);
                while let Some(next) =
                    letters.next_if(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '@' | '-'))
                {
                    name.push(next);
                }
                if name == "where" { Token::Where } else { Token::Name(name.into()) }
            }
            '0'..='9' | '-' => {
                let mut number = String::from(letter);
                while let Some(next) = letters.next_if(char::is_ascii_digit) {
                    number.push(next);
                }
                Token::Number(
                    number.parse().map_err(|_| "invalid json-path supplied: bad number".to_owned())?,
                )
            }
            other => {
                return Err(format!(
                    "invalid json-path supplied: unexpected character `{other}`; quote names: ['…']"
                ));
            }
        });
    }
    Ok(tokens)
}

fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) -> Result<String, String> {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            _ if letter == quote => return Ok(text),
            _ => text.push(letter),
        }
    }
    Err(format!("invalid json-path supplied: `{quote}` is not closed"))
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// Deepest nesting of brackets in a path.
const PATH_DEPTH_MAX: usize = 32;
/// Most tokens of a path.
const PATH_TOKENS_MAX: usize = 200;

impl Reader {
    fn eat(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: char) -> bool {
        self.eat(&Token::Sign(sign))
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.sign(sign) { Ok(()) } else { Err(format!("invalid json-path supplied: `{sign}` is missing")) }
    }

    fn descendants(&mut self) -> Result<Step, String> {
        if self.tokens.len() > PATH_TOKENS_MAX || self.depth > PATH_DEPTH_MAX {
            return Err("invalid json-path supplied: it is too long".into());
        }
        let mut step = self.children()?;
        while self.eat(&Token::Descend) {
            step = Step::Descendants(Box::new(step), Box::new(self.children()?));
        }
        Ok(step)
    }

    fn children(&mut self) -> Result<Step, String> {
        let mut step = self.union()?;
        while self.sign('.') {
            step = Step::Child(Box::new(step), Box::new(self.union()?));
        }
        Ok(step)
    }

    fn union(&mut self) -> Result<Step, String> {
        let mut step = self.filtered()?;
        while self.sign('|') {
            step = Step::Union(Box::new(step), Box::new(self.filtered()?));
        }
        Ok(step)
    }

    fn filtered(&mut self) -> Result<Step, String> {
        let mut step = self.indexed()?;
        while self.eat(&Token::Where) {
            step = Step::Where(Box::new(step), Box::new(self.indexed()?));
        }
        Ok(step)
    }

    fn indexed(&mut self) -> Result<Step, String> {
        let mut step =
            if self.tokens.get(self.at) == Some(&Token::Sign('[')) { None } else { Some(self.atom()?) };
        while self.sign('[') {
            let inner = self.bracket()?;
            self.expect(']')?;
            step = Some(match step {
                Some(step) => Step::Child(Box::new(step), Box::new(inner)),
                None => inner,
            });
        }
        step.ok_or_else(|| "invalid json-path supplied".to_owned())
    }

    fn atom(&mut self) -> Result<Step, String> {
        let token = self.tokens.get(self.at).cloned();
        match token {
            Some(Token::Sign('$')) => {
                self.at += 1;
                Ok(Step::Root)
            }
            Some(Token::Sign('(')) => {
                self.at += 1;
                self.depth += 1;
                let step = self.descendants()?;
                self.depth -= 1;
                self.expect(')')?;
                Ok(step)
            }
            Some(Token::Operator(name)) => {
                self.at += 1;
                match &*name {
                    "this" => Ok(Step::This),
                    "parent" => Ok(Step::Parent),
                    other => Err(format!("invalid json-path supplied: unknown operator `{other}`")),
                }
            }
            Some(Token::Name(_) | Token::Sign('*')) => self.fields(),
            None => Err("invalid json-path supplied: it ends too early".into()),
            Some(_) => Err("invalid json-path supplied: a name is missing".into()),
        }
    }

    fn fields(&mut self) -> Result<Step, String> {
        let (mut names, mut all) = (Vec::new(), false);
        loop {
            match self.tokens.get(self.at).cloned() {
                Some(Token::Name(name)) => names.push(name),
                Some(Token::Sign('*')) => all = true,
                _ => return Err("invalid json-path supplied: a name is missing".into()),
            }
            self.at += 1;
            if !self.sign(',') {
                return Ok(if all { Step::AllFields } else { Step::Fields(names) });
            }
        }
    }

    fn bracket(&mut self) -> Result<Step, String> {
        if self.tokens.get(self.at) == Some(&Token::Sign('*'))
            && self.tokens.get(self.at + 1) == Some(&Token::Sign(']'))
        {
            self.at += 1;
            return Ok(Step::Slice(None, None));
        }
        let start = self.number();
        if self.sign(':') {
            return Ok(Step::Slice(start, self.number()));
        }
        match start {
            Some(index) => Ok(Step::Index(index)),
            None => self.fields(),
        }
    }

    fn number(&mut self) -> Option<i64> {
        match self.tokens.get(self.at) {
            Some(Token::Number(number)) => {
                self.at += 1;
                Some(*number)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str =
        r#"{"a": {"b": [10, 20, 30], "k e": "text", "$type": "t"}, "n": 5, "o": {"c": 1, "d": {"c": 2}}}"#;

    fn check(path: &str, expected: &str) {
        let document = Document::parse(EVENT.as_bytes()).unwrap();
        let found = match Path::parse(path) {
            Err(message) => message,
            Ok(path) => match path.first(&document) {
                Err(Fault::Error(_)) => "raises".into(),
                Err(Fault::Silent) => "silent".into(),
                Ok(None) => "nothing".into(),
                Ok(Some(Found::Character(letter))) => format!("character {letter}"),
                Ok(Some(Found::Node(node))) => {
                    document.scalar(node).map_or("nested".into(), |value| format!("{value:?}"))
                }
            },
        };
        assert!(found.starts_with(expected), "{path}: {found}, expected {expected}");
    }

    #[test]
    fn every_form_of_the_dialect_finds_its_first_match() {
        check("$.a.b[0]", "Int(10)");
        check("a.b[-1]", "Int(30)");
        check("a . b . [1]", "Int(20)");
        check("$.a.b[1:3]", "Int(20)");
        check("$.a.b[:2]", "Int(10)");
        check("$.a.b[*]", "Int(10)");
        check("$.n[*]", "Int(5)");
        check("$.a['k e']", "Text(\"text\")");
        check("$.a.'k e'", "Text(\"text\")");
        check("$.a.['$type']", "Text(\"t\")");
        check("$..c", "Int(1)");
        check("$.o.*", "Int(1)");
        check("$.o.x,d", "nested");
        check("$.o[x,c]", "Int(1)");
        check("$.o.(x|c)", "Int(1)");
        check("$.o.c.`parent`.d.c", "Int(2)");
        check("$.a.b[9]", "nothing");
        check("$.a.b[-9]", "raises");
        check("$.a[0]", "raises");
        check("$.n[0]", "raises");
        check("$.a['k e'][1]", "character e");
        check("$.n.x", "nothing");
        check("$.(* where c).d.c", "Int(2)");
    }

    #[test]
    fn what_the_dialect_lacks_is_refused() {
        for path in
            ["", "$.", "$.a.1", "$.é", "$.a.$t x", "$.a[?(@.b)]", "$.a[0,1]", "$.`len`", "$.a[", "$['a"]
        {
            check(path, "invalid json-path supplied");
        }
    }
}
