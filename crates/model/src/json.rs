//! A JSON tree that borrows from the line it was read from.
//!
//! Events are read once and looked at by paths that are data (`links.yaml`), not code; a borrowed tree costs
//! a third of an owned one. Depth is bounded while reading, so that no reader needs to recurse with care.

use crate::limits;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A JSON value that borrows its strings where they hold no escapes.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number that is a whole one.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    String(Cow<'a, str>),
    /// A list.
    Array(Vec<Json<'a>>),
    /// Members in the order of the text; of equal names the first is found.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Why a text is not an acceptable JSON value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Nested deeper than [`limits::JSON_DEPTH_MAX`].
    #[error("nested deeper than {} levels", limits::JSON_DEPTH_MAX)]
    TooDeep,
    /// Not JSON; the text names line and column, never content.
    #[error("not valid JSON at column {column}")]
    Invalid {
        /// Column of the first byte that does not fit, from 1.
        column: usize,
    },
}

const TOO_DEEP: &str = "cordon: too deep";

impl<'a> Json<'a> {
    /// Reads one value and nothing after it.
    pub fn parse(text: &'a [u8]) -> Result<Self, JsonError> {
        // Looked at once as a whole, the text's strings need no second look each.
        let text = std::str::from_utf8(text)
            .map_err(|error| JsonError::Invalid { column: error.valid_up_to() + 1 })?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = Depth(limits::JSON_DEPTH_MAX)
            .deserialize(&mut deserializer)
            .and_then(|value| deserializer.end().map(|()| value));
        value.map_err(|error| {
            if error.to_string().starts_with(TOO_DEEP) {
                JsonError::TooDeep
            } else {
                JsonError::Invalid { column: error.column() }
            }
        })
    }

    /// The member `name` of an object; `None` for anything else.
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        match self {
            Json::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value reached by following `names` inward.
    pub fn path(&self, names: &[&str]) -> Option<&Json<'a>> {
        names.iter().try_fold(self, |value, name| value.get(name))
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a whole number.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Json::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements of a list; nothing for anything else.
    pub fn items(&self) -> &[Json<'a>] {
        match self {
            Json::Array(items) => items,
            _ => &[],
        }
    }
}

/// How many more levels may be opened.
struct Depth(usize);

impl Depth {
    fn inner<E: de::Error>(&self) -> Result<Depth, E> {
        self.0.checked_sub(1).map(Depth).ok_or_else(|| E::custom(TOO_DEEP))
    }
}

impl Clone for Depth {
    fn clone(&self) -> Self {
        Depth(self.0)
    }
}

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Json<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(value).map_or(Json::Float(value as f64), Json::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Owned(value.to_owned())))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Borrowed(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner.clone())? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        let inner = self.inner()?;
        let mut object = Vec::with_capacity(8);
        while let Some(name) = members.next_key_seed(Name)? {
            object.push((name, members.next_value_seed(inner.clone())?));
        }
        Ok(Json::Object(object))
    }
}

/// A member's name, borrowed where it can be.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, value: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed_and_escaped_text_is_owned() {
        let json =
            Json::parse(br#"{"plain":"abc","escaped":"a\u0062c","n":3,"list":[1.5,null,true]}"#).unwrap();
        assert!(matches!(json.get("plain"), Some(Json::String(Cow::Borrowed("abc")))));
        assert!(matches!(json.get("escaped"), Some(Json::String(Cow::Owned(text))) if text == "abc"));
        assert_eq!(json.get("n").and_then(Json::as_i64), Some(3));
        assert_eq!(json.get("list").unwrap().items(), [Json::Float(1.5), Json::Null, Json::Bool(true)]);
    }

    #[test]
    fn the_deepest_allowed_level_is_read_and_one_more_is_refused() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(Json::parse(nested(limits::JSON_DEPTH_MAX).as_bytes()).is_ok());
        assert_eq!(Json::parse(nested(limits::JSON_DEPTH_MAX + 1).as_bytes()), Err(JsonError::TooDeep));
    }

    #[test]
    fn broken_text_names_its_column() {
        assert_eq!(Json::parse(br#"{"a":}"#), Err(JsonError::Invalid { column: 6 }));
        assert!(Json::parse(b"{} {}").is_err());
        assert!(Json::parse(&[0xff, 0xfe]).is_err());
    }
}
