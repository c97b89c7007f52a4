//! What accounts did, and when: the input of coordination.

use cordon_model::limits;

/// An account did something to an object at an instant. Sixteen bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Act {
    /// Keyed hash of the object.
    pub object: u64,
    /// Seconds since 1970; good until 2106.
    pub at: u32,
    /// Number of the account.
    pub account: u32,
}

/// Acts by the kind of their object, in no order; at most [`limits::CLUSTER_ACTS_MAX`] of them.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    kinds: Vec<(u8, Vec<Act>)>,
    count: usize,
    left_out: u64,
}

impl Acts {
    /// Takes in an act; beyond the bound it is counted and left out.
    pub fn push(&mut self, kind: u8, act: Act) {
        if self.count >= limits::CLUSTER_ACTS_MAX {
            self.left_out += 1;
            return;
        }
        self.count += 1;
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, acts)) => acts.push(act),
            None => self.kinds.push((kind, vec![act])),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Acts beyond the bound.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The acts in order of kind.
    pub(super) fn into_kinds(mut self) -> Vec<(u8, Vec<Act>)> {
        self.kinds.sort_by_key(|(kind, _)| *kind);
        self.kinds
    }
}
