//! The tree over the audit's records: RFC 9162's, so that any client of transparency logs can check its proofs.
//!
//! Each record keeps one node, the *top*: the root of the largest full subtree that ends with it. The node of level
//! `k` that ends at record `n` is then folded from the leaf of `n` and the tops of the `k` records `n - 1`, `n - 2`,
//! `n - 4`, …, so that no other node is kept and a proof reads a few dozen records, however many there are.

use super::hexadecimal;
use sha2::{Digest, Sha256};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// A node: SHA-256 over a leaf or over two nodes. As text 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node(pub [u8; 32]);

/// Digits of a node's text.
const NODE_DIGITS: usize = 64;

impl Node {
    /// The root of the tree without leaves.
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// A leaf over `data`.
    pub fn leaf(data: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(data).finalize().into())
    }

    /// The node above two.
    pub fn above(left: Self, right: Self) -> Self {
        Self(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }
}

impl Display for Node {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&hexadecimal(&self.0))
    }
}

/// A text that is no node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no hash: 64 hexadecimal digits are expected")]
pub struct NotANode(String);

impl FromStr for Node {
    type Err = NotANode;

    fn from_str(text: &str) -> Result<Self, NotANode> {
        let not_a_node = || NotANode(text.to_owned());
        let digits = text.as_bytes();
        if digits.len() != NODE_DIGITS {
            return Err(not_a_node());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let digits = str::from_utf8(pair).map_err(|_| not_a_node())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| not_a_node())?;
        }
        Ok(Self(bytes))
    }
}

/// The right edge of a tree: its full subtrees from the largest to the smallest, which is all that appending and the
/// root need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// One for each bit that is set in `size`, the highest first.
    peaks: Vec<Node>,
}

impl Frontier {
    /// The frontier of `size` leaves as [`Frontier::peaks_text`] wrote it.
    ///
    /// Errors: [`NotANode`] where the text has other than one node for each bit that is set in `size`.
    pub fn read(size: u64, peaks: &str) -> Result<Self, NotANode> {
        if peaks.len() != size.count_ones() as usize * NODE_DIGITS {
            return Err(NotANode(peaks.to_owned()));
        }
        let nodes = (0..peaks.len()).step_by(NODE_DIGITS).map(|start| {
            peaks.get(start..start + NODE_DIGITS).ok_or_else(|| NotANode(peaks.to_owned()))?.parse()
        });
        Ok(Self { size, peaks: nodes.collect::<Result<_, _>>()? })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The peaks one behind the other.
    pub fn peaks_text(&self) -> String {
        self.peaks.iter().map(Node::to_string).collect()
    }

    /// Appends a leaf; its top.
    pub fn append(&mut self, leaf: Node) -> Node {
        let full_below = self.size.trailing_ones();
        let mut top = leaf;
        for _ in 0..full_below {
            if let Some(left) = self.peaks.pop() {
                top = Node::above(left, top);
            }
        }
        self.peaks.push(top);
        self.size += 1;
        top
    }

    /// The root over all leaves.
    pub fn root(&self) -> Node {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(smallest) = peaks.next() else { return Node::of_nothing() };
        peaks.fold(smallest, |right, left| Node::above(left, right))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Leaves of as many records.
    pub(crate) fn leaves(count: u64) -> Vec<Node> {
        (0..count).map(|number| Node::leaf(&number.to_be_bytes())).collect()
    }

    /// The root as RFC 9162 §2.1.1 defines it.
    pub(crate) fn root_by_definition(leaves: &[Node]) -> Node {
        match leaves {
            [] => Node::of_nothing(),
            [leaf] => *leaf,
            _ => {
                let split = (leaves.len().next_power_of_two() / 2).max(1);
                let (left, right) = leaves.split_at(split);
                Node::above(root_by_definition(left), root_by_definition(right))
            }
        }
    }

    #[test]
    fn the_root_is_the_one_of_the_definition_at_every_size() {
        let leaves = leaves(130);
        let mut frontier = Frontier::default();
        for (number, leaf) in leaves.iter().enumerate() {
            assert_eq!(frontier.root(), root_by_definition(&leaves[..number]), "{number} leaves");
            frontier.append(*leaf);
            let read = Frontier::read(frontier.size(), &frontier.peaks_text());
            assert_eq!(read.unwrap(), frontier);
        }
    }

    /// Known from certificate transparency: the roots over its eight standard leaves.
    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let inputs: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let mut frontier = Frontier::default();
        assert_eq!(
            frontier.root().to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for input in inputs {
            frontier.append(Node::leaf(input));
        }
        assert_eq!(
            frontier.root().to_string(),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
    }

    #[test]
    fn what_is_no_frontier_is_refused() {
        assert!(Frontier::read(3, &"0".repeat(64)).is_err());
        assert!(Frontier::read(1, &"g".repeat(64)).is_err());
        assert!(Frontier::read(0, "").is_ok());
    }
}
