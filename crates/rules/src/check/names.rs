//! Which names a rule set stores, where, and each only once.

use super::typed::DefinitionId;
use crate::diagnostics::{Diagnostic, Span, nearest};
use crate::syntax::tree::{File, Statement, is_local};
use rustc_hash::{FxHashMap, FxHashSet};

/// A name that an assignment stores.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored<'t> {
    pub(super) name: &'t str,
    pub(super) file: usize,
    pub(super) span: Span,
    pub(super) is_local: bool,
}

/// All stored names; numbers follow the order of files and statements.
pub(super) struct Names<'t> {
    stored: Vec<Stored<'t>>,
    globals: FxHashMap<&'t str, DefinitionId>,
    locals: FxHashMap<(usize, &'t str), DefinitionId>,
    places: FxHashMap<(usize, u32), DefinitionId>,
    /// Definitions of a name that had one already: a mistake that is told, and not told again as unread.
    repeated: FxHashSet<DefinitionId>,
}

impl<'t> Names<'t> {
    pub(super) fn read(files: &'t [File], found: &mut Vec<Diagnostic>) -> Self {
        let mut names = Self {
            stored: Vec::new(),
            globals: FxHashMap::default(),
            locals: FxHashMap::default(),
            places: FxHashMap::default(),
            repeated: FxHashSet::default(),
        };
        for (number, file) in files.iter().enumerate() {
            for statement in &file.statements {
                if let Statement::Assign(assign) = statement {
                    names.store(files, number, &assign.name, assign.name_span, found);
                }
            }
        }
        names
    }

    fn store(
        &mut self,
        files: &'t [File],
        file: usize,
        name: &'t str,
        span: Span,
        found: &mut Vec<Diagnostic>,
    ) {
        let id = self.stored.len();
        self.places.insert((file, span.start), id);
        self.stored.push(Stored { name, file, span, is_local: is_local(name) });
        // The first definition is the one that is meant: what reads the name between the two is no mistake.
        let first = if is_local(name) {
            *self.locals.entry((file, name)).or_insert(id)
        } else {
            *self.globals.entry(name).or_insert(id)
        };
        let Some(earlier) = self.stored.get(first).copied().filter(|_| first != id) else { return };
        self.repeated.insert(id);
        let message = if is_local(name) {
            format!("local variables must be unique in their file: `{name}`")
        } else {
            format!("features must be unique across all rule files: `{name}`")
        };
        let (Some(own), Some(other)) = (files.get(file), files.get(earlier.file)) else { return };
        let first =
            Diagnostic::at(&other.path, &other.text, earlier.span, "duplicate-name", String::new(), "");
        let hint = format!("first defined at {}:{}:{}", first.path, first.line, first.column);
        found.push(Diagnostic::at(&own.path, &own.text, span, "duplicate-name", message, hint));
    }

    pub(super) fn len(&self) -> usize {
        self.stored.len()
    }

    /// Whether the name had a definition before this one.
    pub(super) fn is_repeated(&self, id: DefinitionId) -> bool {
        self.repeated.contains(&id)
    }

    pub(super) fn stored(&self, id: DefinitionId) -> Option<Stored<'t>> {
        self.stored.get(id).copied()
    }

    /// The definition whose name stands at that place.
    pub(super) fn id_at(&self, file: usize, span: Span) -> Option<DefinitionId> {
        self.places.get(&(file, span.start)).copied()
    }

    /// What a name means in a file, whether visible there or not.
    pub(super) fn find(&self, file: usize, name: &str) -> Option<DefinitionId> {
        if is_local(name) { self.locals.get(&(file, name)).copied() } else { self.globals.get(name).copied() }
    }

    pub(super) fn globals_of(&self, files: &[usize]) -> Vec<DefinitionId> {
        self.stored
            .iter()
            .enumerate()
            .filter(|(_, stored)| !stored.is_local && files.contains(&stored.file))
            .map(|(id, _)| id)
            .collect()
    }

    /// The stored name that a writer probably meant.
    pub(super) fn nearest(&self, file: usize, name: &str) -> Option<&'t str> {
        let may_read = |stored: &&Stored<'t>| !stored.is_local || stored.file == file;
        nearest(
            name,
            self.stored.iter().filter(may_read).map(|stored| stored.name).filter(|near| *near != name),
        )
    }
}
