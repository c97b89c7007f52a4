//! Types of expressions, and which is accepted where.

use crate::syntax::tree::Annotation;
use std::fmt;

/// The static type of an expression or a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// The type of an expression with a mistake in it, fit for everything: one mistake, one diagnostic.
    Unknown,
    Any,
    None,
    Bool,
    Int,
    Float,
    Str,
    Union(Vec<Type>),
    List(Box<Type>),
    Entity(Box<Type>),
    Rule,
    TimeDelta,
    Experiment,
    Effect,
    /// The type variable of a generic function.
    Variable,
}

/// Whether a type is accepted, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    AsIs,
    /// As the plain type that it converts to.
    Unwrapped,
    No,
}

impl Type {
    pub(crate) fn list(item: Self) -> Self {
        Self::List(Box::new(item))
    }

    pub(crate) fn optional(self) -> Self {
        Self::Union(vec![self, Self::None])
    }

    /// The plain type that this one converts to, if it does.
    pub(crate) fn converted(&self) -> Option<Self> {
        match self {
            Self::Entity(id) => Some((**id).clone()),
            Self::Rule => Some(Self::Bool),
            Self::TimeDelta => Some(Self::Float),
            Self::Experiment => Some(Self::list(Self::Str)),
            _ => None,
        }
    }

    pub(crate) fn accepts_none(&self) -> bool {
        match self {
            Self::None | Self::Any | Self::Unknown => true,
            Self::Union(members) => members.iter().any(Self::accepts_none),
            _ => false,
        }
    }

    /// Without `None`: what narrowing leaves.
    pub(crate) fn without_none(&self) -> Self {
        match self {
            Self::Union(members) => {
                let rest: Vec<Self> =
                    members.iter().filter(|member| **member != Self::None).cloned().collect();
                match rest.as_slice() {
                    [one] => one.clone(),
                    _ => Self::Union(rest),
                }
            }
            other => other.clone(),
        }
    }

    fn fits(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Unknown, _) | (_, Self::Unknown | Self::Any | Self::Variable) => true,
            (Self::Union(members), _) => members.iter().all(|member| member.fits(wanted)),
            (_, Self::Union(members)) => members.iter().any(|member| self.fits(member)),
            (Self::Int, Self::Float) => true,
            (Self::List(item), Self::List(wanted)) => **item == Self::Any || item.fits(wanted),
            (Self::Entity(id), Self::Entity(wanted)) => id.fits(wanted),
            (Self::Any, _) => true,
            (own, wanted) => own == wanted,
        }
    }

    /// Whether a value of this type may stand where `wanted` is.
    pub(crate) fn accepted_by(&self, wanted: &Self) -> Accepted {
        if self.fits(wanted) {
            Accepted::AsIs
        } else if self.converted().is_some_and(|converted| converted.fits(wanted)) {
            Accepted::Unwrapped
        } else {
            Accepted::No
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => out.write_str("unknown"),
            Self::Any => out.write_str("Any"),
            Self::None => out.write_str("None"),
            Self::Bool => out.write_str("bool"),
            Self::Int => out.write_str("int"),
            Self::Float => out.write_str("float"),
            Self::Str => out.write_str("str"),
            Self::Union(members) => {
                if members.len() == 2 && members.contains(&Self::None) {
                    return write!(out, "Optional[{}]", self.without_none());
                }
                let names: Vec<String> = members.iter().map(ToString::to_string).collect();
                write!(out, "Union[{}]", names.join(", "))
            }
            Self::List(item) => write!(out, "list[{item}]"),
            Self::Entity(id) => write!(out, "Entity[{id}]"),
            Self::Rule => out.write_str("Rule"),
            Self::TimeDelta => out.write_str("TimeDelta"),
            Self::Experiment => out.write_str("Experiment"),
            Self::Effect => out.write_str("Effect"),
            Self::Variable => out.write_str("T"),
        }
    }
}

/// Whether a feature may be shown, and where its data comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// `Secret` and `ExtractSecret`: read from the secret document.
    pub(crate) secret: bool,
    /// `ExtractSecret` and `ExtractLiteral`: shown although it would not be.
    pub(crate) extract: bool,
    /// `ExtractLiteral`: the value must be a literal, a list or an f-string.
    pub(crate) literal: bool,
}

