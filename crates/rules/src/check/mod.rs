//! Every static check, all mistakes at once.

mod calls;
pub(crate) use calls::unknown_label_hint;
mod expressions;
mod imports;
mod names;
pub(crate) mod typed;
pub(crate) mod types;

use crate::config::{self, Labels};
use crate::diagnostics::{Diagnostic, Span};
use crate::lists::Lists;
use crate::source::Sources;
use crate::syntax::tree::{Assign, Call, Expression, File, Kind, Statement};
use crate::syntax::{self};
use cordon_model::limits::{RULE_DIAGNOSTICS_MAX, RULE_FILE_BYTES_MAX, RULE_FILES_MAX, RULE_SET_BYTES_MAX};
use names::Names;
use std::sync::Arc;
use typed::{Checked, CheckedFile, Definition, DefinitionId, Step, Typed, TypedKind};
use types::{Marks, Type};

/// Checks a rule set.
///
/// Errors: every mistake found, sorted. Mistakes of syntax hide those of meaning, as no tree is there to look at.
pub(crate) fn check(sources: &Sources) -> Result<Checked, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let labels = config::read(sources, &mut found);
    let files = read(sources, &mut found);
    if !found.iter().all(|diagnostic| diagnostic.code == "config") {
        return Err(sorted(found));
    }
    let mut imports = imports::read(&files, &mut found);
    let order = imports::order(&files, &imports, &mut found);
    // From here on a file's number is its place in that order.
    let place = |number: usize| order.iter().position(|at| *at == number).unwrap_or(0);
    let places: Vec<usize> = (0..files.len()).map(place).collect();
    for import in imports.iter_mut().flatten() {
        for file in &mut import.files {
            *file = places.get(*file).copied().unwrap_or(0);
        }
    }
    let mut files: Vec<Option<File>> = files.into_iter().map(Some).collect();
    let mut imports: Vec<Option<Vec<imports::Import>>> = imports.into_iter().map(Some).collect();
    let sorted_files: Vec<File> = order.iter().filter_map(|at| files.get_mut(*at)?.take()).collect();
    let sorted_imports: Vec<_> = order.iter().filter_map(|at| imports.get_mut(*at)?.take()).collect();

    let names = Names::read(&sorted_files, &mut found);
    let mut checker = Checker {
        files: &sorted_files,
        labels: &labels,
        lists: Arc::new(Lists::read(sources)),
        names,
        visible: Vec::new(),
        narrowed: Vec::new(),
        file: 0,
        statement_target: None,
        checked: Checked::default(),
        definitions: Vec::new(),
        read: Vec::new(),
        found,
        warnings: Vec::new(),
    };
    checker.definitions.resize_with(checker.names.len(), || None);
    checker.read.resize(checker.names.len(), false);
    for (number, file_imports) in sorted_imports.iter().enumerate() {
        checker.check_file(number, file_imports);
    }
    checker.finish()
}

fn sorted(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.sort();
    found.dedup();
    found.truncate(RULE_DIAGNOSTICS_MAX);
    found
}

/// Reads all rule files, and says of each whether it can be one.
fn read(sources: &Sources, found: &mut Vec<Diagnostic>) -> Vec<File> {
    let mut files = Vec::new();
    let mut bytes_total = 0;
    let mut has_main = false;
    for (path, bytes) in sources.rules() {
        has_main |= path == "main.sml";
        bytes_total += bytes.len();
        if bytes.len() > RULE_FILE_BYTES_MAX {
            let message = format!("file has {} bytes, more than {RULE_FILE_BYTES_MAX}", bytes.len());
            found.push(Diagnostic::of_file(path, "too-large", message, "split it, and Import its parts"));
            continue;
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Arc::from(text.strip_prefix('\u{feff}').unwrap_or(text)),
            Err(error) => {
                let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
                let message =
                    format!("file is not UTF-8: byte {} (line {line}) does not fit", error.valid_up_to());
                found.push(Diagnostic::of_file(path, "encoding", message, "save it as UTF-8"));
                continue;
            }
        };
        match syntax::parse(&Arc::from(path), &text) {
            Ok(file) => files.push(file),
            Err(mistakes) => found.extend(mistakes),
        }
    }
    if !has_main {
        let hint = "a rule set starts at main.sml in its root folder";
        found.push(Diagnostic::of_file("main.sml", "no-main", "there is no main.sml".into(), hint));
    }
    if bytes_total > RULE_SET_BYTES_MAX || sources.rules().count() > RULE_FILES_MAX {
        let message =
            format!("the rule set has more than {RULE_FILES_MAX} files or {RULE_SET_BYTES_MAX} bytes");
        found.push(Diagnostic::of_file("main.sml", "too-large", message, "drop what is not used"));
    }
    files
}

