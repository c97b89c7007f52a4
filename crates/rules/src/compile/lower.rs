//! Lays the trees of a checked rule set into one flat graph.

use super::{FormatPiece, JsonOp, Node, Op, Plan, Program, RuleInfo, When};
use crate::builtins::call::Operand;
use crate::builtins::signature::Constant;
use crate::check::typed::{Checked, CheckedFile, JsonRead, Ready, Step, Typed, TypedKind, TypedPiece};
use crate::diagnostics::{Diagnostic, Span};
use crate::eval;
use crate::eval::value::Value;
use crate::syntax::tree::Literal;
use cordon_model::limits::RULE_NODES_MAX;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Compiles a checked rule set.
///
/// Errors: one, where the graph grows beyond its bound.
pub(super) fn lower(checked: &Checked) -> Result<Program, Vec<Diagnostic>> {
    let mut lowering = Lowering {
        program: Program {
            nodes: Vec::new(),
            operands: Vec::new(),
            constants: Vec::new(),
            files: Vec::new(),
            always: Vec::new(),
            by_path: FxHashMap::default(),
            rules: Vec::new(),
            warnings: checked.warnings.clone(),
            sets: 0,
        },
        definitions: vec![None; checked.definitions.len()],
        known: FxHashMap::default(),
        constants: FxHashMap::default(),
        group: 0,
        file: 0,
    };
    let main = checked.files.iter().position(|file| &*file.path == "main.sml").unwrap_or(0);
    let always = closure(checked, main);
    for (number, file) in checked.files.iter().enumerate() {
        lowering.file = number;
        // Files that run together share their nodes; a file that may run alone must find all it counts in itself.
        lowering.group = if always.contains(&number) { usize::MAX } else { number };
        lowering.lower_file(checked, file);
        if lowering.program.nodes.len() > RULE_NODES_MAX {
            let message = format!("the rule set compiles to more than {RULE_NODES_MAX} nodes");
            return Err(vec![Diagnostic::of_file(&file.path, "too-large", message, "drop what is not used")]);
        }
    }
    lowering.program.always = always;
    lowering.program.rules = checked
        .rules
        .iter()
        .map(|rule| RuleInfo {
            name: rule.name.clone(),
            description: rule.description.clone(),
            interpolated: rule
                .interpolated
                .iter()
                .filter_map(|id| {
                    let name = checked.definitions.get(*id)?.name.clone();
                    Some((name, lowering.definitions.get(*id).copied().flatten()?))
                })
                .collect(),
        })
        .collect();
    super::sets::merge(&mut lowering.program);
    Ok(lowering.program)
}

/// A file and all that it imports, in order.
fn closure(checked: &Checked, start: usize) -> Vec<usize> {
    let mut found = vec![false; checked.files.len()];
    let mut open = vec![start];
    while let Some(number) = open.pop() {
        let Some(seen) = found.get_mut(number).filter(|seen| !**seen) else { continue };
        *seen = true;
        open.extend(checked.files.get(number).map_or(&[][..], |file| file.imports.as_slice()));
    }
    found.iter().enumerate().filter(|(_, seen)| **seen).map(|(number, _)| number).collect()
}

struct Lowering {
    program: Program,
    /// By definition: where its value is.
    definitions: Vec<Option<Operand>>,
    /// Nodes by what they compute, within a group of files that run together.
    known: FxHashMap<(usize, String, Vec<Operand>), u32>,
    constants: FxHashMap<String, u32>,
    group: usize,
    file: usize,
}

impl Lowering {
    fn lower_file(&mut self, checked: &Checked, file: &CheckedFile) {
        let start = self.next_node();
        let mut plan = Plan {
            path: file.path.clone(),
            text: file.text.clone(),
            imports: file.imports.clone(),
            ..Plan::default()
        };
        for step in &file.steps {
            match step {
                Step::Define(id) => {
                    let Some(definition) = checked.definitions.get(*id) else { continue };
                    let operand = self.lower(&definition.value);
                    if let Some(slot) = self.definitions.get_mut(*id) {
                        *slot = Some(operand);
                    }
                    if definition.is_feature {
                        plan.features.push((definition.name.clone(), operand));
                    }
                }
                Step::When { rules, effects } => plan.whens.push(When {
                    rules: rules.iter().map(|rule| self.lower(rule)).collect(),
                    effects: effects.iter().map(|effect| self.lower(effect)).collect(),
                }),
                Step::Require { path, condition } => {
                    let required = (self.lower(path), self.lower(condition));
                    plan.requires.push(required);
                }
            }
        }
        plan.nodes = start..self.next_node();
        self.program.by_path.insert(file.path.clone(), self.file);
        self.program.files.push(plan);
    }

