//! What one evaluation gives: features, effects, errors.

use super::python;
use super::value::{FAILED, Value};
use super::world::Action;
use crate::builtins::call::{Arguments, Operand};
use crate::check::typed::{EffectKind, Part, PlatformEffect};
use crate::compile::{Op, Program, When};
use crate::diagnostics::{Diagnostic, Span};
use cordon_model::limits::{RULE_HOLD_HOURS_MAX, RULE_PRIORITY_MAX};
use num_traits::ToPrimitive;
use std::sync::Arc;

/// The result of one event.
///
/// Shape: features, effects and errors in the order of files and statements, which replays keep.
pub struct Evaluation<'p, 'e> {
    pub(super) program: &'p Program,
    pub(super) action: Action<'e>,
    pub(super) slots: Vec<Value<'e>>,
    pub(super) files_run: Vec<bool>,
    /// Effects by node, in the order of emission.
    emitted: Vec<u32>,
    /// Matched rules by effect: an effect that is emitted twice gathers those of both.
    matched: Vec<(u32, Vec<u32>)>,
    pub(super) errors: Vec<((usize, Span), &'static str)>,
    pub(super) error_count: usize,
}

impl std::fmt::Debug for Evaluation<'_, '_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Evaluation({} effects, {} errors)", self.emitted.len(), self.error_count)
    }
}

/// An unexpected failure while evaluating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// Path of the file within the rule set.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What failed; never content of the event.
    pub message: &'static str,
}

/// A rule that let an effect happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedRule {
    /// Its name.
    pub name: Arc<str>,
    /// Its description, braces kept: `posts {Count} an hour`.
    pub description: String,
    /// The names within the braces, and their values as text.
    pub features: Vec<(Arc<str>, String)>,
}

/// Something that rules want the platform told: a verdict, or a signal of their own. Never a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalEffect {
    /// Whether it is a verdict.
    pub is_verdict: bool,
    /// The verdict, or the signal's name.
    pub name: String,
    /// What goes with it, if anything.
    pub detail: Option<String>,
    /// Why: all rules that matched.
    pub rules: Vec<MatchedRule>,
}

/// An account that rules want people to look at: that of the event's actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewEffect {
    /// The policy that it may break.
    pub policy: String,
    /// The queue in which it should wait, if not the usual one.
    pub queue: Option<String>,
    /// Doublings of the expected harm by which it should go ahead, at most [`RULE_PRIORITY_MAX`].
    pub priority: u32,
    /// Why: all rules that matched.
    pub rules: Vec<MatchedRule>,
}

/// An account whose reach rules want limited for a while: that of the event's actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldEffect {
    /// The policy that it may break.
    pub policy: String,
    /// How long, in microseconds; at most a day.
    pub length: i64,
    /// The queue in which its case should wait, if not the usual one.
    pub queue: Option<String>,
    /// Why: all rules that matched.
    pub rules: Vec<MatchedRule>,
}

/// A label that rules want set or taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelEffect {
    /// Type of the entity.
    pub entity_type: Arc<str>,
    /// Its id as text.
    pub entity_id: String,
    /// The label.
    pub label: String,
    /// Set, or taken off.
    pub is_added: bool,
    /// Whether it takes effect: not if `apply_if` is false or failed.
    pub applies: bool,
    /// How long it holds, in microseconds; for ever if none.
    pub expires_after: Option<i64>,
    /// How long it should wait, in microseconds.
    pub delay: Option<i64>,
    /// Why: the rule of `apply_if` first, then all that matched.
    pub rules: Vec<MatchedRule>,
}

impl<'p, 'e> Evaluation<'p, 'e> {
    pub(super) fn new(program: &'p Program, action: Action<'e>) -> Self {
        let mut slots = Vec::new();
        slots.resize_with(program.nodes.len(), || Value::Failed);
        Self {
            program,
            action,
            slots,
            files_run: vec![false; program.files.len()],
            emitted: Vec::new(),
            matched: Vec::new(),
            errors: Vec::new(),
            error_count: 0,
        }
    }

