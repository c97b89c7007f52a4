//! Proofs: that a record is one of those a root covers, and that one root's records are the first of another's.
//! RFC 9162 §2.1.3 and §2.1.4.

use super::tree::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What a record contributes to proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its leaf.
    pub leaf: Node,
    /// The root of the largest full subtree that ends with it.
    pub top: Node,
}

/// Which parts of the tree a proof is made of, from the leaves up. Leaves count from 0 here; record `n` is leaf
/// `n - 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    parts: Vec<Range<u64>>,
}

impl Path {
    /// The proof that leaf `index` is one of `size`. `None` where it is not.
    pub fn of_inclusion(index: u64, size: u64) -> Option<Self> {
        let (mut from, mut to) = (0, size);
        let mut parts = Vec::new();
        if index >= size {
            return None;
        }
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                parts.push(middle..to);
                to = middle;
            } else {
                parts.push(from..middle);
                from = middle;
            }
        }
        parts.reverse();
        Some(Self { parts })
    }

    /// The proof that the first `first` of `second` leaves are those of the tree of size `first`. `None` unless
    /// `0 < first <= second`.
    pub fn of_consistency(first: u64, second: u64) -> Option<Self> {
        if first == 0 || first > second {
            return None;
        }
        let (mut from, mut to) = (0, second);
        let mut parts = Vec::new();
        while to != first {
            let middle = from + split(to - from);
            if first <= middle {
                parts.push(middle..to);
                to = middle;
            } else {
                parts.push(from..middle);
                from = middle;
            }
        }
        // Who checks knows the first root already where it is the whole of this part.
        if from > 0 {
            parts.push(from..to);
        }
        parts.reverse();
        Some(Self { parts })
    }

    /// Sequence numbers of the records that [`Path::nodes`] needs: a few dozen.
    pub fn records(&self) -> BTreeSet<u64> {
        self.parts.iter().flat_map(peaks).flat_map(|(level, end)| records_of(level, end)).collect()
    }

    /// The nodes of the proof. `None` where one of the records it needs is missing.
    pub fn nodes(&self, records: &BTreeMap<u64, Kept>) -> Option<Vec<Node>> {
        self.parts.iter().map(|part| root_of(part, records)).collect()
    }
}

/// The largest power of two below `size`, which is 2 or more.
fn split(size: u64) -> u64 {
    size.next_power_of_two() / 2
}

/// The full subtrees of a part, the largest first: level, and the record that ends it.
fn peaks(part: &Range<u64>) -> Vec<(u32, u64)> {
    let size = part.end - part.start;
    let mut end = part.start;
    let levels = (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
    levels
        .map(|level| {
            end += 1 << level;
            (level, end)
        })
        .collect()
}

/// Records from which the node of `level` that ends at record `end` is folded.
fn records_of(level: u32, end: u64) -> Vec<u64> {
    let before = (0..level).map(|below| end - (1 << below));
    let is_top = end.trailing_zeros() == level;
    if is_top { vec![end] } else { std::iter::once(end).chain(before).collect() }
}

fn node(level: u32, end: u64, records: &BTreeMap<u64, Kept>) -> Option<Node> {
    let last = records.get(&end)?;
    if end.trailing_zeros() == level {
        return Some(last.top);
    }
    (0..level).try_fold(last.leaf, |right, below| {
        let left = records.get(&(end - (1 << below)))?;
        Some(Node::above(left.top, right))
    })
}

fn root_of(part: &Range<u64>, records: &BTreeMap<u64, Kept>) -> Option<Node> {
    let peaks = peaks(part);
    let mut from_right = peaks.iter().rev();
    let (level, end) = from_right.next()?;
    from_right.try_fold(node(*level, *end, records)?, |right, (level, end)| {
        Some(Node::above(node(*level, *end, records)?, right))
    })
}

/// Whether `path` leads from `leaf`, number `index` of `size`, to `root`.
pub fn proves_inclusion(leaf: Node, index: u64, size: u64, path: &[Node], root: Node) -> bool {
    let Some((mut number, mut last)) = (index < size).then(|| (index, size - 1)) else { return false };
    let mut reached = leaf;
    for node in path {
        if last == 0 {
            return false;
        }
        if number & 1 == 1 || number == last {
            reached = Node::above(*node, reached);
            while number & 1 == 0 && number != 0 {
                (number, last) = (number >> 1, last >> 1);
            }
        } else {
            reached = Node::above(reached, *node);
        }
        (number, last) = (number >> 1, last >> 1);
    }
    last == 0 && reached == root
}

/// A tree as somebody knew it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many records.
    pub size: u64,
    /// The root over them.
    pub root: Node,
}