    fn next_node(&self) -> u32 {
        u32::try_from(self.program.nodes.len()).unwrap_or(u32::MAX)
    }

    fn constant(&mut self, value: Value<'static>) -> Operand {
        let key = format!("{value:?}");
        if let Some(known) = self.constants.get(&key) {
            return Operand::Constant(*known);
        }
        let number = u32::try_from(self.program.constants.len()).unwrap_or(u32::MAX);
        self.constants.insert(key, number);
        self.program.constants.push(value);
        Operand::Constant(number)
    }

    fn lower_all(&mut self, all: &[Typed]) -> Vec<Operand> {
        all.iter().map(|one| self.lower(one)).collect()
    }

    fn lower(&mut self, typed: &Typed) -> Operand {
        let span = typed.span;
        match &typed.kind {
            TypedKind::Bad => self.constant(Value::Failed),
            TypedKind::Constant(constant) => self.constant(constant_value(constant)),
            TypedKind::Name(id) => match self.definitions.get(*id).copied().flatten() {
                Some(operand) => operand,
                None => self.constant(Value::Failed),
            },
            TypedKind::List(items) => {
                let items = self.lower_all(items);
                self.pure(Op::List, "list", items, span)
            }
            TypedKind::Format(pieces) => self.format(pieces, span),
            TypedKind::Compare(comparator, left, right) => {
                let operands = vec![self.lower(left), self.lower(right)];
                self.pure(Op::Compare(*comparator), comparator.text(), operands, span)
            }
            TypedKind::All(operands) => {
                let operands = self.lower_all(operands);
                self.pure(Op::All, "and", operands, span)
            }
            TypedKind::Any(operands) => {
                let operands = self.lower_all(operands);
                self.pure(Op::Any, "or", operands, span)
            }
            TypedKind::Not(operand) => {
                let operand = self.lower(operand);
                self.pure(Op::Not, "not", vec![operand], span)
            }
            TypedKind::Negate(operand) => {
                let operand = self.lower(operand);
                self.pure(Op::Negate, "negate", vec![operand], span)
            }
            TypedKind::Arithmetic(operator, left, right) => {
                let operands = vec![self.lower(left), self.lower(right)];
                self.pure(
                    Op::Arithmetic(*operator),
                    &format!("arithmetic {}", operator.text()),
                    operands,
                    span,
                )
            }
            TypedKind::Unwrap(inner) => {
                let inner = self.lower(inner);
                self.pure(Op::Unwrap, "unwrap", vec![inner], span)
            }
            TypedKind::Json(read) => self.json(read, span),
            TypedKind::Rule { index, when_all, description } => {
                self.rule(*index, when_all, description, span)
            }
            TypedKind::Effect(kind, arguments) => {
                let arguments = self.lower_all(arguments);
                self.push(Op::Effect(*kind), arguments, span)
            }
            TypedKind::Buckets { experiment, control, lists } => {
                let mut operands = vec![self.lower(experiment)];
                operands.extend(self.lower_all(lists));
                self.push(Op::Buckets { control: *control }, operands, span)
            }
            TypedKind::Call(ready, arguments) => self.call(ready, arguments, span),
        }
    }

    fn format(&mut self, pieces: &[TypedPiece], span: Span) -> Operand {
        let mut operands = Vec::new();
        let mut key = String::from("format");
        let mut lowered = Vec::new();
        for piece in pieces {
            match piece {
                TypedPiece::Text(text) => {
                    key.push_str(&format!("{text:?}"));
                    lowered.push(FormatPiece::Text(text.clone()));
                }
                TypedPiece::Value(value) => {
                    key.push('$');
                    lowered.push(FormatPiece::Value);
                    operands.push(self.lower(value));
                }
            }
        }
        self.pure(Op::Format(lowered), &key, operands, span)
    }

