//! Types of expressions.

use super::Checker;
use super::typed::{DefinitionId, Typed, TypedKind, TypedPiece};
use super::types::{Accepted, Type};
use crate::builtins::signature::Constant;
use crate::diagnostics::Span;
use crate::syntax::tree::{Comparator, Expression, Kind, Literal, Operator, Piece, is_local};

pub(super) fn bad(span: Span) -> Typed {
    Typed { kind: TypedKind::Bad, ty: Type::Unknown, span }
}

fn literal_type(literal: &Literal) -> Type {
    match literal {
        Literal::None => Type::None,
        Literal::Bool(_) => Type::Bool,
        Literal::Int(_) => Type::Int,
        Literal::Float(_) => Type::Float,
        Literal::Str(_) => Type::Str,
    }
}

impl<'t> Checker<'t> {
    pub(super) fn expression(&mut self, expression: &'t Expression) -> Typed {
        let span = expression.span;
        match &expression.kind {
            Kind::Literal(literal) => Typed {
                kind: TypedKind::Constant(Constant::One(literal.clone())),
                ty: literal_type(literal),
                span,
            },
            Kind::Name(name) => self.name(name, span),
            Kind::List(items) => self.list(items, span),
            Kind::Format(pieces) => self.format(pieces, span),
            Kind::Call(call) => self.call(call, span, None),
            Kind::Compare(comparator, left, right) => self.comparison(*comparator, left, right, span),
            Kind::All(operands) => {
                let operands = self.chain(operands, Comparator::NotEqual, "and");
                Typed { kind: TypedKind::All(operands), ty: Type::Bool, span }
            }
            Kind::Any(operands) => {
                let operands = self.chain(operands, Comparator::Equal, "or");
                Typed { kind: TypedKind::Any(operands), ty: Type::Bool, span }
            }
            Kind::Not(operand) => {
                let operand = self.expression_bool(operand, "`not` only works on `bool` types");
                Typed { kind: TypedKind::Not(Box::new(operand)), ty: Type::Bool, span }
            }
            Kind::Negate(operand) => self.negate(operand, span),
            Kind::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right, span),
        }
    }

    /// Finds what a name means at this place, or says why it means nothing here.
    pub(super) fn resolve(&mut self, name: &str, span: Span) -> Option<DefinitionId> {
        let id = self.names.find(self.file, name);
        if let Some(id) = id {
            if let Some(read) = self.read.get_mut(id).filter(|_| self.statement_target != Some(id)) {
                *read = true;
            }
            if self.visible.get(id) == Some(&true) {
                return Some(id);
            }
        }
        if id.is_some() && id == self.statement_target {
            let message = "cannot both store and load the same value within an assignment";
            self.error(span, "unknown-identifier", message, "give the new value a name of its own");
            return None;
        }
        let hint = self.hint_for(name, id);
        let message = if is_local(name) {
            format!("unknown local variable: `{name}`")
        } else {
            format!("unknown identifier: `{name}`")
        };
        self.error(span, "unknown-identifier", message, hint);
        None
    }

    fn hint_for(&self, name: &str, id: Option<DefinitionId>) -> String {
        let stored = id.and_then(|id| self.names.stored(id));
        if let Some(stored) = stored {
            if stored.file == self.file {
                return "it is defined further down: move its line up".into();
            }
            let path = self.files.get(stored.file).map_or("", |file| &*file.path);
            return format!(
                "it is defined in {path}, which is not imported before this line: Import(rules=['{path}'])"
            );
        }
        if crate::builtins::find(name).is_some() {
            return "it is a function, which is called and no value".into();
        }
        match self.names.nearest(self.file, name) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "no rule file defines it".into(),
        }
    }

    fn name(&mut self, name: &str, span: Span) -> Typed {
        let Some(id) = self.resolve(name, span) else { return bad(span) };
        let known = self.definitions.get(id).and_then(Option::as_ref);
        let mut ty = known.map_or(Type::Unknown, |known| known.wanted.clone());
        if self.narrowed.contains(&id) {
            ty = ty.without_none();
        }
        Typed { kind: TypedKind::Name(id), ty, span }
    }

    fn list(&mut self, items: &'t [Expression], span: Span) -> Typed {
        let typed: Vec<Typed> = items.iter().map(|item| self.expression(item)).collect();
        let mut kinds = typed.iter().map(|item| &item.ty).filter(|ty| **ty != Type::Unknown);
        let first = kinds.next().cloned();
        if let (Some(first), Some(other)) = (&first, kinds.find(|ty| Some(*ty) != first.as_ref())) {
            let message = format!("found multiple different types in list literal: `{first}` and `{other}`");
            self.error(span, "type", message, "a list holds values of one type");
            return bad(span);
        }
        let item = first.unwrap_or(if typed.is_empty() { Type::Any } else { Type::Unknown });
        Typed { kind: TypedKind::List(typed), ty: Type::list(item), span }
    }

    pub(super) fn format(&mut self, pieces: &'t [Piece], span: Span) -> Typed {
        let mut typed = Vec::new();
        for piece in pieces {
            typed.push(match piece {
                Piece::Text(text) => TypedPiece::Text(text.clone()),
                Piece::Name(name, span) => TypedPiece::Value(self.interpolated(name, *span)),
            });
        }
        Typed { kind: TypedKind::Format(typed), ty: Type::Str, span }
    }

    fn interpolated(&mut self, name: &str, span: Span) -> Typed {
        let value = self.name(name, span);
        if self.carries_secret(&value) {
            let message = "a secret cannot be put into a format string";
            self.error(span, "secret", message, "leave it out: the text would show it");
        }
        let plain = value.ty.converted().unwrap_or_else(|| value.ty.clone());
        let is_sound = match &plain {
            Type::Unknown | Type::Int | Type::Float | Type::Bool | Type::Str => true,
            Type::Union(members) => !members.contains(&Type::None),
            _ => false,
        };
        if !is_sound {
            let message = format!("unsupported type for f-string substitution: `{}`", value.ty);
            self.error(span, "type", message, "it must be int, float, bool or str; see ResolveOptional");
        }
        if value.ty.converted().is_some() { value.unwrapped() } else { value }
    }

    /// Operands of `and` or `or`: one that asks `Name != None` (for `or`: `== None`) narrows the later ones.
    fn chain(&mut self, operands: &'t [Expression], narrowing: Comparator, operator: &str) -> Vec<Typed> {
        let narrowed = self.narrowed.len();
        let mut typed = Vec::new();
        for operand in operands {
            typed.push(self.expression_bool(operand, &format!("unsupported operand type for `{operator}`")));
            if let Some(name) = asks_for_none(operand, narrowing)
                && let Some(id) = self.names.find(self.file, name)
            {
                self.narrowed.push(id);
            }
        }
        self.narrowed.truncate(narrowed);
        typed
    }

    fn comparison(
        &mut self,
        comparator: Comparator,
        left: &'t Expression,
        right: &'t Expression,
        span: Span,
    ) -> Typed {
        let (left, right) = (self.expression(left), self.expression(right));
        let (left, right) = match comparator {
            Comparator::Equal | Comparator::NotEqual => self.equality(left, right, span),
            Comparator::In | Comparator::NotIn => self.membership(comparator, left, right, span),
            _ => self.ordering(comparator, left, right, span),
        };
        let kind = TypedKind::Compare(comparator, Box::new(left), Box::new(right));
        Typed { kind, ty: Type::Bool, span }
    }

    fn equality(&mut self, left: Typed, right: Typed, span: Span) -> (Typed, Typed) {
        if left.ty == Type::None || right.ty == Type::None {
            return (left, right);
        }
        let (to_right, to_left) = (left.ty.accepted_by(&right.ty), right.ty.accepted_by(&left.ty));
        if to_right == Accepted::AsIs || to_left == Accepted::AsIs {
            return (left, right);
        }
        if to_right == Accepted::Unwrapped {
            return (left.unwrapped(), right);
        }
        if to_left == Accepted::Unwrapped {
            return (left, right.unwrapped());
        }
        let message =
            format!("left and right sides have incompatible types: `{}` and `{}`", left.ty, right.ty);
        self.error(span, "type", message, "such a comparison is never true");
        (left, right)
    }

    fn membership(
        &mut self,
        comparator: Comparator,
        left: Typed,
        right: Typed,
        span: Span,
    ) -> (Typed, Typed) {
        let right = if matches!(right.ty, Type::Experiment) { right.unwrapped() } else { right };
        let hint = "ask for a text in a text, or for a value in a list of its type";
        if let Type::List(item) = &right.ty {
            let (forth, back) = (left.ty.accepted_by(item), item.accepted_by(&left.ty));
            if forth == Accepted::AsIs || back == Accepted::AsIs {
                return (left, right);
            }
            if forth == Accepted::Unwrapped {
                return (left.unwrapped(), right);
            }
        } else {
            let (own, other) = (left.ty.accepted_by(&Type::Str), right.ty.accepted_by(&Type::Str));
            if own != Accepted::No && other != Accepted::No {
                let left = if own == Accepted::Unwrapped { left.unwrapped() } else { left };
                let right = if other == Accepted::Unwrapped { right.unwrapped() } else { right };
                return (left, right);
            }
        }
        let message = format!(
            "unsupported operand types for `{}`: `{}` and `{}`",
            comparator.text(),
            left.ty,
            right.ty
        );
        self.error(span, "type", message, hint);
        (left, right)
    }

    fn ordering(&mut self, comparator: Comparator, left: Typed, right: Typed, span: Span) -> (Typed, Typed) {
        let is_number =
            |typed: &Typed| typed.ty != Type::Any && typed.ty.accepted_by(&Type::Float) != Accepted::No;
        if !is_number(&left) || !is_number(&right) {
            let message = format!(
                "unsupported operand types for `{}`: `{}` and `{}`",
                comparator.text(),
                left.ty,
                right.ty
            );
            let hint = if left.ty.accepts_none() || right.ty.accepts_none() {
                "ask first: Name != None and Name < …, or give a default with ResolveOptional"
            } else {
                "only numbers have an order"
            };
            self.error(span, "type", message, hint);
            return (left, right);
        }
        (number(left), number(right))
    }

    fn negate(&mut self, operand: &'t Expression, span: Span) -> Typed {
        let operand = self.expression(operand);
        // Time spans and entities of whole numbers pass here and raise when evaluated, as in Osprey.
        let ty = match operand.ty.converted().unwrap_or_else(|| operand.ty.clone()) {
            ty @ (Type::Int | Type::Float | Type::Unknown) => ty,
            _ => {
                let message = format!("bad operand type for unary -: `{}`", operand.ty);
                self.error(span, "type", message, "only numbers have a negative");
                return bad(span);
            }
        };
        Typed { kind: TypedKind::Negate(Box::new(operand)), ty, span }
    }

    fn arithmetic(
        &mut self,
        operator: Operator,
        left: &'t Expression,
        right: &'t Expression,
        span: Span,
    ) -> Typed {
        let (left, right) = (number(self.expression(left)), number(self.expression(right)));
        if left.ty == Type::Unknown || right.ty == Type::Unknown {
            return bad(span);
        }
        let Some(ty) = arithmetic_type(operator, &left.ty, &right.ty) else {
            let message = format!(
                "unsupported operand types for `{}`: `{}` and `{}`",
                operator.text(),
                left.ty,
                right.ty
            );
            self.error(span, "type", message, "numbers with numbers, `str + str`, `str * int`");
            return bad(span);
        };
        Typed { kind: TypedKind::Arithmetic(operator, Box::new(left), Box::new(right)), ty, span }
    }
}

