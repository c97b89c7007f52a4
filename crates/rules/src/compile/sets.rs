//! Patterns that are searched in the same text become one set: it is read once for all of them.

use super::{Op, Program};
use crate::builtins::call::Operand;
use regex::{RegexSet, RegexSetBuilder};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fewer patterns than this are searched one by one: each has its own quick way to say no.
const SET_MIN: usize = 8;
/// Patterns of one set: the states of larger ones multiply.
const SET_MAX: usize = 128;
/// Bytes that a set may compile to, and that it may remember of what it has seen.
const COMPILED_BYTES_MAX: usize = 32 << 20;
const CACHE_BYTES_MAX: usize = 8 << 20;

/// Puts the patterns of each text into sets.
pub(super) fn merge(program: &mut Program) {
    let mut by_text: BTreeMap<u32, Vec<(usize, String)>> = BTreeMap::new();
    for (number, node) in program.nodes.iter().enumerate() {
        let Op::Call { function, .. } = &node.op else { continue };
        let (Some(pattern), Some(Operand::Slot(text))) =
            (function.pattern(), program.operands_of(node).first().copied())
        else {
            continue;
        };
        by_text.entry(text).or_default().push((number, pattern.to_owned()));
    }
    for found in by_text.into_values() {
        for part in found.chunks(SET_MAX).filter(|part| part.len() >= SET_MIN) {
            // Too large together: they stay apart.
            let Some(set) = build(part) else { continue };
            let (set, number) = (Arc::new(set), program.sets);
            program.sets += 1;
            for (index, (node, _)) in part.iter().enumerate() {
                if let Some(node) = program.nodes.get_mut(*node) {
                    node.op = Op::InSet { set: Arc::clone(&set), number, index };
                }
            }
        }
    }
}

fn build(part: &[(usize, String)]) -> Option<RegexSet> {
    RegexSetBuilder::new(part.iter().map(|(_, pattern)| pattern))
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(CACHE_BYTES_MAX)
        .build()
        .ok()
}
