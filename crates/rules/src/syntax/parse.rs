//! The whitelist over Python's syntax tree.

use super::depth;
use super::tree::{
    Annotation, Argument, Assign, Call, Comparator, Expression, File, Kind, Literal, Operator, Piece,
    Statement,
};
use crate::diagnostics::{Diagnostic, Span};
use cordon_model::limits::RULE_EXPRESSION_DEPTH_MAX;
use num_bigint::BigInt;
use ruff_python_ast::{self as python, AnyNodeRef};
use ruff_text_size::{Ranged, TextRange};
use std::sync::Arc;

/// Reads one rule file.
///
/// Errors: every mistake of syntax in it, in the order of the text.
pub(crate) fn parse(path: &Arc<str>, text: &Arc<str>) -> Result<File, Vec<Diagnostic>> {
    let mut reader = Reader { path, text, found: Vec::new() };
    if let Some(at) = depth::too_deep(text) {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        reader.error(
            Span { start: at, end: at + 1 },
            "too-deep",
            format!("expression nests deeper than {RULE_EXPRESSION_DEPTH_MAX} levels"),
            "name a part of it in a line of its own",
        );
        return Err(reader.found);
    }
    let parsed = ruff_python_parser::parse_unchecked_source(text, python::PySourceType::Python);
    for error in parsed.errors() {
        let message = error.error.to_string();
        let mut letters = message.chars();
        let message = letters
            .next()
            .map_or(String::new(), |first| first.to_lowercase().chain(letters).collect::<String>());
        reader.error(span(error.location), "syntax", message, "SML is a simplified subset of Python");
    }
    if !reader.found.is_empty() {
        return Err(reader.found);
    }
    let statements: Vec<Statement> =
        parsed.syntax().body.iter().filter_map(|statement| reader.statement(statement)).collect();
    if reader.found.is_empty() {
        Ok(File { path: path.clone(), text: text.clone(), statements })
    } else {
        Err(reader.found)
    }
}

fn span(range: TextRange) -> Span {
    Span { start: range.start().to_u32(), end: range.end().to_u32() }
}

struct Reader<'t> {
    path: &'t Arc<str>,
    text: &'t Arc<str>,
    found: Vec<Diagnostic>,
}

const SUBSET: &str = "SML is a simplified subset of Python: assignments and calls with keyword arguments";

