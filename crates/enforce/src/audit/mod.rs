//! The audit: every change leaves a record, and every record is a leaf of a tree whose root seals all of them.

mod checkpoint;
mod note;
mod proof;
mod seal;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointKey, NoteError, Verifier, read_unchecked};
pub use note::{change_note, note};
pub use proof::{Kept, Path, TreeHead, proves_consistency, proves_inclusion};
pub use seal::{Broken, Salt, Salts, check, is_committed, leaf, seal};
pub use tree::{Frontier, Node, NotANode};

/// Bytes as lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| DIGITS.get(usize::from(digit))).collect()
}