    #[inline]
    pub(super) fn operand(&self, operand: Operand) -> &Value<'e> {
        match operand {
            Operand::Slot(slot) => self.slots.get(slot as usize).unwrap_or(&FAILED),
            Operand::Constant(constant) => self.program.constants.get(constant as usize).unwrap_or(&FAILED),
        }
    }

    /// Emits the effects of a `WhenRules` if one of its rules holds; failed rules and effects are left out.
    pub(super) fn when(&mut self, when: &When) {
        let holds = |rule: &Operand| match self.operand(*rule) {
            Value::Rule(rule, true) => Some(*rule),
            _ => None,
        };
        if !when.rules.iter().any(|rule| holds(rule).is_some()) {
            return;
        }
        let rules: Vec<u32> = when.rules.iter().filter_map(holds).collect();
        for effect in &when.effects {
            let Value::Effect(node) = *self.operand(*effect) else { continue };
            self.emitted.push(node);
            match self.matched.iter_mut().find(|(own, _)| *own == node) {
                Some((_, own)) => own.extend(&rules),
                None => self.matched.push((node, rules.clone())),
            }
        }
    }

    fn effect(&self, node: u32) -> Option<(EffectKind, Arguments<'_, 'e>)> {
        let found = self.program.nodes.get(node as usize)?;
        let Op::Effect(kind) = found.op else { return None };
        let operands = self.program.operands_of(found);
        Some((kind, Arguments { slots: &self.slots, constants: &self.program.constants, operands }))
    }

    /// Unexpected failures, all of them counted.
    #[must_use]
    pub fn error_count(&self) -> usize {
        self.error_count
    }

    /// Unexpected failures, at most [`cordon_model::limits::RULE_ERRORS_KEPT_MAX`].
    #[must_use]
    pub fn errors(&self) -> Vec<RuleError> {
        let place = |((file, span), message): &((usize, Span), &'static str)| {
            let plan = self.program.files.get(*file)?;
            let at = Diagnostic::at(&plan.path, &plan.text, *span, "error", String::new(), "");
            Some(RuleError { path: at.path, line: at.line, column: at.column, message })
        };
        self.errors.iter().filter_map(place).collect()
    }

    /// Verdicts, duplicates kept.
    #[must_use]
    pub fn verdicts(&self) -> Vec<&str> {
        let effects = self.emitted.iter().filter_map(|node| self.effect(*node));
        effects
            .filter(|(kind, _)| *kind == EffectKind::Verdict)
            .filter_map(|(_, arguments)| arguments.value(0).as_text())
            .collect()
    }

    /// Labels to set and take off, those that do not apply included.
    #[must_use]
    pub fn labels(&self) -> Vec<LabelEffect> {
        self.emitted.iter().filter_map(|node| self.label(*node)).collect()
    }

    fn label(&self, node: u32) -> Option<LabelEffect> {
        let (kind, arguments) = self.effect(node)?;
        if !kind.is_label() {
            return None;
        }
        let entity = arguments.entity(0).ok()?;
        let condition = match arguments.value(3) {
            Value::Rule(rule, holds) => Some((*rule, *holds)),
            _ => None,
        };
        let rules = condition.iter().map(|(rule, _)| rule).chain(self.matched(node));
        Some(LabelEffect {
            entity_type: entity.kind.clone(),
            entity_id: python::to_str(&entity.id),
            label: arguments.text(1).ok()?.to_owned(),
            is_added: kind == EffectKind::LabelAdd,
            applies: match arguments.value(3) {
                Value::None => true,
                _ => condition.is_some_and(|(_, holds)| holds),
            },
            expires_after: arguments.optional_span(4).ok()?,
            delay: arguments.optional_span(2).ok()?,
            rules: rules.filter_map(|rule| self.rule(*rule)).collect(),
        })
    }

    /// Numbers of the rules that let an effect happen.
    fn matched(&self, node: u32) -> &[u32] {
        self.matched.iter().find(|(own, _)| *own == node).map_or(&[][..], |(_, rules)| rules)
    }

    /// Whether anything is asked for at all.
    #[must_use]
    pub fn has_effects(&self) -> bool {
        !self.emitted.is_empty()
    }

    /// Verdicts and signals, in the order of emission, each once.
    #[must_use]
    pub fn signals(&self) -> Vec<SignalEffect> {
        let signal = |node: u32| {
            let (kind, arguments) = self.effect(node)?;
            if let EffectKind::Platform(platform) = kind {
                return self.platform(platform, &arguments, node);
            }
            let is_verdict = match kind {
                EffectKind::Verdict => true,
                EffectKind::Signal => false,
                _ => return None,
            };
            Some(SignalEffect {
                is_verdict,
                name: arguments.text(0).ok()?.to_owned(),
                detail: (!is_verdict).then(|| arguments.value(1).as_text().map(str::to_owned)).flatten(),
                rules: self.matched(node).iter().filter_map(|rule| self.rule(*rule)).collect(),
            })
        };
        self.emitted_once().filter_map(signal).collect()
    }

    /// An effect on another platform as a signal; nothing where its condition does not hold.
    fn platform(
        &self,
        platform: &PlatformEffect,
        arguments: &Arguments<'_, 'e>,
        node: u32,
    ) -> Option<SignalEffect> {
        let condition = match platform.apply_if.map(|index| arguments.value(index)) {
            None | Some(Value::None) => None,
            Some(Value::Rule(rule, true)) => Some(*rule),
            Some(_) => return None,
        };
        let text = |index: usize| match arguments.value(index) {
            Value::Failed => "None".to_owned(),
            value => python::to_str(&value.unwrapped()),
        };
        let part = |part: &Part| match *part {
            Part::Argument(index) => text(index),
            Part::Lower(index) => text(index).trim().to_lowercase(),
            Part::Sign(sign, index) => format!("{sign}{}", text(index)),
            Part::Signed(index, negated) => {
                format!("{}{}", if arguments.value(negated).is_true() { '-' } else { '+' }, text(index))
            }
        };
        let detail: Vec<String> = platform.detail.iter().map(part).collect();
        Some(SignalEffect {
            is_verdict: false,
            name: platform.name.to_owned(),
            detail: Some(detail.join("|")),
            rules: condition.iter().chain(self.matched(node)).filter_map(|rule| self.rule(*rule)).collect(),
        })
    }

    /// What is to be looked at, in the order of emission, each once.
    #[must_use]
    pub fn reviews(&self) -> Vec<ReviewEffect> {
        let review = |node: u32| {
            let (kind, arguments) = self.effect(node)?;
            if kind != EffectKind::Review {
                return None;
            }
            Some(ReviewEffect {
                policy: arguments.text(0).ok()?.to_owned(),
                queue: arguments.value(1).as_text().map(str::to_owned),
                priority: priority(arguments.value(2)),
                rules: self.matched(node).iter().filter_map(|rule| self.rule(*rule)).collect(),
            })
        };
        self.emitted_once().filter_map(review).collect()
    }

    /// Who is to reach fewer people for a while, in the order of emission, each once.
    #[must_use]
    pub fn holds(&self) -> Vec<HoldEffect> {
        let hold = |node: u32| {
            let (kind, arguments) = self.effect(node)?;
            if kind != EffectKind::Hold {
                return None;
            }
            Some(HoldEffect {
                policy: arguments.text(0).ok()?.to_owned(),
                length: hold_length(arguments.value(1))?,
                queue: arguments.value(2).as_text().map(str::to_owned),
                rules: self.matched(node).iter().filter_map(|rule| self.rule(*rule)).collect(),
            })
        };
        self.emitted_once().filter_map(hold).collect()
    }

    /// Emitted effects, without the second mention of one that two `WhenRules` name.
    fn emitted_once(&self) -> impl Iterator<Item = u32> {
        self.matched.iter().map(|(node, _)| *node)
    }

    /// Names of the rules that held, in the order of the rule set, each once.
    #[must_use]
    pub fn hits(&self) -> Vec<Arc<str>> {
        let constants = self.program.constants.iter();
        let held = self.slots.iter().chain(constants).filter_map(|value| match value {
            Value::Rule(rule, true) => Some(*rule),
            _ => None,
        });
        let mut held: Vec<u32> = held.collect();
        held.sort_unstable();
        held.dedup();
        let name = |rule: u32| self.program.rules.get(rule as usize).map(|info| info.name.clone());
        held.into_iter().filter_map(name).collect()
    }

    fn rule(&self, rule: u32) -> Option<MatchedRule> {
        let info = self.program.rules.get(rule as usize)?;
        let text = |(name, operand): &(Arc<str>, Operand)| {
            (name.clone(), python::to_str(&self.operand(*operand).unwrapped()))
        };
        Some(MatchedRule {
            name: info.name.clone(),
            description: info.description.clone(),
            features: info.interpolated.iter().map(text).collect(),
        })
    }

    /// `EntityType/label/status` of every label effect, status 1 for set; those that do not apply included.
    #[must_use]
    pub fn label_mutations(&self) -> Vec<String> {
        let mutation = |node: &u32| {
            let (kind, arguments) = self.effect(*node)?;
            if !kind.is_label() {
                return None;
            }
            let entity = arguments.entity(0).ok()?;
            let status = u8::from(kind == EffectKind::LabelAdd);
            Some(format!("{}/{}/{status}", entity.kind, arguments.text(1).ok()?))
        };
        self.emitted.iter().filter_map(mutation).collect()
    }

    /// The features of the files that ran.
    pub(super) fn features(&self) -> impl Iterator<Item = (&Arc<str>, &Value<'e>)> {
        let run = self.program.files.iter().zip(&self.files_run).filter(|(_, run)| **run);
        run.flat_map(|(plan, _)| &plan.features).map(|(name, operand)| (name, self.operand(*operand)))
    }

    /// The value of a feature as text; `None` where there is no such feature, or it has no value.
    #[must_use]
    pub fn text_of(&self, feature: &str) -> Option<String> {
        let (_, value) = self.features().find(|(name, _)| &***name == feature)?;
        match value {
            Value::Failed | Value::None | Value::Effect(_) => None,
            value => Some(python::to_str(&value.unwrapped())),
        }
    }

    /// Every entity that a feature names: feature, type, id as text.
    #[must_use]
    pub fn entities(&self) -> Vec<(Arc<str>, Arc<str>, String)> {
        let entity = |(name, value): (&Arc<str>, &Value<'e>)| match value {
            Value::Entity(entity) => Some((name.clone(), entity.kind.clone(), python::to_str(&entity.id))),
            _ => None,
        };
        self.features().filter_map(entity).collect()
    }

    /// Number of the action, as it was given.
    #[must_use]
    pub fn action_id(&self) -> i64 {
        self.action.id
    }

    /// Writes the features as one JSON object: entities as ids, rules as bools, what failed as `null`.
    ///
    /// Numbers that are none (`nan`, `inf`) are written as `null`: JSON has no word for them.
    pub fn write_features(&self, out: &mut String) {
        out.push('{');
        let mut is_first = true;
        for (name, value) in self.features() {
            if !is_first {
                out.push(',');
            }
            is_first = false;
            write_text(out, name);
            out.push(':');
            write_value(out, value);
        }
        out.push('}');
    }
}