/// Reads what an annotation means; the error says what is wrong with it.
pub(crate) fn read_annotation(annotation: &Annotation) -> Result<(Type, Marks), String> {
    if let Annotation::Generic(name, inner) = annotation {
        let marks = match name.as_str() {
            "Secret" => Marks { secret: true, ..Marks::default() },
            "ExtractSecret" => Marks { secret: true, extract: true, literal: false },
            "ExtractLiteral" => Marks { secret: false, extract: true, literal: true },
            _ => return plain(annotation).map(|found| (found, Marks::default())),
        };
        return match inner.as_slice() {
            [one] => plain(one).map(|found| (found, marks)),
            _ => Err(format!("`{name}` takes one type")),
        };
    }
    plain(annotation).map(|found| (found, Marks::default()))
}

fn scalar(annotation: &Annotation) -> Result<Type, String> {
    match annotation {
        Annotation::None => Ok(Type::None),
        Annotation::Name(name) => match name.as_str() {
            "str" => Ok(Type::Str),
            "int" => Ok(Type::Int),
            "float" => Ok(Type::Float),
            "bool" => Ok(Type::Bool),
            other => Err(format!("got unknown non-generic type `{other}`")),
        },
        Annotation::Generic(name, _) => Err(format!("`{name}[…]` cannot stand within another type")),
        Annotation::Either(_) => Err("a choice of types cannot stand within another type".into()),
    }
}

fn plain(annotation: &Annotation) -> Result<Type, String> {
    match annotation {
        Annotation::None | Annotation::Name(_) => scalar(annotation),
        Annotation::Either(members) => match members.split_last() {
            Some((Annotation::None, [one])) => optional(one),
            Some((Annotation::None, _)) => Err("only one type may stand before `| None`".into()),
            _ => union(members),
        },
        Annotation::Generic(name, inner) => match (name.as_str(), inner.as_slice()) {
            ("Optional", [one]) => optional(one),
            ("Union", members) => union(members),
            ("List", [one]) => Ok(Type::list(scalar(one)?)),
            ("Entity", [one]) => match scalar(one)? {
                id @ (Type::Str | Type::Int) => Ok(Type::Entity(Box::new(id))),
                other => Err(format!("an entity's id is `str` or `int`, not `{other}`")),
            },
            ("Optional" | "List" | "Entity", _) => Err(format!("`{name}` takes one type")),
            _ => Err(format!("got unknown generic type `{name}`")),
        },
    }
}

fn optional(inner: &Annotation) -> Result<Type, String> {
    match scalar(inner)? {
        Type::None => Err("`Optional` takes a type other than None".into()),
        inner => Ok(inner.optional()),
    }
}

fn union(members: &[Annotation]) -> Result<Type, String> {
    let mut types: Vec<Type> = Vec::new();
    for member in members {
        let member = scalar(member)?;
        if member == Type::None {
            return Err("None comes last and after one type only: Optional[…]".into());
        }
        if !types.contains(&member) {
            types.push(member);
        }
    }
    if types.len() < 2 {
        Err("`Union` takes at least two different types".into())
    } else {
        Ok(Type::Union(types))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acceptance_follows_the_table_of_the_language() {
        let (list, entity) = (Type::list, |id| Type::Entity(Box::new(id)));
        let cases = [
            (Type::Int, Type::Float, Accepted::AsIs),
            (Type::Bool, Type::Int, Accepted::No),
            (Type::Float, Type::Int, Accepted::No),
            (list(Type::Int), list(Type::Float), Accepted::AsIs),
            (list(Type::Float), list(Type::Int), Accepted::No),
            (list(Type::Rule), list(Type::Bool), Accepted::No),
            (Type::Rule, Type::Bool, Accepted::Unwrapped),
            (Type::TimeDelta, Type::Float, Accepted::Unwrapped),
            (Type::TimeDelta, Type::Int, Accepted::No),
            (entity(Type::Str), Type::Str, Accepted::Unwrapped),
            (entity(Type::Str), list(Type::Str), Accepted::No),
            (entity(Type::Str), entity(Type::Any), Accepted::AsIs),
            (Type::Str.optional(), Type::Str, Accepted::No),
            (Type::Str, Type::Str.optional(), Accepted::AsIs),
            (Type::Experiment, list(Type::Str), Accepted::Unwrapped),
            (list(Type::Rule), list(Type::Any), Accepted::AsIs),
        ];
        for (own, wanted, expected) in cases {
            assert_eq!(own.accepted_by(&wanted), expected, "{own} by {wanted}");
        }
    }
}