/// Whether `path` shows that the records of `first` are the first of those of `second`.
pub fn proves_consistency(first: TreeHead, second: TreeHead, path: &[Node]) -> bool {
    if first.size == 0 || first.size > second.size {
        return false;
    }
    if first.size == second.size {
        return path.is_empty() && first.root == second.root;
    }
    let whole = first.size.is_power_of_two().then_some(first.root);
    let mut nodes = whole.into_iter().chain(path.iter().copied());
    let Some(start) = nodes.next() else { return false };
    let (mut number, mut last) = (first.size - 1, second.size - 1);
    while number & 1 == 1 {
        (number, last) = (number >> 1, last >> 1);
    }
    let (mut to_first, mut to_second) = (start, start);
    for node in nodes {
        if last == 0 {
            return false;
        }
        if number & 1 == 1 || number == last {
            to_first = Node::above(node, to_first);
            to_second = Node::above(node, to_second);
            while number & 1 == 0 && number != 0 {
                (number, last) = (number >> 1, last >> 1);
            }
        } else {
            to_second = Node::above(to_second, node);
        }
        (number, last) = (number >> 1, last >> 1);
    }
    last == 0 && to_first == first.root && to_second == second.root
}

#[cfg(test)]
mod tests {
    use super::super::tree::Frontier;
    use super::super::tree::tests::{leaves, root_by_definition};
    use super::*;

    const SIZE: u64 = 70;

    fn kept() -> (Vec<Node>, BTreeMap<u64, Kept>) {
        let leaves = leaves(SIZE);
        let mut frontier = Frontier::default();
        let kept = (1..)
            .zip(&leaves)
            .map(|(sequence, leaf)| (sequence, Kept { leaf: *leaf, top: frontier.append(*leaf) }));
        let kept = kept.collect();
        (leaves, kept)
    }

    /// Only what the path says it needs.
    fn nodes(path: &Path, kept: &BTreeMap<u64, Kept>) -> Vec<Node> {
        let needed = path.records().into_iter().map(|sequence| (sequence, kept[&sequence])).collect();
        path.nodes(&needed).unwrap()
    }

    #[test]
    fn every_leaf_of_every_size_is_proved_and_no_other_in_its_place() {
        let (leaves, kept) = kept();
        for size in 1..=SIZE {
            let root = root_by_definition(&leaves[..size as usize]);
            for index in 0..size {
                let path = nodes(&Path::of_inclusion(index, size).unwrap(), &kept);
                let leaf = leaves[index as usize];
                assert!(proves_inclusion(leaf, index, size, &path, root), "{index} of {size}");
                assert!(!proves_inclusion(Node::leaf(b"other"), index, size, &path, root));
                assert!(!proves_inclusion(leaf, index + 1, size, &path, root) || size == 1);
                if let Some((_, shorter)) = path.split_last() {
                    assert!(!proves_inclusion(leaf, index, size, shorter, root));
                }
            }
        }
        assert_eq!(Path::of_inclusion(3, 3), None);
    }

    #[test]
    fn every_size_is_consistent_with_every_later_one_and_no_altered_tree_is() {
        let (leaves, kept) = kept();
        let head = |size: u64| TreeHead { size, root: root_by_definition(&leaves[..size as usize]) };
        for second in 1..=SIZE {
            for first in 1..=second {
                let path = nodes(&Path::of_consistency(first, second).unwrap(), &kept);
                assert!(proves_consistency(head(first), head(second), &path), "{first} of {second}");
                let forked = TreeHead { size: first, root: Node::leaf(b"forked") };
                assert!(!proves_consistency(forked, head(second), &path));
                let forked = TreeHead { size: second, root: Node::leaf(b"forked") };
                assert!(!proves_consistency(head(first), forked, &path));
            }
        }
        assert_eq!(Path::of_consistency(0, 3), None);
        assert_eq!(Path::of_consistency(4, 3), None);
    }

    #[test]
    fn a_proof_reads_a_few_dozen_records_of_a_billion() {
        let size = 1_000_000_007;
        for index in [0, 1, 499_999_999, 536_870_911, 536_870_912, size - 1] {
            let records = Path::of_inclusion(index, size).unwrap().records();
            assert!(records.len() < 500, "{} for {index}", records.len());
            assert!(records.iter().all(|sequence| (1..=size).contains(sequence)));
        }
    }
}
