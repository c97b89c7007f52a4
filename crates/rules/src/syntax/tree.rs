//! The syntax tree of one rule file.

use crate::diagnostics::Span;
use num_bigint::BigInt;
use std::sync::Arc;

/// A rule file that was read without a mistake.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: Arc<str>,
    pub(crate) text: Arc<str>,
    pub(crate) statements: Vec<Statement>,
}

#[derive(Debug)]
pub(crate) enum Statement {
    Assign(Assign),
    Call { call: Call, span: Span },
}

#[derive(Debug)]
pub(crate) struct Assign {
    pub(crate) name: Arc<str>,
    pub(crate) name_span: Span,
    pub(crate) annotation: Option<(Annotation, Span)>,
    pub(crate) value: Expression,
}

/// What stands after the colon of `Name: ANN = …`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Annotation {
    None,
    Name(String),
    Generic(String, Vec<Annotation>),
    Either(Vec<Annotation>),
}

#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Literal(Literal),
    Name(Arc<str>),
    List(Vec<Expression>),
    Format(Vec<Piece>),
    Call(Call),
    Compare(Comparator, Box<Expression>, Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Negate(Box<Expression>),
    Arithmetic(Operator, Box<Expression>, Box<Expression>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    None,
    Bool(bool),
    Int(BigInt),
    Float(f64),
    Str(Arc<str>),
}

/// A piece of an f-string.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(String),
    Name(Arc<str>, Span),
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: Arc<str>,
    pub(crate) function_span: Span,
    /// Each keyword once, in the order of writing; of repeated ones the last.
    pub(crate) arguments: Vec<Argument>,
}

#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) name: Arc<str>,
    pub(crate) name_span: Span,
    pub(crate) value: Expression,
}

impl Call {
    pub(crate) fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|argument| &*argument.name == name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

impl Comparator {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    ShiftLeft,
    ShiftRight,
    BitOr,
    BitXor,
    BitAnd,
}

impl Operator {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Modulo => "%",
            Self::Power => "**",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::BitAnd => "&",
        }
    }
}

/// A name with a leading `_` is seen in its own file only, and is no feature.
pub(crate) fn is_local(name: &str) -> bool {
    name.starts_with('_')
}

impl Expression {
    /// A literal, or a list of literals: the values that are no features.
    pub(crate) fn is_constant(&self) -> bool {
        match &self.kind {
            Kind::Literal(_) => true,
            Kind::List(items) => items.iter().all(|item| matches!(item.kind, Kind::Literal(_))),
            _ => false,
        }
    }
}
