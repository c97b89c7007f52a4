//! Who imports whom: that files exist, and that no file imports itself by a detour.

use crate::diagnostics::{Diagnostic, Span, nearest};
use crate::syntax::tree::{Call, Expression, File, Kind, Literal, Statement};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One `Import` call: its place among the statements, and the files that it names.
pub(crate) struct Import {
    pub(crate) statement: usize,
    pub(crate) files: Vec<usize>,
}

/// By file: its imports, in the order of the text.
pub(crate) fn read(files: &[File], found: &mut Vec<Diagnostic>) -> Vec<Vec<Import>> {
    let numbers: BTreeMap<&str, usize> =
        files.iter().enumerate().map(|(number, file)| (&*file.path, number)).collect();
    files.iter().map(|file| of_file(file, &numbers, found)).collect()
}

fn of_file(file: &File, numbers: &BTreeMap<&str, usize>, found: &mut Vec<Diagnostic>) -> Vec<Import> {
    let mut imports = Vec::new();
    for (statement, call) in
        file.statements.iter().enumerate().filter_map(|(at, statement)| match statement {
            Statement::Call { call, .. } if &*call.function == "Import" => Some((at, call)),
            _ => None,
        })
    {
        let mut named = Vec::new();
        for (path, span) in paths(file, call) {
            match numbers.get(&*path) {
                Some(number) => named.push(*number),
                None => {
                    let hint = nearest(&path, numbers.keys().copied()).map_or_else(
                        || "paths start at the root of the rule set".to_owned(),
                        |near| format!("did you mean '{near}'?"),
                    );
                    let message = format!("imported file: {path} not found");
                    found.push(at(file, span, "import", message, hint));
                }
            }
        }
        check_order(file, call, found);
        imports.push(Import { statement, files: named });
    }
    imports
}

fn at(file: &File, span: Span, code: &'static str, message: String, hint: String) -> Diagnostic {
    Diagnostic::at(&file.path, &file.text, span, code, message, hint)
}

/// The list of an import, in place or by a name that is bound to it in the same file.
fn list<'t>(file: &'t File, call: &'t Call) -> Option<&'t Expression> {
    let value = &call.argument("rules")?.value;
    match &value.kind {
        Kind::Name(name) => file.statements.iter().find_map(|statement| match statement {
            Statement::Assign(assign) if assign.name == *name => Some(&assign.value),
            _ => None,
        }),
        _ => Some(value),
    }
}

fn paths(file: &File, call: &Call) -> Vec<(Arc<str>, Span)> {
    let items = match list(file, call).map(|list| &list.kind) {
        Some(Kind::List(items)) => items.as_slice(),
        _ => &[],
    };
    items
        .iter()
        .filter_map(|item| match &item.kind {
            Kind::Literal(Literal::Str(path)) => Some((path.clone(), item.span)),
            _ => None,
        })
        .collect()
}

fn check_order(file: &File, call: &Call, found: &mut Vec<Diagnostic>) {
    let Some(argument) = call.argument("rules") else { return };
    let written: Vec<Arc<str>> = paths(file, call).into_iter().map(|(path, _)| path).collect();
    let mut sorted = written.clone();
    sorted.sort();
    if written != sorted {
        let names: Vec<String> = sorted.iter().map(|path| format!("'{path}'")).collect();
        let hint = format!("Import(rules=[{}])", names.join(", "));
        found.push(at(file, argument.value.span, "import", "import rules are not sorted".into(), hint));
    }
    if let Some([twice, _]) = sorted.windows(2).find(|pair| matches!(pair, [a, b] if a == b)) {
        let message = format!("import has a duplicated items for rule: {twice}");
        found.push(at(file, argument.value.span, "import", message, "name it once".into()));
    }
}

/// File numbers so that what is imported comes first; files of a cycle are named, and come in their own order.
pub(crate) fn order(files: &[File], imports: &[Vec<Import>], found: &mut Vec<Diagnostic>) -> Vec<usize> {
    let mut order = Vec::with_capacity(files.len());
    // 0: not seen, 1: on the way down, 2: done.
    let mut state = vec![0u8; files.len()];
    for start in 0..files.len() {
        // An own stack: the depth of imports has no bound of its own.
        let mut stack = vec![(start, 0usize)];
        while let Some((number, next)) = stack.pop() {
            let below: Vec<(usize, usize)> = targets(imports, number);
            if next == 0 {
                if state.get(number) == Some(&2) {
                    continue;
                }
                set(&mut state, number, 1);
            }
            match below.get(next) {
                None => {
                    set(&mut state, number, 2);
                    order.push(number);
                }
                Some((target, statement)) => {
                    stack.push((number, next + 1));
                    match state.get(*target) {
                        Some(0) => stack.push((*target, 0)),
                        Some(1) => cycle(files, number, *statement, *target, &stack, found),
                        _ => {}
                    }
                }
            }
        }
    }
    order
}

fn set(state: &mut [u8], number: usize, value: u8) {
    if let Some(own) = state.get_mut(number) {
        *own = value;
    }
}

fn targets(imports: &[Vec<Import>], number: usize) -> Vec<(usize, usize)> {
    let own = imports.get(number).map_or(&[][..], |own| own.as_slice());
    own.iter().flat_map(|import| import.files.iter().map(|file| (*file, import.statement))).collect()
}

fn cycle(
    files: &[File],
    number: usize,
    statement: usize,
    target: usize,
    stack: &[(usize, usize)],
    found: &mut Vec<Diagnostic>,
) {
    let path = |number: usize| files.get(number).map_or("", |file| &*file.path);
    let mut way: Vec<&str> =
        stack.iter().map(|(number, _)| *number).skip_while(|on| *on != target).map(path).collect();
    way.push(path(target));
    let Some(file) = files.get(number) else { return };
    let span = match file.statements.get(statement) {
        Some(Statement::Call { span, .. }) => *span,
        _ => Span::default(),
    };
    let hint = format!("{}: move what both need into a third file", way.join(" imports "));
    found.push(at(file, span, "import-cycle", "import cycle detected here".into(), hint));
}
