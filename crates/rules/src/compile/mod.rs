//! From a checked rule set to a flat program: equal expressions once, constants folded, patterns and paths ready.

mod lower;
mod sets;

use crate::builtins::call::{Function, Operand};
use crate::check;
use crate::check::typed::Checked;
use crate::check::typed::EffectKind;
use crate::check::types::Type;
use crate::diagnostics::{Diagnostic, Span};
use crate::eval::path::Path;
use crate::eval::value::Value;
use crate::source::Sources;
use crate::syntax::tree::{Comparator, Operator};
use regex::RegexSet;
use rustc_hash::FxHashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A rule set that is ready to evaluate events; shared between threads.
pub struct Program {
    pub(crate) nodes: Vec<Node>,
    pub(crate) operands: Vec<Operand>,
    pub(crate) constants: Vec<Value<'static>>,
    /// By file, imported ones first.
    pub(crate) files: Vec<Plan>,
    /// The files that every event runs, in the order of their numbers: `main.sml` and what it imports.
    pub(crate) always: Vec<usize>,
    pub(crate) by_path: FxHashMap<Arc<str>, usize>,
    pub(crate) rules: Vec<RuleInfo>,
    pub(crate) warnings: Vec<Diagnostic>,
    /// How many sets of patterns there are.
    pub(crate) sets: usize,
}

impl fmt::Debug for Program {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "Program({} files, {} rules, {} nodes)",
            self.files.len(),
            self.rules.len(),
            self.nodes.len()
        )
    }
}

/// How large a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramSize {
    /// Rule files.
    pub files: usize,
    /// `Rule` calls.
    pub rules: usize,
    /// Features that may be shown.
    pub features: usize,
    /// Nodes of the graph, after equal ones are made one and constants are folded.
    pub nodes: usize,
}

pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) operands: Range<u32>,
    /// Where it is written, once for each equal expression: each of them raises.
    pub(crate) places: Vec<(usize, Span)>,
}

pub(crate) enum Op {
    /// required, coerce
    Json(JsonOp),
    List,
    Format(Vec<FormatPiece>),
    Compare(Comparator),
    All,
    Any,
    Not,
    Negate,
    Arithmetic(Operator),
    Unwrap,
    /// when_all, description
    Rule(u32),
    /// The conditions themselves; a description that may fail comes last, and counts as true.
    RuleAll {
        rule: u32,
        described: bool,
    },
    Effect(EffectKind),
    /// experiment, then one list a bucket
    Buckets {
        control: usize,
    },
    /// Whether one pattern of a set matches the first argument; the set is searched once for all of them.
    InSet {
        set: Arc<RegexSet>,
        /// The set's number within the program.
        number: usize,
        /// The pattern's within the set.
        index: usize,
    },
    /// A mask of the arguments whose failure fails the call.
    Call {
        function: Arc<dyn Function>,
        required: u64,
    },
}

pub(crate) struct JsonOp {
    pub(crate) path: Path,
    pub(crate) entity_type: Option<Arc<str>>,
    pub(crate) wanted: Type,
    pub(crate) is_secret: bool,
}

pub(crate) enum FormatPiece {
    Text(String),
    /// The next operand.
    Value,
}

/// What running one file means.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) path: Arc<str>,
    pub(crate) text: Arc<str>,
    pub(crate) imports: Vec<usize>,
    pub(crate) nodes: Range<u32>,
    pub(crate) features: Vec<(Arc<str>, Operand)>,
    pub(crate) whens: Vec<When>,
    /// The path to run, and the condition.
    pub(crate) requires: Vec<(Operand, Operand)>,
}

pub(crate) struct When {
    pub(crate) rules: Vec<Operand>,
    pub(crate) effects: Vec<Operand>,
}

pub(crate) struct RuleInfo {
    pub(crate) name: Arc<str>,
    pub(crate) description: String,
    pub(crate) interpolated: Vec<(Arc<str>, Operand)>,
}

/// Compiles what was checked.
///
/// Errors: one, where the graph grows beyond its bound.
pub(crate) fn lower_checked(checked: &Checked) -> Result<Program, Vec<Diagnostic>> {
    lower::lower(checked)
}

impl Program {
    /// Checks and compiles a rule set.
    ///
    /// Errors: every mistake found, sorted by file and place.
    pub fn load(sources: &Sources) -> Result<Self, Vec<Diagnostic>> {
        let checked = check::check(sources)?;
        lower::lower(&checked)
    }

    /// What the check found that does not keep the set from loading, sorted by file and place: a word list that is
    /// named and not there, which counts as empty.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Names of all rules, in the order of the rule set.
    pub fn rule_names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.rules.iter().map(|info| &info.name)
    }

    /// Every `SendToReview` and `Hold` by its policy and queue, so that whoever publishes can tell whether there are such.
    #[must_use]
    pub fn reviews(&self) -> Vec<(String, Option<String>)> {
        let constant = |operand: &Operand| match operand {
            Operand::Constant(constant) => {
                self.constants.get(*constant as usize)?.as_text().map(str::to_owned)
            }
            Operand::Slot(_) => None,
        };
        let review = |node: &Node| match (&node.op, self.operands_of(node)) {
            (Op::Effect(EffectKind::Review), [policy, queue, _])
            | (Op::Effect(EffectKind::Hold), [policy, _, queue]) => {
                Some((constant(policy)?, constant(queue)))
            }
            _ => None,
        };
        self.nodes.iter().filter_map(review).collect()
    }

    /// How large it is.
    #[must_use]
    pub fn size(&self) -> ProgramSize {
        ProgramSize {
            files: self.files.len(),
            rules: self.rules.len(),
            features: self.files.iter().map(|file| file.features.len()).sum(),
            nodes: self.nodes.len(),
        }
    }

    #[inline]
    pub(crate) fn operands_of(&self, node: &Node) -> &[Operand] {
        self.operands.get(node.operands.start as usize..node.operands.end as usize).unwrap_or(&[])
    }
}