impl Reader<'_> {
    fn error(&mut self, span: Span, code: &'static str, message: impl Into<String>, hint: &str) {
        self.found.push(Diagnostic::at(self.path, self.text, span, code, message.into(), hint));
    }

    fn unexpected(&mut self, range: TextRange, node: AnyNodeRef<'_>) {
        let name = node_name(node);
        self.error(span(range), "unexpected-node", format!("unexpected node type `{name}`"), SUBSET);
    }

    fn statement(&mut self, statement: &python::Stmt) -> Option<Statement> {
        match statement {
            python::Stmt::Assign(assign) => {
                let [target] = assign.targets.as_slice() else {
                    self.error(
                        span(assign.range),
                        "assignment-target",
                        "an assignment can only have a single target",
                        "write one line for each name",
                    );
                    return None;
                };
                let name = self.target(target);
                let value = self.expression(&assign.value);
                let (name, name_span) = name?;
                Some(Statement::Assign(Assign { name, name_span, annotation: None, value: value? }))
            }
            python::Stmt::AnnAssign(assign) => self.annotated(assign),
            python::Stmt::Expr(bare) => match &*bare.value {
                python::Expr::Call(call) => {
                    let call = self.call(call)?;
                    Some(Statement::Call { call, span: span(bare.range) })
                }
                other => {
                    self.error(
                        span(other.range()),
                        "bare-expression",
                        "a bare expression is not allowed, unless it is a function call",
                        "give it a name: Name = …",
                    );
                    None
                }
            },
            other => {
                self.unexpected(other.range(), AnyNodeRef::from(other));
                None
            }
        }
    }

    fn annotated(&mut self, assign: &python::StmtAnnAssign) -> Option<Statement> {
        if !assign.simple {
            self.error(
                span(assign.range),
                "annotated-assignment",
                "expected simple Annotated Assignment",
                "write the name without brackets: Name: type = …",
            );
            return None;
        }
        let name = self.target(&assign.target);
        let annotation = self.annotation(&assign.annotation);
        let Some(value) = &assign.value else {
            self.error(span(assign.range), "assignment-value", "assignment must have a value", "add = …");
            return None;
        };
        let value = self.expression(value);
        let (name, name_span) = name?;
        Some(Statement::Assign(Assign {
            name,
            name_span,
            annotation: Some((annotation?, span(assign.annotation.range()))),
            value: value?,
        }))
    }

    fn target(&mut self, target: &python::Expr) -> Option<(Arc<str>, Span)> {
        if let python::Expr::Name(name) = target {
            return Some((Arc::from(name.id.as_str()), span(name.range)));
        }
        let name = node_name(AnyNodeRef::from(target));
        self.error(
            span(target.range()),
            "assignment-target",
            format!("expected `Name`, got `{name}`"),
            "assign to one name",
        );
        None
    }

    fn annotation(&mut self, annotation: &python::Expr) -> Option<Annotation> {
        match annotation {
            python::Expr::NoneLiteral(_) => Some(Annotation::None),
            python::Expr::Name(name) => Some(Annotation::Name(name.id.to_string())),
            python::Expr::Subscript(subscript) => {
                let python::Expr::Name(name) = &*subscript.value else {
                    return self.bad_annotation(&subscript.value);
                };
                let inner = match &*subscript.slice {
                    python::Expr::Tuple(tuple) => {
                        let items: Vec<_> = tuple.elts.iter().map(|item| self.annotation(item)).collect();
                        items.into_iter().collect::<Option<Vec<_>>>()?
                    }
                    one => vec![self.annotation(one)?],
                };
                Some(Annotation::Generic(name.id.to_string(), inner))
            }
            python::Expr::BinOp(either) if either.op == python::Operator::BitOr => {
                let left = self.annotation(&either.left);
                let right = self.annotation(&either.right)?;
                let mut members = match left? {
                    Annotation::Either(members) => members,
                    one => vec![one],
                };
                match right {
                    Annotation::Either(more) => members.extend(more),
                    one => members.push(one),
                }
                Some(Annotation::Either(members))
            }
            other => self.bad_annotation(other),
        }
    }

    fn bad_annotation(&mut self, annotation: &python::Expr) -> Option<Annotation> {
        self.error(
            span(annotation.range()),
            "annotation",
            format!("invalid annotation: unexpected `{}`", node_name(AnyNodeRef::from(annotation))),
            "write str, int, float, bool, Optional[…], Union[…], List[…], Entity[…] or Secret[…], unquoted",
        );
        None
    }

    fn expressions(&mut self, expressions: &[python::Expr]) -> Option<Vec<Expression>> {
        // All are read before the first failure counts, so that all mistakes are found.
        let read: Vec<_> = expressions.iter().map(|item| self.expression(item)).collect();
        read.into_iter().collect()
    }

    fn expression(&mut self, expression: &python::Expr) -> Option<Expression> {
        let at = span(expression.range());
        let kind = match expression {
            python::Expr::NoneLiteral(_) => Kind::Literal(Literal::None),
            python::Expr::BooleanLiteral(literal) => Kind::Literal(Literal::Bool(literal.value)),
            python::Expr::StringLiteral(literal) => {
                Kind::Literal(Literal::Str(Arc::from(literal.value.to_str())))
            }
            python::Expr::NumberLiteral(literal) => Kind::Literal(self.number(literal)?),
            python::Expr::BytesLiteral(_) | python::Expr::EllipsisLiteral(_) => {
                let name =
                    if matches!(expression, python::Expr::BytesLiteral(_)) { "bytes" } else { "ellipsis" };
                self.error(at, "constant", format!("unexpected constant of type `{name}`"), SUBSET);
                return None;
            }
            python::Expr::Name(name) => Kind::Name(Arc::from(name.id.as_str())),
            python::Expr::List(list) => Kind::List(self.expressions(&list.elts)?),
            python::Expr::FString(text) => Kind::Format(self.format(text)?),
            python::Expr::Call(call) => Kind::Call(self.call(call)?),
            python::Expr::Compare(compare) => return self.compare(compare),
            python::Expr::BoolOp(chain) => {
                let operands = self.expressions(&chain.values)?;
                match chain.op {
                    python::BoolOp::And => Kind::All(operands),
                    python::BoolOp::Or => Kind::Any(operands),
                }
            }
            python::Expr::UnaryOp(unary) => {
                let operand = self.expression(&unary.operand);
                match unary.op {
                    python::UnaryOp::Not => Kind::Not(Box::new(operand?)),
                    python::UnaryOp::USub => Kind::Negate(Box::new(operand?)),
                    other => {
                        let message = format!("unsupported unary operator `{}` encountered", other.as_str());
                        self.error(at, "operator", message, "use `not` or `-`");
                        return None;
                    }
                }
            }
            python::Expr::BinOp(binary) => {
                let left = self.expression(&binary.left);
                let right = self.expression(&binary.right);
                let Some(operator) = operator(binary.op) else {
                    let message = format!("unsupported operator `{}` encountered", binary.op.as_str());
                    self.error(at, "operator", message, "use + - * / // % ** << >> | ^ or &");
                    return None;
                };
                Kind::Arithmetic(operator, Box::new(left?), Box::new(right?))
            }
            python::Expr::Attribute(_) => {
                self.error(
                    at,
                    "attribute",
                    "attributes aren't supported yet",
                    "names have no parts: drop the dot",
                );
                return None;
            }
            other => {
                self.unexpected(other.range(), AnyNodeRef::from(other));
                return None;
            }
        };
        Some(Expression { kind, span: at })
    }

    fn number(&mut self, literal: &python::ExprNumberLiteral) -> Option<Literal> {
        match &literal.value {
            python::Number::Int(int) => {
                let number = int.as_u64().map(BigInt::from).or_else(|| big(&int.to_string()));
                if number.is_none() {
                    self.error(span(literal.range), "constant", "this number cannot be read", "");
                }
                number.map(Literal::Int)
            }
            python::Number::Float(float) => Some(Literal::Float(*float)),
            python::Number::Complex { .. } => {
                self.error(span(literal.range), "constant", "unexpected constant of type `complex`", SUBSET);
                None
            }
        }
    }

    fn compare(&mut self, compare: &python::ExprCompare) -> Option<Expression> {
        let at = span(compare.range);
        let (Some(left), Some(right), [op]) =
            (Some(&*compare.left), compare.comparators.first(), &*compare.ops)
        else {
            self.error(
                at,
                "comparison",
                "only binary comparisons are supported",
                "join two comparisons with `and`",
            );
            return None;
        };
        let left = self.expression(left);
        let right = self.expression(right);
        let comparator = match op {
            python::CmpOp::Eq => Comparator::Equal,
            python::CmpOp::NotEq => Comparator::NotEqual,
            python::CmpOp::Lt => Comparator::Less,
            python::CmpOp::LtE => Comparator::LessOrEqual,
            python::CmpOp::Gt => Comparator::Greater,
            python::CmpOp::GtE => Comparator::GreaterOrEqual,
            python::CmpOp::In => Comparator::In,
            python::CmpOp::NotIn => Comparator::NotIn,
            other => {
                let message = format!("unsupported comparator `{}` encountered", other.as_str());
                self.error(at, "comparison", message, "use == or !=");
                return None;
            }
        };
        Some(Expression { kind: Kind::Compare(comparator, Box::new(left?), Box::new(right?)), span: at })
    }

    fn format(&mut self, text: &python::ExprFString) -> Option<Vec<Piece>> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut sound = true;
        for part in text.value.as_slice() {
            match part {
                python::FStringPart::Literal(literal) => push_text(&mut pieces, literal.as_str()),
                python::FStringPart::FString(format) => {
                    for element in format.elements.iter() {
                        match element {
                            python::InterpolatedStringElement::Literal(literal) => {
                                push_text(&mut pieces, &literal.value);
                            }
                            python::InterpolatedStringElement::Interpolation(element) => {
                                match self.interpolation(element) {
                                    Some(piece) => pieces.push(piece),
                                    None => sound = false,
                                }
                            }
                        }
                    }
                }
            }
        }
        sound.then_some(pieces)
    }

    fn interpolation(&mut self, element: &python::InterpolatedElement) -> Option<Piece> {
        let at = span(element.range);
        if element.format_spec.is_some() || element.conversion != python::ConversionFlag::None {
            self.error(
                at,
                "format",
                "a format string cannot have a format spec",
                "write {Name}, without `:` and `!`",
            );
            return None;
        }
        match &*element.expression {
            python::Expr::Name(name) if element.debug_text.is_none() => {
                Some(Piece::Name(Arc::from(name.id.as_str()), span(name.range)))
            }
            _ => {
                self.error(
                    at,
                    "format",
                    "a format string can only interpolate a `Name`",
                    "give the expression a name first, and write {Name}",
                );
                None
            }
        }
    }

    fn call(&mut self, call: &python::ExprCall) -> Option<Call> {
        let mut sound = true;
        let function = match &*call.func {
            python::Expr::Name(name) => Some((Arc::from(name.id.as_str()), span(name.range))),
            python::Expr::Attribute(attribute) => {
                self.error(
                    span(attribute.range),
                    "attribute",
                    "attributes aren't supported yet",
                    "call a function by its plain name",
                );
                None
            }
            other => {
                let name = node_name(AnyNodeRef::from(other));
                self.error(
                    span(other.range()),
                    "call",
                    format!("expected `Name`, got `{name}`"),
                    "call a function by its plain name",
                );
                None
            }
        };
        if let Some(first) = call.arguments.args.first() {
            self.error(
                span(first.range()),
                "positional-argument",
                "functions with non-keyword arguments are not supported",
                "write name=value for each argument",
            );
            sound = false;
        }
        let mut arguments: Vec<Argument> = Vec::new();
        for keyword in &call.arguments.keywords {
            let value = self.expression(&keyword.value);
            // `**x` is dropped in silence, as Osprey does.
            let Some(name) = &keyword.arg else { continue };
            let Some(value) = value else {
                sound = false;
                continue;
            };
            let name_span = span(name.range);
            let name: Arc<str> = Arc::from(name.id.as_str());
            arguments.retain(|earlier| earlier.name != name);
            arguments.push(Argument { name, name_span, value });
        }
        let (function, function_span) = function?;
        sound.then_some(Call { function, function_span, arguments })
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if let Some(Piece::Text(last)) = pieces.last_mut() {
        last.push_str(text);
    } else if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

fn big(token: &str) -> Option<BigInt> {
    let token = token.replace('_', "").to_lowercase();
    let (digits, radix) = match token.get(..2) {
        Some("0x") => (token.get(2..)?, 16),
        Some("0o") => (token.get(2..)?, 8),
        Some("0b") => (token.get(2..)?, 2),
        _ => (token.as_str(), 10),
    };
    BigInt::parse_bytes(digits.as_bytes(), radix)
}

fn operator(operator: python::Operator) -> Option<Operator> {
    Some(match operator {
        python::Operator::Add => Operator::Add,
        python::Operator::Sub => Operator::Subtract,
        python::Operator::Mult => Operator::Multiply,
        python::Operator::Div => Operator::Divide,
        python::Operator::FloorDiv => Operator::FloorDivide,
        python::Operator::Mod => Operator::Modulo,
        python::Operator::Pow => Operator::Power,
        python::Operator::LShift => Operator::ShiftLeft,
        python::Operator::RShift => Operator::ShiftRight,
        python::Operator::BitOr => Operator::BitOr,
        python::Operator::BitXor => Operator::BitXor,
        python::Operator::BitAnd => Operator::BitAnd,
        python::Operator::MatMult => return None,
    })
}

/// CPython's name of a node: `StmtFunctionDef` is its `FunctionDef`, `ExprIf` its `IfExp`.
fn node_name(node: AnyNodeRef<'_>) -> String {
    let name = format!("{:?}", node.kind());
    match name.as_str() {
        "ExprIf" => "IfExp".into(),
        "ExprNamed" => "NamedExpr".into(),
        "ExprStringLiteral" | "ExprNumberLiteral" | "ExprBooleanLiteral" | "ExprNoneLiteral" => {
            "Constant".into()
        }
        _ => name.strip_prefix("Stmt").or_else(|| name.strip_prefix("Expr")).unwrap_or(&name).to_owned(),
    }
}