    fn json(&mut self, read: &JsonRead, span: Span) -> Operand {
        let operands = vec![self.lower(&read.required), self.lower(&read.coerce)];
        let key =
            format!("json {:?} {:?} {} {}", read.path_text, read.entity_type, read.wanted, read.is_secret);
        let op = Op::Json(JsonOp {
            path: read.path.clone(),
            entity_type: read.entity_type.clone(),
            wanted: read.wanted.clone(),
            is_secret: read.is_secret,
        });
        self.shared(op, key, operands, span)
    }

    fn rule(&mut self, index: u32, when_all: &Typed, description: &Typed, span: Span) -> Operand {
        let description = self.lower(description);
        let described = matches!(description, Operand::Slot(_));
        let TypedKind::List(conditions) = &when_all.kind else {
            let operands = vec![self.lower(when_all), description];
            return self.push(Op::Rule(index), operands, span);
        };
        let mut operands = self.lower_all(conditions);
        if described {
            operands.push(description);
        }
        self.push(Op::RuleAll { rule: index, described }, operands, span)
    }

    fn call(&mut self, ready: &Ready, arguments: &[Typed], span: Span) -> Operand {
        let operands = self.lower_all(arguments);
        let required = ready
            .absorbs
            .iter()
            .enumerate()
            .filter(|(_, absorbs)| !**absorbs)
            .fold(0u64, |mask, (index, _)| mask | (1 << index.min(63)));
        let op = Op::Call { function: ready.function.clone(), required };
        if ready.builtin.is_pure {
            self.pure(op, &format!("call {}", ready.builtin.signature), operands, span)
        } else {
            self.push(op, operands, span)
        }
    }

    /// A node that depends on its operands alone: folded if they are constant, shared if it is known.
    fn pure(&mut self, op: Op, key: &str, operands: Vec<Operand>, span: Span) -> Operand {
        if operands.iter().all(|operand| matches!(operand, Operand::Constant(_)))
            && let Some(value) = eval::fold(&op, &operands, &self.program.constants)
        {
            return self.constant(value);
        }
        self.shared(op, key.to_owned(), operands, span)
    }

    /// A node that equal ones in files that run together stand for, too.
    fn shared(&mut self, op: Op, key: String, operands: Vec<Operand>, span: Span) -> Operand {
        let key = (self.group, key, operands);
        if let Some(known) = self.known.get(&key) {
            if let Some(node) = self.program.nodes.get_mut(*known as usize) {
                node.places.push((self.file, span));
            }
            return Operand::Slot(*known);
        }
        let operand = self.push(op, key.2.clone(), span);
        if let Operand::Slot(slot) = operand {
            self.known.insert(key, slot);
        }
        operand
    }

    fn push(&mut self, op: Op, operands: Vec<Operand>, span: Span) -> Operand {
        let slot = self.next_node();
        let start = u32::try_from(self.program.operands.len()).unwrap_or(u32::MAX);
        self.program.operands.extend(operands);
        let end = u32::try_from(self.program.operands.len()).unwrap_or(u32::MAX);
        self.program.nodes.push(Node { op, operands: start..end, places: vec![(self.file, span)] });
        Operand::Slot(slot)
    }
}

fn constant_value(constant: &Constant) -> Value<'static> {
    let one = |literal: &Literal| match literal {
        Literal::None => Value::None,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(number) => Value::big(number.clone()),
        Literal::Float(number) => Value::Float(*number),
        Literal::Str(text) => Value::Owned(text.clone()),
    };
    match constant {
        Constant::One(literal) => one(literal),
        Constant::List(items) => Value::List(items.iter().map(one).collect::<Arc<[_]>>()),
    }
}

impl From<&Constant> for Value<'static> {
    fn from(constant: &Constant) -> Self {
        constant_value(constant)
    }
}
