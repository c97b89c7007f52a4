//! From a place in an event to a value of an annotated type.

use super::json::{Content, Document};
use super::path::Found;
use super::python;
use super::value::{Fault, Outcome, Value};
use crate::check::types::Type;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive};
use std::sync::Arc;

const WRONG_TYPE: Fault = Fault::Error("the event holds a value of another type than annotated");

/// The value of a match as `wanted`, coerced if `coerce`.
#[inline]
pub(crate) fn value<'e>(
    document: &'e Document<'e>,
    found: &Found,
    wanted: &Type,
    coerce: bool,
) -> Outcome<'e> {
    let node = match found {
        Found::Node(node) => *node,
        Found::Character(letter) => return character(*letter, wanted, coerce),
    };
    match (wanted, document.content(node)) {
        (Type::Str, Content::Text(text)) => Ok(Value::Text(text)),
        (Type::Int | Type::Float, Content::Int(number)) => Ok(Value::Int(*number)),
        (Type::Bool, Content::Bool(value)) => Ok(Value::Bool(*value)),
        (Type::List(item), Content::Array) => {
            let items: Result<Vec<_>, _> = document
                .children(node)
                .map(|child| value(document, &Found::Node(child), item, coerce))
                .collect();
            Ok(Value::list(items?))
        }
        (Type::List(_), _) => Err(WRONG_TYPE),
        (Type::Union(members), content) => {
            if matches!(content, Content::Null) {
                return if wanted.accepts_none() { Ok(Value::None) } else { Err(WRONG_TYPE) };
            }
            union(document, found, members, coerce)
        }
        (_, Content::Array | Content::Object) => match wanted {
            Type::Str if coerce => {
                let mut text = String::new();
                python::write_json_repr(&mut text, document, node);
                Ok(Value::text(&text))
            }
            Type::Bool if coerce => Ok(Value::Bool(document.children(node).next().is_some())),
            _ => Err(WRONG_TYPE),
        },
        _ => scalar(document.scalar(node).unwrap_or(Value::None), wanted, coerce),
    }
}

fn character<'e>(letter: char, wanted: &Type, coerce: bool) -> Outcome<'e> {
    let text = Value::text(letter.encode_utf8(&mut [0; 4]));
    match wanted {
        Type::Union(members) => {
            first_fitting(members, coerce, |wanted, coerce| scalar(text.clone(), wanted, coerce))
        }
        _ => scalar(text, wanted, coerce),
    }
}

fn union<'e>(document: &'e Document<'e>, found: &Found, members: &[Type], coerce: bool) -> Outcome<'e> {
    first_fitting(members, coerce, |wanted, coerce| value(document, found, wanted, coerce))
}

/// A member that fits as it is wins, else the first that the value can be coerced to.
fn first_fitting<'e>(
    members: &[Type],
    coerce: bool,
    read: impl Fn(&Type, bool) -> Outcome<'e>,
) -> Outcome<'e> {
    let members = || members.iter().filter(|member| **member != Type::None);
    let exact = members().find_map(|member| read(member, false).ok());
    let coerced = || if coerce { members().find_map(|member| read(member, true).ok()) } else { None };
    exact.or_else(coerced).ok_or(WRONG_TYPE)
}

fn scalar<'e>(value: Value<'e>, wanted: &Type, coerce: bool) -> Outcome<'e> {
    let is_exact = matches!(
        (&value, wanted),
        (Value::None, Type::None)
            | (Value::Bool(_), Type::Bool)
            | (Value::Int(_) | Value::Big(_), Type::Int | Type::Float)
            | (Value::Float(_), Type::Float)
            | (Value::Text(_) | Value::Owned(_), Type::Str)
            | (_, Type::Any | Type::Unknown)
    );
    if is_exact {
        return Ok(value);
    }
    if !coerce || matches!(value, Value::None) {
        return Err(WRONG_TYPE);
    }
    match wanted {
        Type::Str => Ok(Value::text(&python::to_str(&value))),
        Type::Bool => Ok(Value::Bool(value.is_true())),
        Type::Int => match &value {
            Value::Float(number) => {
                let whole = if number.is_finite() { BigInt::from_f64(number.trunc()) } else { None };
                whole.map(Value::big).ok_or(WRONG_TYPE)
            }
            _ => value.as_text().and_then(python::parse_int).map(Value::big).ok_or(WRONG_TYPE),
        },
        Type::Float => value.as_text().and_then(python::parse_float).map(Value::Float).ok_or(WRONG_TYPE),
        _ => Err(WRONG_TYPE),
    }
}

/// The id of an entity: a text or a whole number.
pub(crate) fn is_id(value: &Value<'_>) -> bool {
    match value {
        Value::Int(_) | Value::Text(_) | Value::Owned(_) => true,
        Value::Big(number) => number.to_i64().is_none(),
        _ => false,
    }
}

/// An entity of that type with that id.
pub(crate) fn entity<'e>(kind: &Arc<str>, id: Value<'e>) -> Outcome<'e> {
    if is_id(&id) {
        Ok(Value::Entity(Arc::new(super::value::Entity { kind: kind.clone(), id })))
    } else {
        Err(Fault::Error("the id of an entity is neither a text nor a whole number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, wanted: &Type, expected: &str) {
        let text = format!("{{\"x\": {json}}}");
        let document = Document::parse(text.as_bytes()).unwrap();
        let node = document.member(0, "x").unwrap();
        let found = match value(&document, &Found::Node(node), wanted, true) {
            Ok(value) => python::to_str(&Value::list(vec![value])),
            Err(_) => "raises".into(),
        };
        assert_eq!(found, expected, "{json} as {wanted}");
    }

    #[test]
    fn coercion_follows_the_table_of_the_language() {
        check("true", &Type::Str, "['True']");
        check("true", &Type::Int, "raises");
        check("1.9", &Type::Int, "[1]");
        check("1.0", &Type::Str, "['1.0']");
        check("1", &Type::Float, "[1]");
        check("0", &Type::Bool, "[False]");
        check("\" 12 \"", &Type::Int, "[12]");
        check("\"1_0\"", &Type::Float, "[10.0]");
        check("\"1.5\"", &Type::Int, "raises");
        check("\"nan\"", &Type::Float, "[nan]");
        check("\"\"", &Type::Bool, "[False]");
        check("[\"a\"]", &Type::Str, "[\"['a']\"]");
        check("{\"a\": 1}", &Type::Bool, "[True]");
        check("[]", &Type::Int, "raises");
        check("null", &Type::Str, "raises");
        check("null", &Type::Str.optional(), "[None]");
        check("1.9", &Type::Union(vec![Type::Int, Type::Str]), "[1]");
        check("true", &Type::Union(vec![Type::Int, Type::Str]), "['True']");
        check("\"12\"", &Type::Union(vec![Type::Int, Type::Str]), "['12']");
        check("[1, \"2\"]", &Type::list(Type::Int), "[[1, 2]]");
        check("[1, null]", &Type::list(Type::Int), "raises");
        check("\"ab\"", &Type::list(Type::Str), "raises");
    }
}