/// Hours as microseconds, at most a day of them.
fn hold_length(hours: &Value<'_>) -> Option<i64> {
    const HOUR_MICROS: i64 = 3_600_000_000;
    match hours {
        Value::Int(hours) => Some(*hours.min(&RULE_HOLD_HOURS_MAX) * HOUR_MICROS),
        Value::Float(hours) => (hours.min(RULE_HOLD_HOURS_MAX as f64) * HOUR_MICROS as f64).to_i64(),
        _ => None,
    }
}

/// Doublings of the harm, none where nothing is said.
fn priority(steps: &Value<'_>) -> u32 {
    match steps {
        Value::Int(steps) => u32::try_from(*steps).unwrap_or(0).min(RULE_PRIORITY_MAX),
        _ => 0,
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text.get(start..at).unwrap_or(""));
        start = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => out.push_str(&format!("\\u{byte:04x}")),
        }
    }
    out.push_str(text.get(start..).unwrap_or(""));
    out.push('"');
}

fn write_value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Failed | Value::None | Value::Effect(_) => out.push_str("null"),
        Value::Bool(true) | Value::Rule(_, true) => out.push_str("true"),
        Value::Bool(false) | Value::Rule(_, false) => out.push_str("false"),
        Value::Float(number) if !number.is_finite() => out.push_str("null"),
        Value::Int(_) | Value::Big(_) | Value::Float(_) | Value::TimeDelta(_) => {
            python::write_str(out, value)
        }
        Value::Text(text) => write_text(out, text),
        Value::Owned(text) => write_text(out, text),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Entity(entity) => write_value(out, &entity.id),
        Value::Experiment(_) => write_value(out, &value.unwrapped()),
    }
}