/// One pass over all statements, files in the order of their imports.
struct Checker<'t> {
    files: &'t [File],
    labels: &'t Labels,
    lists: Arc<Lists>,
    names: Names<'t>,
    /// By definition: whether the current statement may read it.
    visible: Vec<bool>,
    /// Names that the current chain of `and` or `or` has shown to be other than `None`.
    narrowed: Vec<DefinitionId>,
    file: usize,
    /// The definition that the current statement assigns to.
    statement_target: Option<DefinitionId>,
    checked: Checked,
    definitions: Vec<Option<Definition>>,
    /// By definition: whether anything reads it.
    read: Vec<bool>,
    found: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl<'t> Checker<'t> {
    fn error(&mut self, span: Span, code: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        if let Some(file) = self.files.get(self.file) {
            self.found.push(Diagnostic::at(&file.path, &file.text, span, code, message.into(), hint));
        }
    }

    fn check_file(&mut self, number: usize, imports: &[imports::Import]) {
        let files = self.files;
        let Some(file) = files.get(number) else { return };
        self.file = number;
        self.visible.clear();
        self.visible.resize(self.names.len(), false);
        let mut steps = Vec::new();
        for (at, statement) in file.statements.iter().enumerate() {
            match statement {
                Statement::Assign(assign) => steps.extend(self.assign(assign)),
                Statement::Call { call, span } => steps.extend(self.call_statement(call, *span)),
            }
            for import in imports.iter().filter(|import| import.statement == at) {
                self.show(&import.files);
            }
        }
        let mut imported: Vec<usize> =
            imports.iter().flat_map(|import| import.files.iter().copied()).collect();
        imported.sort_unstable();
        imported.dedup();
        self.checked.files.push(CheckedFile {
            path: file.path.clone(),
            text: file.text.clone(),
            imports: imported,
            steps,
        });
    }

    /// Makes the global names of imported files visible.
    fn show(&mut self, imported: &[usize]) {
        for id in self.names.globals_of(imported) {
            if let Some(visible) = self.visible.get_mut(id) {
                *visible = true;
            }
        }
    }

    fn finish(mut self) -> Result<Checked, Vec<Diagnostic>> {
        self.unused_locals();
        if !self.found.is_empty() {
            self.found.append(&mut self.warnings);
            return Err(sorted(self.found));
        }
        self.checked.warnings = sorted(self.warnings);
        self.checked.definitions = self.definitions.into_iter().flatten().collect();
        Ok(self.checked)
    }

    fn unused_locals(&mut self) {
        for id in 0..self.names.len() {
            let Some(stored) = self.names.stored(id) else { continue };
            if stored.is_local && !self.names.is_repeated(id) && self.read.get(id) == Some(&false) {
                self.file = stored.file;
                let message = format!("unused local variable: `{}`", stored.name);
                self.error(stored.span, "unused-local", message, "read it, or drop the line");
            }
        }
    }

    fn assign(&mut self, assign: &'t Assign) -> Option<Step> {
        let id = self.names.id_at(self.file, assign.name_span)?;
        self.statement_target = Some(id);
        let annotated = match &assign.annotation {
            None => None,
            Some((annotation, span)) => match types::read_annotation(annotation) {
                Ok(read) => Some(read),
                Err(message) => {
                    let message = format!("invalid annotation: {message}");
                    self.error(
                        *span,
                        "annotation",
                        message,
                        "use str, int, float, bool, Optional[…], Union[…], List[…], Entity[str], Entity[int], Secret[…]",
                    );
                    Some((Type::Unknown, Marks::default()))
                }
            },
        };
        let marks = annotated.as_ref().map_or_else(Marks::default, |(_, marks)| *marks);
        self.check_literal_mark(assign, marks);
        let mut value = self.assigned(assign, annotated.as_ref());
        if let Some((wanted, _)) = &annotated {
            value = self.fit_annotation(assign, value, wanted);
        } else if matches!(&assign.value.kind, Kind::List(items) if items.is_empty()) {
            self.error(
                assign.value.span,
                "empty-list",
                "empty list literal needs a type annotation",
                "write Name: List[str] = []",
            );
        }
        if !marks.secret && self.carries_secret(&value) {
            self.error(
                assign.value.span,
                "secret",
                "assignments can not include non-extractable features if they are not marked Secret",
                "annotate the name with Secret[…]",
            );
        }
        self.statement_target = None;
        let ty = annotated.map_or_else(|| value.ty.clone(), |(wanted, _)| wanted);
        self.define(id, assign, ty, marks, value);
        Some(Step::Define(id))
    }

    fn check_literal_mark(&mut self, assign: &Assign, marks: Marks) {
        let is_literal = matches!(assign.value.kind, Kind::Literal(_) | Kind::List(_) | Kind::Format(_));
        if marks.literal && !is_literal {
            self.error(
                assign.value.span,
                "annotation",
                "`ExtractLiteral` needs a literal, a list or a format string",
                "drop the annotation: other values are shown anyway",
            );
        }
    }

    fn assigned(&mut self, assign: &'t Assign, annotated: Option<&(Type, Marks)>) -> Typed {
        match &assign.value.kind {
            Kind::Call(call) => {
                self.call(call, assign.value.span, Some(calls::Assigned { assign, annotated }))
            }
            _ => self.expression(&assign.value),
        }
    }

    fn fit_annotation(&mut self, assign: &Assign, value: Typed, wanted: &Type) -> Typed {
        let accepted = value.ty.accepted_by(wanted);
        if accepted == types::Accepted::No {
            let message = format!(
                "incompatible types in assignment: `{}` is annotated `{wanted}`, and its value is `{}`",
                assign.name, value.ty
            );
            self.error(assign.value.span, "type", message, "change the annotation, or drop it");
        }
        if accepted == types::Accepted::Unwrapped { value.unwrapped() } else { value }
    }

    fn define(&mut self, id: DefinitionId, assign: &Assign, wanted: Type, marks: Marks, value: Typed) {
        let (entity_type, buckets) = self.known_of(&value);
        let is_shown = marks.extract
            || (!crate::syntax::tree::is_local(&assign.name) && !marks.secret && !assign.value.is_constant());
        let definition = Definition {
            name: assign.name.clone(),
            wanted,
            marks,
            is_feature: is_shown,
            constant: calls::literal_constant(&assign.value),
            entity_type,
            buckets,
            value,
        };
        if let Some(slot) = self.definitions.get_mut(id) {
            *slot = Some(definition);
        }
        if let Some(visible) = self.visible.get_mut(id) {
            *visible = true;
        }
    }

    /// The entity type and the buckets of what a name is bound to.
    fn known_of(&self, value: &Typed) -> (Option<Arc<str>>, Option<Vec<Arc<str>>>) {
        match &value.kind {
            TypedKind::Json(read) => (read.entity_type.clone(), None),
            TypedKind::Name(id) => self
                .definitions
                .get(*id)
                .and_then(Option::as_ref)
                .map_or((None, None), |known| (known.entity_type.clone(), known.buckets.clone())),
            TypedKind::Call(ready, arguments) => match (ready.builtin.name(), arguments.as_slice()) {
                ("Entity", [kind, ..]) => (calls::constant_text(kind), None),
                ("Experiment" | "ExperimentsBucketAssignment", [_, buckets, ..]) => {
                    (None, Some(calls::constant_texts(buckets)))
                }
                _ => (None, None),
            },
            _ => (None, None),
        }
    }

    /// Whether secret data flows into a value: through names, calls and lists; not through comparisons, and not
    /// through what an annotation allows to be shown.
    fn carries_secret(&self, value: &Typed) -> bool {
        match &value.kind {
            TypedKind::Name(id) => {
                let known = self.definitions.get(*id).and_then(Option::as_ref);
                known.is_some_and(|known| known.marks.secret && !known.marks.extract)
            }
            TypedKind::List(items) | TypedKind::Call(_, items) | TypedKind::Effect(_, items) => {
                items.iter().any(|item| self.carries_secret(item))
            }
            TypedKind::Unwrap(inner) => self.carries_secret(inner),
            TypedKind::Json(read) => self.carries_secret(&read.required) || self.carries_secret(&read.coerce),
            TypedKind::Rule { when_all, .. } => self.carries_secret(when_all),
            TypedKind::Buckets { lists, .. } => lists.iter().any(|list| self.carries_secret(list)),
            _ => false,
        }
    }

    fn call_statement(&mut self, call: &'t Call, span: Span) -> Option<Step> {
        self.statement_target = None;
        match &*call.function {
            "Import" => {
                self.check_import(call, span);
                None
            }
            "Require" => self.require(call, span),
            "WhenRules" => self.when_rules(call, span),
            _ => {
                let typed = self.call(call, span, None);
                if !matches!(typed.kind, TypedKind::Bad) {
                    let message = "you must use the result of this function call";
                    self.error(span, "unused-result", message, "give it a name: Name = …");
                }
                None
            }
        }
    }

    fn expression_bool(&mut self, expression: &'t Expression, what: &str) -> Typed {
        let typed = self.expression(expression);
        match typed.ty.accepted_by(&Type::Bool) {
            types::Accepted::AsIs => typed,
            types::Accepted::Unwrapped => typed.unwrapped(),
            types::Accepted::No => {
                let message = format!("{what}, got `{}`", typed.ty);
                self.error(expression.span, "type", message, "compare it: … == …, … != None");
                Typed { kind: TypedKind::Bad, ty: Type::Bool, span: expression.span }
            }
        }
    }
}
