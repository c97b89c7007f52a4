//! One expression over the names of a rule set: a program of nothing but what it reads.

use crate::check;
use crate::check::typed::{Checked, CheckedFile, DefinitionId, Step, Typed, TypedKind, TypedPiece};
use crate::compile::{Program, lower_checked};
use crate::diagnostics::Diagnostic;
use crate::eval::Evaluation;
use crate::source::Sources;
use std::collections::BTreeSet;

/// The file and the name that the expression is checked under.
const PATH: &str = "query-expression.sml";
const NAME: &str = "QueryExpression";
/// Functions whose answer hangs on what came before, or on the host's state: the others know the event alone.
const ASKS_HOST: [&str; 16] = [
    "AccountAge",
    "AccountEvents",
    "AccountStanding",
    "Count",
    "CountDistinct",
    "GetWindowCount",
    "HandleStem",
    "HasLabel",
    "IncrementWindow",
    "LinkedAccounts",
    "MXLookup",
    "MatchesBank",
    "NameSkeleton",
    "RandomBool",
    "RandomInt",
    "SuspendedWeight",
];

/// What is asked of every event: whether an expression holds, and what one name is then.
#[derive(Debug)]
pub struct Query {
    /// The program that answers it.
    pub program: Program,
    /// Functions in it whose answer hangs on earlier events; where there are none, events can be asked in any order.
    pub asks_host: Vec<&'static str>,
    by: Option<String>,
}

impl Query {
    /// Checks an expression over the names of a rule set. `lines` are statements of its own before it; `by` is a name
    /// whose values are told.
    ///
    /// Errors: every mistake; those in the expression and its lines under the path `query`.
    pub fn new(
        sources: &Sources,
        lines: &[String],
        expression: &str,
        by: Option<&str>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut sources = sources.clone();
        let mut paths: Vec<String> = sources.rules().map(|(path, _)| path.to_owned()).collect();
        if paths.is_empty() {
            sources.add("main.sml", "");
        }
        paths.sort();
        let list: Vec<String> = paths.iter().map(|path| format!("{path:?}")).collect();
        let mut text = format!("Import(rules=[{}])\n", list.join(", "));
        for line in lines {
            text.push_str(line.trim());
            text.push('\n');
        }
        text.push_str(&format!("{NAME}: bool = (\n{}\n)\n", expression.trim()));
        sources.add(PATH, text);
        let checked =
            check::check(&sources).map_err(|found| found.into_iter().map(shown).collect::<Vec<_>>())?;
        Self::slice(checked, by)
    }

    fn slice(mut checked: Checked, by: Option<&str>) -> Result<Self, Vec<Diagnostic>> {
        let id_of = |name: &str| checked.definitions.iter().position(|one| &*one.name == name);
        let mut open: Vec<DefinitionId> = id_of(NAME).into_iter().collect();
        if let Some(by) = by {
            let names = checked.definitions.iter().map(|one| &*one.name);
            let id = id_of(by).ok_or_else(|| {
                let hint = crate::diagnostics::nearest(by, names)
                    .map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                vec![Diagnostic::of_file(
                    "query",
                    "unknown-identifier",
                    format!("there is no name `{by}`"),
                    hint,
                )]
            })?;
            open.push(id);
        }
        let shown: Vec<DefinitionId> = open.clone();
        let (mut needed, mut functions) = (BTreeSet::new(), BTreeSet::new());
        while let Some(id) = open.pop() {
            if needed.insert(id)
                && let Some(definition) = checked.definitions.get(id)
            {
                walk(&definition.value, &mut open, &mut functions);
            }
        }
        for (id, definition) in checked.definitions.iter_mut().enumerate() {
            definition.is_feature = shown.contains(&id);
        }
        // Numbers follow the order of definition: what a name reads comes before it.
        let steps = needed.into_iter().map(Step::Define).collect();
        let text = checked.files.pop().map(|file| file.text).unwrap_or_default();
        checked.files = vec![CheckedFile { path: "main.sml".into(), text, imports: Vec::new(), steps }];
        let program = lower_checked(&checked)?;
        let asks_host = functions.into_iter().filter(|name| ASKS_HOST.contains(name)).collect();
        Ok(Self { program, asks_host, by: by.map(str::to_owned) })
    }

    /// Whether the expression holds.
    #[must_use]
    pub fn holds(&self, evaluation: &Evaluation<'_, '_>) -> bool {
        evaluation.text_of(NAME).as_deref() == Some("True")
    }

    /// The value of the name whose values are told, as text; `None` where it has none.
    #[must_use]
    pub fn value(&self, evaluation: &Evaluation<'_, '_>) -> Option<String> {
        evaluation.text_of(self.by.as_deref()?)
    }
}

/// A mistake in the expression under a path that its writer knows.
fn shown(found: Diagnostic) -> Diagnostic {
    match found.path.as_str() {
        PATH => Diagnostic { path: "query".into(), line: found.line.saturating_sub(2).max(1), ..found },
        _ => found,
    }
}

fn walk(typed: &Typed, open: &mut Vec<DefinitionId>, functions: &mut BTreeSet<&'static str>) {
    match &typed.kind {
        TypedKind::Bad | TypedKind::Constant(_) => {}
        TypedKind::Name(id) => open.push(*id),
        TypedKind::List(items)
        | TypedKind::All(items)
        | TypedKind::Any(items)
        | TypedKind::Effect(_, items) => {
            items.iter().for_each(|item| walk(item, open, functions));
        }
        TypedKind::Call(ready, items) => {
            functions.insert(ready.builtin.name());
            items.iter().for_each(|item| walk(item, open, functions));
        }
        TypedKind::Format(pieces) => pieces.iter().for_each(|piece| {
            if let TypedPiece::Value(value) = piece {
                walk(value, open, functions);
            }
        }),
        TypedKind::Compare(_, left, right) | TypedKind::Arithmetic(_, left, right) => {
            walk(left, open, functions);
            walk(right, open, functions);
        }
        TypedKind::Not(inner) | TypedKind::Negate(inner) | TypedKind::Unwrap(inner) => {
            walk(inner, open, functions)
        }
        TypedKind::Json(read) => {
            walk(&read.required, open, functions);
            walk(&read.coerce, open, functions);
        }
        TypedKind::Rule { when_all, description, .. } => {
            walk(when_all, open, functions);
            walk(description, open, functions);
        }
        TypedKind::Buckets { experiment, lists, .. } => {
            walk(experiment, open, functions);
            lists.iter().for_each(|list| walk(list, open, functions));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_that_asks_the_host_is_known() {
        // Those that are not pure and know the event alone.
        let of_event = [
            "GetActionId",
            "GetActionName",
            "GetDIDCreatedAt",
            "GetHandle",
            "GetPDSService",
            "GetRecordCID",
            "GetRecordURI",
            "LinksFromFacets",
            "MentionsFromFacets",
            "TagsFromFacets",
            "TimeSince",
            "TimestampAge",
            "Experiment",
            "ExperimentsBucketAssignment",
        ];
        for builtin in crate::builtins::all().filter(|one| !one.is_pure) {
            let is_call = builtin.special == crate::builtins::Special::None;
            let known = ASKS_HOST.contains(&builtin.name()) || of_event.contains(&builtin.name());
            assert!(!is_call || known, "{}", builtin.name());
        }
        assert!(ASKS_HOST.iter().all(|name| crate::builtins::find(name).is_some()));
    }
}
