//! Union–find: which nodes hang together.

/// Disjoint sets of the numbers below a bound.
#[derive(Clone, Debug)]
pub(super) struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    /// Every number its own set.
    pub(super) fn new(count: usize) -> Self {
        Self { parents: (0..count as u32).collect() }
    }

    /// The number that stands for the set.
    pub(super) fn root(&mut self, node: u32) -> u32 {
        let mut root = node;
        while let Some(parent) = self.parents.get(root as usize).copied().filter(|parent| *parent != root) {
            let above = self.parents.get(parent as usize).copied().unwrap_or(parent);
            if let Some(slot) = self.parents.get_mut(root as usize) {
                *slot = above;
            }
            root = above;
        }
        root
    }

    /// Joins two sets under the smaller number; whether they were two.
    pub(super) fn join(&mut self, one: u32, two: u32) -> bool {
        let (one, two) = (self.root(one), self.root(two));
        let (low, high) = (one.min(two), one.max(two));
        if let Some(slot) = self.parents.get_mut(high as usize) {
            *slot = low;
        }
        low != high
    }
}
