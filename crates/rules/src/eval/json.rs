//! One event as a flat tree that borrows from its text.
//!
//! Differs from a general JSON reader in what Python keeps and others lose: whole numbers of any size, and of
//! equal names the last.

use crate::eval::value::Value;
use cordon_model::limits::{JSON_DEPTH_MAX, LINE_BYTES_MAX};
use num_bigint::BigInt;
use std::borrow::Cow;
use std::sync::Arc;

/// Why a text is no event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Longer than [`LINE_BYTES_MAX`].
    #[error("event is longer than {LINE_BYTES_MAX} bytes")]
    TooLong,
    /// Nested deeper than [`JSON_DEPTH_MAX`].
    #[error("event nests deeper than {JSON_DEPTH_MAX} levels")]
    TooDeep,
    /// Not JSON.
    #[error("event is not valid JSON at byte {byte}")]
    Invalid {
        /// The first byte that does not fit, from 0.
        byte: usize,
    },
    /// JSON, and not an object.
    #[error("event is not a JSON object")]
    NotAnObject,
}

/// An event's data, read once and looked at by paths.
#[derive(Debug)]
pub struct Document<'t> {
    nodes: Vec<Node<'t>>,
}

#[derive(Debug)]
struct Node<'t> {
    content: Content<'t>,
    key: Cow<'t, str>,
    parent: u32,
    /// The first node after this one's last descendant: its next sibling, if it has one.
    after: u32,
}

/// What a node holds; members and items follow it in the flat tree.
#[derive(Debug)]
pub(crate) enum Content<'t> {
    Null,
    Bool(bool),
    Int(i64),
    Big(&'t str),
    Float(f64),
    Text(Cow<'t, str>),
    Array,
    Object,
}

/// A node by its number; 0 is the root.
pub(crate) type NodeId = u32;

static NULL: Content<'static> = Content::Null;

impl<'t> Document<'t> {
    /// Reads one JSON object and nothing after it.
    pub fn parse(text: &'t [u8]) -> Result<Self, DocumentError> {
        if text.len() > LINE_BYTES_MAX {
            return Err(DocumentError::TooLong);
        }
        let text = std::str::from_utf8(text)
            .map_err(|error| DocumentError::Invalid { byte: error.valid_up_to() })?;
        let mut reader =
            Reader { text, bytes: text.as_bytes(), at: 0, nodes: Vec::with_capacity(text.len() / 12 + 4) };
        reader.space();
        reader.value(Cow::Borrowed(""), 0, 0)?;
        reader.space();
        if reader.at < reader.bytes.len() {
            return Err(reader.invalid());
        }
        match reader.nodes.first().map(|root| &root.content) {
            Some(Content::Object) => Ok(Self { nodes: reader.nodes }),
            _ => Err(DocumentError::NotAnObject),
        }
    }

    /// An event without data.
    #[must_use]
    pub fn empty() -> Document<'static> {
        let root = Node { content: Content::Object, key: Cow::Borrowed(""), parent: 0, after: 1 };
        Document { nodes: vec![root] }
    }

    /// The text of a member of the root, if it is one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.content(self.member(0, name)?) {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn content(&self, node: NodeId) -> &Content<'t> {
        self.nodes.get(node as usize).map_or(&NULL, |node| &node.content)
    }

    pub(crate) fn key(&self, node: NodeId) -> &str {
        self.nodes.get(node as usize).map_or("", |node| &node.key)
    }

    pub(crate) fn parent(&self, node: NodeId) -> NodeId {
        self.nodes.get(node as usize).map_or(0, |node| node.parent)
    }

    /// Items of an array and members of an object, in order; nothing of anything else.
    pub(crate) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.nodes.get(node as usize).map_or(0, |node| node.after);
        let mut at = node + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let child = at;
                at = self.nodes.get(child as usize).map_or(end, |node| node.after);
                child
            })
        })
    }

    /// The member of that name; of equal names the last.
    #[inline]
    pub(crate) fn member(&self, node: NodeId, name: &str) -> Option<NodeId> {
        let parent = self.nodes.get(node as usize)?;
        if !matches!(parent.content, Content::Object) {
            return None;
        }
        let (mut at, mut found) = (node + 1, None);
        while at < parent.after {
            let child = self.nodes.get(at as usize)?;
            if *child.key == *name {
                found = Some(at);
            }
            at = child.after;
        }
        found
    }

    /// Members with the last of equal names each, in order of first appearance.
    pub(crate) fn members(&self, node: NodeId) -> Vec<NodeId> {
        let mut members: Vec<NodeId> = Vec::new();
        for child in self.children(node) {
            match members.iter_mut().find(|earlier| self.key(**earlier) == self.key(child)) {
                Some(earlier) => *earlier = child,
                None => members.push(child),
            }
        }
        members
    }

    /// A scalar as a value; nothing for arrays and objects.
    pub(crate) fn scalar(&self, node: NodeId) -> Option<Value<'_>> {
        Some(match self.content(node) {
            Content::Null => Value::None,
            Content::Bool(value) => Value::Bool(*value),
            Content::Int(value) => Value::Int(*value),
            Content::Big(digits) => {
                Value::Big(Arc::new(BigInt::parse_bytes(digits.as_bytes(), 10).unwrap_or_default()))
            }
            Content::Float(value) => Value::Float(*value),
            Content::Text(text) => Value::Text(text),
            Content::Array | Content::Object => return None,
        })
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node<'t>>,
}

