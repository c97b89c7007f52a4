//! Signatures, written as a rule author reads them and read once: `Name(s: str, n: const int = 0) -> bool`.

use crate::check::types::Type;
use crate::syntax::tree::Literal;
use num_bigint::BigInt;
use std::sync::Arc;

/// What a function takes and gives.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<Parameter>,
    /// `None` where the call gives nothing and stands alone.
    pub(crate) result: Option<Type>,
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) is_constant: bool,
    pub(crate) wanted: Type,
    pub(crate) default: Option<Constant>,
}

impl Parameter {
    /// Whether a failed argument becomes `None` instead of failing the call.
    pub(crate) fn absorbs_failure(&self) -> bool {
        self.wanted.accepts_none()
    }
}

/// A value known when the rules load.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constant {
    One(Literal),
    List(Vec<Literal>),
}

impl Signature {
    /// Reads a signature; what does not fit is left out, which the test below rules out.
    pub(crate) fn read(text: &'static str) -> Self {
        let (head, tail) = text.rsplit_once(" -> ").map_or((text, None), |(head, tail)| (head, Some(tail)));
        let inside = head.split_once('(').map_or("", |(_, rest)| rest).trim_end_matches(')');
        let mut parameters = Vec::new();
        for part in split(inside) {
            let Some((name, rest)) = part.split_once(':') else { continue };
            let (wanted, default) =
                rest.split_once(" = ").map_or((rest, None), |(wanted, default)| (wanted, Some(default)));
            let wanted = wanted.trim();
            let (is_constant, wanted) =
                wanted.strip_prefix("const ").map_or((false, wanted), |wanted| (true, wanted));
            parameters.push(Parameter {
                name: name.trim(),
                is_constant,
                wanted: read_type(wanted),
                default: default.map(read_default),
            });
        }
        Self { parameters, result: tail.map(|tail| read_type(tail.trim())) }
    }
}

/// Splits at commas outside of brackets.
fn split(text: &'static str) -> Vec<&'static str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..).filter(|rest| !rest.trim().is_empty()));
    parts
}

fn read_type(text: &str) -> Type {
    if let Some((outer, inner)) = text.split_once('[') {
        let inner = read_type(inner.strip_suffix(']').unwrap_or(inner));
        return match outer {
            "Optional" => inner.optional(),
            "list" => Type::list(inner),
            "Entity" => Type::Entity(Box::new(inner)),
            _ => Type::Unknown,
        };
    }
    match text {
        "str" => Type::Str,
        "int" => Type::Int,
        "float" => Type::Float,
        "bool" => Type::Bool,
        "Any" => Type::Any,
        "T" => Type::Variable,
        "Entity" => Type::Entity(Box::new(Type::Any)),
        "Rule" => Type::Rule,
        "TimeDelta" => Type::TimeDelta,
        "Experiment" => Type::Experiment,
        "Effect" => Type::Effect,
        _ => Type::Unknown,
    }
}

fn read_default(text: &'static str) -> Constant {
    let text = text.trim();
    Constant::One(match text {
        "None" => Literal::None,
        "True" => Literal::Bool(true),
        "False" => Literal::Bool(false),
        _ => match text.strip_prefix('\'') {
            Some(rest) => Literal::Str(Arc::from(rest.trim_end_matches('\''))),
            None if text.starts_with('[') => return Constant::List(Vec::new()),
            None => Literal::Int(BigInt::from(text.parse::<i64>().unwrap_or(0))),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_read_as_they_are_written() {
        let found =
            Signature::read("F(a: const list[str], b: Optional[list[Any]] = None, c: int = -1) -> Entity[T]");
        let [a, b, c] = found.parameters.as_slice() else { panic!("{found:?}") };
        assert!(a.is_constant && a.wanted == Type::list(Type::Str) && a.default.is_none());
        assert_eq!(b.wanted, Type::list(Type::Any).optional());
        assert!(b.absorbs_failure() && !c.absorbs_failure());
        assert_eq!(c.default, Some(Constant::One(Literal::Int(BigInt::from(-1)))));
        assert_eq!(found.result, Some(Type::Entity(Box::new(Type::Variable))));
    }

    #[test]
    fn every_signature_of_the_registry_is_fully_read() {
        for builtin in crate::builtins::all() {
            let found = Signature::read(builtin.signature);
            let unread = |wanted: &Type| format!("{wanted}").contains("unknown");
            assert!(!found.parameters.iter().any(|p| unread(&p.wanted)), "{}", builtin.signature);
            assert!(!found.result.as_ref().is_some_and(unread), "{}", builtin.signature);
        }
    }
}
