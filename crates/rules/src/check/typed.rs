//! A rule set without mistakes: names resolved, types decided, functions made ready.

use super::types::{Marks, Type};
use crate::builtins::{Builtin, call::Function, signature::Constant};
use crate::diagnostics::{Diagnostic, Span};
use crate::eval::path::Path;
use crate::syntax::tree::{Comparator, Operator};
use std::fmt;
use std::sync::Arc;

/// Number of a definition in [`Checked::definitions`].
pub(crate) type DefinitionId = usize;

#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// Files that are imported come before those that import them.
    pub(crate) files: Vec<CheckedFile>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) rules: Vec<RuleNames>,
    /// What does not keep the set from loading, sorted.
    pub(crate) warnings: Vec<Diagnostic>,
}

#[derive(Debug)]
pub(crate) struct CheckedFile {
    pub(crate) path: Arc<str>,
    pub(crate) text: Arc<str>,
    /// Files that it imports itself, by their number.
    pub(crate) imports: Vec<usize>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug)]
pub(crate) enum Step {
    Define(DefinitionId),
    When { rules: Vec<Typed>, effects: Vec<Typed> },
    Require { path: Typed, condition: Typed },
}

#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: Arc<str>,
    pub(crate) wanted: Type,
    pub(crate) marks: Marks,
    pub(crate) is_feature: bool,
    /// What it stands for as a constant argument, if it can.
    pub(crate) constant: Option<Constant>,
    /// The entity type, where it is known.
    pub(crate) entity_type: Option<Arc<str>>,
    /// The buckets of an experiment.
    pub(crate) buckets: Option<Vec<Arc<str>>>,
    pub(crate) value: Typed,
}

/// A rule's name, its description with braces kept, and the names within them.
#[derive(Clone, Debug)]
pub(crate) struct RuleNames {
    pub(crate) name: Arc<str>,
    pub(crate) description: String,
    pub(crate) interpolated: Vec<DefinitionId>,
}

#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) kind: TypedKind,
    pub(crate) ty: Type,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum TypedKind {
    /// There was a mistake; such a tree is never compiled.
    Bad,
    Constant(Constant),
    Name(DefinitionId),
    List(Vec<Typed>),
    Format(Vec<TypedPiece>),
    Compare(Comparator, Box<Typed>, Box<Typed>),
    All(Vec<Typed>),
    Any(Vec<Typed>),
    Not(Box<Typed>),
    Negate(Box<Typed>),
    Arithmetic(Operator, Box<Typed>, Box<Typed>),
    Unwrap(Box<Typed>),
    Json(Box<JsonRead>),
    Rule {
        index: u32,
        when_all: Box<Typed>,
        description: Box<Typed>,
    },
    Effect(EffectKind, Vec<Typed>),
    /// The list of the bucket that the experiment puts its entity in; lists in the order of the buckets.
    Buckets {
        experiment: Box<Typed>,
        control: usize,
        lists: Vec<Typed>,
    },
    Call(Ready, Vec<Typed>),
}

#[derive(Clone, Debug)]
pub(crate) enum TypedPiece {
    Text(String),
    Value(Typed),
}

#[derive(Clone, Debug)]
pub(crate) struct JsonRead {
    pub(crate) path: Path,
    /// The text of the path: two reads of equal text are one.
    pub(crate) path_text: Arc<str>,
    pub(crate) entity_type: Option<Arc<str>>,
    pub(crate) wanted: Type,
    pub(crate) is_secret: bool,
    pub(crate) required: Typed,
    pub(crate) coerce: Typed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum EffectKind {
    /// entity, label, delay, apply_if, expires_after
    LabelAdd,
    LabelRemove,
    /// verdict
    Verdict,
    /// name, detail
    Signal,
    /// policy, queue
    Review,
    /// policy, hours, queue
    Hold,
    /// What another platform's rules ask for: a signal here.
    Platform(&'static PlatformEffect),
}

/// An effect on a platform, told to it as a signal.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct PlatformEffect {
    /// Name of the signal.
    pub(crate) name: &'static str,
    /// What its detail is made of, joined by `|`.
    pub(crate) detail: &'static [Part],
    /// Arguments without which the effect stands.
    pub(crate) optional: &'static [usize],
    /// The argument that may be a rule that has to hold, too.
    pub(crate) apply_if: Option<usize>,
}

/// A part of a signal's detail.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// An argument as text.
    Argument(usize),
    /// A text with `-` before it where the second argument is true, and `+` where not.
    Signed(usize, usize),
    /// An argument as text in lower case, without white space around.
    Lower(usize),
    /// A text with that sign before it.
    Sign(&'static str, usize),
}

impl EffectKind {
    /// Whether it sets a label or takes one off.
    pub(crate) fn is_label(self) -> bool {
        matches!(self, Self::LabelAdd | Self::LabelRemove)
    }
}

/// A function made ready for one place.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) builtin: &'static Builtin,
    pub(crate) function: Arc<dyn Function>,
    /// By parameter: whether a failed argument becomes `None` instead of failing the call.
    pub(crate) absorbs: Vec<bool>,
}

impl fmt::Debug for Ready {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.builtin.name())
    }
}

impl Typed {
    pub(crate) fn unwrapped(self) -> Self {
        let (span, ty) = (self.span, self.ty.converted().unwrap_or_else(|| self.ty.clone()));
        Self { kind: TypedKind::Unwrap(Box::new(self)), ty, span }
    }
}