impl<'t> Reader<'t> {
    fn invalid(&self) -> DocumentError {
        DocumentError::Invalid { byte: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, key: Cow<'t, str>, parent: u32, depth: usize) -> Result<(), DocumentError> {
        if depth > JSON_DEPTH_MAX {
            return Err(DocumentError::TooDeep);
        }
        // An event has at most 2^20 bytes, so fewer nodes than that.
        #[expect(clippy::cast_possible_truncation, reason = "an event has fewer than 2^20 nodes")]
        let index = self.nodes.len() as u32;
        let content = match self.peek() {
            Some(b'{') => Content::Object,
            Some(b'[') => Content::Array,
            Some(b'"') => Content::Text(self.string()?),
            Some(b't') => self.word("true", Content::Bool(true))?,
            Some(b'f') => self.word("false", Content::Bool(false))?,
            Some(b'n') => self.word("null", Content::Null)?,
            _ => self.number()?,
        };
        let nested = match content {
            Content::Object => Some(true),
            Content::Array => Some(false),
            _ => None,
        };
        self.nodes.push(Node { content, key, parent, after: index + 1 });
        match nested {
            Some(true) => self.object(index, depth)?,
            Some(false) => self.array(index, depth)?,
            None => return Ok(()),
        }
        #[expect(clippy::cast_possible_truncation, reason = "an event has fewer than 2^20 nodes")]
        let after = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(index as usize) {
            node.after = after;
        }
        Ok(())
    }

    fn object(&mut self, index: u32, depth: usize) -> Result<(), DocumentError> {
        self.at += 1;
        self.space();
        if self.eat(b'}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.invalid());
            }
            let key = self.string()?;
            self.space();
            if !self.eat(b':') {
                return Err(self.invalid());
            }
            self.space();
            self.value(key, index, depth + 1)?;
            self.space();
            if self.eat(b',') {
                self.space();
            } else if self.eat(b'}') {
                return Ok(());
            } else {
                return Err(self.invalid());
            }
        }
    }

