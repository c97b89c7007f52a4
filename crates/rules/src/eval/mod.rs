//! Evaluates one event: nodes in order, each once, nothing lazy but `Require`.

pub(crate) mod coerce;
pub(crate) mod json;
pub(crate) mod operators;
mod output;
pub(crate) mod path;
pub(crate) mod python;
#[cfg(test)]
mod twin;
pub(crate) mod value;
pub(crate) mod world;

pub use output::{Evaluation, HoldEffect, LabelEffect, MatchedRule, ReviewEffect, RuleError, SignalEffect};

use crate::builtins::call::{Arguments, Operand};
use crate::check::typed::EffectKind;
use crate::compile::{FormatPiece, JsonOp, Op, Program};
use crate::host::{Clock, Host};
use cordon_model::limits::{RULE_ERRORS_KEPT_MAX, RULE_VALUE_SIZE_MAX};
use json::Document;
use std::sync::{Arc, LazyLock};
use value::{Fault, Outcome, Value};
use world::{Action, World};

impl Program {
    /// Evaluates one event.
    ///
    /// Shape: every file that is reached runs once. Errors of single nodes are part of the result.
    pub fn evaluate<'p, 'e>(&'p self, action: Action<'e>, host: &mut dyn Host) -> Evaluation<'p, 'e> {
        let mut world = World::new(action, host);
        world.sets.resize_with(self.sets, || None);
        let mut run = Run { program: self, world, evaluation: Evaluation::new(self, action) };
        for number in &self.always {
            run.file(*number);
        }
        run.required();
        run.evaluation
    }
}

struct Run<'p, 'w, 'e> {
    program: &'p Program,
    world: World<'w, 'e>,
    evaluation: Evaluation<'p, 'e>,
}

impl Run<'_, '_, '_> {
    /// Runs a file that has not run yet; what it imports has.
    fn file(&mut self, number: usize) {
        let Some(plan) = self.program.files.get(number) else { return };
        match self.evaluation.files_run.get_mut(number) {
            Some(run) if !*run => *run = true,
            _ => return,
        }
        let start = plan.nodes.start as usize;
        let nodes = self.program.nodes.get(start..plan.nodes.end as usize).unwrap_or(&[]);
        for (at, node) in nodes.iter().enumerate() {
            let arguments = Arguments {
                slots: &self.evaluation.slots,
                constants: &self.program.constants,
                operands: self.program.operands_of(node),
            };
            let outcome =
                self.world.pay(0).and_then(|()| node.op.evaluate(start + at, &arguments, &mut self.world));
            let value = outcome.unwrap_or_else(|fault| {
                if let Fault::Error(message) = fault {
                    self.evaluation.error_count += node.places.len();
                    for place in &node.places {
                        if self.evaluation.errors.len() < RULE_ERRORS_KEPT_MAX {
                            self.evaluation.errors.push((*place, message));
                        }
                    }
                }
                Value::Failed
            });
            if let Some(slot) = self.evaluation.slots.get_mut(start + at) {
                *slot = value;
            }
        }
        for when in &plan.whens {
            self.evaluation.when(when);
        }
    }

    /// Runs what is required until nothing new is.
    fn required(&mut self) {
        let requires =
            |number: &&usize| self.program.files.get(**number).is_some_and(|plan| !plan.requires.is_empty());
        let mut open: Vec<usize> = self.program.always.iter().filter(requires).copied().collect();
        while let Some(number) = open.pop() {
            let Some(plan) = self.program.files.get(number) else { continue };
            for (path, condition) in &plan.requires {
                if !self.evaluation.operand(*condition).is_true() {
                    continue;
                }
                let path = self.evaluation.operand(*path);
                let Some(target) = path.as_text().and_then(|path| self.program.by_path.get(path)) else {
                    continue;
                };
                for file in self.with_imports(*target) {
                    if self.evaluation.files_run.get(file) == Some(&false) {
                        self.file(file);
                        open.push(file);
                    }
                }
            }
        }
    }

    /// A file after all that it imports.
    fn with_imports(&self, target: usize) -> Vec<usize> {
        let mut wanted = vec![target];
        let mut at = 0;
        while let Some(number) = wanted.get(at).copied() {
            at += 1;
            for import in self.program.files.get(number).map_or(&[][..], |plan| plan.imports.as_slice()) {
                if !wanted.contains(import) {
                    wanted.push(*import);
                }
            }
        }
        wanted.sort_unstable();
        wanted
    }
}

