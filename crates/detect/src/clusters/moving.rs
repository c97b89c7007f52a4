//! Communities by local moving: each node joins the neighbours it is tied to by more than chance would, in a fixed
//! order and a bounded number of rounds; communities then become nodes and move again.
//!
//! Source: Louvain (Blondel et al. 2008), deterministic: nodes in order of number, the lower community on a tie.

use super::graph::Graph;
use std::collections::BTreeMap;

/// Rounds of moving on one level.
const ROUNDS: usize = 20;
/// Levels of communities of communities.
const LEVELS: usize = 8;
/// What a move must gain, as a share of all weight, so that rounding decides nothing.
const GAIN_MIN: f64 = 1e-12;

type Neighbours = Vec<Vec<(u32, f64)>>;

/// The community of each node, by the lowest node in it.
pub(super) fn communities(graph: &Graph) -> Vec<u32> {
    let mut of_node: Vec<u32> = (0..graph.accounts.len() as u32).collect();
    let mut neighbours = graph.neighbours.clone();
    for _ in 0..LEVELS {
        let (moved, changed) = settle(&neighbours);
        if !changed {
            break;
        }
        let numbers = renumber(&moved);
        let number = |community: u32| numbers.get(&community).copied().unwrap_or(0);
        let community_of = |node: u32| number(moved.get(node as usize).copied().unwrap_or(node));
        of_node.iter_mut().for_each(|node| *node = community_of(*node));
        neighbours = folded(&neighbours, &community_of, numbers.len());
    }
    of_node
}

fn renumber(moved: &[u32]) -> BTreeMap<u32, u32> {
    let mut communities = moved.to_vec();
    communities.sort_unstable();
    communities.dedup();
    communities.into_iter().zip(0..).collect()
}

fn folded(neighbours: &Neighbours, community_of: &dyn Fn(u32) -> u32, count: usize) -> Neighbours {
    let mut sums: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); count];
    for (node, list) in (0_u32..).zip(neighbours) {
        let Some(own) = sums.get_mut(community_of(node) as usize) else { continue };
        list.iter().for_each(|(other, bits)| *own.entry(community_of(*other)).or_default() += bits);
    }
    sums.into_iter().map(|sums| sums.into_iter().collect()).collect()
}

/// Moves nodes until none wants to; the community of each, and whether any moved.
fn settle(neighbours: &Neighbours) -> (Vec<u32>, bool) {
    let strength: Vec<f64> = neighbours.iter().map(|list| list.iter().map(|(_, bits)| bits).sum()).collect();
    let all: f64 = strength.iter().sum();
    let mut of_node: Vec<u32> = (0..neighbours.len() as u32).collect();
    let mut volume = strength.clone();
    let mut changed = false;
    for _ in 0..ROUNDS {
        let mut moves = 0;
        for (node, list) in (0_u32..).zip(neighbours) {
            let own = of_node.get(node as usize).copied().unwrap_or(node);
            let strong = strength.get(node as usize).copied().unwrap_or(0.0);
            let tied = ties(node, own, list, &of_node);
            let best = best_of((own, strong), &tied, &volume, all);
            if best != own {
                add(&mut volume, own, -strong);
                add(&mut volume, best, strong);
                if let Some(slot) = of_node.get_mut(node as usize) {
                    *slot = best;
                }
                moves += 1;
            }
        }
        changed |= moves > 0;
        if moves == 0 {
            break;
        }
    }
    (of_node, changed)
}

fn add(volume: &mut [f64], community: u32, change: f64) {
    if let Some(slot) = volume.get_mut(community as usize) {
        *slot += change;
    }
}

/// Bits by which the node is tied to each community next to it, its own among them.
fn ties(node: u32, own: u32, list: &[(u32, f64)], of_node: &[u32]) -> BTreeMap<u32, f64> {
    let mut tied: BTreeMap<u32, f64> = BTreeMap::from([(own, 0.0)]);
    for (other, bits) in list.iter().filter(|(other, _)| *other != node) {
        if let Some(community) = of_node.get(*other as usize) {
            *tied.entry(*community).or_default() += bits;
        }
    }
    tied
}

/// The community that ties a node of that community and strength most beyond what volumes lead one to expect.
fn best_of((own, strong): (u32, f64), tied: &BTreeMap<u32, f64>, volume: &[f64], all: f64) -> u32 {
    let gain = |community: u32, bits: f64| {
        let volume = volume.get(community as usize).copied().unwrap_or(0.0);
        let others = if community == own { volume - strong } else { volume };
        bits - strong * others / all
    };
    let mut best = (own, gain(own, tied.get(&own).copied().unwrap_or(0.0)));
    for (community, bits) in tied {
        let gained = gain(*community, *bits);
        if gained > best.1 + GAIN_MIN * all {
            best = (*community, gained);
        }
    }
    best.0
}