    fn array(&mut self, index: u32, depth: usize) -> Result<(), DocumentError> {
        self.at += 1;
        self.space();
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            self.value(Cow::Borrowed(""), index, depth + 1)?;
            self.space();
            if self.eat(b',') {
                self.space();
            } else if self.eat(b']') {
                return Ok(());
            } else {
                return Err(self.invalid());
            }
        }
    }

    fn word(&mut self, word: &str, content: Content<'t>) -> Result<Content<'t>, DocumentError> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) == Some(word.as_bytes()) {
            self.at = end;
            Ok(content)
        } else {
            Err(self.invalid())
        }
    }

    fn string(&mut self) -> Result<Cow<'t, str>, DocumentError> {
        let start = self.at + 1;
        self.at = start;
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\') || *byte < 0x20);
        self.at += length.unwrap_or(rest.len());
        let plain = self.text.get(start..self.at).unwrap_or("");
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                Ok(Cow::Borrowed(plain))
            }
            Some(b'\\') => self.escaped(plain.to_owned()).map(Cow::Owned),
            _ => Err(self.invalid()),
        }
    }

    fn escaped(&mut self, mut text: String) -> Result<String, DocumentError> {
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let letter = self.escape()?;
                    text.push(letter);
                }
                Some(byte) if byte >= 0x20 => {
                    let rest = self.bytes.get(self.at..).unwrap_or(&[]);
                    let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\') || *byte < 0x20);
                    let end = self.at + length.unwrap_or(rest.len());
                    text.push_str(self.text.get(self.at..end).unwrap_or(""));
                    self.at = end;
                }
                _ => return Err(self.invalid()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, DocumentError> {
        let letter = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.invalid()),
        };
        self.at += 1;
        Ok(letter)
    }

    /// A half of a pair that stands alone becomes U+FFFD: Rust's text cannot hold it.
    fn unicode(&mut self) -> Result<char, DocumentError> {
        let first = self.hex()?;
        if (0xD800..0xDC00).contains(&first) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or('\u{FFFD}'));
            }
            self.at = back;
        }
        Ok(char::from_u32(first).unwrap_or('\u{FFFD}'))
    }

    fn hex(&mut self) -> Result<u32, DocumentError> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or("");
        if digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            self.at += 4;
            u32::from_str_radix(digits, 16).map_err(|_| self.invalid())
        } else {
            Err(self.invalid())
        }
    }

    fn digits(&mut self) -> Result<(), DocumentError> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(self.invalid()) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<Content<'t>, DocumentError> {
        let start = self.at;
        let _ = self.eat(b'-');
        if self.eat(b'0') {
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.invalid());
            }
        } else {
            self.digits()?;
        }
        let mut is_whole = true;
        if self.eat(b'.') {
            is_whole = false;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            is_whole = false;
            self.at += 1;
            if !self.eat(b'+') {
                let _ = self.eat(b'-');
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        if !is_whole {
            return text.parse().map(Content::Float).map_err(|_| self.invalid());
        }
        match text.parse() {
            Ok(number) => Ok(Content::Int(number)),
            // Reading digits costs their square; Python, too, refuses longer ones.
            Err(_) if text.len() > INTEGER_DIGITS_MAX => Err(self.invalid()),
            Err(_) => Ok(Content::Big(text)),
        }
    }
}

/// Python's own bound on the digits of a whole number.
const INTEGER_DIGITS_MAX: usize = 4_300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_text_is_refused_at_its_byte() {
        let byte = |text: &str| match Document::parse(text.as_bytes()) {
            Err(DocumentError::Invalid { byte }) => byte,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(byte("{\"a\": }"), 6);
        assert_eq!(byte("{\"a\": 01}"), 7);
        assert_eq!(byte("{} x"), 3);
        assert_eq!(byte("{\"a\": \"\\ud8\"}"), 9);
        assert_eq!(byte("{\"a\": tru}"), 6);
        assert_eq!(byte("{\"a\""), 4);
        assert_eq!(byte("{\"a\": 1,}"), 8);
        assert!(matches!(Document::parse(b"[1]"), Err(DocumentError::NotAnObject)));
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(40), "]".repeat(40));
        assert!(matches!(Document::parse(deep.as_bytes()), Err(DocumentError::TooDeep)));
    }

    #[test]
    fn equal_names_count_once_and_the_last_wins() {
        let document =
            Document::parse(br#"{"a": 1, "b": {"c": "\u00e9\ud83d\ude00"}, "a": 123456789012345678901}"#)
                .unwrap();
        let a = document.member(0, "a").unwrap();
        assert!(matches!(document.content(a), Content::Big("123456789012345678901")));
        assert_eq!(document.members(0).len(), 2);
        let c = document.member(document.member(0, "b").unwrap(), "c").unwrap();
        assert_eq!(document.scalar(c).unwrap().as_text(), Some("é😀"));
    }
}