static NOTHING: LazyLock<Document<'static>> = LazyLock::new(Document::empty);

/// The value of a node whose operands are constant, unless it fails.
pub(crate) fn fold(op: &Op, operands: &[Operand], constants: &[Value<'static>]) -> Option<Value<'static>> {
    let action = Action { id: 0, name: "", time: 0, data: &NOTHING, secret_data: None };
    let mut clock = Clock(0);
    let mut world = World::new(action, &mut clock);
    let arguments = Arguments { slots: &[], constants, operands };
    match op.evaluate(0, &arguments, &mut world) {
        Ok(Value::Failed) | Err(_) => None,
        Ok(value) => Some(value),
    }
}

impl Op {
    #[inline]
    pub(crate) fn evaluate<'e>(
        &self,
        node: usize,
        arguments: &Arguments<'_, 'e>,
        world: &mut World<'_, 'e>,
    ) -> Outcome<'e> {
        match self {
            Self::Json(read) => read.evaluate(arguments, world),
            Self::Compare(comparator) => {
                if let Some(text) = arguments.value(1).as_text() {
                    world.pay(text.len())?;
                }
                operators::compare(*comparator, arguments.value(0), arguments.value(1))
            }
            Self::RuleAll { rule, described } => Ok(all_of(*rule, *described, arguments)),
            Self::InSet { set, number, index } => {
                if arguments.value(0).is_failed() {
                    return Ok(Value::Failed);
                }
                let text = arguments.text(0)?;
                world.pay(text.len())?;
                Ok(Value::Bool(world.is_in_set(*number, *index, || set.matches(text))))
            }
            Self::Call { function, required } => {
                for index in 0..arguments.operands.len() {
                    if required & (1 << index.min(63)) != 0 && arguments.value(index).is_failed() {
                        return Ok(Value::Failed);
                    }
                }
                function.call(arguments, world)
            }
            Self::All => {
                Ok(Value::Bool((0..arguments.operands.len()).all(|index| arguments.value(index).is_true())))
            }
            Self::Any => {
                Ok(Value::Bool((0..arguments.operands.len()).any(|index| arguments.value(index).is_true())))
            }
            Self::Effect(kind) => effect(*kind, node, arguments),
            Self::Format(pieces) => format(pieces, arguments, world),
            Self::List => {
                let items: Vec<_> =
                    (0..arguments.operands.len()).map(|index| arguments.value(index).clone()).collect();
                Ok(if items.iter().any(Value::is_failed) { Value::Failed } else { Value::list(items) })
            }
            Self::Rule(rule) => match (arguments.value(0), arguments.value(1)) {
                (Value::Failed, _) | (_, Value::Failed) => Ok(Value::Failed),
                (Value::List(items), _) => Ok(Value::Rule(*rule, items.iter().all(Value::is_true))),
                _ => Err(Fault::Error("when_all is no list")),
            },
            Self::Buckets { control } => buckets(*control, arguments),
            Self::Arithmetic(..) | Self::Not | Self::Negate | Self::Unwrap => {
                if arguments.value(0).is_failed()
                    || (arguments.operands.len() > 1 && arguments.value(1).is_failed())
                {
                    return Ok(Value::Failed);
                }
                match self {
                    Self::Arithmetic(operator) => {
                        operators::arithmetic(*operator, arguments.value(0), arguments.value(1))
                    }
                    Self::Not => Ok(Value::Bool(!arguments.value(0).is_true())),
                    Self::Negate => operators::negate(arguments.value(0)),
                    _ => Ok(arguments.value(0).unwrapped()),
                }
            }
        }
    }
}

/// One failed condition fails the rule, even if another is false.
#[inline]
fn all_of<'e>(rule: u32, described: bool, arguments: &Arguments<'_, 'e>) -> Value<'e> {
    let mut holds = true;
    let conditions = arguments.operands.len() - usize::from(described && !arguments.operands.is_empty());
    for index in 0..arguments.operands.len() {
        match arguments.value(index) {
            Value::Failed => return Value::Failed,
            value if index < conditions => holds &= value.is_true(),
            _ => {}
        }
    }
    Value::Rule(rule, holds)
}

