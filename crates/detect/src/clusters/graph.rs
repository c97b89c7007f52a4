//! A weighted graph of accounts.

use super::forest::Forest;
use std::collections::BTreeMap;

/// How strongly two accounts belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    /// The account of the lower number.
    pub(super) low: u32,
    /// The other.
    pub(super) high: u32,
    /// Above 0.
    pub(super) bits: f64,
}

/// Nodes by number, each an account, with their neighbours.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    /// The account of each node, ascending.
    pub(super) accounts: Vec<u32>,
    /// (node, bits) of each node's neighbours, in order of node.
    pub(super) neighbours: Vec<Vec<(u32, f64)>>,
}

impl Graph {
    /// The graph of these edges; each pair occurs once.
    pub(super) fn of(edges: &[Edge]) -> Self {
        let mut accounts: Vec<u32> = edges.iter().flat_map(|edge| [edge.low, edge.high]).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let node = |account: u32| accounts.binary_search(&account).ok();
        let mut neighbours: Vec<Vec<(u32, f64)>> = vec![Vec::new(); accounts.len()];
        for edge in edges {
            let (Some(low), Some(high)) = (node(edge.low), node(edge.high)) else { continue };
            for (from, to) in [(low, high), (high, low)] {
                if let Some(list) = neighbours.get_mut(from) {
                    list.push((to as u32, edge.bits));
                }
            }
        }
        neighbours.iter_mut().for_each(|list| list.sort_unstable_by_key(|(node, _)| *node));
        Self { accounts, neighbours }
    }

    pub(super) fn of_node(&self, node: u32) -> &[(u32, f64)] {
        self.neighbours.get(node as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn account(&self, node: u32) -> u32 {
        self.accounts.get(node as usize).copied().unwrap_or(u32::MAX)
    }

    /// Connected parts of the graph among `nodes` alone (ascending), each ascending, in order of their first node.
    pub(super) fn components(&self, nodes: &[u32]) -> Vec<Vec<u32>> {
        let mut forest = Forest::new(nodes.len());
        for (place, node) in (0..).zip(nodes) {
            for (other, _) in self.of_node(*node) {
                if let Ok(other) = nodes.binary_search(other) {
                    forest.join(place, other as u32);
                }
            }
        }
        let mut parts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        (0..).zip(nodes).for_each(|(place, node)| parts.entry(forest.root(place)).or_default().push(*node));
        parts.into_values().collect()
    }

    /// The edges among `nodes` (ascending), heaviest first, then by node: each once, as (low, high, bits).
    pub(super) fn edges_among(&self, nodes: &[u32]) -> Vec<(u32, u32, f64)> {
        let of = |node: &u32| {
            let node = *node;
            let higher = self.of_node(node).iter().filter(move |(other, _)| *other > node);
            higher.map(move |(other, bits)| (node, *other, *bits))
        };
        let mut edges: Vec<(u32, u32, f64)> =
            nodes.iter().flat_map(of).filter(|(_, high, _)| nodes.binary_search(high).is_ok()).collect();
        edges.sort_by(|one, two| two.2.total_cmp(&one.2).then((one.0, one.1).cmp(&(two.0, two.1))));
        edges
    }

    /// Bits of the heaviest tree over the edges among `nodes`: what is said by as few pairs as tie the part together, so
    /// that one moment shared by many counts once for each of them and not once a pair.
    pub(super) fn spanning_bits(nodes: &[u32], edges: &[(u32, u32, f64)]) -> f64 {
        let mut forest = Forest::new(nodes.len());
        let place = |node: &u32| nodes.binary_search(node).map_or(u32::MAX, |place| place as u32);
        let tree = edges.iter().filter(|(low, high, _)| forest.join(place(low), place(high)));
        tree.map(|(_, _, bits)| bits).sum()
    }
}
