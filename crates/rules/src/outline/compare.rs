//! Two rule sets side by side: which rules, features and lists came, went and changed.

use super::{Outlined, StatementKind, outline};
use crate::source::Sources;
use std::collections::{BTreeMap, BTreeSet};

/// What became of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is there now.
    Added,
    /// It is there no more.
    Removed,
    /// Its own text is another, or its effects are.
    Changed,
    /// Its own text is the same, and something that it reads is not.
    ChangedThrough,
}

/// A rule or feature that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its name.
    pub name: String,
    /// Path of its file, the newer one where it has two.
    pub path: String,
    /// What became of it.
    pub change: Change,
    /// Its text before, without comments.
    pub before: Option<String>,
    /// Its text now.
    pub after: Option<String>,
    /// Effects that it has now and had not.
    pub effects_added: Vec<String>,
    /// Effects that it had and has no more.
    pub effects_removed: Vec<String>,
    /// Names with another text that it reads, by whatever detour.
    pub through: Vec<String>,
}

/// How one rule set differs from another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Rules, by name.
    pub rules: Vec<Changed>,
    /// Features and local names, by name.
    pub features: Vec<Changed>,
    /// Configuration files and word lists, by path.
    pub files: Vec<(String, Change)>,
}

impl Difference {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.features.is_empty() && self.files.is_empty()
    }
}

/// A local name and its file, or a global name.
type Key = (String, String);

struct Side {
    defined: BTreeMap<Key, Outlined>,
    /// By rule.
    effects: BTreeMap<String, BTreeSet<String>>,
}

impl Side {
    fn new(sources: &Sources) -> Self {
        let mut side = Self { defined: BTreeMap::new(), effects: BTreeMap::new() };
        for one in outline(sources) {
            if let Some((rules, effects)) = &one.when {
                for rule in rules {
                    side.effects.entry(rule.clone()).or_default().extend(effects.iter().cloned());
                }
            }
            if one.kind != StatementKind::Call {
                side.defined.insert(key(&one.path, &one.name), one);
            }
        }
        side
    }

    /// Of `changed` those that a definition reads, by whatever detour.
    fn reached(&self, from: &Outlined, changed: &BTreeSet<Key>) -> Vec<String> {
        let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
        let mut open: Vec<&Outlined> = vec![from];
        while let Some(one) = open.pop() {
            for name in &one.reads {
                let key = key(&one.path, name);
                if changed.contains(&key) {
                    found.insert(name.clone());
                }
                if seen.insert(key.clone()) {
                    open.extend(self.defined.get(&key));
                }
            }
        }
        found.into_iter().collect()
    }
}

fn key(path: &str, name: &str) -> Key {
    let file = if crate::syntax::tree::is_local(name) { path } else { "" };
    (name.to_owned(), file.to_owned())
}

/// Holds two rule sets side by side. Files that cannot be read as rules define nothing.
#[must_use]
pub fn compare(before: &Sources, after: &Sources) -> Difference {
    let (old, new) = (Side::new(before), Side::new(after));
    let keys: BTreeSet<&Key> = old.defined.keys().chain(new.defined.keys()).collect();
    let text = |side: &Side, key: &Key| side.defined.get(key).map(|one| one.text.clone());
    let own: BTreeSet<Key> =
        keys.iter().filter(|key| text(&old, key) != text(&new, key)).map(|key| (*key).clone()).collect();
    let mut difference = Difference::default();
    for key in keys {
        let (was, is) = (old.defined.get(key), new.defined.get(key));
        let Some(one) = is.or(was) else { continue };
        let none = BTreeSet::new();
        let (had, has) = (old.effects.get(&key.0).unwrap_or(&none), new.effects.get(&key.0).unwrap_or(&none));
        let through = is.map(|is| new.reached(is, &own)).unwrap_or_default();
        let change = match (was, is) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ if own.contains(key) || had != has => Change::Changed,
            _ if !through.is_empty() => Change::ChangedThrough,
            _ => continue,
        };
        let changed = Changed {
            name: key.0.clone(),
            path: one.path.clone(),
            change,
            before: was.map(|was| was.text.clone()),
            after: is.map(|is| is.text.clone()),
            effects_added: has.difference(had).cloned().collect(),
            effects_removed: had.difference(has).cloned().collect(),
            through,
        };
        let is_rule = one.kind == StatementKind::Rule;
        if is_rule { difference.rules.push(changed) } else { difference.features.push(changed) }
    }
    difference.files = files(before, after);
    difference
}

fn files(before: &Sources, after: &Sources) -> Vec<(String, Change)> {
    let of = |sources: &Sources| -> BTreeMap<String, Vec<u8>> {
        let configs = sources.configs().map(|(path, bytes)| (path.to_owned(), bytes.to_owned()));
        configs.chain(sources.lists().map(|(_, path, bytes)| (path.to_owned(), bytes.to_owned()))).collect()
    };
    let (old, new) = (of(before), of(after));
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |path: &String| match (old.get(path), new.get(path)) {
        (None, _) => Some(Change::Added),
        (_, None) => Some(Change::Removed),
        (one, other) => (one != other).then_some(Change::Changed),
    };
    paths.into_iter().filter_map(|path| Some((path.clone(), change(path)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_features_effects_and_lists_are_held_side_by_side() {
        let before = Sources::new()
            .with("main.sml", "A = 1\n_B = A + 1\nOld = Rule(when_all=[_B > 1], description='x')\nGone = A + 2\n\
                Same = Rule(when_all=[True], description='s')\nWhenRules(rules_any=[Same], then=[DeclareVerdict(verdict='a')])\n")
            .with("lists/x.txt", "a");
        let after = Sources::new()
            .with("main.sml", "A = 2  # more\n_B = A + 1\nOld = Rule(when_all=[_B  > 1], description='x')\nNew = A + 2\n\
                Same = Rule(when_all=[True], description='s')\nWhenRules(rules_any=[Same], then=[DeclareVerdict(verdict='b')])\n")
            .with("lists/x.txt", "b");
        let found = compare(&before, &after);
        let told = |all: &[Changed]| -> Vec<(String, Change)> {
            all.iter().map(|one| (one.name.clone(), one.change)).collect()
        };
        assert_eq!(
            told(&found.rules),
            [("Old".to_owned(), Change::ChangedThrough), ("Same".to_owned(), Change::Changed)]
        );
        assert_eq!(found.rules[0].through, ["A"]);
        assert_eq!(found.rules[1].effects_added, ["DeclareVerdict(verdict='b')"]);
        assert_eq!(
            told(&found.features),
            [
                ("A", Change::Changed),
                ("Gone", Change::Removed),
                ("New", Change::Added),
                ("_B", Change::ChangedThrough)
            ]
            .map(|(name, change)| (name.to_owned(), change))
        );
        assert_eq!(found.files, [("lists/x.txt".to_owned(), Change::Changed)]);
        assert!(compare(&before, &before).is_empty());
    }
}