fn effect<'e>(kind: EffectKind, node: usize, arguments: &Arguments<'_, 'e>) -> Outcome<'e> {
    // What is optional may fail: without it the effect stands.
    let (subject, wanted) = match kind {
        EffectKind::Platform(platform) => {
            let needed = |index: &usize| !platform.optional.contains(index);
            let failed =
                (0..arguments.operands.len()).filter(needed).any(|index| arguments.value(index).is_failed());
            (if failed { &Value::Failed } else { &Value::None }, true)
        }
        EffectKind::Verdict | EffectKind::Signal | EffectKind::Review | EffectKind::Hold => {
            (arguments.value(0), arguments.value(0).as_text().is_some())
        }
        EffectKind::LabelAdd | EffectKind::LabelRemove => {
            (arguments.value(0), matches!(arguments.value(0), Value::Entity(_)))
        }
    };
    match (subject, wanted) {
        (Value::Failed, _) => Ok(Value::Failed),
        (_, true) => Ok(Value::Effect(u32::try_from(node).unwrap_or(u32::MAX))),
        _ => Err(Fault::Error("an effect's subject has another type than it needs")),
    }
}

fn format<'e>(
    pieces: &[FormatPiece],
    arguments: &Arguments<'_, 'e>,
    world: &mut World<'_, 'e>,
) -> Outcome<'e> {
    let mut text = String::new();
    let mut index = 0;
    for piece in pieces {
        match piece {
            FormatPiece::Text(plain) => text.push_str(plain),
            FormatPiece::Value => {
                let value = arguments.value(index);
                index += 1;
                if value.is_failed() {
                    return Ok(Value::Failed);
                }
                python::write_str(&mut text, value);
            }
        }
        if text.len() > RULE_VALUE_SIZE_MAX {
            return Err(Fault::Error("text grows too long"));
        }
    }
    world.pay(text.len())?;
    Ok(Value::Owned(Arc::from(text)))
}

fn buckets<'e>(control: usize, arguments: &Arguments<'_, 'e>) -> Outcome<'e> {
    if (0..arguments.operands.len()).any(|index| arguments.value(index).is_failed()) {
        return Ok(Value::Failed);
    }
    match arguments.value(0) {
        Value::Experiment(bucket) => Ok(arguments.value(1 + bucket.index.unwrap_or(control)).clone()),
        _ => Err(Fault::Error("the experiment is none")),
    }
}

impl JsonOp {
    fn evaluate<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        let (required, coerce) = match (arguments.value(0), arguments.value(1)) {
            (Value::Bool(required), Value::Bool(coerce)) => (*required, *coerce),
            (Value::Failed, _) | (_, Value::Failed) => return Ok(Value::Failed),
            _ => return Err(Fault::Error("`required` and `coerce_type` are no bools")),
        };
        let document =
            if self.is_secret { world.action.secret_data.unwrap_or(&NOTHING) } else { world.action.data };
        let found = self.path.first(document)?;
        let is_null = match &found {
            None => true,
            Some(path::Found::Node(node)) => matches!(document.content(*node), json::Content::Null),
            Some(path::Found::Character(_)) => false,
        };
        let Some(found) = found.filter(|_| !is_null) else {
            return self.nothing(required);
        };
        let (wanted, kind) = match (&self.wanted, &self.entity_type) {
            (crate::check::types::Type::Entity(id), Some(kind)) => (&**id, Some(kind)),
            (wanted, _) => (wanted, None),
        };
        let value = coerce::value(document, &found, wanted, coerce).map_err(|fault| {
            // What cannot be read as its type counts as missing where it may be missing.
            if coerce && !required { Fault::Silent } else { fault }
        })?;
        match kind {
            Some(kind) => coerce::entity(kind, value),
            None => Ok(value),
        }
    }

    fn nothing<'e>(&self, required: bool) -> Outcome<'e> {
        if self.wanted.accepts_none() {
            Ok(Value::None)
        } else if required {
            Err(Fault::Error("the event has nothing at this path"))
        } else {
            Err(Fault::Silent)
        }
    }
}