/// As a plain value.
fn number(typed: Typed) -> Typed {
    if typed.ty.converted().is_some() { typed.unwrapped() } else { typed }
}

fn arithmetic_type(operator: Operator, left: &Type, right: &Type) -> Option<Type> {
    use Operator::{BitAnd, BitOr, BitXor, Divide, Multiply, ShiftLeft, ShiftRight};
    match (left, right) {
        (Type::Int, Type::Int) if operator == Divide => Some(Type::Float),
        (Type::Int, Type::Int) => Some(Type::Int),
        (Type::Int | Type::Float, Type::Int | Type::Float) => {
            (!matches!(operator, BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight)).then_some(Type::Float)
        }
        (Type::Str, Type::Str) if operator == Operator::Add => Some(Type::Str),
        (Type::Str, Type::Int) | (Type::Int, Type::Str) if operator == Multiply => Some(Type::Str),
        _ => None,
    }
}

/// The name of an operand `Name != None` or `None != Name`, for that comparator.
fn asks_for_none(operand: &Expression, wanted: Comparator) -> Option<&str> {
    let Kind::Compare(comparator, left, right) = &operand.kind else { return None };
    if *comparator != wanted {
        return None;
    }
    match (&left.kind, &right.kind) {
        (Kind::Name(name), Kind::Literal(Literal::None))
        | (Kind::Literal(Literal::None), Kind::Name(name)) => Some(name),
        _ => None,
    }
}
